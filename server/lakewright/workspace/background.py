"""Reading files beside the event loop, in threads that the exit doesn't wait for.

A read on a dead network disk can't be interrupted: the thread is left behind. A walk asks `stop`
between folders and files, so that a cancelled one ends soon.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from lakewright.workspace.listing import Stop

_T = TypeVar("_T")


async def in_background(work: Callable[[Stop], _T]) -> _T:
    """Run `work(stop)` in a daemon thread; `stop()` turns true when the waiting task is cancelled."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[_T] = loop.create_future()
    stopped = threading.Event()

    def settle(result: _T | None, error: Exception | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]  # None only where _T allows it

    def run() -> None:
        result: _T | None = None
        failure: Exception | None = None
        try:
            result = work(stopped.is_set)
        except Exception as error:  # noqa: BLE001 - handed to the waiting task, whatever it is
            failure = error
        try:
            loop.call_soon_threadsafe(settle, result, failure)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more

    threading.Thread(target=run, name="lakewright-files", daemon=True).start()
    try:
        return await outcome
    finally:
        stopped.set()
