"""Blocking calls leave the loop free, and the exit doesn't wait for them."""

import asyncio
import subprocess
import sys
import threading

import pytest

from lakewright.core.threads import in_daemon_thread


async def test_returns_what_the_call_returned() -> None:
    """Arguments reach the call and its result comes back."""
    assert await in_daemon_thread(divmod, 17, 5) == (3, 2)


async def test_raises_what_the_call_raised() -> None:
    """An error in the thread is the waiter's error."""
    with pytest.raises(ZeroDivisionError):
        await in_daemon_thread(divmod, 1, 0)


async def test_cancelling_leaves_the_thread_behind() -> None:
    """A cancelled wait ends although the call still blocks, and its late result is dropped."""
    loop = asyncio.get_running_loop()
    started, release = asyncio.Event(), threading.Event()

    def block() -> int:
        loop.call_soon_threadsafe(started.set)
        release.wait(30)
        return 1

    waiting = asyncio.create_task(in_daemon_thread(block))
    await started.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    release.set()


def test_exit_does_not_wait_for_the_thread() -> None:
    """A program whose thread never returns ends all the same."""
    program = (
        "import asyncio, threading\n"
        "from lakewright.core.threads import in_daemon_thread\n"
        "async def main():\n"
        "    try:\n"
        "        await asyncio.wait_for(in_daemon_thread(threading.Event().wait), 0.01)\n"
        "    except TimeoutError:\n"
        "        print('left')\n"
        "asyncio.run(main())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=True
    )
    assert ended.stdout == "left\n"
