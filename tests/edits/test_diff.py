"""Diffs that real `git apply` takes, and that say what would be written, byte for byte."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakewright.edits.diff import diff, diff_bytes, quoted
from lakewright.workspace.decode import Decoded, decode

OLD = "".join(f"line {i}\n" for i in range(30))


def applied(folder: Path, path: str, before: bytes | None, after: bytes) -> bytes:
    """What `git apply` makes of the file with our diff."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if before is not None:
        target.write_bytes(before)
    old = None if before is None else decode(before, path)
    new = (
        Decoded(after.decode(), "utf-8") if old is None else Decoded(after.decode(old.encoding), old.encoding)
    )
    if old is not None and old.bom:
        new = Decoded(after[len(old.bom) :].decode(old.encoding), old.encoding, old.bom)
    patch = diff_bytes(path, old, new)
    git = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(git, cwd=folder, input=patch, capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr, patch)
    return target.read_bytes()


NAMES = [
    "a.py",
    "a b.py",
    'quo"te.py',
    "täx.py",
    "日本.py",
    "tab\there.py",
    "back\\slash.py",
    "d e/f.py",
    "-x.py",
    "'.py",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("before", [b"one\ntwo\n", None])
def test_git_takes_every_name(name: str, before: bytes | None, tmp_path: Path) -> None:
    """Names with blanks, quotes, tabs and letters of any script, changed and new."""
    assert applied(tmp_path, name, before, b"one\nthree\n") == b"one\nthree\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb", b"a\nc"),
        (b"a\nb", b"a\nb\n"),
        (b"a\nb\n", b"a\nb"),
        (b"a\r\nb\r\n", b"a\r\nc\r\n"),
        (b"a\r\nb\nc\r\n", b"a\r\nb\nd\r\n"),
        (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
        (b"caf\xe9\nb\n", b"caf\xe9\nc\n"),
        (b"a\x0cb\n\x0c\n", b"a\x0cc\n\x0c\n"),
        (b"a\rb\n", b"a\rc\n"),
        (b"a\n", b""),
        (None, b"a\nb\n"),
        (None, b"a"),
        (None, b""),
        (OLD.encode(), OLD.replace("line 3\n", "x\n").replace("line 25\n", "").encode()),
        (OLD.encode(), OLD.replace("line 3\n", "x\n").replace("line 9\n", "y\n").encode()),
        (b"", b"a\n"),
    ],
)
def test_git_makes_our_bytes_of_it(before: bytes | None, after: bytes, tmp_path: Path) -> None:
    """Missing final newlines, CRLF, marks, Latin-1, form feeds, new and emptied files."""
    assert applied(tmp_path, "a.txt", before, after) == after


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "d e\n", "\t\n", "é\n"]), max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=LINES, after=LINES, end=st.sampled_from(["", "end"]))
def test_git_apply_equals_the_new_text(before: list[str], after: list[str], end: str, tmp_path: Path) -> None:
    """For any two texts, the diff applied by git is the second one."""
    old, new = "".join(before).encode(), ("".join(after) + end).encode()
    if old != new:
        assert applied(tmp_path, "a.txt", old, new) == new


def test_git_takes_a_few_changes_of_a_large_repetitive_file(tmp_path: Path) -> None:
    """A text too large for an exact comparison still gives one hunk for each change, as git takes it."""
    lines = [line for number in range(2_000) for line in (f"def f{number}():\n", "    pass\n", "\n", "\n")]
    changed = [*lines[:40], "# new\n", *lines[40:3_999], "    return 1\n", *lines[4_000:], "# end\n"]
    old, new = "".join(lines), "".join(changed)
    assert applied(tmp_path, "a.py", old.encode(), new.encode()) == new.encode()
    assert diff("a.py", Decoded(old, "utf-8"), Decoded(new, "utf-8")).count("\n@@ ") == 3


def test_nothing_changed_is_no_diff() -> None:
    """Equal texts have an empty diff."""
    assert diff("a", Decoded("x\n", "utf-8"), Decoded("x\n", "utf-8")) == ""


def test_wide_encodings_are_for_reading() -> None:
    """UTF-16 comes out readable, with a note that git can't take it."""
    text = diff("a b.txt", Decoded("x\n", "utf-16-le", b"\xff\xfe"), Decoded("y\n", "utf-16-le", b"\xff\xfe"))
    assert "`git apply` can't take it" in text.splitlines()[0]
    assert text.splitlines()[1:3] == ["--- a/a b.txt\t", "+++ b/a b.txt\t"]
    assert text.endswith("-x\n+y\n")


def test_names_are_quoted_as_git_does() -> None:
    """Octal bytes and the usual escapes."""
    assert quoted('a/ä"\n') == '"a/\\303\\244\\"\\n"'
    assert quoted("a/b c") == "a/b c"
