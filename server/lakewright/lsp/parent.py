"""The process that started the server: when it ends, so does the server (LSP: `processId`)."""

import asyncio
import os
import sys

_POLL = 2.0
"""Seconds between two looks, where the system can't tell at once."""


async def ended(pid: int, *, poll: float = _POLL) -> None:
    """Return when the process has ended; never for one that can't be seen at the start, as in a container."""
    # On Windows to look at a process by a signal would end it.
    if sys.platform != "win32" and pid > 0 and _is_visible(pid):
        descriptor = _descriptor_of(pid)
        if descriptor is not None:
            await _is_readable(descriptor)
            return
        while _is_visible(pid):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(poll)
        return
    await asyncio.Event().wait()


def _descriptor_of(pid: int) -> int | None:
    """One that can be read once the process has ended, where the system has such."""
    if hasattr(os, "pidfd_open"):
        try:
            return os.pidfd_open(pid)
        except OSError:
            return None
    return None


async def _is_readable(descriptor: int) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _is_visible(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
