"""Trees of files for tests of the workspace and its tools."""

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root


def write_tree(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files below the folder, and return it with links resolved."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder.resolve()


def workspace_of(
    folder: Path, *, ignore: Sequence[str] = (), overlay: Mapping[str, str] | None = None
) -> Workspace:
    """The workspace whose root is the folder itself."""
    return Workspace(Root(folder.resolve()), ignore=ignore, overlay=overlay)


def ignored_by_git(repository: Path, paths: Iterable[str]) -> set[str]:
    """Which of the paths git itself calls ignored, by patterns alone."""
    process = subprocess.run(
        ["git", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=repository,
        input=b"\0".join(os.fsencode(path) for path in paths),
        capture_output=True,
        check=False,
        env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1"},
    )
    assert process.returncode in (0, 1), process.stderr
    return {os.fsdecode(path) for path in process.stdout.split(b"\0") if path}


def init_git(folder: Path) -> None:
    """Make the folder a repository."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True, capture_output=True)
