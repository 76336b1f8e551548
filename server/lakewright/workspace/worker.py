"""One worker process for what could hold up the event loop: searches, long files to parse and to edit.

A thread is no help: the expression engine and the parser keep the interpreter's lock. The process is
started when first needed, used again, and killed when a job takes too long or is cancelled.
"""

import asyncio
import contextlib
import importlib.util
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

from lakewright.errors import InputError
from lakewright.workspace.background import in_background
from lakewright.workspace.worker_main import receive, send

_KEPT = (
    "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "WINDIR",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH",
)  # fmt: skip
"""All of the environment that the process gets: no token, no setting."""

_START = "import sys; sys.path += sys.argv[1:]; from lakewright.workspace.worker_main import main; main()"
_SOFT = 0.8
"""The share of its time after which a job should come back with what it has."""


class WorkerDiedError(Exception):
    """The process ended in the middle of a job."""


async def run_job(job: dict[str, Any], *, seconds: float) -> dict[str, Any]:
    """The job's result. Jobs wait for each other; the time of one begins with its turn.

    Raises TimeoutError when it takes longer, InputError when the job says so, WorkerDiedError when
    the process ends by itself. Time-out and cancel kill the process.
    """
    loop = asyncio.get_running_loop()
    worker = _workers.get(loop)
    if worker is None:
        for ended in [other for other in _workers if other.is_closed()]:
            del _workers[ended]
        worker = _workers[loop] = _Worker()
    message = {**job, "seconds": seconds + 1, "soft_seconds": seconds * _SOFT}
    async with worker.turn:
        result = await worker.exchange(message, seconds)
    if "refused" in result:
        raise InputError(result["refused"][0], hint=result["refused"][1])
    return cast(dict[str, Any], result["value"])


class _Child:
    """A process and its pipes. `busy` is held while a thread talks with it."""

    def __init__(self) -> None:
        self.process = _start()
        self.busy = threading.Lock()

    def talk(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a job and wait for its result."""
        sink, source = cast(BinaryIO, self.process.stdin), cast(BinaryIO, self.process.stdout)
        with self.busy:
            try:
                send(sink, message)
                result = receive(source)
            except (OSError, ValueError):
                result = None
        if not isinstance(result, dict):
            raise WorkerDiedError
        return result

    def end(self) -> None:
        """Kill the process; the thread that talks with it then finds the end of its pipe."""
        self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        if self.busy.acquire(timeout=1):
            for pipe in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError):
                    cast(BinaryIO, pipe).close()


class _Worker:
    """The process of one event loop; it ends with the loop, and with the program."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self._child: tuple[_Child, Callable[[], object]] | None = None

    async def exchange(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        child, end = self._child or self._started()
        if child.process.poll() is not None:
            end()
            child, end = self._started()
        try:
            async with asyncio.timeout(seconds):
                return await in_background(lambda _: child.talk(message))
        except BaseException:
            self._child = None
            end()
            raise

    def _started(self) -> tuple[_Child, Callable[[], object]]:
        """A process, and the function that ends it, which also runs when nobody needs it any more."""
        child = _Child()
        self._child = (child, weakref.finalize(self, child.end))
        return self._child


_workers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Worker] = weakref.WeakKeyDictionary()


def _start() -> "subprocess.Popen[bytes]":
    """A process of its own session, so that Ctrl-C in a terminal doesn't reach it before us."""
    places = {Path(__file__).parents[2], *_homes("tree_sitter"), *_homes("yaml")}
    return subprocess.Popen(  # noqa: S603 - this interpreter, with our own code
        [sys.executable, "-I", "-X", "utf8", "-c", _START, *map(str, places)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
        cwd=Path(sys.executable).anchor or None,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _homes(package: str) -> list[Path]:
    """Where a package was found here: the isolated mode leaves out `PYTHONPATH` and the user's own."""
    spec = importlib.util.find_spec(package)
    return [Path(spec.origin).parents[1]] if spec and spec.origin else []
