"""How the program ends: by signals, and without waiting for what nothing can stop. No event loop here:
`--help` needs none.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

INTERRUPTED = 130
_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """In this block SIGTERM and SIGHUP raise KeyboardInterrupt as SIGINT does: before a run has begun
    and while its end is written.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    with on_signals(interrupt):
        yield


@contextmanager
def stopped_by_signals() -> Iterator[Callable[[], bool]]:
    """In this block the first SIGINT, SIGTERM or SIGHUP makes the function it gives say true, the
    second leaves the program at once.
    """
    seen = 0

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal seen
        seen += 1
        if seen > 1:
            os._exit(INTERRUPTED)

    with on_signals(end):
        yield lambda: seen > 0


@contextmanager
def on_signals(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """In this block the signals that end a program call `handler`, in the main thread."""
    # Under nohup SIGHUP is ignored, and stays so. SIGINT is caught even where a shell ignores it for a
    # job in the background: who sends it there means this program.
    numbers = [
        number
        for number in _ENDING
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier if earlier is not None else signal.SIG_DFL)


def leave(code: int) -> NoReturn:
    """Exit. Threads that are still at work (a name look-up, a slow disk) aren't waited for, and what a
    reader that has gone didn't take doesn't fail a second time.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    # After an interrupted `exec`, which imports are full of, Python would end itself by a signal.
    if code == INTERRUPTED or threading.active_count() > 1:
        os._exit(code)
    sys.exit(code)
