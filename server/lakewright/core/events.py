"""What a model's stream is made of, the same for every dialect.

`index` numbers the parts of one turn in order of arrival, from 0. A part is started once, grows by
deltas and is finished once. `Finished` ends the turn; a stream without it is not an answer.
"""

from dataclasses import dataclass
from enum import StrEnum

from lakewright.core.usage import Usage


class PartKind(StrEnum):
    """The kinds of part a turn can hold."""

    TEXT = "text"
    REASONING = "reasoning"
    REDACTED_REASONING = "redacted_reasoning"
    TOOL_CALL = "tool_call"
    OPAQUE = "opaque"


class FinishReason(StrEnum):
    """Why the model stopped. `TOOL_CALLS` asks for tools; `REFUSED` is a content filter."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PartStarted:
    """A part begins. `id` and `name` belong to a tool call; `data` is the whole payload of a
    redacted or opaque part (`name` is then the unknown kind).
    """

    index: int
    kind: PartKind
    id: str = ""
    name: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More visible text of part `index`."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More reasoning of part `index`."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """More of the JSON text of a call's arguments; may split anywhere."""

    index: int
    fragment: str


@dataclass(frozen=True, slots=True)
class PartFinished:
    """Part `index` is complete; reasoning brings its signature here."""

    index: int
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class UsageReported:
    """The newest counts of this request: they replace earlier ones, never add up."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finished:
    """The turn is complete. `served_model` is the id behind the endpoint; `masked` says that a
    guardrail rewrote the text, so that it isn't what the model wrote.
    """

    reason: FinishReason
    served_model: str | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Retrying:
    """The request is repeated after `delay_seconds`. With `restart`, what this turn had shown so
    far is void.
    """

    reason: str
    delay_seconds: float
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something a person should know and no other event carries, in one sentence."""

    message: str


Event = (
    PartStarted
    | TextDelta
    | ReasoningDelta
    | ToolCallDelta
    | PartFinished
    | UsageReported
    | Finished
    | Retrying
    | Noticed
)
