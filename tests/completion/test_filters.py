"""What of a model's answer goes in at a cursor: a table of answers, and what holds for each of them."""

import ast

import pytest

from completion.rows_braces import GO, JSX, OTHERS, TYPESCRIPT
from completion.rows_markup import MARKDOWN, SQL, UNKNOWN, YAML
from completion.rows_python import PYTHON
from lakewright.tasks.completion.filters import filtered, filtered_cut, is_complete, settled
from lakewright.tasks.completion.taking import Bounds
from support_completion import Row

ROWS = [*PYTHON, *TYPESCRIPT, *JSX, *GO, *OTHERS, *YAML, *SQL, *MARKDOWN, *UNKNOWN]
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


@each_row
def test_an_answer_becomes_what_belongs_at_the_cursor(row: Row) -> None:
    """Each answer of the table gives exactly its text."""
    assert filtered(row.raw, row.hole) == row.wanted


@each_row
def test_a_growing_answer_is_never_taken_back(row: Row) -> None:
    """What is sure at some point stays, and is the beginning of the whole; once complete, nothing changes."""
    hole = row.hole
    before, whole = "", filtered(row.raw, hole)
    for end in range(len(row.raw) + 1):
        sure = settled(row.raw[:end], hole)
        assert sure.startswith(before.rstrip())
        assert whole.startswith(sure.rstrip())
        before = sure
        if is_complete(row.raw[:end], hole):
            assert filtered(row.raw[:end], hole) == whole
            assert filtered(row.raw[:end] + "```\n)]} what else\n", hole) == whole


@each_row
def test_a_completion_is_its_own_completion(row: Row) -> None:
    """Filtering what goes in changes nothing."""
    assert filtered(row.wanted, row.hole) == row.wanted


@pytest.mark.parametrize("row", [row for row in PYTHON if row.wanted], ids=lambda row: row.name)
def test_python_that_parses_still_does(row: Row) -> None:
    """No completion of the table breaks a module that was whole."""
    text = row.text.replace("\r\n", "\n")
    try:
        ast.parse(text.replace("‸", ""))
    except SyntaxError:
        return
    ast.parse(text.replace("‸", row.wanted.replace("\r\n", "\n")))


@pytest.mark.parametrize(
    ("lines", "wanted"), [(1, "a = 1"), (2, "a = 1\n    b = 2"), (3, "a = 1\n    b = 2\n    c = 3")]
)
def test_no_more_lines_than_asked_for(lines: int, wanted: str) -> None:
    """The bound cuts at a whole line, and the stream can end there."""
    hole = PYTHON[7].hole
    raw = "a = 1\n    b = 2\n    c = 3\n    d = 4\n    e = 5\n"
    assert filtered(raw, hole, Bounds(lines=lines)) == wanted
    assert is_complete(raw, hole, Bounds(lines=lines))


def test_more_definitions_where_asked_for() -> None:
    """The number of definitions is a bound like the number of lines."""
    row = next(row for row in PYTHON if "first function" in row.name)
    assert "def g" in filtered(row.raw, row.hole, Bounds(definitions=2))


@pytest.mark.parametrize("answer", ["<CURSOR>" * 2_000, "<CURSOR>\n" * 2_000, "x = 1<CURSOR>" * 2_000])
def test_any_number_of_markers(answer: str) -> None:
    """An answer full of markers is read to its end."""
    assert "<CURSOR>" not in filtered(answer, PYTHON[0].hole)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("```python\nreturn 1", ""),
        ("```python\na = 1\nreturn", "a = 1"),
        ("```python\na = (1,\n    2)\nreturn", "a = (1,\n        2)"),
        ("```python\na = (1,\n    2,\n", ""),
        ("```python\na = 1\nif a:\n", "a = 1"),
        ("import os\n\nRATES = {", ""),
    ],
)
def test_a_cut_answer_gives_whole_lines_that_balance(raw: str, wanted: str) -> None:
    """Half a line, half a bracket and half an echo are not used."""
    hole = next(row.hole for row in PYTHON if row.name.endswith("statement without it"))
    assert filtered_cut(raw, hole) == wanted


def test_an_endless_answer_is_cut() -> None:
    """An answer without end costs no more than its beginning."""
    hole = PYTHON[0].hole
    assert filtered("(" * 1_000_000, hole) == ""
    assert len(filtered("x" * 1_000_000, hole)) <= 20_000
