"""The runs of one client: each a task of its own, found by id, progress token and document, and ended in
one place. The point of no return is in here too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from lakewright.lsp.arguments import Token


@dataclass(eq=False, slots=True)
class Run:
    """One run. `uri` is its document, `token` the work-done token that its progress is shown on."""

    id: str
    command: str
    uri: str | None
    token: Token | None = None
    cancelled: bool = False
    _handed_over: bool = False
    _begun: bool = False
    _task: "asyncio.Task[Any] | None" = field(default=None, repr=False)

    @property
    def task(self) -> "asyncio.Task[Any]":
        """It ends with what `work` returned or raised."""
        assert self._task is not None, "`Runs.start` sets it at once"
        return self._task

    @property
    def handed_over(self) -> bool:
        return self._handed_over

    def hand_over(self) -> bool:
        """The point of no return: True once, unless the run was cancelled before.

        Whatever changes what the user sees (an edit, a document, a message) is sent only after it said
        True, without an `await` in between; a cancellation after it means nothing.
        """
        if self.cancelled or self._handed_over:
            return False
        self._handed_over = True
        return True


Work = Callable[[Run], Awaitable[Any]]


class Runs:
    """All runs that haven't ended. `on_change` is called whenever one begins or ends."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._runs: dict[str, Run] = {}

    @property
    def active(self) -> tuple[str, ...]:
        """The ids, oldest first."""
        return tuple(self._runs)

    def start(self, command: str, *, run_id: str, uri: str | None, work: Work) -> Run:
        """Enter a run, then begin its work as a task. `run_id` must not be taken (`by_id`).

        The work sees a cancellation as a CancelledError at an `await` of its own, even if it came before
        its first line; it is told once, so that it can end what it had begun.
        """
        assert run_id not in self._runs, "ids are checked where they come from"
        run = Run(run_id, command, uri)
        self._runs[run_id] = run
        run._task = asyncio.get_running_loop().create_task(self._carry_out(run, work))  # noqa: SLF001 - of one mould
        self.on_change()
        return run

    def by_id(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def by_token(self, token: Token) -> Run | None:
        """The run whose progress is shown on this token."""
        return next((run for run in self._runs.values() if _same(run.token, token)), None)

    def by_uri(self, uri: str) -> tuple[Run, ...]:
        """The runs of a document."""
        return tuple(run for run in self._runs.values() if run.uri == uri)

    def cancel(self, run: Run) -> bool:
        """End a run; False where it has ended, or its outcome was handed over already."""
        if run.handed_over or run.task.done():
            return False
        if not run.cancelled:
            run.cancelled = True
            if run._begun:  # noqa: SLF001 - of one mould
                run.task.cancel()
        return True

    def cancel_all(self) -> list[str]:
        """End all runs; the ids of those that could be."""
        return [run.id for run in list(self._runs.values()) if self.cancel(run)]

    async def end_all(self, seconds: float) -> None:
        """End all runs, those that wait for an answer of the client's too, and wait that long for it."""
        self.cancel_all()
        runs = list(self._runs.values())
        for run in runs:
            if run.handed_over:
                run.task.cancel()
        if runs:
            await asyncio.wait([run.task for run in runs], timeout=seconds)

    async def _carry_out(self, run: Run, work: Work) -> Any:
        run._begun = True  # noqa: SLF001 - of one mould
        try:
            if run.cancelled:
                run.task.cancel()
            return await work(run)
        finally:
            del self._runs[run.id]
            self.on_change()


def _same(one: Token | None, other: Token) -> bool:
    """1 and "1" are two tokens, and so are 1 and True."""
    return type(one) is type(other) and one == other
