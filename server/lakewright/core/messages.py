"""A conversation as values. An assistant's turn stays whole, as it came."""

from dataclasses import dataclass

from lakewright.core.parts import AssistantPart, Text, ToolCall, ToolResult, UserPart


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What the user, or a task on the user's behalf, says."""

    parts: tuple[UserPart, ...]


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    """One turn of the model, parts in the order they were generated.

    `endpoint` made it: reasoning is only ever sent back to the endpoint that signed it.
    """

    parts: tuple[AssistantPart, ...]
    endpoint: str

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCall))

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Text))


@dataclass(frozen=True, slots=True)
class ToolMessage:
    """All results of the turn before, one for each call, in the order of the calls."""

    results: tuple[ToolResult, ...]


Message = UserMessage | AssistantMessage | ToolMessage
