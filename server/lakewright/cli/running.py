"""Running a coroutine to its end, by signals too, without waiting for what nothing can stop."""

import asyncio
import os
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

from lakewright.cli.ending import INTERRUPTED, on_signals
from lakewright.errors import CancelledRunError

_T = TypeVar("_T")
GRACE = 0.1
"""Seconds that a cancelled run has to end and to say how far it came."""
_LEFT_BEHIND = 0.03
"""Seconds that whatever a run left has to end."""


class Busy:
    """Whether a run is at something that a cancelled one still brings to its end: files half of which
    are written.
    """

    def __init__(self) -> None:
        self._held = 0

    @property
    def now(self) -> bool:
        return self._held > 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """In this block it is."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1


def run_until_ended(
    coroutine: Coroutine[Any, Any, _T], busy: Busy | None = None, *, grace: float = GRACE
) -> _T:
    """Run it in a loop of its own. The first SIGINT, SIGTERM or SIGHUP cancels it, the second leaves
    the program at once. Raises CancelledRunError when the coroutine lets the cancellation through or
    doesn't come to its end in `grace` seconds after it, and isn't `busy`.
    """
    loop = asyncio.new_event_loop()
    ended, seen = asyncio.Event(), 0

    def end(_number: int, _frame: FrameType | None) -> None:
        # Not `loop.add_signal_handler`: the second signal must work while the loop is busy or blocked.
        nonlocal seen
        seen += 1
        if seen > 1:
            commands = sys.modules.get("lakewright.staging.verify_process")
            if commands is not None:
                commands.kill_all()
            os._exit(INTERRUPTED)
        with suppress(RuntimeError):  # the loop is closed: the run had just ended
            loop.call_soon_threadsafe(ended.set)

    with on_signals(end):
        try:
            return loop.run_until_complete(_watched(coroutine, ended, busy or Busy(), grace))
        except asyncio.CancelledError:
            raise CancelledRunError("Interrupted.") from None
        finally:
            _close(loop)


async def _watched(coroutine: Coroutine[Any, Any, _T], ended: asyncio.Event, busy: Busy, grace: float) -> _T:
    task = asyncio.ensure_future(coroutine)
    signalled = asyncio.ensure_future(ended.wait())
    await asyncio.wait((task, signalled), return_when=asyncio.FIRST_COMPLETED)
    signalled.cancel()
    if not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=grace)
        while busy.now and not task.done():
            await asyncio.wait((task,), timeout=grace)
        if not task.done():
            raise asyncio.CancelledError
    return task.result()


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """End what the coroutine left, in bounded time. The workers of `to_thread` aren't joined."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=_LEFT_BEHIND))
    if all(task.done() for task in left):
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
    else:  # the exit ends it; nothing is to be said about that
        loop.set_exception_handler(lambda _loop, _context: None)
