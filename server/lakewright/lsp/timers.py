"""Clocks and timers as values, so that tests look at no clock of their own."""

import asyncio
from collections.abc import Callable
from typing import Protocol

Clock = Callable[[], float]
"""Seconds; of progress and the like ones that only go up."""


class Timer(Protocol):
    """A call that waits for its time."""

    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], None]], Timer]
"""Call something after that many seconds."""


def on_loop(seconds: float, call: Callable[[], None]) -> Timer:
    """The running event loop's own."""
    return asyncio.get_running_loop().call_later(seconds, call)
