"""The one guard before every byte that leaves: it decides by name, and again by what was opened.

A path is judged as it is spelled and as it is once links are resolved; both must pass. The file is
then opened, and what the system says was opened must be the path that passed: a link exchanged in
between, or another letter case on a disk that doesn't care, gains nothing.
"""

import os
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from lakewright.errors import InputError
from lakewright.workspace.decode import BINARY, begins_binary
from lakewright.workspace.denied import why_denied
from lakewright.workspace.ignore import Folder, IgnoreRules
from lakewright.workspace.paths import shown
from lakewright.workspace.roots import Root

MAX_BYTES = 20_000_000
"""The largest file that is opened at all."""

_HEAD_BYTES = 8_192
_KINDS = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a named pipe"),
    (stat.S_ISSOCK, "it is a socket"),
    (stat.S_ISCHR, "it is a device"),
    (stat.S_ISBLK, "it is a device"),
)
_HINT = "Name a text file of the workspace that is neither ignored nor on the deny list."
_LINK_OUT = "it is a link that leads out of the workspace root"


class Guard:
    """Judges and opens files below a root. `ignore` are patterns of the settings, relative to it; `label`
    stands before the paths in what it says.
    """

    def __init__(
        self, root: Root, ignore: Sequence[str] = (), *, environ: Mapping[str, str], label: str = ""
    ) -> None:
        self.root = root
        self._label = label
        self._only = Path(os.path.realpath(root.only_file)) if root.only_file else None
        top = _repository(root.path)
        self._above = tuple(os.fsencode(name) for name in root.path.relative_to(top).parts)
        self._rules = IgnoreRules(top, ignore, depth=len(self._above), environ=environ)

    def why_refused(self, parts: Sequence[str]) -> str | None:
        """Why the file or folder may not be read, None where it may. It needn't exist."""
        try:
            self._allowed(parts)
        except InputError as error:
            return error.message
        return None

    def check(self, parts: Sequence[str]) -> None:
        """Raise InputError with the reason when the path may not be read."""
        self._allowed(parts)

    def top(self) -> Folder:
        """The ignore rules for the root's entries, for a walk."""
        folder = self._rules.top()
        for name in self._above:
            folder = self._rules.child(folder, name)
        return folder

    def child(self, folder: Folder, name: str) -> Folder:
        return self._rules.child(folder, os.fsencode(name))

    def lists(self, folder: Folder, parts: Sequence[str], entry: os.DirEntry[str]) -> bool:
        """Whether a walk may name the entry of `folder`, whose path is `parts`.

        Links to folders are left out: what is in them is listed where it is.
        """
        is_folder = entry.is_dir(follow_symlinks=False)
        if why_denied(self._root_names, parts, is_folder=is_folder):
            return False
        if folder.judge(os.fsencode(entry.name), is_folder=is_folder):
            return False
        try:
            kept = is_folder or entry.is_file()
        except OSError:  # a link in a circle
            return False
        return kept and (not entry.is_symlink() or self.why_refused(parts) is None)

    def read(self, parts: Sequence[str]) -> bytes:
        """The bytes of an allowed regular file of at most MAX_BYTES; else InputError with the reason."""
        real = self._allowed(parts)
        name = self._name(parts)
        try:
            self._check_kind(name, real.stat())
            descriptor = os.open(real, _OPEN_FLAGS)
        except OSError as error:
            raise _refused(name, _why_unreadable(error)) from None
        with open(descriptor, "rb") as stream:  # noqa: PTH123 - it is open already
            status = os.fstat(descriptor)
            self._check_kind(name, status)
            self._check_opened(name, real, descriptor)
            data = stream.read(_HEAD_BYTES)
            if begins_binary(data):
                raise _refused(name, BINARY)
            data += stream.read(MAX_BYTES + 1 - len(data))
        if len(data) > MAX_BYTES:
            raise _refused(name, f"it is larger than {MAX_BYTES // 1_000_000} MB")
        return data

    def _name(self, parts: Sequence[str]) -> str:
        return self._label + "/".join(parts) or "."

    @property
    def _root_names(self) -> tuple[str, ...]:
        return self.root.path.parts[1:]

    def _allowed(self, parts: Sequence[str]) -> Path:
        """The resolved path, once the spelling and it have passed; else InputError."""
        name = self._name(parts)
        reason = self._judge(parts)
        if reason:
            raise _refused(name, reason)
        path = self.root.path.joinpath(*parts)
        real = Path(os.path.realpath(path))
        if self._only and real != self._only:
            raise _refused(name, f"only {shown(self._only.name)} may be read in a folder as wide as this")
        if real != path:
            if not real.is_relative_to(self.root.path):
                raise _refused(name, _LINK_OUT)
            reason = self._judge(real.relative_to(self.root.path).parts)
            if reason:
                raise _refused(name, f"it is a link, and where it leads {reason}")
        return real

    def _judge(self, parts: Sequence[str]) -> str | None:
        denied = why_denied(self._root_names, parts)
        if denied:
            return f"it is on the deny list ({denied})"
        is_folder = os.path.isdir(self.root.path.joinpath(*parts))  # noqa: PTH112 - Path raises for long names
        names = (*self._above, *(os.fsencode(part) for part in parts))
        ignored = self._rules.judge(names, is_folder=is_folder)
        return f"it is ignored by {ignored}" if ignored else None

    def _check_kind(self, name: str, status: os.stat_result) -> None:
        for is_kind, reason in _KINDS:
            if is_kind(status.st_mode):
                raise _refused(name, reason)
        if status.st_size > MAX_BYTES:
            raise _refused(name, f"it is larger than {MAX_BYTES // 1_000_000} MB")

    def _check_opened(self, name: str, real: Path, descriptor: int) -> None:
        """Judge what was opened by the system's own name for it, where the system tells."""
        true = _true_path(descriptor)
        if true == real:
            return
        if true is not None and true.is_relative_to(self.root.path):
            reason = self._judge(true.relative_to(self.root.path).parts)
        else:
            same = (
                os.path.samestat(os.fstat(descriptor), real.stat()) and Path(os.path.realpath(real)) == real
            )
            reason = None if same else _LINK_OUT
        if reason:
            raise _refused(name, reason)


_OPEN_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
)


def _refused(name: str, reason: str) -> InputError:
    return InputError(f"{shown(name)} can't be read: {reason}.", hint=_HINT)


def _repository(root: Path) -> Path:
    """The nearest folder with `.git` at or above the root: its ignore files count, too."""
    return next((folder for folder in (root, *root.parents) if os.path.lexists(folder / ".git")), root)


def _true_path(descriptor: int) -> Path | None:
    """The path of an open file in the system's own spelling; None where it isn't told."""
    try:
        if sys.platform == "darwin":
            import fcntl  # noqa: PLC0415 - not on every platform

            return Path(os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, b"\0" * 1024).rstrip(b"\0")))
        return Path(f"/proc/self/fd/{descriptor}").readlink()
    except OSError:
        return None


def _why_unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "you have no right to read it"
    return f"the system says {error.strerror or type(error).__name__}"
