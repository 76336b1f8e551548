"""Whole lines of a search beside whole lines of the file, from every place that a rare word allows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lakewright.edits.locate_view import View
from lakewright.edits.reindent import Indents, indentation, learn
from lakewright.edits.tiers_compare import WIDTHLESS, Slip, compare, fold
from lakewright.edits.tiers_prose import Prose

MAX_FOUND = 20
FEW, MANY = 40, 40_000
"""Lines with a word: beyond the one another is looked for, beyond the other it is too much work."""
_WORD = re.compile(r"[A-Za-z_]\w{2,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Match:
    """Lines `first` to `last` (inclusive, from 0) of the file are what the search means.

    `pairs[i]` is the file's line for line i of the search, None for a blank line that the file hasn't.
    """

    first: int
    last: int
    pairs: tuple[int | None, ...]
    slip: Slip
    indents: Indents


def matches(search: Sequence[str], prose: Prose, *, start: int = 0, end: int | None = None) -> list[Match]:
    """Every place between two lines that the search can mean; raises TooMuchWorkError."""
    view = prose.view
    end = len(view.lines) if end is None else end
    found: dict[tuple[int, int], Match] = {}
    seen: set[tuple[int, int]] = set()
    for own, theirs in _anchors(search, view):
        if not start <= theirs < end or (own, theirs) in seen:
            continue
        seen.add((own, theirs))
        match = _align(search, prose, own, theirs, (start, end))
        if match:
            found[match.first, match.last] = match
            if len(found) >= MAX_FOUND:
                break
    return list(found.values())


def align(search: Sequence[str], prose: Prose, line: int) -> Match | None:
    """The search at one line of the file, if that is what it can mean."""
    return _align(search, prose, 0, line, (0, len(prose.view.lines)))


def _anchors(search: Sequence[str], view: View) -> Iterator[tuple[int, int]]:
    """Pairs (line of the search, line of the file) that share a rare word, or that are the same signs."""
    words = _long_words(search)
    for times, word, own in _rare(words, view):
        for line in view.few_with(word, MANY if times >= FEW else FEW):
            view.work.take(3)
            yield own, line
    if not words:
        view.work.take(len(view.lines) // 2 + len(view.text) // 50)
        own, longest = max(enumerate(search), key=lambda item: len(item[1].strip()), default=(0, ""))
        wanted = _bare(longest)
        if wanted:
            yield from ((own, j) for j, line in enumerate(view.lines) if _bare(line) == wanted)


def _bare(line: str) -> str:
    """The line without what a slip may change: blanks, look-alikes, the kind of quotes."""
    return "".join(fold(line).split()).replace("'", '"')


def _long_words(search: Sequence[str]) -> list[tuple[list[str], int]]:
    """Up to three long words of each of the six lines that have the longest, longest first, and the line."""
    found = [
        (sorted({*_WORD.findall(fold(line))}, key=len)[:-4:-1], index)
        for index, line in enumerate(search[:400])
        if _WORD.search(line)
    ]
    return sorted(found, key=lambda row: -len(row[0][0]) if row[0] else 0)[:6]


def _rare(words: Sequence[tuple[list[str], int]], view: View) -> list[tuple[int, str, int]]:
    """The words that stand in fewest lines: (how many lines, word, line of the search), at most two.

    Two that stand in few places are enough; a word with a slip in it stands nowhere.
    """
    seen: list[tuple[int, str, int]] = []
    good = 0
    for longest, index in words:
        for word in longest:
            times = len(view.few_with(word, FEW))
            if times:
                good += times <= 4
                seen.append((times, word, index))
                if len(words) > 1:
                    break
        if good > 1:
            break
    if seen and min(seen)[0] == FEW:
        seen = [(len(view.few_with(word, MANY)), word, index) for _, word, index in seen[:4]]
    else:
        seen = [row for row in seen if row[0] < FEW]
    seen.sort()
    return [row for row in seen[:2] if row[0] <= 3 * seen[0][0] + 8]


def _align(
    search: Sequence[str], prose: Prose, own: int, theirs: int, bounds: tuple[int, int]
) -> Match | None:
    down = _walk(search, prose, (own, theirs), 1, bounds)
    if down is None:
        return None
    up = _walk(search, prose, (own - 1, theirs - 1), -1, bounds)
    if up is None:
        return None
    pairs = up[0] | down[0]
    lines = [line for line in pairs.values() if line is not None]
    indents = _indents(search, prose, pairs)
    if indents is None:
        return None
    slip = up[1] | down[1]
    slip = slip if indents.same and not indents.first else slip | Slip.INDENT
    ordered = tuple(pairs.get(index) for index in range(len(search)))
    return Match(min(lines), max(lines), ordered, slip, indents)


def _indents(search: Sequence[str], prose: Prose, pairs: dict[int, int | None]) -> Indents | None:
    lines = prose.view.lines
    rows = [(search[index], line) for index, line in sorted(pairs.items()) if line is not None]
    rows = [(row, line) for row, line in rows if row.strip()]
    if any(row.lstrip()[:1] in WIDTHLESS for row, _ in rows):
        return None  # how deep such a line is can't be seen
    depths = [(indentation(row), indentation(lines[line])) for row, line in rows]
    if all(own.isascii() or own == theirs for own, theirs in depths):
        return learn(depths, prose.unit)
    found = learn([(fold(own), theirs) for own, theirs in depths], prose.unit)
    return None if found is None else replace(found, same=False, folded=True)


def _walk(
    search: Sequence[str], prose: Prose, at: tuple[int, int], step: int, bounds: tuple[int, int]
) -> tuple[dict[int, int | None], Slip] | None:
    """Line by line in one direction; blank lines may be missing on either side."""
    lines, slip = prose.view.lines, Slip.NONE
    pairs: dict[int, int | None] = {}
    own, theirs = at
    while 0 <= own < len(search):
        prose.view.work.take(2)
        inside = bounds[0] <= theirs < bounds[1]
        if not search[own].strip():
            if inside and not lines[theirs].strip():
                pairs[own] = theirs
                slip |= Slip.TRAILING if search[own] != lines[theirs] else Slip.NONE
                theirs += step
            else:
                pairs[own] = None
                slip |= Slip.BLANK_LINE
            own += step
            continue
        if not inside:
            return None
        if not lines[theirs].strip():
            slip |= Slip.BLANK_LINE
            theirs += step
            continue
        one = compare(search[own], theirs, prose)
        if one is None:
            return None
        pairs[own] = theirs
        slip |= one
        own, theirs = own + step, theirs + step
    return pairs, slip
