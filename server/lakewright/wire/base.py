"""What a dialect is: one pure way to encode a request and one to decode an answer."""

from typing import Protocol

from lakewright.core.events import Event
from lakewright.core.request import ModelRequest
from lakewright.wire.profiles import Profile


class Decoder(Protocol):
    """One streamed answer. Both methods raise a LakewrightError for an error inside the stream."""

    @property
    def is_complete(self) -> bool:
        """A finish reason came: what follows is usage at most, and not worth a long wait."""
        ...

    def feed(self, data: bytes) -> list[Event]:
        """Take the bytes of one read; return what they complete, neighbouring deltas joined."""
        ...

    def finish(self) -> list[Event]:
        """The body ended. Raises NetworkError when no finish reason came: that is no answer."""
        ...


class Dialect(Protocol):
    """A request and answer format of the service."""

    def encode(self, request: ModelRequest, profile: Profile, endpoint: str) -> dict[str, object]:
        """The JSON body; only keys that the service takes."""
        ...

    def notes(self, request: ModelRequest, profile: Profile, endpoint: str) -> list[str]:
        """What of the request can't be sent as asked, a sentence each, for the user."""
        ...

    def decoder(self) -> Decoder:
        """A decoder for one streamed answer."""
        ...

    def whole(self, body: bytes) -> list[Event]:
        """The events of an answer that came whole; they assemble to the same turn."""
        ...
