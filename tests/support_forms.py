"""The tables of answers in `tests/edits/forms`, and ways to compare what was read."""

from dataclasses import dataclass
from pathlib import Path

from lakewright.edits.forms.registry import Answer
from lakewright.edits.values import FileEdits

_FOLDER = Path(__file__).parent / "edits" / "forms"
_CASE, _EXPECTED = "%%% ", "\n%%% =>\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One answer of a table; `expected` are lines such as `edit PATH | 'a' -> 'b'`, `refused PATH kind`."""

    table: str
    name: str
    answer: str
    expected: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table}: {self.name}"


def _cases(path: Path) -> list[Case]:
    cases = []
    text = "\n" + path.read_text(encoding="utf-8").replace(_EXPECTED, "\n%%%=>\n")
    for part in text.split("\n" + _CASE)[1:]:
        named, _, expected = part.partition("\n%%%=>\n")
        name, _, answer = named.partition("\n")
        cases.append(Case(path.stem, name, answer, tuple(expected.split("\n") if expected.strip() else ())))
    return cases


CASES = [
    Case(case.table, case.name, case.answer, tuple(line for line in case.expected if line))
    for path in sorted(_FOLDER.glob("*.txt"))
    for case in _cases(path)
]


def flat(answer: Answer) -> tuple[list[tuple[str, ...]], list[str | None]]:
    """Every edit by itself as (path, texts), and the paths of what is refused."""
    edits: list[tuple[str, ...]] = []
    for change in answer.changes:
        if isinstance(change, FileEdits):
            edits += [(change.path, edit.search, edit.replace) for edit in change.edits]
        else:
            edits.append((change.path, change.content))
    return edits, [one.path for one in answer.refused]
