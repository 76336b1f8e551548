"""What every test of a real editor needs: a world of its own to start it in, a host that is watched, code."""

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from editors.programs.program import Found
from editors.programs.table import must_be_here, program
from lakewright.sandbox.records import RequestRecord
from lakewright.sandbox.server import SandboxServer

CODE = Path(__file__).parent / "editors" / "code"
SHOWN = 10.0
"""Seconds in which something that a user waits for must be there."""
START = 30.0
"""Seconds for the first start of a program, with all else that goes on on the machine."""

Seen = TypeVar("Seen")


def need(key: str) -> Found:
    """The program of this key. Else the test is skipped, with what to install; where the program must be
    here, it fails.
    """
    one = program(key)
    found = one.find()
    if isinstance(found, Found):
        return found
    if must_be_here(one):
        pytest.fail(f"{one.title}: {found}", pytrace=False)
    pytest.skip(f"{one.title}: {found}")


def until(look: Callable[[], Seen], what: str, seconds: float = SHOWN) -> Seen:
    """What `look` returns, once that is true. `what` is said where it doesn't come."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)
    return seen


@dataclass(frozen=True)
class World:
    """A home of its own, and what an editor's environment is in it. The path of `home` is short: sockets
    lie in it. What is put into `artifacts` is kept when the test fails.
    """

    home: Path
    artifacts: Path
    environ: Mapping[str, str] = field(repr=False)

    @classmethod
    def at(cls, home: Path, artifacts: Path) -> "World":
        folders = {name: home / path for name, path in _FOLDERS.items()}
        for path in folders.values():
            path.mkdir(parents=True, mode=0o700)
        scripts = Path(sys.executable).parent
        kept = {name: os.environ[name] for name in ("LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
        return cls(
            home,
            artifacts,
            {
                **kept,
                "HOME": str(home),
                "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
                "TERM": "xterm-256color",
                "LC_ALL": "C.UTF-8",
                **{name: str(path) for name, path in folders.items()},
            },
        )

    @property
    def config(self) -> Path:
        """Where the user's configuration of editors is: XDG_CONFIG_HOME."""
        return self.home / "c"

    @property
    def settings(self) -> Path:
        """The user's own settings file; it isn't there before somebody writes it."""
        path = self.config / "lakewright" / "config.yaml"
        path.parent.mkdir(exist_ok=True)
        return path

    def servers(self) -> list[int]:
        """The ids of all `lakewright serve` that were started in this world and haven't ended."""
        mark = f"HOME={self.home}".encode()
        return [
            int(process.name)
            for process in Path("/proc").iterdir()
            if process.name.isdigit()
            and re.search(rb"lakewright\0.*\bserve\b", _read(process / "cmdline"))
            and mark in _read(process / "environ").split(b"\0")
        ]


_FOLDERS = {
    "XDG_CONFIG_HOME": "c",
    "XDG_DATA_HOME": "d",
    "XDG_STATE_HOME": "s",
    "XDG_CACHE_HOME": "k",
    "XDG_RUNTIME_DIR": "r",
    "LAKEWRIGHT_STATE_DIR": "state",
}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it has ended, or is somebody else's


def copy_of(language: str, root: Path) -> Path:
    """A code base that nobody wrote for this test, as a repository: `python`, `typescript` or `go`."""
    shutil.copytree(CODE / language, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".git").mkdir()
    return root


def reaches(host: SandboxServer) -> dict[str, str]:
    """The variables by which a server finds the host."""
    return {"DATABRICKS_HOST": host.host, "DATABRICKS_TOKEN": host.token}


def asked(host: SandboxServer) -> RequestRecord:
    """The newest request for a model's answer, once the host has begun to answer it."""

    def look() -> RequestRecord | None:
        newest = host.model_requests[-1:]
        return newest[0] if newest and newest[0].status else None

    record = until(look, "a request at the host")
    assert record is not None
    return record


def was_hung_up(record: RequestRecord) -> None:
    """Wait until the host has seen the connection of an unfinished answer close."""
    until(record.finished.is_set, "the connection closes")
    assert record.closed_early
