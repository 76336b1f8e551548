"""Holes written as text: the cursor is `‸`."""

from dataclasses import dataclass

from lakewright.tasks.completion.hole import Hole, hole_at

CURSOR = "‸"


@dataclass(frozen=True)
class Row:
    """An answer for a hole in `text`, and what of it may go in."""

    name: str
    path: str
    text: str
    raw: str
    wanted: str

    @property
    def hole(self) -> Hole:
        return hole_in(self.text, self.path)


def hole_in(text: str, path: str) -> Hole:
    """The hole at the cursor sign."""
    before, sign, after = text.partition(CURSOR)
    assert sign
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return hole_at(before + after, path, line, column)


def fenced(body: str, info: str = "") -> str:
    """An answer in one fence."""
    return f"```{info}\n{body}\n```"


def rows(path: str, *given: tuple[str, str, str, str]) -> list[Row]:
    """Rows of one language: name, text, answer, what goes in."""
    return [
        Row(f"{path.rpartition('.')[2]}: {name}", path, text, raw, wanted)
        for name, text, raw, wanted in given
    ]
