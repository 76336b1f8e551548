"""A model that is a queue of turns, and tools that are functions: the fakes of the loop's tests."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lakewright.core.events import (
    Event,
    Finished,
    FinishReason,
    PartFinished,
    PartKind,
    PartStarted,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from lakewright.core.request import ModelRequest, ToolSpec
from lakewright.core.usage import Usage
from lakewright.workspace.files import Workspace

Step = Event | BaseException | asyncio.Event


@dataclass
class ScriptedModel:
    """Yields one list of events for each request, in order, and remembers the requests. An exception
    in a list is raised there; an `asyncio.Event` is waited for.
    """

    turns: list[Sequence[Step]]
    endpoint: str = "databricks-claude-test"
    context_window: int = 200_000
    requests: list[ModelRequest] = field(default_factory=list)
    closed: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Event, None]:
        self.requests.append(request)
        try:
            for step in self.turns[len(self.requests) - 1]:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, BaseException):
                    raise step
                else:
                    yield step
        finally:
            self.closed += 1


@dataclass(frozen=True)
class FunctionTool:
    """A tool that is a function of its arguments."""

    name: str
    function: Callable[[Mapping[str, object]], Awaitable[str]]
    mutates: bool = False

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(self.name, f"test tool {self.name}", {"type": "object", "properties": {}})

    async def run(self, arguments: Mapping[str, object], workspace: Workspace) -> str:
        return await self.function(arguments)


def text_turn(*texts: str, reasoning: str = "", finish: FinishReason = FinishReason.STOP) -> list[Event]:
    """A turn of text deltas in one part, after reasoning if given."""
    events = _reasoning(reasoning)
    index = 1 if reasoning else 0
    events.append(PartStarted(index, PartKind.TEXT))
    events += [TextDelta(index, text) for text in texts]
    events.append(PartFinished(index))
    return [*events, *_end(finish)]


def call_turn(*calls: tuple[str, str, str], text: str = "", reasoning: str = "") -> list[Event]:
    """A turn that calls tools: (id, name, arguments as JSON text)."""
    events = _reasoning(reasoning)
    index = 1 if reasoning else 0
    if text:
        events += [PartStarted(index, PartKind.TEXT), TextDelta(index, text), PartFinished(index)]
        index += 1
    for number, (call_id, name, arguments) in enumerate(calls, index):
        events.append(PartStarted(number, PartKind.TOOL_CALL, id=call_id, name=name))
        events += [ToolCallDelta(number, arguments), PartFinished(number)]
    return [*events, *_end(FinishReason.TOOL_CALLS)]


def _reasoning(text: str) -> list[Event]:
    if not text:
        return []
    return [PartStarted(0, PartKind.REASONING), ReasoningDelta(0, text), PartFinished(0, f"signed {text}")]


def _end(finish: FinishReason) -> list[Event]:
    return [UsageReported(Usage(input_tokens=100, output_tokens=10)), Finished(finish, "served-model")]
