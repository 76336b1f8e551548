"""Whether a file may be written, told before anything is."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lakewright.errors import EditError, InputError
from lakewright.workspace.atomic_write_file import content_of, fingerprint
from lakewright.workspace.files import Workspace
from lakewright.workspace.journal import ChangedOnDiskError
from lakewright.workspace.paths import parts_below, shown


class UnwritableError(EditError):
    """A file that may not be written; `reason` says why, without its name."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{shown(path)} can't be written: {reason}; nothing was written.",
            hint="Change that, or leave the file out; every file is as it was.",
        )
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Change:
    """A file's new bytes. `path` is relative to the root; `expected` is the fingerprint of the bytes
    the change was made from, None for a file that must not exist yet.
    """

    path: str
    data: bytes
    expected: str | None


@dataclass(frozen=True, slots=True)
class Present:
    """A file as it is now."""

    data: bytes
    mode: int


@dataclass(frozen=True, slots=True)
class Target:
    """A change that may be made: `real` is where the path leads, relative to the root."""

    path: str
    real: str
    data: bytes
    present: Present | None


def check_changes(workspace: Workspace, changes: Sequence[Change]) -> list[Target]:
    """The changes that change something, judged by the guard and by what is on disk.

    Raises EditError with the reason for the first file that may not be written, ChangedOnDiskError
    for all that aren't what their change was made from.
    """
    targets: dict[str, Target] = {}
    changed: list[str] = []
    for change in changes:
        target = _target(workspace, change)
        if target.real in targets:
            raise UnwritableError(change.path, f"it is the same file as {shown(targets[target.real].path)}")
        targets[target.real] = target
        now = fingerprint(target.present.data) if target.present else None
        if change.expected is None and target.present:
            raise UnwritableError(change.path, "it was to be created, but is there already")
        if now != change.expected:
            changed.append(target.path)
    if changed:
        raise ChangedOnDiskError(changed)
    return [one for one in targets.values() if one.present is None or one.present.data != one.data]


def examine(root: Path, path: str, real: Path) -> Present | None:
    """The file at `real`, None where there is none. UnwritableError where it could not be written, or not
    without touching another name of it.
    """
    try:
        data = content_of(real)
        status = real.lstat() if data is not None else None
        if data is None or status is None:
            _check_folder(root, path, real)
            return None
    except OSError as error:
        raise UnwritableError(path, f"the system says {error.strerror or type(error).__name__}") from None
    if status.st_nlink > 1:
        raise UnwritableError(path, f"it has {status.st_nlink} names (hard links), and only one would change")
    if not os.access(real, os.W_OK) or not status.st_mode & 0o222:
        raise UnwritableError(path, "it is write-protected")
    _check_folder(root, path, real)
    return Present(data, stat.S_IMODE(status.st_mode))


def missing_folders(root: Path, real: str) -> list[str]:
    """The folders that a file's path needs and that aren't there, outer ones first."""
    parents = [*Path(real).parents][-2::-1]  # without the root itself
    return [parent.as_posix() for parent in parents if not (root / parent).is_dir()]


def _target(workspace: Workspace, change: Change) -> Target:
    root = workspace.root.path
    try:
        path = "/".join(parts_below(root, change.path)) or "."
    except InputError as error:
        raise EditError(f"{error.message} Nothing was written.", hint=error.hint) from None
    why = workspace.why_refused(path)
    if why:
        raise EditError(f"{why} Nothing was written.", hint="What may not be read may not be written either.")
    real = Path(os.path.realpath(root / path))
    if real == root or not real.is_relative_to(root):
        raise UnwritableError(path, "it is no file below the workspace root")
    if os.path.lexists(root / path) and not os.path.lexists(real):
        raise UnwritableError(path, "it is a link that leads nowhere")
    return Target(path, real.relative_to(root).as_posix(), change.data, examine(root, path, real))


def _check_folder(root: Path, path: str, real: Path) -> None:
    """The nearest folder that exists must take new names: files are replaced, not written into."""
    folder = next(parent for parent in real.parents if os.path.lexists(parent) or parent == root)
    if not folder.is_dir():
        raise UnwritableError(path, f"{shown(folder.name)} is no folder")
    if not os.access(folder, os.W_OK | os.X_OK) or not folder.stat().st_mode & 0o222:
        raise UnwritableError(path, "its folder is write-protected")
