"""The status of a session for those who ask: `lakewright.status`, and `lakewright/status` for clients that
want to be told. Answered from memory; no host is asked for it.
"""

import time
from collections.abc import Sequence
from typing import Any

from lakewright.errors import LakewrightError
from lakewright.lsp.client import Client
from lakewright.lsp.status_state import Status
from lakewright.lsp.timers import Clock, Later, Timer, on_loop

METHOD = "lakewright/status"
_OF_THE_MODEL = frozenset({"config", "auth", "endpoint"})
"""Kinds of errors that may lie in the model that was named alone."""

_PAUSE = 0.1
"""Seconds between two notifications; the last change is always told."""


class StatusBoard:
    """Keeps the status, and tells the client of its changes once `start` was called."""

    def __init__(
        self,
        client: Client,
        *,
        clock: Clock = time.time,
        later: Later = on_loop,
    ) -> None:
        self.is_known = False
        """Whether the settings were read for it."""
        self._client = client
        self._clock = clock
        self._later = later
        self._status = Status()
        self.tells = False
        """Whether the client is told of changes."""
        self._outdated = False
        self._told: dict[str, Any] | None = None
        self._pause: Timer | None = None
        self._relief: Timer | None = None

    def to_json(self) -> dict[str, Any]:
        """What `lakewright.status` answers."""
        return self._status.to_json(self._clock())

    def start(self) -> None:
        """From now on the client is told: at once, and of each change."""
        self.tells = True
        self._changed()

    def settings_changed(self) -> None:
        """The settings are others than those that the runs so far met. Told once they are read again."""
        self.is_known = False
        self._outdated = True

    def settings_read(
        self, *, problem: LakewrightError | None, simulated: bool = False, endpoint: str | None = None
    ) -> None:
        """What the settings name, or why they name nothing that can be used."""
        self.is_known = True
        self._forget_the_old()
        self._status.settings_read(problem=problem, simulated=simulated, endpoint=endpoint)
        self._changed()

    def runs_changed(self, runs: Sequence[str], *, can_cancel: bool = True) -> None:
        """The ids of the runs that go on, and whether one of them can still be cancelled."""
        self._status.runs, self._status.can_cancel = tuple(runs), can_cancel
        self._changed()

    def run_ended(
        self, error: LakewrightError | None, endpoint: str | None = None, *, own_model: bool = False
    ) -> None:
        """How a run, or a completion, ended; `endpoint` is the one that was asked. With `own_model` the call
        named it: that there is no such one says nothing of the next run.
        """
        if own_model and error is not None and error.kind in _OF_THE_MODEL:
            return
        self._forget_the_old()
        if error is None:
            self._status.answered(endpoint)
        else:
            self._status.failed(error, self._clock(), endpoint)
        self._changed()

    def completion(self, *, enabled: bool, lacks: str | None = None) -> None:
        """Whether the setting switches completions on, and why there are none all the same."""
        self._status.completes, self._status.no_completion = enabled, lacks
        self._changed()

    def offered(self) -> None:
        """A suggestion was offered."""
        self._status.offered += 1
        self._changed()

    def accepted(self) -> None:
        """A suggestion was accepted."""
        self._status.accepted += 1
        self._changed()

    def excluded(self, reason: str | None) -> None:
        """Why nothing of the document at hand is sent; None where it may be."""
        self._status.excluded = reason
        self._changed()

    def close(self) -> None:
        """Tell nothing any more."""
        self.tells = False
        for timer in (self._pause, self._relief):
            if timer is not None:
                timer.cancel()

    def _forget_the_old(self) -> None:
        if self._outdated:
            self._outdated = False
            self._status.forget()

    def _changed(self) -> None:
        if not self.tells or self._pause is not None:
            return
        self._wake_when_free()
        shown = self.to_json()
        if shown == self._told:
            return
        self._told = shown
        self._client.notify(METHOD, shown)
        self._pause = self._later(_PAUSE, self._after_pause)

    def _after_pause(self) -> None:
        self._pause = None
        self._changed()

    def _wake_when_free(self) -> None:
        """A limit ends by itself."""
        if self._relief is not None:
            self._relief.cancel()
            self._relief = None
        if self._status.limited is not None and (left := self._status.limited_until - self._clock()) > 0:
            self._relief = self._later(left, self._changed)
