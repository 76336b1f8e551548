"""A run's stream for programs: every delta as a partial result, in order, a few notifications a second.

Deltas are kept in lists and leave joined; a timer sends what came and stops when nothing does.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lsprotocol import types

from lakewright.agent.events import (
    AnswerText,
    ReasoningText,
    Retried,
    RunEvent,
    ToolAnswered,
    ToolCalled,
    TurnEnded,
)
from lakewright.lsp.arguments import Token
from lakewright.lsp.client import Client
from lakewright.lsp.timers import Clock, Later, Timer, on_loop

A_SECOND = 30
"""The most notifications in a second."""

_SECOND = 1.01
"""A little more, so that clocks which differ find no second with one too many."""

_PAUSE = 1 / A_SECOND


@dataclass(slots=True)
class _Delta:
    """Text of one kind and one turn, in pieces."""

    kind: str
    pieces: list[str] = field(default_factory=list)


class PartialResults:
    """A sink that sends what a run says to the client's `partialResultToken`."""

    def __init__(
        self, client: Client, token: Token, *, clock: Clock = time.monotonic, later: Later = on_loop
    ) -> None:
        self._client, self._token = client, token
        self._clock, self._later = clock, later
        self._queue: deque[_Delta | Mapping[str, Any]] = deque()
        self._open: _Delta | None = None
        self._of_turn = 0
        self._sent_at: deque[float] = deque(maxlen=A_SECOND)
        self._timer: Timer | None = None
        self._is_over = False
        self._drained = asyncio.Event()

    def start(self, run: str, command: str) -> None:
        """The first notification: the run's id, and what it is."""
        self._send({"kind": "started", "run": run, "command": command})

    def __call__(self, event: RunEvent) -> None:
        if self._is_over:
            return
        match event:
            case ReasoningText(text):
                self._add("reasoning", text)
            case AnswerText(text):
                self._add("text", text)
            case TurnEnded():
                self._open, self._of_turn = None, 0
            case ToolCalled(call_id, name, arguments):
                self._put({"kind": "toolCall", "id": call_id, "name": name, "arguments": arguments})
            case ToolAnswered(call_id, is_error):
                self._put({"kind": "toolResult", "id": call_id, "isError": is_error})
            case Retried():
                self._put(self._retry(event))
            case _:
                pass

    async def finish(self, outcome: Mapping[str, Any]) -> None:
        """The last notification, once all before it have left at their pace. Cancelling the wait sends the
        rest at once.
        """
        if self._is_over:
            return
        self._put({"kind": "finished", "outcome": outcome})
        self._is_over = True
        try:
            self._pump()
            await self._drained.wait()
        finally:
            while self._queue:
                self._send(self._queue.popleft())
            self._rest()

    def _add(self, kind: str, text: str) -> None:
        if self._open is None or self._open.kind != kind:
            self._open = _Delta(kind)
            self._queue.append(self._open)
            self._of_turn += 1
        self._open.pieces.append(text)
        if self._timer is None:
            self._pump()

    def _put(self, value: Mapping[str, Any]) -> None:
        self._open = None
        self._queue.append(value)
        if self._timer is None:
            self._pump()

    def _retry(self, event: Retried) -> Mapping[str, Any]:
        value = {"kind": "retry", "reason": event.reason, "delaySeconds": event.delay_seconds}
        voids = self._of_turn if event.restart else 0
        self._of_turn -= voids
        return {**value, "restart": event.restart, "voids": voids}

    def _pump(self) -> None:
        """Send what may leave now; a timer looks again until there is nothing."""
        self._rest()
        now = self._clock()
        is_idle = not self._queue
        while self._queue and self._wait(now) <= 0:
            self._send(self._queue.popleft())
        if not self._queue and self._is_over:
            self._drained.set()
        if not is_idle:
            self._timer = self._later(max(_PAUSE, self._wait(now)), self._pump)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, now: float) -> float:
        """Seconds until the next notification may leave."""
        full = len(self._sent_at) == A_SECOND
        return self._sent_at[0] + _SECOND - now if full else 0.0

    def _send(self, value: _Delta | Mapping[str, Any]) -> None:
        if isinstance(value, _Delta):
            if value is self._open:
                self._open = None
            value = {"kind": value.kind, "text": "".join(value.pieces)}
        self._sent_at.append(self._clock())
        self._client.notify(types.PROGRESS, {"token": self._token, "value": value})
