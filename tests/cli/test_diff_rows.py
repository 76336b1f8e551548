"""The lines of a diff, told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.cli.diff_rows import Row, Size, diff_rows, size_of
from lakewright.edits.diff import diff
from lakewright.workspace.decode import Decoded


def _diff(before: str | None, after: str) -> str:
    old = None if before is None else Decoded(before, "utf-8")
    return diff("a.py", old, Decoded(after, "utf-8"))


def test_each_line_is_what_it_is() -> None:
    """Heads, hunks, additions, removals, context and remarks."""
    rows = list(diff_rows(_diff("a\nb", "a\nc\n")))
    assert rows == [
        (Row.FILE, "--- a/a.py"),
        (Row.FILE, "+++ b/a.py"),
        (Row.HUNK, "@@ -1,2 +1,2 @@"),
        (Row.SAME, " a"),
        (Row.REMOVED, "-b"),
        (Row.NOTE, "\\ No newline at end of file"),
        (Row.ADDED, "+c"),
    ]


def test_what_looks_like_a_head_is_none_inside_a_hunk() -> None:
    """A removed `-- x`, an added `++ x` and an added hunk mark are lines of the file."""
    kinds = [row for row, _ in diff_rows(_diff("-- /dev/null\n", "++ x\n@@ -1 +1 @@\n# note\n"))]
    assert kinds == [Row.FILE, Row.FILE, Row.HUNK, Row.REMOVED, Row.ADDED, Row.ADDED, Row.ADDED]
    assert not size_of(_diff("-- /dev/null\n", "x\n")).new


@pytest.mark.parametrize(
    ("before", "after", "size"),
    [
        ("a\n", "a\nb\n", Size(1, 0, new=False)),
        ("a\nb\n", "a\n", Size(0, 1, new=False)),
        (None, "a\nb\n", Size(2, 0, new=True)),
        (None, "", Size(0, 0, new=True)),
        ("a\n", "a\n", Size(0, 0, new=False)),
    ],
)
def test_sizes(before: str | None, after: str, size: Size) -> None:
    """Lines added and removed; a new file is told from a changed one, an empty one, too."""
    assert size_of(_diff(before, after)) == size


_LINES = st.lists(st.sampled_from(["a", "-- b", "++ c", "@@ -1 +1 @@", "\\ d", "", "\r", "# e", "\x0c"]))


@given(_LINES, _LINES, st.booleans())
def test_no_line_is_lost_or_misread(old: list[str], new: list[str], ends: bool) -> None:
    """Whatever the texts hold: put together the lines are the diff, and the additions less the removals
    are the difference in lines.
    """
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    after = after if ends else after.removesuffix("\n")
    text = _diff(before, after)
    rows = list(diff_rows(text))
    assert "".join(f"{line}\n" for _, line in rows) == text
    size = size_of(text)
    assert size.added - size.removed == _lines_in(after) - _lines_in(before)


def _lines_in(text: str) -> int:
    """As git counts them: a newline at the end begins no further one."""
    return text.count("\n") + bool(text and not text.endswith("\n"))
