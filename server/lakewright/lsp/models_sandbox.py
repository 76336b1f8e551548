"""The simulated host as a process of its own, so that its work never holds up the server's event loop.

It ends with the server, also when that is killed: it watches the pipe that only the server holds open.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import NetworkError

_START = 20.0  # seconds until it must have said where it answers
_END = 2.0  # seconds from the end of its input to its own
_COMMAND = ("-m", "lakewright", "sandbox", "--until-eof")
_PREFIXES = ("DATABRICKS_HOST=", "DATABRICKS_TOKEN=")


class SandboxProcess:
    """Started by the first call, once; anew after it has died."""

    def __init__(self, options: Sequence[str] = (), *, environ: Mapping[str, str] = os.environ) -> None:
        """`options` are further ones of `lakewright sandbox`."""
        self._options = options
        self._environ = environ
        self._child: _Child | None = None
        self._starting = asyncio.Lock()

    async def __call__(self) -> tuple[str, str]:
        """Its address and its token. Raises NetworkError when it doesn't start."""
        async with self._starting:
            if self._child is None or not self._child.is_alive:
                await self._end()
                self._child = await _started(self._options, self._environ)
            return self._child.address

    async def aclose(self) -> None:
        """End it."""
        async with self._starting:
            await self._end()

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await in_daemon_thread(child.end)


async def _started(options: Sequence[str], environ: Mapping[str, str]) -> "_Child":
    """A process that answers. One that nobody waits for any more ends at once."""
    child = _Child()
    try:
        async with asyncio.timeout(_START):
            await in_daemon_thread(child.run, options, environ)
    except BaseException as error:
        child.give_up()
        if isinstance(error, TimeoutError | OSError):
            raise _didnt_start() from None
        raise
    return child


class _Child:
    """One process, in the hands of the thread that starts it and of the one that ends it."""

    def __init__(self) -> None:
        self.address = ("", "")
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._is_given_up = False

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def run(self, options: Sequence[str], environ: Mapping[str, str]) -> None:
        """Start it and wait until it answers."""
        with self._lock:
            if self._is_given_up:
                return
            self._process = process = subprocess.Popen(  # noqa: S603 - this interpreter, with our own code
                # -P: the working folder may be a stranger's repository, and nothing is imported from there.
                [sys.executable, "-P", *_COMMAND, *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(environ),
                cwd=Path(sys.executable).anchor or None,
                start_new_session=True,  # Ctrl-C in a terminal is the server's to take
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        assert process.stdout is not None
        try:
            self.address = _announced(process.stdout)
        except BaseException:
            self.end(0)
            raise

    def give_up(self) -> None:
        """End it, however far it has come; its own thread clears up."""
        with self._lock:
            self._is_given_up = True
            if self._process is not None:
                self._process.kill()

    def end(self, patience: float = _END) -> None:
        """End it and wait for that. Blocks."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _announced(output: IO[bytes]) -> tuple[str, str]:
    found = []
    for prefix in _PREFIXES:
        line = output.readline().decode("utf-8", "replace").strip()
        if not line.startswith(prefix):
            raise _didnt_start()
        found.append(line.removeprefix(prefix))
    return found[0], found[1]


def _didnt_start() -> NetworkError:
    return NetworkError(
        "The simulated host didn't start.", hint="Run `lakewright sandbox` in a terminal to see why."
    )
