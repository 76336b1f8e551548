"""TARGET as it is typed."""

from pathlib import Path

import pytest

from lakewright.cli.target import TypedTarget, parse_position, parse_target
from lakewright.errors import InputError


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.py", "d", "d:3", "with space.py", "ä:ö.py", "line\nbreak.py"):
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.py", TypedTarget(Path("a.py"))),
        ("a.py:1", TypedTarget(Path("a.py"), 1, 1)),
        ("a.py:12-40", TypedTarget(Path("a.py"), 12, 40)),
        ("./a.py:7", TypedTarget(Path("a.py"), 7, 7)),
        ("d:3", TypedTarget(Path("d:3"))),
        ("d:3:3", TypedTarget(Path("d:3"), 3, 3)),
        ("d:4", TypedTarget(Path("d"), 4, 4)),
        ("with space.py:2", TypedTarget(Path("with space.py"), 2, 2)),
        ("ä:ö.py:2", TypedTarget(Path("ä:ö.py"), 2, 2)),
        ("line\nbreak.py:2", TypedTarget(Path("line\nbreak.py"), 2, 2)),
    ],
)
def test_targets_are_read(text: str, expected: TypedTarget) -> None:
    """Paths with spaces, colons and line breaks, single lines and ranges; an existing file wins."""
    assert parse_target(text, stdin_path=None) == expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a.py:0", "before the first line"),
        ("a.py:12-", "12-"),
        ("a.py:12:5", "12:5"),
        ("a.py:-3", "-3"),
        ("a.py:9-3", "ends before it begins"),
        ("a.py:x", '"x"'),
        ("a.py:", '""'),
        ("nope.py", "no file nope.py"),
        ("nope.py:3", "no file nope.py"),
        ("folder", "is a folder"),
        ("folder:3", "is a folder"),
        ("-", "needs a name"),
        ("-:3", "no range"),
    ],
)
def test_bad_targets_are_named(text: str, named: str) -> None:
    """Each is an input error that quotes what is wrong and hints at the right form."""
    with pytest.raises(InputError, match=named) as failed:
        parse_target(text, stdin_path=None)
    assert failed.value.hint


def test_a_near_name_is_suggested() -> None:
    """A typing error of one letter is recognised."""
    with pytest.raises(InputError) as failed:
        parse_target("b.py:3", stdin_path=None)
    assert failed.value.hint is not None
    assert "a.py" in failed.value.hint


def test_standard_input_has_a_name() -> None:
    """`-` goes with --stdin-path, and that with nothing else."""
    assert parse_target("-", stdin_path="x/y.py") == TypedTarget(Path("x/y.py"), is_stdin=True)
    with pytest.raises(InputError, match="stdin-path"):
        parse_target("a.py", stdin_path="x.py")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.py:12:5", TypedTarget(Path("a.py"), 12, column=5)),
        ("d:3:4", TypedTarget(Path("d"), 3, column=4)),
        ("d:3:4:5", TypedTarget(Path("d:3"), 4, column=5)),
        ("with space.py:2:1", TypedTarget(Path("with space.py"), 2, column=1)),
        ("ä:ö.py:2:1", TypedTarget(Path("ä:ö.py"), 2, column=1)),
        ("line\nbreak.py:2:1", TypedTarget(Path("line\nbreak.py"), 2, column=1)),
    ],
)
def test_positions_are_read(text: str, expected: TypedTarget) -> None:
    """The last two numbers are line and column, whatever the name before them holds."""
    assert parse_position(text, stdin_path=None) == expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a.py", "where the cursor stands"),
        ("a.py:12", "where the cursor stands"),
        ("a.py:12:", "where the cursor stands"),
        ("a.py:12-40", "where the cursor stands"),
        (":1:1", "where the cursor stands"),
        ("a.py:0:1", "count from 1"),
        ("a.py:1:0", "count from 1"),
        ("nope.py:1:1", "no file nope.py"),
        ("folder:1:1", "is a folder"),
        ("-", "needs a name"),
    ],
)
def test_bad_positions_are_named(text: str, named: str) -> None:
    """Each is an input error whose hint shows the form."""
    with pytest.raises(InputError, match=named) as failed:
        parse_position(text, stdin_path=None)
    assert failed.value.hint


def test_standard_input_has_its_position_in_its_name() -> None:
    """`- --stdin-path NAME:LINE:COLUMN`; the name needn't exist, and goes with nothing else."""
    expected = TypedTarget(Path("x/y.py"), 3, is_stdin=True, column=7)
    assert parse_position("-", stdin_path="x/y.py:3:7") == expected
    with pytest.raises(InputError, match="where the cursor stands"):
        parse_position("-", stdin_path="x/y.py")
    with pytest.raises(InputError, match="stdin-path"):
        parse_position("a.py:1:1", stdin_path="x.py:1:1")
