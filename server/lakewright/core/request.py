"""What is asked of a model: one value for every dialect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lakewright.core.messages import Message

ThinkingLevel = Literal["off", "low", "medium", "high"]
Thinking = ThinkingLevel | int
"""A level, or a budget in tokens. Dialects map the one to the other by the model's profile."""

ToolChoice = Literal["auto", "none", "required"]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model sees it; `parameters` is a JSON schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request. `max_tokens` None lets the profile decide."""

    system: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: ToolChoice = "auto"
    thinking: Thinking = "off"
    max_tokens: int | None = None
    temperature: float | None = None
    stop: tuple[str, ...] = ()
