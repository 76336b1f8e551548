"""Running a coroutine to its end, by signals too, without waiting for threads that nothing can stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from lakewright.errors import CancelledRunError

_T = TypeVar("_T")
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = 130


def run_until_ended(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run it in a loop of its own. The first SIGINT, SIGTERM or SIGHUP cancels it; the second leaves
    the program at once. Raises CancelledRunError when the coroutine lets the cancellation through.
    """
    loop = asyncio.new_event_loop()
    try:
        task = loop.create_task(coroutine)
        for number in _ENDING:
            loop.add_signal_handler(number, _end, task)
        return loop.run_until_complete(task)
    except asyncio.CancelledError:
        raise CancelledRunError("Interrupted.") from None
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)
        _close(loop)


def leave(code: int) -> None:
    """Exit without waiting for worker threads: one may hang in a name look-up or a slow disk."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _end(task: "asyncio.Task[Any]") -> None:
    if task.cancelling():
        os._exit(INTERRUPTED)
    task.cancel()


def _close(loop: asyncio.AbstractEventLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
