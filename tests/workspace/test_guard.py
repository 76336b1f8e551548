"""The guard: which paths are refused, with which reason, and that nothing refused is opened."""

import os
import socket
from pathlib import Path

import pytest

from lakewright.errors import InputError
from lakewright.workspace import guard as guard_module
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root
from support_workspace import workspace_of, write_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A root with a bit of everything, and a folder beside it."""
    root = write_tree(
        tmp_path / "root",
        {
            "a.py": "x = 1\n",
            "sub/b.py": "y = 2\n",
            "sub/with space:and colon.py": "z = 3\n",
            "sub/ünï\ncode.py": "u = 4\n",
            ".gitignore": "*.log\nbuild/\n",
            "noise.log": "n",
            "build/out.py": "o",
            ".env": "TOKEN=1",
            "image.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        },
    )
    write_tree(tmp_path / "beside", {"secret.py": "s"})
    links = {
        "in.py": "a.py",
        "chain.py": "in.py",
        "folder": "sub",
        "out.py": "../beside/secret.py",
        "outside": "../beside",
        "innocent.txt": ".env",
        "notes.txt": "noise.log",
        "loop": "loop",
        "back": "../root/a.py",
        "dangling": "nowhere.py",
    }
    for name, leads_to in links.items():
        (root / name).symlink_to(leads_to)
    return root


@pytest.mark.parametrize(
    "path",
    [
        "a.py",
        "./a.py",
        "sub/../a.py",
        "//a.py",
        "sub//b.py",
        "in.py",
        "chain.py",
        "folder/b.py",
        "back",
        "sub/with space:and colon.py",
        "sub/ünï\ncode.py",
    ],
)
def test_files_of_the_workspace_are_read(tree: Path, path: str) -> None:
    """Every spelling that stays below the root works, through links that stay there, too."""
    if path == "//a.py":
        path = f"{tree}//a.py"
    workspace = workspace_of(tree)
    assert workspace.why_refused(path) is None
    assert workspace.read(path).text[1:] == f" = {workspace.read(path).text[4]}\n"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../beside/secret.py", "lies outside the workspace root"),
        ("sub/../../beside/secret.py", "lies outside the workspace root"),
        ("/etc/passwd", "lies outside the workspace root"),
        ("..", "lies outside the workspace root"),
        ("out.py", "a link that leads out"),
        ("outside/secret.py", "a link that leads out"),
        ("outside/missing.py", "a link that leads out"),
        (".env", r"on the deny list \(environment file\)"),
        (".ENV", r"on the deny list \(environment file\)"),
        ("sub/id_rsa", r"on the deny list \(private key\)"),
        ("innocent.txt", r"where it leads it is on the deny list"),
        ("noise.log", "ignored by .gitignore, line 1"),
        ("missing.log", "ignored by .gitignore, line 1"),
        ("build/out.py", "ignored by .gitignore, line 2"),
        ("notes.txt", "where it leads it is ignored by .gitignore, line 1"),
        ("a\0b", "NUL"),
    ],
)
def test_refused_paths_are_refused_by_name(tree: Path, path: str, reason: str) -> None:
    """Refusals say why, in words, without a look at whether the file is there."""
    workspace = workspace_of(tree)
    with pytest.raises(InputError, match=reason):
        workspace.read(path)
    why = workspace.why_refused(path)
    assert why is not None
    assert "beside" not in why.replace(path, "")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("sub", "it is a folder"),
        (".", "it is a folder"),
        ("", "it is a folder"),
        ("missing.py", "there is no such file"),
        ("a.py/x", "the system says Not a directory"),
        ("dangling", "there is no such file"),
        ("loop", "the system says Too many levels of symbolic links"),
        ("image.png", "it is a binary file"),
        ("x" * 300, "the system says File name too long"),
        ("pipe", "it is a named pipe"),
        ("plug", "it is a socket"),
    ],
)
def test_what_is_no_text_file_says_what_it_is(tree: Path, path: str, reason: str) -> None:
    """Folders, pipes, sockets and binary files are refused; a pipe isn't opened, which would wait."""
    os.mkfifo(tree / "pipe")
    plug = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    try:
        os.chdir(tree)  # the path of a socket may have 107 bytes only
        plug.bind("plug")
    finally:
        os.chdir(here)
        plug.close()
    with pytest.raises(InputError, match=reason):
        workspace_of(tree).read(path)


def test_devices_are_refused() -> None:
    """A device is refused without being opened."""
    with pytest.raises(InputError, match="it is a device"):
        Workspace(Root(Path("/dev"))).read("null")


def test_a_file_that_is_too_large_is_refused(tree: Path) -> None:
    """Size is bounded before anything is read."""
    with (tree / "huge.py").open("wb") as stream:
        stream.truncate(guard_module.MAX_BYTES + 1)
    with pytest.raises(InputError, match="larger than 20 MB"):
        workspace_of(tree).read("huge.py", ranged=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it(tree: Path) -> None:
    """Missing rights are said in words."""
    (tree / "a.py").chmod(0)
    with pytest.raises(InputError, match="no right to read"):
        workspace_of(tree).read("a.py")


def test_a_name_that_is_no_text_is_read_and_shown_with_escapes(tree: Path) -> None:
    """Bytes that are no UTF-8 in a name neither break a read nor a sentence."""
    name = os.fsdecode(b"caf\xe9.py")
    (tree / name).write_text("c = 5\n")
    workspace = workspace_of(tree)
    assert workspace.read(name).text == "c = 5\n"
    with pytest.raises(InputError, match=r'"missing\\udce9.py" can\'t be read'):
        workspace.read("missing\udce9.py")


@pytest.mark.parametrize("opened", [".env", "noise.log", "../beside/secret.py"])
def test_what_was_opened_counts_not_what_was_asked(
    tree: Path, monkeypatch: pytest.MonkeyPatch, opened: str
) -> None:
    """A link exchanged between the look and the opening gains nothing."""
    real_open = os.open

    def exchanged(path: Path, flags: int) -> int:
        return real_open(tree / opened, flags)

    monkeypatch.setattr(os, "open", exchanged)
    with pytest.raises(InputError, match=r"deny list|ignored by|leads out"):
        workspace_of(tree).read("a.py")


def test_a_system_that_does_not_tell_what_was_opened(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `/proc` the file's identity is compared: the right one is read, another refused."""
    monkeypatch.setattr(guard_module, "_true_path", lambda _: None)
    assert workspace_of(tree).read("in.py").text == "x = 1\n"
    real_open = os.open
    monkeypatch.setattr(os, "open", lambda _, flags: real_open(tree / ".env", flags))
    with pytest.raises(InputError, match="leads out"):
        workspace_of(tree).read("a.py")


def test_only_allowed_names_are_listed(tree: Path) -> None:
    """Ignored, denied and outside files have no name in a listing; links to folders aren't followed."""
    os.mkfifo(tree / "pipe")
    assert sorted(workspace_of(tree).files()) == sorted(
        [
            ".gitignore",
            "a.py",
            "back",
            "chain.py",
            "image.png",
            "in.py",
            "sub/b.py",
            "sub/with space:and colon.py",
            "sub/ünï\ncode.py",
        ]
    )
