"""Ends that must be reached: what puts things in order again, whoever loses patience meanwhile."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

_T = TypeVar("_T")


async def settled(work: Coroutine[None, None, _T]) -> _T:
    """The result of `work`, which is not cancelled with its waiter: the waiter is, once it is done.

    The work must be bounded in time.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return task.result()
