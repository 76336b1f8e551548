"""A run's progress for people: LSP's work-done progress, at most four reports a second and never silent.

A run never waits for it, and a client that has none is served without.
"""

import asyncio
import math
import time
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from lsprotocol import types

from lakewright.agent.events import AnswerText, ReasoningText, RunEvent
from lakewright.lsp.arguments import Token
from lakewright.lsp.client import ClientError
from lakewright.lsp.progress_text import ProgressText
from lakewright.lsp.progress_words import LONGEST, ending_of, one_line, shortened
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.timers import Clock, Later, Timer, on_loop

PAUSE = 0.26
"""Seconds between two reports: a second never holds five."""

BEAT = 4.5
"""Seconds after which a report is sent although nothing happened: it is late at times, and never five."""

_GRACE = 0.1
"""Seconds that a new phase waits for the text that belongs to it."""

_LOOK = 0.05
"""Seconds after a look that found nothing new."""

_PATIENCE = 60.0
"""Seconds that a client has to make a token."""


class _State(Enum):
    NEW = auto()
    ASKED = auto()
    SHOWN = auto()
    ENDED = auto()


class RunProgress:
    """The progress of one run: a sink for its events, which costs next to nothing where none is shown."""

    def __init__(
        self, session: Session, run: Run, *, clock: Clock = time.monotonic, later: Later = on_loop
    ) -> None:
        self._client, self._background, self._run = session.client, session.background, run
        self._clock, self._later = clock, later
        self._text = ProgressText(clock)
        self._state = _State.NEW
        self._token: Token = ""
        self._title = self._ending = ""
        self._told: tuple[str, str] | None = None
        self._free_at = -math.inf
        self._beat_at = self._due = math.inf
        self._is_soon = False
        self._timer: Timer | None = None

    def start(self, title: str, token: Token | None = None) -> None:
        """Show it under a title such as `Refactor orders.py:12-40`: on the client's token, else on one that
        the client makes when it can. That one names the run, for clients and for people: Helix shows it.
        """
        if self._state is not _State.NEW:
            return
        self._title = shortened(one_line(title), LONGEST)
        if token is not None:
            self._begin(token)
        elif self._client.can("window.workDoneProgress"):
            self._state = _State.ASKED
            self._background.start(self._create(f"lakewright/{self._run.id}"))

    def __call__(self, event: RunEvent) -> None:
        if self._state is _State.ENDED:
            return
        self._text.see(event)
        if self._state is _State.SHOWN and not self._is_soon and not isinstance(event, AnswerText):
            self._hurry(0.0 if isinstance(event, ReasoningText) else _GRACE)

    def end(self, outcome: Mapping[str, Any]) -> None:
        """The run has ended with this RunOutcome, or has handed it over: then nothing is left to cancel, and
        an editor may be asking about an edit. What was begun ends, now or once the client has made the token;
        nothing else is shown.
        """
        before, self._state = self._state, _State.ENDED
        if self._timer is not None:
            self._timer.cancel()
        self._ending = self._ending or ending_of(outcome)
        if before is _State.SHOWN:
            self._tell({"kind": "end", "message": self._ending})

    async def _create(self, token: str) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._client.request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, {"token": token})
        except (ClientError, TimeoutError):
            if self._state is _State.ASKED:
                self._state = _State.ENDED
            return
        has_ended = self._state is _State.ENDED
        self._begin(token)
        if has_ended:  # the client has the token, and waits for what it is for
            self.end({})

    def _begin(self, token: Token) -> None:
        self._state, self._token, self._run.token = _State.SHOWN, token, token
        begin = {"kind": "begin", "title": self._title, "cancellable": True, "message": self._text.message()}
        self._tell(begin)
        self._told = self._text.words()
        now = self._clock()
        self._beat_at = now + BEAT
        self._set(self._beat_at, now)

    def _hurry(self, grace: float) -> None:
        """Something happened: the next report comes as soon as it may."""
        now = self._clock()
        due = max(now + grace, self._free_at)
        if due < self._due:
            self._set(due, now)
        self._is_soon = self._due <= max(now, self._free_at)

    def _set(self, due: float, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due = due
        self._timer = self._later(max(0.0, due - now), self._report)

    def _report(self) -> None:
        now = self._clock()
        words = self._text.words()
        if words != self._told or now >= self._beat_at:
            self._told, self._free_at, self._beat_at = words, now + PAUSE, now + BEAT
            self._tell({"kind": "report", "message": self._text.message()})
        else:
            self._free_at = max(self._free_at, now + _LOOK)
        self._is_soon = False
        self._set(self._beat_at, now)

    def _tell(self, value: Mapping[str, Any]) -> None:
        self._client.notify(types.PROGRESS, {"token": self._token, "value": value})
