"""Edits as rows, and how far an edit may quote of the file around it: a defect needs lines to sit in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from lakewright.sandbox.mind.edits import PlannedEdit

_MOST_ROWS = 40
"""Rows an edit takes in on either side, at most."""


@dataclass(frozen=True, slots=True)
class Room:
    """What an edit may quote: `rows` of its file, the first of them being line `first`, from 1.

    The rows end where other edits of the same file begin; `text` is all of the file.
    """

    text: str
    first: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """An edit as rows. `line` is the number of its first row, 1 where the file isn't known; `added` is
    how many of them were taken in above.
    """

    path: str
    search: tuple[str, ...]
    replace: tuple[str, ...]
    line: int = 1
    added: int = 0

    @property
    def above(self) -> int:
        """How many rows both sides share at their beginning."""
        pairs = zip(self.search, self.replace, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    @property
    def below(self) -> int:
        """How many rows both sides share at their end, those of `above` left out."""
        pairs = zip(reversed(self.search[self.above :]), reversed(self.replace[self.above :]), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    @property
    def kept(self) -> tuple[int, ...]:
        """The rows of the search that the replacement keeps at its beginning and at its end."""
        size = len(self.search)
        return (*range(self.above), *range(size - self.below, size))

    def edit(self) -> PlannedEdit:
        return PlannedEdit(self.path, "\n".join(self.search), "\n".join(self.replace))

    def each_row(self, change: Callable[[str], str]) -> "Spread":
        """The same change of every row, on both sides."""
        return replace(self, search=tuple(map(change, self.search)), replace=tuple(map(change, self.replace)))

    def with_kept(self, at: int, rows: Sequence[str]) -> "Spread":
        """Other rows in the place of row `at`, one that is kept, on both sides."""
        there = at - len(self.search) + len(self.replace) if at >= self.above else at
        return replace(
            self,
            search=(*self.search[:at], *rows, *self.search[at + 1 :]),
            replace=(*self.replace[:there], *rows, *self.replace[there + 1 :]),
        )


def rooms(edits: Sequence[PlannedEdit], text: str | None) -> list[Room | None]:
    """What each of a file's edits may quote: between two of them, either has half of the rows."""
    if text is None:
        return [None] * len(edits)
    rows = tuple(text.split("\n"))
    whole = Room(text, 1, rows)
    places = {at: start for at, edit in enumerate(edits) if (start := _row_of(edit, whole)) is not None}
    order = sorted(places, key=places.__getitem__)
    ends = {at: places[at] + edits[at].search.count("\n") + 1 for at in order}
    found: list[Room | None] = [None] * len(edits)
    for before, at, after in zip([None, *order], order, [*order[1:], None], strict=False):
        first = 0 if before is None else max(ends[before], (ends[before] + places[at]) // 2)
        last = len(rows) if after is None else (ends[at] + places[after]) // 2
        found[at] = Room(text, first + 1, rows[first:last])
    return found


Wanted = Callable[[Spread], bool]
"""Whether an edit quotes enough."""


def spread(edit: PlannedEdit, room: Room | None) -> Spread:
    """The edit as it is."""
    at = _row_of(edit, room) if room else None
    line = room.first + at if room and at is not None else 1
    return Spread(edit.path, tuple(edit.search.split("\n")), tuple(edit.replace.split("\n")), line)


def widened(edit: PlannedEdit, room: Room | None, wanted: Wanted) -> Spread | None:
    """The edit with the fewest rows around it that are enough; None where the file hasn't such rows."""
    own = spread(edit, room)
    if wanted(own):
        return own
    at = _row_of(edit, room) if room else None
    if room is None or at is None:
        return None
    end = at + len(own.search)
    for size in range(1, _MOST_ROWS + 1):
        for up, down in ((size, 0), (0, size), (size, size)):
            if up > at or end + down > len(room.rows):
                continue
            above, below = room.rows[at - up : at], room.rows[end : end + down]
            wider = Spread(
                own.path,
                (*above, *own.search, *below),
                (*above, *own.replace, *below),
                own.line - up,
                up,
            )
            if wanted(wider):
                return wider
    return None


def _row_of(edit: PlannedEdit, room: Room) -> int | None:
    """Where in the room the edit's search begins, as whole rows."""
    search = tuple(edit.search.split("\n"))
    size = len(search)
    places = (at for at in range(len(room.rows) - size + 1) if room.rows[at : at + size] == search)
    return next(places, None)
