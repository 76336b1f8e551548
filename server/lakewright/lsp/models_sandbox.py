"""The simulated host as a process of its own, so that its work never holds up the server's event loop.

It ends with the server, also when that is killed: it watches the pipe that only the server holds open.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

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
        self._process: asyncio.subprocess.Process | None = None
        self._address = ("", "")
        self._starting = asyncio.Lock()

    async def __call__(self) -> tuple[str, str]:
        """Its address and its token. Raises NetworkError when it doesn't start."""
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                self._address = await self._start()
            return self._address

    async def aclose(self) -> None:
        """End it."""
        async with self._starting:
            process, self._process = self._process, None
            if process is not None:
                await _end(process)

    async def _start(self) -> tuple[str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # the working folder may be a stranger's repository: nothing is imported from there
            *_COMMAND,
            *self._options,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(self._environ),
            cwd=Path(sys.executable).anchor or None,
            start_new_session=True,  # Ctrl-C in a terminal reaches the server first
        )
        try:
            async with asyncio.timeout(_START):
                address = await _announced(process)
        except BaseException:
            process.kill()
            raise
        self._process = process
        return address


async def _announced(process: asyncio.subprocess.Process) -> tuple[str, str]:
    assert process.stdout is not None
    found = []
    for prefix in _PREFIXES:
        line = (await process.stdout.readline()).decode("utf-8", "replace").strip()
        if not line.startswith(prefix):
            raise _didnt_start()
        found.append(line.removeprefix(prefix))
    return found[0], found[1]


def _didnt_start() -> NetworkError:
    return NetworkError(
        "The simulated host didn't start.", hint="Run `lakewright sandbox` in a terminal to see why."
    )


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _END)
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
