"""Places in a text: lines and columns from 1, in code points; newlines as the file has them."""

import pytest

from lakewright.errors import InputError
from lakewright.tasks.completion.hole import hole_at


@pytest.mark.parametrize(
    ("text", "line", "column", "prefix", "suffix"),
    [
        ("", 1, 1, "", ""),
        ("ab\ncd\n", 1, 1, "", "ab\ncd\n"),
        ("ab\ncd\n", 2, 2, "ab\nc", "d\n"),
        ("ab\ncd\n", 2, 3, "ab\ncd", "\n"),
        ("ab\ncd\n", 3, 1, "ab\ncd\n", ""),
        ("ab\r\ncd\r\n", 1, 3, "ab", "\ncd\n"),
        ("ab\r\ncd\r\n", 2, 1, "ab\n", "cd\n"),
        ("é😀x\n", 1, 3, "é😀", "x\n"),
    ],
)
def test_a_place_divides_the_text(text: str, line: int, column: int, prefix: str, suffix: str) -> None:
    """The cursor stands before the column; one column further than the last character is the line's end."""
    hole = hole_at(text, "a.py", line, column)
    assert (hole.prefix, hole.suffix) == (prefix, suffix)


@pytest.mark.parametrize(
    ("text", "line", "column", "named"),
    [
        ("ab\ncd\n", 4, 1, "2 lines"),
        ("ab", 2, 1, "1 line;"),
        ("ab\ncd\n", 1, 4, "2 characters"),
        ("ab\r\ncd\r\n", 1, 4, "2 characters"),
        ("", 1, 2, "0 characters"),
        ("ab", 0, 1, "no line 0"),
        ("ab", 1, 0, "no column 0"),
    ],
)
def test_a_place_beyond_the_text_is_refused(text: str, line: int, column: int, named: str) -> None:
    """The error names the range that there is."""
    with pytest.raises(InputError) as caught:
        hole_at(text, "src/a.py", line, column)
    assert named in caught.value.message
    assert "src/a.py" in caught.value.message
    assert "from 1 to" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "line", "newline"),
    [
        ("a\r\nb\n", 1, "\r\n"),
        ("a\r\nb\n", 2, "\n"),
        ("a\r\nb\r\nc", 3, "\r\n"),
        ("a\nb\r\nc\nd", 4, "\n"),
        ("", 1, "\n"),
    ],
)
def test_the_newline_is_that_of_the_cursors_line(text: str, line: int, newline: str) -> None:
    """In mixed files, too; the last line has none, so what most others have counts."""
    assert hole_at(text, "a.py", line, 1).newline == newline


@pytest.mark.parametrize(
    ("path", "text", "unit"),
    [
        ("a.py", "if a:\n    b\n", "    "),
        ("a.py", "if a:\n  b\n", "  "),
        ("a.py", "if a:\n\tb\n", "\t"),
        ("a.go", "", "\t"),
        ("a.yml", "", "  "),
        ("a.py", "", "    "),
    ],
)
def test_the_files_own_indentation(path: str, text: str, unit: str) -> None:
    """Found in the text, else what is usual in the language."""
    assert hole_at(text, path, 1, 1).unit == unit
