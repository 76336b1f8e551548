"""Blocking calls that nothing can interrupt (DNS, trust store, an SDK), in threads the exit doesn't wait for.

`asyncio.to_thread` uses workers that `asyncio.run` joins: one hanging name look-up would hold up Ctrl-C.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")
_V = TypeVar("_V")


async def in_daemon_thread(call: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Run `call` in a daemon thread of its own and wait for its result.

    Cancelling the wait leaves the thread behind; what it then returns or raises is dropped.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[_T] = loop.create_future()

    def run() -> None:
        try:
            result = call(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001  handed to the waiting task, whatever it is
            _settle(loop, outcome, outcome.set_exception, _carried(error))
        else:
            _settle(loop, outcome, outcome.set_result, result)

    threading.Thread(target=run, name=f"lakewright-{_name(call)}", daemon=True).start()
    return await outcome


def _settle(
    loop: asyncio.AbstractEventLoop,
    outcome: "asyncio.Future[_T]",
    settle: Callable[[_V], None],
    value: _V,
) -> None:
    def unless_cancelled() -> None:
        if not outcome.done():
            settle(value)

    try:
        loop.call_soon_threadsafe(unless_cancelled)
    except RuntimeError:
        return  # the loop is closed: the program has ended without this result


def _carried(error: BaseException) -> BaseException:
    """The error as a future can hold it: StopIteration would break `await`."""
    return RuntimeError(f"{type(error).__name__} in a thread") if isinstance(error, StopIteration) else error


def _name(call: Callable[..., object]) -> str:
    return getattr(call, "__name__", "call")
