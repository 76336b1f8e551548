"""Staged files and scratch copies for tests of `--verify`."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from lakewright.staging.values import StagedFile
from lakewright.workspace.decode import Decoded


def staged(contents: Mapping[str, str | bytes]) -> list[StagedFile]:
    """Files as a run would have staged them."""
    return [
        StagedFile(
            path, None, Decoded("", "utf-8"), text if isinstance(text, bytes) else text.encode(), None, ()
        )
        for path, text in contents.items()
    ]


def private_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own, to see what is left in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder.resolve()


def seen(root: Path) -> dict[str, tuple[str, int, int]]:
    """What would show that anything below a folder was touched: bytes or target, mode, time, by path.

    Git marks the objects that it finds again as young, borrowed ones too: their time doesn't count.
    """
    found: dict[str, tuple[str, int, int]] = {}
    for folder, folders, names in os.walk(root):
        for name in (*folders, *names):
            path = Path(folder, name)
            status = path.lstat()
            if path.is_symlink():
                found[str(path)] = (str(path.readlink()), 0, 0)
            elif path.is_dir():
                found[str(path)] = ("", status.st_mode, 0)
            else:
                time = 0 if "objects" in path.parts else status.st_mtime_ns
                found[str(path)] = (path.read_bytes().hex(), status.st_mode, time)
    return found


def git(folder: Path, *arguments: str) -> str:
    """What git says, run in the folder as somebody with a name."""
    person = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *person, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env=_git_environment(),
    )
    return done.stdout


def _git_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
