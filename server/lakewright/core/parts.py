"""What a message is made of. Pure values: identity and storage live elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Visible text."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """One block of the model's reasoning, echoed byte for byte with its signature.

    `text` is empty where the service omits it. `signature` is None for models that don't sign.
    """

    text: str
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class RedactedReasoning:
    """Reasoning that the service encrypted: opaque, echoed as it came."""

    data: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model made. `arguments` is its JSON text as it came, `{}` when it sent none."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The answer to the call `call_id`; `is_error` tells the model that it was refused."""

    call_id: str
    content: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """An image: its media type (`image/png`) and base64 data."""

    media_type: str
    data: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """A block of a kind we don't know, kept as JSON text; never shown and never sent back."""

    kind: str
    json: str


AssistantPart = Text | Reasoning | RedactedReasoning | ToolCall | Opaque
UserPart = Text | Image
