"""Which folder a run may read: the workspace root of a file."""

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lakewright.errors import InputError
from lakewright.workspace.paths import shown


@dataclass(frozen=True, slots=True)
class Root:
    """A workspace root: `path` is absolute with links resolved.

    With `only_file` (absolute, below `path`) nothing but that file may be read: the folder is one
    that holds everything a person has.
    """

    path: Path
    only_file: Path | None = None


def find_root(path: Path, override: Path | None = None) -> Root:
    """The root for the file at `path` (it needn't exist): `override`, else the nearest parent that
    holds `.git` (a folder, or the file of a worktree), else the file's folder.

    Where that is the home folder, `/` or the temporary folder itself, only the file is readable.
    Raises InputError for an override that is no folder.
    """
    if override is not None:
        if not override.is_dir():
            raise InputError(
                f"The workspace root {shown(str(override))} is not a folder.",
                hint="Give --root an existing folder.",
            )
        return Root(_real(override))
    folder = _real(path.absolute().parent)
    found = next((parent for parent in (folder, *folder.parents) if _holds_git(parent)), folder)
    return Root(found, folder / path.name) if is_too_wide(found) else Root(found)


def is_too_wide(folder: Path) -> bool:
    """Whether a folder (links resolved) is one that holds everything a person has."""
    return folder in _too_wide()


def _holds_git(folder: Path) -> bool:
    return os.path.lexists(folder / ".git")


def _too_wide() -> set[Path]:
    """Folders that hold everything: no default may open them to a model."""
    folders = {Path(Path.cwd().anchor), Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")}  # noqa: S108 - compared with, never written to
    with contextlib.suppress(RuntimeError):  # no home folder is known for this user
        folders.add(Path.home())
    return {_real(folder) for folder in folders}


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
