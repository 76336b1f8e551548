"""URIs and paths: every usual spelling is understood, and what we write is read back."""

import ntpath
import os
import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.lsp.uris import below, beside, key_of, name_of, path_of, uri_of

names = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8
).filter(lambda name: name not in (".", ".."))


@given(st.lists(names, max_size=4))
def test_a_path_comes_back(parts: list[str]) -> None:
    """The URI of a path, whatever its names hold, leads to that path; and is its own key."""
    path = "/" + "/".join(parts)
    uri = uri_of(path, windows=False)
    assert path_of(uri, windows=False) == path
    assert key_of(uri, windows=False) == uri
    assert uri.isascii()
    assert below("file:///r%6Fot/", "/".join(parts)).startswith("file:///r%6Fot/")
    assert path_of(below("file:///r%6Fot", "a" + path), windows=False) == posixpath.normpath("/root/a" + path)


@given(
    st.binary(min_size=1, max_size=6).filter(lambda name: not {0, 47} & {*name} and name not in (b".", b".."))
)
def test_names_that_are_no_text_come_back(name: bytes) -> None:
    """A name of any bytes, as Linux has them, survives."""
    path = "/" + os.fsdecode(name)
    assert path_of(uri_of(path, windows=False), windows=False) == path


windows_names = st.text(
    st.characters(exclude_characters='/\\:*?"<>|\0', exclude_categories=("Cs", "Cc")), min_size=1, max_size=8
).filter(lambda name: name.strip(". ") == name)


@given(st.sampled_from(["C:\\", "z:\\", "\\\\server\\share\\"]), st.lists(windows_names, max_size=3))
def test_windows_paths_come_back(drive: str, parts: list[str]) -> None:
    """Drives (in capital letters, as the system has them) and shares survive."""
    path = drive + "\\".join(parts)
    expected = ntpath.normpath(path[0].upper() + path[1:])
    assert path_of(uri_of(path, windows=True), windows=True) == expected


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/u/a.py", "/home/u/a.py"),
        ("file:///home/u/a%20b%23.py", "/home/u/a b#.py"),
        ("file:///home/u/a b#c?.py", "/home/u/a b#c?.py"),
        ("file:///caf%C3%A9.py", "/café.py"),
        ("file:///café.py", "/café.py"),
        ("file:///100%25%zz.py", "/100%%zz.py"),
        ("file://localhost/a.py", "/a.py"),
        ("file://LOCALHOST/a.py", "/a.py"),
        ("file:/a.py", "/a.py"),
        ("FILE:///a.py", "/a.py"),
        ("file:////a//b/", "/a/b"),
        ("file:///a/./b/../c.py", "/a/c.py"),
        ("file:///../../etc/passwd", "/etc/passwd"),
        ("file:///a/%2E%2E/c.py", "/c.py"),
        ("file:///c%3A/x.py", "/c:/x.py"),
        ("file:///", "/"),
        ("file://server/share/a.py", None),
        ("file:///a%00b", None),
        ("file:///\ud83d", None),
        ("file:", None),
        ("file:a.py", None),
        ("", None),
        ("untitled:Untitled-1", None),
        ("vscode-notebook-cell:/home/u/x.ipynb#W0", None),
        ("git:/home/u/a.py?%7B%7D", None),
        ("vscode-remote://ssh-remote%2Bh/home/u/a.py", None),
        ("/home/u/a.py", None),
    ],
)
def test_paths_of_posix(uri: str, path: str | None) -> None:
    """Every usual spelling, and what has no path here."""
    assert path_of(uri, windows=False) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/Users/u/a%20b.py", "C:\\Users\\u\\a b.py"),
        ("file:///C:/Users/u/a.py", "C:\\Users\\u\\a.py"),
        ("file:///c:/Users/../a.py", "C:\\a.py"),
        ("file:///c|/a.py", "C:\\a.py"),
        ("file:///c%3a", "C:\\"),
        ("file://server/share/a.py", "\\\\server\\share\\a.py"),
        ("file:////server/share/a.py", "\\\\server\\share\\a.py"),
        ("file:///home/u/a.py", None),
    ],
)
def test_paths_of_windows(uri: str, path: str | None) -> None:
    """VS Code escapes the colon and writes the drive small; others don't; all mean one file."""
    assert path_of(uri, windows=True) == path


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("file:///c%3A/x/a.py", "file:///C:/x/a.py"),
        ("file:///a%2Bb.py", "file:///a+b.py"),
        ("file:///%61.py", "file:///a.py"),
    ],
)
def test_spellings_of_one_file_have_one_key(one: str, other: str) -> None:
    """Spellings that mean one file are one."""
    assert key_of(one, windows=True) == key_of(other, windows=True) or key_of(one) == key_of(other)


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "git:/a.py?x", "", "no uri at all"])
def test_what_is_no_file_stands_for_itself(uri: str) -> None:
    """Only files have several spellings."""
    assert key_of(uri) == uri


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("untitled:Untitled-1", "Untitled-1"),
        ("untitled:/home/u/new%20file.py", "new file.py"),
        ("vscode-notebook-cell:/home/u/x.ipynb#W0sZmlsZQ%3D%3D", "x.ipynb"),
        ("git:/home/u/a.py?%7B%22ref%22%3A%22~%22%7D", "a.py"),
        ("untitled:", ""),
        ("plain", "plain"),
        ("untitled:\ud83d", "?"),
    ],
)
def test_the_last_name(uri: str, name: str) -> None:
    """What a person would call a document that has no path."""
    assert name_of(uri) == name


@pytest.mark.parametrize(
    ("uri", "windows", "link"),
    [
        ("file:///home/u/a%20b.py", False, "../../home/u/a%20b.py"),
        ("file:///var/state/a.md", False, "a.md"),
        ("untitled:Untitled-1", False, "untitled:Untitled-1"),
        ("file:///c%3A/src/a.py", True, "../src/a.py"),
        ("file:///d:/src/a.py", True, "file:///d:/src/a.py"),
    ],
)
def test_a_link_beside(uri: str, windows: bool, link: str) -> None:
    """A document links to files by relative paths; to what has none, by its URI."""
    folder = "C:\\state" if windows else "/var/state"
    assert beside(folder, uri, windows=windows) == link
