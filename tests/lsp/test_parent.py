"""The end of the process that started the server."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from lakewright.lsp import parent


async def _some_process() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
    )


@pytest.mark.parametrize("by_descriptor", [True, False])
async def test_the_end_of_a_process_is_seen(by_descriptor: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system tells, and where it must be asked again and again."""
    if not by_descriptor:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    process = await _some_process()
    watching = asyncio.create_task(parent.ended(process.pid, poll=0.001))
    await asyncio.sleep(0.01)
    assert not watching.done()
    process.kill()
    await process.wait()
    await watching


@pytest.mark.parametrize("pid", [0, -1, 2**22 + 1, 2**31 - 1, 2**70])
async def test_what_cant_be_seen_is_not_watched(pid: int) -> None:
    """In a container the number means nothing, and must not end the server."""
    watching = asyncio.create_task(parent.ended(pid, poll=0.001))
    await asyncio.sleep(0.01)
    assert not watching.done()
    watching.cancel()
    await asyncio.wait((watching,))


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors by /proc")
async def test_no_descriptor_is_left() -> None:
    """Watching ends with the session."""
    process = await _some_process()
    before = _descriptors()
    watching = asyncio.create_task(parent.ended(process.pid))
    await asyncio.sleep(0)
    assert _descriptors() > before
    watching.cancel()
    await asyncio.wait((watching,))
    assert _descriptors() == before
    process.kill()
    await process.wait()


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
