"""The ports that inner layers call and outer ones fill, each of one method."""

from collections.abc import AsyncGenerator
from typing import Protocol

from lakewright.core.events import Event
from lakewright.core.request import ModelRequest


class Model(Protocol):
    """An endpoint that answers.

    `stream` yields the events of one turn and ends with `Finished`, or raises a LakewrightError.
    Closing or cancelling the generator closes the socket at once.
    """

    @property
    def endpoint(self) -> str:
        """The name of the serving endpoint."""
        ...

    @property
    def context_window(self) -> int:
        """Tokens that prompt and answer may take together."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[Event, None]:
        """Ask, and yield the turn as it comes."""
        ...
