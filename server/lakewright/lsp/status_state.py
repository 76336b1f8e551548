"""What state a session is in, as a pure machine: what was heard goes in, what a person is told comes out."""

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lakewright.errors import LakewrightError
from lakewright.lsp.editor_words import sentences_of

_UNKNOWN_WAIT = 60.0
"""Seconds after which a host that said "later" without a time is taken to be free again."""


class State(StrEnum):
    """In this order: the first that holds counts."""

    NEEDS_SETUP = "needsSetup"
    RATE_LIMITED = "rateLimited"
    UNREACHABLE = "unreachable"
    WORKING = "working"
    SANDBOX = "sandbox"
    READY = "ready"


_CALM = frozenset((State.WORKING, State.SANDBOX, State.READY))


@dataclass(slots=True)
class Status:
    """All that the status is made of. Times are of the wall clock, in seconds."""

    setup: str | None = None
    """What must be set up, and how."""
    limited: str | None = None
    limited_until: float = 0.0
    unreachable: str | None = None
    """Which hop failed, and what to do."""
    runs: tuple[str, ...] = ()
    can_cancel: bool = False
    """Whether one of them can still be cancelled: what it brought isn't with the editor yet."""
    simulated: bool = False
    endpoint: str | None = None
    completes: bool = True
    no_completion: str | None = None
    """Why there is none although it is switched on."""
    offered: int = 0
    accepted: int = 0
    excluded: str | None = None

    def forget(self) -> None:
        """The settings are others: what was heard of hosts and logins was about the old ones."""
        self.setup = self.limited = self.unreachable = self.endpoint = None

    def settings_read(
        self, *, problem: LakewrightError | None, simulated: bool, endpoint: str | None
    ) -> None:
        """What the settings mean was looked up."""
        if problem is not None:
            self.setup = _said(problem)
        self.simulated = simulated
        self.endpoint = endpoint or self.endpoint

    def answered(self, endpoint: str | None) -> None:
        """A host answered as it should: nothing stands in the way."""
        self.setup = self.limited = self.unreachable = None
        self.endpoint = endpoint or self.endpoint

    def failed(self, error: LakewrightError, now: float, endpoint: str | None = None) -> None:
        """A run failed. Errors that say nothing about host or set-up change nothing."""
        match error.kind:
            case "config" | "auth":
                self.setup = _said(error)
            case "rate_limit":
                wait = _UNKNOWN_WAIT if error.retry_after is None else max(0.0, error.retry_after)
                self.answered(endpoint)
                self.limited, self.limited_until = _said(error), now + wait
            case "network":
                self.setup = self.limited = None
                self.unreachable = _said(error)
            case "endpoint":  # the host answered; what it doesn't have needn't be what the next run asks
                self.answered(None)
            case "model" | "edit":
                self.answered(endpoint)

    def state(self, now: float) -> State:
        """The first state that holds."""
        if self.setup is not None:
            return State.NEEDS_SETUP
        if self.limited is not None and now < self.limited_until:
            return State.RATE_LIMITED
        if self.unreachable is not None:
            return State.UNREACHABLE
        if self.runs:
            return State.WORKING
        return State.SANDBOX if self.simulated else State.READY

    def to_json(self, now: float) -> dict[str, Any]:
        """The answer of `lakewright.status`."""
        state = self.state(now)
        shown: dict[str, Any] = {"state": state.value, "message": self._message(state)}
        if state is State.WORKING and self.can_cancel:
            shown["action"] = {"title": "Cancel", "command": "lakewright.cancel"}
        if self.endpoint is not None:
            shown["endpoint"] = self.endpoint
        enabled = self.completes and self.no_completion is None
        shown["runs"] = list(self.runs)
        shown["completion"] = {"enabled": enabled, "offered": self.offered, "accepted": self.accepted}
        if self.excluded is not None:
            shown["excluded"] = self.excluded
        return shown

    def _message(self, state: State) -> str:
        until = time.strftime("%H:%M:%S", time.localtime(self.limited_until))
        messages = {
            State.NEEDS_SETUP: self.setup,
            State.RATE_LIMITED: f"{self.limited} The next try makes sense at {until}.",
            State.UNREACHABLE: self.unreachable,
            State.WORKING: self._working(),
            State.SANDBOX: "The simulated host is used; nothing leaves this machine.",
            State.READY: "Ready.",
        }
        said = [messages[state]]
        if state in _CALM and self.completes:
            said.append(self.no_completion)
        return " ".join(text for text in said if text)

    def _working(self) -> str:
        if not self.can_cancel:
            return "An edit waits in the editor."
        return "One run is going on." if len(self.runs) == 1 else f"{len(self.runs)} runs are going on."


def _said(error: LakewrightError) -> str:
    """The error in one line, with what to do about it."""
    text = sentences_of(error)
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
