"""Three versions of a text to one, line by line and byte by byte; what isn't sure is a conflict.

Only a line that every shortest difference keeps counts as kept: where a change could as well stand
a few lines higher or lower, all those places belong to it. Two changes that meet are a conflict,
unless they are the same.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_CELLS = 250_000
"""The largest table of lines against lines; a larger stretch is one change as a whole."""

Lines = Sequence[bytes]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that both sides changed: `line` is where they begin in `mine` (1-based)."""

    line: int
    base: bytes
    mine: bytes
    theirs: bytes


@dataclass(frozen=True, slots=True)
class Conflict:
    """What kept three versions from becoming one."""

    clashes: tuple[Clash, ...]


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Lines `start:end` of the base that became lines `begin:stop` of a side."""

    start: int
    end: int
    begin: int
    stop: int


def merge(base: bytes, mine: bytes, theirs: bytes) -> bytes | Conflict:
    """`mine` with the changes from `base` to `theirs`. Line ends are part of their lines."""
    if mine in (base, theirs):
        return theirs
    if base == theirs:
        return mine
    end = b"\n" if b"\n" in base + mine + theirs else b"\r"
    old, ours, other = (_split(data, end) for data in (base, mine, theirs))
    our_hunks, other_hunks = _hunks(old, ours), _hunks(old, other)
    pieces: list[bytes] = []
    clashes: list[Clash] = []
    done = 0
    for left, right in _regions(our_hunks, other_hunks):
        start, stop = _span(left, right)
        pieces.extend(old[done:start])
        done = stop
        our_lines, other_lines = _side(ours, left, start, stop), _side(other, right, start, stop)
        if left and right and our_lines != other_lines:
            first = left[0].begin - (left[0].start - start)
            texts = (b"".join(lines) for lines in (old[start:stop], our_lines, other_lines))
            clashes.append(Clash(first + 1, *texts))
        pieces.extend(our_lines if left else other_lines)
    if clashes:
        return Conflict(tuple(clashes))
    return b"".join((*pieces, *old[done:]))


def _split(data: bytes, end: bytes) -> list[bytes]:
    lines = [line + end for line in data.split(end)]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _regions(
    ours: Sequence[_Hunk], others: Sequence[_Hunk]
) -> Iterator[tuple[Sequence[_Hunk], Sequence[_Hunk]]]:
    """The hunks of both sides in the order of the base, those that overlap or touch together."""
    left: list[_Hunk] = []
    right: list[_Hunk] = []
    end = -1
    tagged = [(hunk, True) for hunk in ours] + [(hunk, False) for hunk in others]
    for hunk, is_ours in sorted(tagged, key=lambda item: (item[0].start, item[0].end)):
        if (left or right) and hunk.start > end:
            yield left, right
            left, right = [], []
        (left if is_ours else right).append(hunk)
        end = max(end, hunk.end)
    if left or right:
        yield left, right


def _span(left: Sequence[_Hunk], right: Sequence[_Hunk]) -> Pair:
    hunks = (*left, *right)
    return min(hunk.start for hunk in hunks), max(hunk.end for hunk in hunks)


def _side(lines: Lines, hunks: Sequence[_Hunk], start: int, stop: int) -> Lines:
    """What became of lines `start:stop` of the base on a side whose hunks there are all given."""
    if not hunks:
        return ()
    first, last = hunks[0], hunks[-1]
    return lines[first.begin - (first.start - start) : last.stop + (stop - last.end)]


def _hunks(base: Lines, side: Lines) -> list[_Hunk]:
    hunks: list[_Hunk] = []
    row, column = 0, 0
    for i, j in (*_kept(base, side), (len(base), len(side))):
        if i > row or j > column:
            hunks.append(_Hunk(row, i, column, j))
        row, column = i + 1, j + 1
    return hunks


def _kept(base: Lines, side: Lines) -> list[Pair]:
    """Pairs of lines that are surely the same one, ascending.

    What is equal at both ends is kept, back to the nearest line that stands once in both texts:
    nothing that changed can slide over that one.
    """
    counts, other_counts = Counter(base), Counter(side)
    single = {line for line, count in counts.items() if count == 1 == other_counts[line]}
    shorter = min(len(base), len(side))
    head = next((i for i in range(shorter) if base[i] != side[i]), shorter)
    room = shorter - head
    tail = next((i for i in range(room) if base[-1 - i] != side[-1 - i]), room)
    while head and base[head - 1] not in single:
        head -= 1
    while tail and base[len(base) - tail] not in single:
        tail -= 1
    middle = _between(base[head : len(base) - tail], side[head : len(side) - tail])
    return [
        *((i, i) for i in range(head)),
        *((head + i, head + j) for i, j in middle),
        *((len(base) - i, len(side) - i) for i in range(tail, 0, -1)),
    ]


def _between(base: Lines, side: Lines) -> list[Pair]:
    if len(base) * len(side) <= _CELLS:
        return _certain(base, side)
    pairs: list[Pair] = []
    row, column = 0, 0
    for i, j in (*_anchors(base, side), (len(base), len(side))):
        if (i - row) * (j - column) <= _CELLS:
            found = _certain(base[row:i], side[column:j])
            pairs.extend((row + left, column + right) for left, right in found)
        if i < len(base):
            pairs.append((i, j))
        row, column = i + 1, j + 1
    return pairs


def _certain(base: Lines, side: Lines) -> list[Pair]:
    """The pairs that stand in every longest common subsequence.

    The n-th pair of any of them has n pairs before it and the rest after it; a pair is in all of
    them when no other one can be the n-th.
    """
    after = _lengths_after(base, side)
    found: dict[int, Pair | None] = {}
    above = [0] * (len(side) + 1)
    for i, line in enumerate(base):
        row, below = [0], after[i + 1]
        for j, other in enumerate(side):
            rank = above[j]
            if line != other:
                row.append(max(above[j + 1], row[j]))
                continue
            row.append(rank + 1)
            if rank + 1 + below[j + 1] == after[0][0]:
                found[rank] = None if rank in found else (i, j)
        above = row
    return [pair for _, pair in sorted(found.items()) if pair]


def _lengths_after(base: Lines, side: Lines) -> list[list[int]]:
    """At `[i][j]`, the length of the longest common subsequence of `base[i:]` and `side[j:]`."""
    table = [[0] * (len(side) + 1) for _ in range(len(base) + 1)]
    for i in range(len(base) - 1, -1, -1):
        line, row, below = base[i], table[i], table[i + 1]
        for j in range(len(side) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if line == side[j] else max(below[j], row[j + 1])
    return table


def _anchors(base: Lines, side: Lines) -> list[Pair]:
    """The longest ascending series of lines that stand once in both texts."""
    counts, places = Counter(base), Counter(side)
    where = {line: j for j, line in enumerate(side) if places[line] == 1}
    pairs = [(i, where[line]) for i, line in enumerate(base) if counts[line] == 1 and line in where]
    ends: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(ends, j)
        before.append(last[place - 1] if place else None)
        ends[place : place + 1] = [j]
        last[place : place + 1] = [index]
    series: list[Pair] = []
    step = last[-1] if last else None
    while step is not None:
        series.append(pairs[step])
        step = before[step]
    return series[::-1]
