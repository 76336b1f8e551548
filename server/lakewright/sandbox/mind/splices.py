"""From changed places of a text to edits that occur once in it, as small as that allows."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from lakewright.sandbox.mind.edits import PlannedEdit

_MOST_HUNKS = 120
"""Edits of one file in one call; more are joined with their neighbours."""

_MOST_TRIES = 60
_FEWEST_LETTERS = 4
"""Of a search: a lone bracket tells nothing, even where it is the only one."""


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """`text[start:end]` becomes `replacement`; offsets count characters."""

    start: int
    end: int
    replacement: str


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """The text with all of them done."""
    pieces, done = [], 0
    for splice in sorted(splices):
        pieces += [text[done : splice.start], splice.replacement]
        done = splice.end
    return "".join([*pieces, text[done:]])


@dataclass(slots=True)
class _Hunk:
    """Lines from `first` to `last`, counted from 0."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with its lines, and those of them that may not be quoted: they were shown cut."""

    path: str
    text: str
    starts: Sequence[int]
    splices: Sequence[Splice]
    unquotable: Collection[int]

    def line_at(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def bounds(self, hunk: _Hunk) -> tuple[int, int]:
        return self.starts[hunk.first], self.starts[hunk.last + 1] - 1

    def edit(self, hunk: _Hunk) -> PlannedEdit:
        start, end = self.bounds(hunk)
        own = [
            Splice(one.start - start, one.end - start, one.replacement)
            for one in self.splices
            if start <= one.start and one.end <= end
        ]
        search = self.text[start:end]
        return PlannedEdit(self.path, search, spliced(search, own))


def planned_edits(
    path: str, text: str, splices: Iterable[Splice], *, unquotable: Collection[int] = ()
) -> tuple[PlannedEdit, ...] | None:
    """Edits of whole lines that do the splices, each unique in the text, also one after the other.

    `unquotable` are lines, counted from 1, whose text isn't known wholly; None when one is needed.
    """
    wanted = sorted(one for one in set(splices) if text[one.start : one.end] != one.replacement)
    whole = _Text(path, text, line_starts(text), wanted, {number - 1 for number in unquotable})
    hunks = _joined([_Hunk(whole.line_at(one.start), whole.line_at(one.end)) for one in wanted], gap=1)
    gap = 2
    while len(hunks) > _MOST_HUNKS:
        hunks, gap = _joined(hunks, gap=gap), 2 * gap
    for _ in range(_MOST_TRIES):
        hunks = _widened(whole, hunks)
        failing = _first_that_fails(whole, hunks)
        if failing is None:
            break
        _widen(whole, hunks[failing])
        hunks = _joined(hunks, gap=1)
    else:
        hunks = [_Hunk(hunks[0].first, hunks[-1].last)]
    if any(number in whole.unquotable for hunk in hunks for number in range(hunk.first, hunk.last + 1)):
        return None
    return tuple(map(whole.edit, hunks))


def _joined(hunks: Sequence[_Hunk], *, gap: int) -> list[_Hunk]:
    """Hunks whose lines touch, or lie closer than `gap`, become one."""
    joined: list[_Hunk] = []
    for hunk in hunks:
        if joined and hunk.first <= joined[-1].last + gap:
            joined[-1].last = max(joined[-1].last, hunk.last)
        else:
            joined.append(_Hunk(hunk.first, hunk.last))
    return joined


def _widened(whole: _Text, hunks: Sequence[_Hunk]) -> list[_Hunk]:
    """Each with as many lines around it as it takes to be unique."""
    for hunk in hunks:
        while not _is_good(whole, whole.edit(hunk)) and _widen(whole, hunk):
            pass
    return _joined(hunks, gap=1)


def _is_good(whole: _Text, edit: PlannedEdit) -> bool:
    ends = (edit.search.split("\n")[0], edit.search.split("\n")[-1], edit.replace.split("\n")[-1])
    return (
        all(end.strip() for end in ends)
        and len(edit.search.strip()) >= _FEWEST_LETTERS
        and _occurs_once(whole.text, edit.search)
    )


def _widen(whole: _Text, hunk: _Hunk) -> bool:
    """One line more on both sides; False at the ends of the file."""
    before = hunk.first, hunk.last
    hunk.first = max(0, hunk.first - 1)
    hunk.last = min(len(whole.starts) - 2, hunk.last + 1)
    return (hunk.first, hunk.last) != before


def _first_that_fails(whole: _Text, hunks: Sequence[_Hunk]) -> int | None:
    """The first that isn't unique when its turn comes: an edit before it may write what it looks for."""
    text = whole.text
    for number, edit in enumerate(map(whole.edit, hunks)):
        if not _occurs_once(text, edit.search) and len(hunks) > 1:
            return number
        text = text.replace(edit.search, edit.replace, 1)
    return None


def _occurs_once(text: str, piece: str) -> bool:
    at = text.find(piece)
    return at >= 0 and text.find(piece, at + 1) < 0


def line_starts(text: str) -> list[int]:
    """The offset of each line, and of the end of the text after the last one."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def without_lines(text: str, first: int, last: int) -> Splice:
    """These lines (1-based, inclusive) taken out, with a line end of theirs."""
    starts = line_starts(text)
    start, end = starts[first - 1], starts[last]
    return Splice(start, end, "") if end <= len(text) else Splice(max(0, start - 1), len(text), "")
