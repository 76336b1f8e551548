"""A task that begins before it can be cancelled.

asyncio drops the body of a task that is cancelled before its first step: what it was to undo, or to say at
its end, would never be. Here the body begins, and meets the cancellation at its first `await`.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any


class Work:
    """Begins with the next step of the event loop; `task` ends as the awaitable does."""

    def __init__(self, body: Awaitable[Any]) -> None:
        self._has_begun = False
        self._is_cancelled = False
        self.task: asyncio.Task[Any] = asyncio.get_running_loop().create_task(self._run(body))

    def cancel(self) -> None:
        """Cancel it, once: a second call doesn't disturb the work of ending."""
        if self._is_cancelled:
            return
        self._is_cancelled = True
        if self._has_begun:
            self.task.cancel()

    async def _run(self, body: Awaitable[Any]) -> Any:
        self._has_begun = True
        if self._is_cancelled:
            self.task.cancel()
        return await body
