"""One hunk of a unified diff as a search and a replacement; the numbers in its `@@` line are only hints.

Where nothing marks its end (a bare diff), they decide whether it is whole: models count wrong, answers
are cut, and prose may begin with a dash.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lakewright.edits.values import Edit

_NUMBERS = re.compile(r"@@ -\d+(?:,(\d{1,9}))? \+\d+(?:,(\d{1,9}))? @@")
_FROM_ZERO = re.compile(r"@@ -0(?:,0)? ")  # the file has no lines yet
_VERSION = re.compile(r"\d+\.\d+\S*")  # format-patch ends with `-- ` and git's version


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines `start` to `end` of the answer; `body` without what trails it.

    `whole` is False when it may have been cut; `wrong` is the line (from 0) that belongs to no diff.
    """

    start: int
    end: int
    body: tuple[str, ...]
    whole: bool
    wrong: int | None = None
    from_zero: bool = False


def is_hunk(line: str) -> bool:
    return line.startswith("@@") and not line.startswith("@@@")


def is_header(lines: Sequence[str], at: int, end: int) -> bool:
    """Whether a file's part of a diff begins here. A removed `-- comment` looks like half of one."""
    if lines[at].startswith("diff --git "):
        return True
    pair = at + 1 < end and lines[at].startswith("--- ") and lines[at + 1].startswith("+++ ")
    return pair and (at + 2 >= end or is_hunk(lines[at + 2]) or lines[at + 2][:1] in ("+", "-", " ", ""))


def read_hunk(lines: Sequence[str], start: int, end: int, *, closed: bool, bare: bool) -> Hunk:
    """The hunk whose `@@` line is `start` (its body may begin there, without such a line).

    `end` is where the diff ends at the latest: the closing fence (`closed`), or the answer's end.
    """
    numbers = _NUMBERS.match(lines[start])
    begin = start + 1 if is_hunk(lines[start]) else start
    left = [int(count or 1) for count in numbers.groups()] if numbers else None
    at = begin
    while at < end:
        full = left == [0, 0]
        stop = _stops(lines, start, begin, at, end, full=full, bare=bare)
        if stop is not None:
            return stop if stop.wrong is None else replace(stop, whole=closed)
        _count(left, lines[at])
        at += 1
    if bare:
        return _last(lines, start, begin, end, left)
    return _hunk(lines, start, begin, end, end=end, whole=closed)


def _stops(
    lines: Sequence[str], start: int, begin: int, at: int, end: int, *, full: bool, bare: bool
) -> Hunk | None:
    """The hunk that ends before line `at`, or None; it is `full` when its numbers are used up."""
    line = lines[at]
    if is_hunk(line) or is_header(lines, at, end):
        return _hunk(lines, start, begin, at, end=at, whole=True)
    if full and line in ("--", "-- ") and at + 1 < end and _VERSION.fullmatch(lines[at + 1]):
        return _hunk(lines, start, begin, at, end=at + 2, whole=True)
    if line[:1] not in ("", " ", "+", "-", "\\"):
        return _hunk(lines, start, begin, at, end=at, whole=full) if bare else Hunk(start, end, (), True, at)
    return _bare_end(lines, start, begin, at, end) if bare and full and not line else None


def as_edit(body: Sequence[str]) -> Edit:
    """What a hunk looks for (context and removed lines) and puts in its place (context and added ones)."""
    sides: tuple[list[str], list[str]] = ([], [])
    touched: tuple[int, ...] = ()
    for line in body:
        if line.startswith("\\"):
            for side in touched:
                sides[side][-1] = sides[side][-1].removesuffix("\n")
            continue
        touched = {"-": (0,), "+": (1,)}.get(line[:1], (0, 1))
        for side in touched:
            sides[side].append(line[1:] + "\n")
    return Edit("".join(sides[0]), "".join(sides[1]))


def _hunk(lines: Sequence[str], start: int, begin: int, last: int, *, end: int, whole: bool) -> Hunk:
    """The hunk with the body `begin` to `last`; the diff goes on at `end`.

    Empty lines at its end are dropped: context at best, and more often the gap before what follows.
    """
    while last > begin and not lines[last - 1]:
        last -= 1
    from_zero = _FROM_ZERO.match(lines[start]) is not None
    return Hunk(start, end, tuple(lines[begin:last]), whole, from_zero=from_zero)


def _count(left: list[int] | None, line: str) -> None:
    """Take a line off the numbers left; a lying count goes below zero and never comes back."""
    if left is None or line.startswith("\\"):
        return
    if not line.startswith("+"):
        left[0] -= 1
    if not line.startswith("-"):
        left[1] -= 1


def _bare_end(lines: Sequence[str], start: int, begin: int, at: int, end: int) -> Hunk:
    """A full hunk before an empty line: whole, unless diff-like lines follow that may belong to it."""
    following = next((i for i in range(at, end) if lines[i]), end)
    more = following < end and lines[following][0] in " +-\\" and not is_header(lines, following, end)
    return _hunk(lines, start, begin, at, end=end if more else at, whole=not more)


def _last(lines: Sequence[str], start: int, begin: int, end: int, left: list[int] | None) -> Hunk:
    """The hunk at the end of a bare diff: the numbers must agree and the last line be sure.

    A last line that only is context may be cut; it is left out, for a shorter search finds the same place.
    """
    if left != [0, 0]:
        return _hunk(lines, start, begin, end, end=end, whole=False)
    context = lines[end - 1].startswith(" ")
    return _hunk(lines, start, begin, end - context, end=end, whole=context)
