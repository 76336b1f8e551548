"""The only accumulator of the project: a fold from events to one turn.

Deltas are kept in lists and joined once: joining at each delta costs time that grows with the answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from lakewright.core.events import (
    Event,
    Finished,
    FinishReason,
    Noticed,
    PartFinished,
    PartKind,
    PartStarted,
    ReasoningDelta,
    Retrying,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from lakewright.core.parts import (
    AssistantPart,
    Opaque,
    Reasoning,
    RedactedReasoning,
    Text,
    ToolCall,
)
from lakewright.core.usage import Usage


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the model. `finish` is None when the stream ended without saying why."""

    parts: tuple[AssistantPart, ...]
    usage: Usage
    finish: FinishReason | None
    served_model: str | None
    masked: bool

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCall))


@dataclass(slots=True)
class _OpenPart:
    started: PartStarted
    pieces: list[str] = field(default_factory=list)
    finished: PartFinished | None = None


class Assembly:
    """State of the fold. An unfinished tool call is left out: half of its arguments mean nothing."""

    def __init__(self) -> None:
        self._parts: dict[int, _OpenPart] = {}
        self._usage = Usage()
        self._finished: Finished | None = None

    def add(self, event: Event) -> None:
        """Fold one event in. Raises ValueError for an event out of order."""
        match event:
            case TextDelta(index, text) | ReasoningDelta(index, text):
                self._open(index).pieces.append(text)
            case ToolCallDelta(index, fragment):
                self._open(index).pieces.append(fragment)
            case PartStarted(index):
                if index in self._parts:
                    raise ValueError(f"part {index} was started twice")
                self._parts[index] = _OpenPart(event)
            case PartFinished(index):
                self._open(index).finished = event
            case UsageReported(usage):
                self._usage = usage
            case Finished():
                self._finished = event
            case Retrying(restart=restart):
                self._usage = Usage()
                if restart:
                    self._parts.clear()
                    self._finished = None
            case Noticed():
                pass
            case _:
                assert_never(event)

    @property
    def usage(self) -> Usage:
        """The newest counts of the turn's last request."""
        return self._usage

    def turn(self) -> Turn:
        """What came so far, as one frozen value."""
        parts = (_build(part) for _, part in sorted(self._parts.items()))
        finished = self._finished
        return Turn(
            parts=tuple(part for part in parts if part is not None),
            usage=self._usage,
            finish=finished.reason if finished else None,
            served_model=finished.served_model if finished else None,
            masked=finished.masked if finished else False,
        )

    def _open(self, index: int) -> _OpenPart:
        part = self._parts.get(index)
        if part is None or part.finished is not None:
            raise ValueError(f"part {index} is not open")
        return part


def assemble(events: Iterable[Event]) -> Turn:
    """Fold a whole stream into its turn."""
    assembly = Assembly()
    for event in events:
        assembly.add(event)
    return assembly.turn()


def _build(part: _OpenPart) -> AssistantPart | None:
    started, joined = part.started, "".join(part.pieces)
    match started.kind:
        case PartKind.TEXT:
            return Text(joined) if joined else None
        case PartKind.REASONING:
            return Reasoning(joined, part.finished.signature if part.finished else None)
        case PartKind.REDACTED_REASONING:
            return RedactedReasoning(started.data)
        case PartKind.TOOL_CALL:
            if part.finished is None:
                return None
            return ToolCall(started.id, started.name, joined if joined.strip() else "{}")
        case PartKind.OPAQUE:
            return Opaque(started.name, started.data)
        case _:
            assert_never(started.kind)
