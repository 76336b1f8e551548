"""The chat dialect of Databricks Model Serving, as Claude speaks it behind an OpenAI-shaped body."""

from lakewright.core.events import Event
from lakewright.core.request import ModelRequest
from lakewright.wire.base import Decoder
from lakewright.wire.chat_decode import ChatDecoder
from lakewright.wire.chat_encode import encode_chat, notes_for
from lakewright.wire.profiles import Profile


class DatabricksChat:
    """Implements `wire.base.Dialect`."""

    def encode(self, request: ModelRequest, profile: Profile, endpoint: str) -> dict[str, object]:
        """The body, without `model`: whether it is needed depends on the route."""
        return encode_chat(request, profile, endpoint)

    def notes(self, request: ModelRequest, profile: Profile, endpoint: str) -> list[str]:
        """Budgets cut, limits raised, parameters left out."""
        return notes_for(request, profile, endpoint)

    def decoder(self) -> Decoder:
        """A decoder for one streamed answer."""
        return ChatDecoder()

    def whole(self, body: bytes) -> list[Event]:
        """The events of an answer that came whole."""
        return ChatDecoder().whole(body)
