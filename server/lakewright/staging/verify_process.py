"""A shell line as a process group that always ends: with it, with its time, with the run that waits for it.

Not by asyncio's own subprocesses: their `wait` waits for the pipes, too, and a grandchild may hold those
for as long as it likes (CPython 3.11, `_try_finish`).
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError
from lakewright.staging.settled import settled

GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""

_DRAIN = 0.5
"""Seconds to wait for the end of the output once all processes of the group have ended."""

_POLL = 0.04
_CHUNK = 65_536
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
_SHELL = ("cmd.exe", "/d", "/c") if sys.platform == "win32" else ("/bin/sh", "-c")


_running: set[int] = set()
"""The groups of commands that haven't ended."""


def kill_all() -> None:
    """Kill every command at once: for a program that leaves without ending its loop."""
    for group in tuple(_running):
        _signalled(group, _KILL)


async def run_shell(
    command: str,
    folder: Path,
    environment: Mapping[str, str],
    on_bytes: Callable[[bytes], None],
    *,
    seconds: float,
) -> int | None:
    """Run the line in `folder` until it ends; its exit code, or None when its time was up.

    Both streams go to `on_bytes` as they come, from a thread. In a session of its own: it has no terminal
    to ask for a password, and Ctrl-C reaches us first. No process of its group is left; one that has made
    a session of its own is not waited for.
    """
    process = _started(command, folder, environment)
    _running.add(process.pid)
    reading = asyncio.ensure_future(in_daemon_thread(_read, cast(BinaryIO, process.stdout), on_bytes))
    waiting = asyncio.ensure_future(in_daemon_thread(process.wait))
    try:
        ended, _ = await asyncio.wait({waiting}, timeout=seconds)
        return waiting.result() if ended else None
    finally:
        await settled(_end(process, waiting, reading))


def _started(command: str, folder: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - the user's own command
            [*_SHELL, command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
        )
    except OSError as error:
        raise InputError(
            f"The verify command can't be started: {error.strerror or error}.",
            hint="Make it shorter, or put it into a script of the project.",
        ) from None


def _read(stream: BinaryIO, on_bytes: Callable[[bytes], None]) -> None:
    """Until the last holder of the pipe has closed it."""
    with stream:
        while chunk := os.read(stream.fileno(), _CHUNK):
            on_bytes(chunk)


async def _end(
    process: "subprocess.Popen[bytes]", waiting: "asyncio.Future[int]", reading: "asyncio.Future[None]"
) -> None:
    """End what is left of the group, and see the last of its output. A process that the system can't
    kill (it waits for a dead disk) is left behind.
    """
    if _signalled(process.pid, signal.SIGTERM):
        await _until_gone(process.pid, waiting, GRACE)
        if _signalled(process.pid, _KILL):
            await _until_gone(process.pid, waiting, _DRAIN)
    _running.discard(process.pid)
    await asyncio.wait({reading}, timeout=_DRAIN)
    waiting.cancel()
    reading.cancel()


async def _until_gone(group: int, waiting: "asyncio.Future[int]", seconds: float) -> None:
    for _ in range(round(seconds / _POLL)):
        if waiting.done() and not await in_daemon_thread(_lives, group):  # a look at every process there is
            return
        await asyncio.sleep(_POLL)


def _lives(group: int) -> bool:
    """Whether a process of the group runs. One that has ended stays in the group until its parent asks,
    and in a container there may be nobody to ask; only Linux tells them apart.
    """
    if not _signalled(group, 0):
        return False
    if not sys.platform.startswith("linux"):
        return True
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of_group = file.read_text("utf-8", "replace").rpartition(")")[2].split()[:3]
            if of_group == str(group) and state not in "ZX":
                return True
    return False


def _signalled(group: int, number: int) -> bool:
    """Whether the group was there to take the signal. Its number isn't given away while a member lives."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            os.kill(group, signal.SIGTERM)
        return False
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        return False
    return True
