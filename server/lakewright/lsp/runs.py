"""The runs of one client: each a task of its own, found by id, progress token and document, and ended in
one place. The point of no return is in here too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from lakewright.lsp.arguments import Token
from lakewright.lsp.uris import key_of
from lakewright.lsp.work import Work


@dataclass(eq=False, slots=True)
class Run:
    """One run. `uri` is its document, `token` the work-done token that its progress is shown on."""

    id: str
    command: str
    uri: str | None
    token: Token | None = None
    cancelled: bool = False
    handed_over: bool = False
    on_hand_over: list[Callable[[], None]] = field(default_factory=list, repr=False)
    work: Work = field(init=False, repr=False)

    @property
    def task(self) -> "asyncio.Task[Any]":
        """It ends with what its work returned or raised."""
        return self.work.task

    def hand_over(self) -> bool:
        """The point of no return: True once, unless the run was cancelled before.

        Whatever changes what the user sees (an edit, a document, a message) is sent only after it said
        True, without an `await` in between; a cancellation after it means nothing.
        """
        if self.cancelled or self.handed_over:
            return False
        self.handed_over = True
        for listener in self.on_hand_over:
            listener()
        return True


class Runs:
    """All runs that haven't ended. `on_change` is called whenever one begins, passes its point of no return,
    or ends.
    """

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.taken: set[str] = set()
        """Ids that clients chose for runs which were accepted: they name progress, and are used once."""
        self._runs: dict[str, Run] = {}

    @property
    def active(self) -> tuple[str, ...]:
        """The ids, oldest first."""
        return tuple(self._runs)

    @property
    def can_cancel(self) -> bool:
        """Whether one of them is before its point of no return."""
        return any(not run.handed_over for run in self._runs.values())

    def start(
        self,
        command: str,
        *,
        run_id: str,
        uri: str | None,
        work: Callable[[Run], Awaitable[Any]],
        token: Token | None = None,
    ) -> Run:
        """Enter a run, then begin its work as a task. `run_id` must not be taken (`by_id`).

        The work begins whatever happens. It sees a cancellation as a CancelledError at an `await` of its
        own, once, so that it can end what it had begun.
        """
        assert run_id not in self._runs, "ids are checked where they come from"
        run = Run(run_id, command, uri, token, on_hand_over=[self._changed])
        self._runs[run_id] = run
        run.work = Work(work(run))
        run.task.add_done_callback(lambda _: self._ended(run))
        self.on_change()
        return run

    def by_id(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def by_token(self, token: Token) -> Run | None:
        """The run whose progress is shown on this token; 1 and "1" are two."""
        return next((run for run in self._runs.values() if run.token == token), None)

    def by_uri(self, uri: str) -> tuple[Run, ...]:
        """The runs of a document, in whatever spelling."""
        key = key_of(uri)
        return tuple(run for run in self._runs.values() if run.uri is not None and key_of(run.uri) == key)

    def cancel(self, run: Run) -> bool:
        """End a run; False where it has ended, or its outcome was handed over already."""
        if run.handed_over or run.task.done():
            return False
        run.cancelled = True
        run.work.cancel()
        return True

    def cancel_all(self) -> list[str]:
        """End all runs; the ids of those that could be."""
        return [run.id for run in list(self._runs.values()) if self.cancel(run)]

    async def end_all(self, seconds: float) -> None:
        """End all runs, those that wait for an answer of the client's too, and wait that long for it."""
        self.cancel_all()
        runs = list(self._runs.values())
        for run in runs:
            run.work.cancel()
        if runs:
            await asyncio.wait([run.task for run in runs], timeout=seconds)

    def _changed(self) -> None:
        self.on_change()

    def _ended(self, run: Run) -> None:
        del self._runs[run.id]
        self.on_change()
