"""One file at a time: private files of the state folder, and a new content beside its target.

Nothing here writes into a file that somebody may be reading: a content is written under a temporary
name, flushed, given the mode, owner and attributes of the file it stands for, and renamed.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

_READ_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def fingerprint(data: bytes) -> str:
    """The hash that stands for a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def content_of(path: Path) -> bytes | None:
    """The bytes of the file at `path`, which must be resolved; None where there is nothing.

    Raises OSError where a link, a folder or a device stands in its place, or on the way to it.
    """
    if os.path.realpath(path) != str(path):
        raise OSError(errno.ELOOP, "a link stands in its place", str(path))
    try:
        descriptor = os.open(path, _READ_FLAGS)
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - it is open already
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return stream.read()


def write_private(file: Path, data: bytes) -> None:
    """Give a file of the state folder a new content, whole and flushed, readable by its owner only."""
    temporary = file.with_name(f"{file.name}.new")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    with _created(temporary, 0o600) as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
    flush_folder(file.parent)


def prepare(temporary: Path, data: bytes, *, like: Path, mode: int | None) -> int:
    """Write `data` to a new file that can take the place of `like`, and return its mode.

    It gets `mode`, or what the system gives a new file, and owner, group and attributes of `like`
    where that exists. Raises OSError where they can't be kept.
    """
    try:
        old: os.stat_result | None = like.stat()
    except FileNotFoundError:
        old = None
    with _created(temporary, 0o666 if mode is None else 0o600) as stream:
        stream.write(data)
        stream.flush()
        new = temporary.stat()
        if old is not None:
            if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid) and hasattr(os, "chown"):
                os.chown(temporary, old.st_uid, old.st_gid)
            _copy_attributes(like, temporary)
        if mode is not None:
            temporary.chmod(mode)
        os.fsync(stream.fileno())
    return stat.S_IMODE(new.st_mode) if mode is None else mode


def install(temporary: Path, target: Path, *, is_new: bool) -> None:
    """Put the prepared file in its place. A new one never replaces what came there meanwhile."""
    if not is_new:
        temporary.replace(target)
        return
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        temporary.replace(target)
        return
    temporary.unlink()


def discard(temporary: Path) -> None:
    """Remove a temporary file, if it is there."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        temporary.unlink()


def make_folders(root: Path, folders: Sequence[str]) -> None:
    """Make folders below the root, outer ones first; those that are there already stay."""
    for folder in folders:
        path = root / folder
        path.mkdir(exist_ok=True)
        flush_folder(path.parent)


def remove_emptied(root: Path, folders: Sequence[str]) -> None:
    """Remove folders below the root, inner ones first, that hold nothing."""
    for folder in reversed(folders):
        path = root / folder
        if os.path.realpath(path) == str(path):
            with contextlib.suppress(OSError):  # not empty, or gone: both are the user's doing
                path.rmdir()


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the system can."""
    with contextlib.suppress(OSError):  # Windows, and some network disks, don't open or flush folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _created(path: Path, mode: int) -> BinaryIO:
    """A file that wasn't there, open for writing; the system takes its mask off the mode."""
    return open(os.open(path, _WRITE_FLAGS, mode), "wb")  # noqa: PTH123 - opened with a mode; its callers close it


def _copy_attributes(source: Path, target: Path) -> None:
    """Extended attributes, access lists among them; those the system keeps to itself stay behind."""
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):
        for name in os.listxattr(source):
            with contextlib.suppress(OSError):
                os.setxattr(target, name, os.getxattr(source, name))
