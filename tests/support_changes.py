"""A code base with every kind of file a diff can get wrong, and a simulated host that edits all of it."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from lakewright.sandbox.server import SandboxServer

FILES: Mapping[str, bytes] = {
    "bom.py": b"\xef\xbb\xbfx = 1\ny = 2\n",
    "crlf.py": b"def f():\r\n    return 1\r\n\r\n\r\nx = f()\r\n",
    "latin.py": "# -*- coding: latin-1 -*-\nname = 'größe'\n".encode("latin-1"),
    "no newline.py": b"a = 1\nb = 2\n\nc = a + b",
    "sub/ümlaut name.py": b"def g():\n\treturn '\x0c'\n",
}
"""What the script `edit-five` edits: it appends a comment to the first five files of a workspace."""

NOTE = b"# Looked at."


def a_project(root: Path) -> Path:
    """The files in a git repository of their own, all committed; one is executable."""
    for name, data in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / "crlf.py").chmod(0o755)
    git(root, "init", "-q")
    git(root, "-c", "core.autocrlf=false", "add", "-A")
    return root


def git(root: Path, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run git in the repository; what it says is in the failure."""
    done = subprocess.run(["git", *arguments], cwd=root, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def bytes_of(root: Path) -> dict[str, bytes]:
    """Every file below the root but git's own."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }


def modes_of(root: Path) -> dict[str, int]:
    """The mode of everything below the root but git's own, folders included."""
    return {
        path.relative_to(root).as_posix(): path.stat().st_mode
        for path in sorted(root.rglob("*"))
        if ".git" not in path.relative_to(root).parts
    }


def using(server: SandboxServer) -> dict[str, str]:
    """The environment that makes a process use the host."""
    return {"DATABRICKS_HOST": server.host, "DATABRICKS_TOKEN": server.token}


def state() -> Path:
    """The state folder of the test."""
    return Path(os.environ["LAKEWRIGHT_STATE_DIR"])
