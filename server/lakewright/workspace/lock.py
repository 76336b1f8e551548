"""One writer at a time in a workspace.

The system's own lock on an open file: it ends with the process that holds it, however that ends, so
no lock is ever stale. The file names the holder for whoever has to wait; it is never removed.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lakewright.errors import CancelledRunError, ConfigError, InputError
from lakewright.workspace.listing import Stop

_PAUSE = 0.05
"""Seconds between two attempts."""


@contextlib.contextmanager
def held(file: Path, *, timeout: float, stop: Stop) -> Iterator[None]:
    """Hold the lock `file` (its folder exists), waiting at most `timeout` seconds for another holder.

    Raises InputError when it is still held then, CancelledRunError when `stop` says so meanwhile.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        _wait(descriptor, time.monotonic() + timeout, stop)
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, until: float, stop: Stop) -> None:
    while not _taken(descriptor):
        if stop():
            raise CancelledRunError("Cancelled while another run was writing; nothing was changed.")
        if time.monotonic() >= until:
            os.lseek(descriptor, 0, os.SEEK_SET)
            holder = os.read(descriptor, 20).decode("ascii", "replace")
            who = f"Another run (process {holder})" if holder.isdigit() else "Another run"
            raise InputError(
                f"{who} is writing in this workspace.",
                hint="Wait until it has ended, then try again; nothing was changed.",
            )
        time.sleep(_PAUSE)


def _taken(descriptor: int) -> bool:
    """Whether the lock is ours now; never waits."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - not on every platform

            os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # beyond the text, which stays readable
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on every platform

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        raise ConfigError(
            f"The state folder can't be locked: {error.strerror}.",
            hint="Set LAKEWRIGHT_STATE_DIR to a folder on a local disk.",
        ) from None
    return True
