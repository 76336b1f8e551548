"""The servers beside Lakewright's: bare pygls, and Lakewright's own with its event loop watched.

`watched` says at its end, in the file named by `LOOP_REPORT`: the longest step of the loop in CPU time of its
thread (what blocks it by itself), the longest time that it came late (what it waits for the interpreter and
the machine, too), and what that step was. SIGUSR1 begins the figures anew.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TICK = 0.001


def bare() -> None:
    """A language server that can do nothing."""
    from pygls.lsp.server import LanguageServer  # noqa: PLC0415 - each server imports its own

    LanguageServer("bare", "1").start_io()


def watched() -> None:
    """`lakewright serve`."""
    import lakewright.lsp.server as served  # noqa: PLC0415 - likewise
    from lakewright.cli.main import main  # noqa: PLC0415

    serve = served.serve

    async def with_watch(*streams: Any) -> int:
        watch = asyncio.ensure_future(_watch())
        try:
            return await serve(*streams)
        finally:
            watch.cancel()
            _report()

    served.serve = with_watch  # type: ignore[assignment]
    signal.signal(signal.SIGUSR1, lambda *_: _longest.update(_NOTHING))
    step = asyncio.Handle._run  # noqa: SLF001 - the one place that sees every step

    def timed(self: asyncio.Handle) -> None:
        began = time.thread_time()
        step(self)
        spent = (time.thread_time() - began) * 1000
        if spent > _longest["step"]:
            _longest["step"], _longest["of"] = spent, _name(self)

    asyncio.Handle._run = timed  # type: ignore[method-assign]  # noqa: SLF001
    sys.argv = ["lakewright", "serve"]
    main()


_NOTHING: Mapping[str, Any] = {"step": 0.0, "of": "", "late": 0.0}
_longest = dict(_NOTHING)


def _name(handle: Any) -> str:
    task = getattr(handle._callback, "__self__", None)  # noqa: SLF001
    coroutine = task.get_coro() if isinstance(task, asyncio.Task) else None
    return str(getattr(coroutine or handle._callback, "__qualname__", handle._callback))  # noqa: SLF001


async def _watch() -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _TICK
        await asyncio.sleep(_TICK)
        _longest["late"] = max(_longest["late"], (loop.time() - due) * 1000)


def _report() -> None:
    Path(os.environ["LOOP_REPORT"]).write_text(json.dumps(_longest), "utf-8")


if __name__ == "__main__":
    {"bare": bare, "watched": watched}[sys.argv[1]]()
