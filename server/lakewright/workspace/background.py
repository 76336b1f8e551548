"""Reading files beside the event loop, in threads that the exit doesn't wait for.

A read on a dead network disk can't be interrupted: the thread is left behind. A walk asks `stop`
between folders and files, so that a cancelled one ends soon.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from lakewright.core.threads import in_daemon_thread
from lakewright.workspace.listing import Stop

_T = TypeVar("_T")


async def in_background(work: Callable[[Stop], _T]) -> _T:
    """Run `work(stop)` in a daemon thread; `stop()` turns true when the waiting task is cancelled."""
    stopped = threading.Event()
    try:
        return await in_daemon_thread(work, stopped.is_set)
    finally:
        stopped.set()
