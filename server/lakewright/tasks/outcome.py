"""How a run ended, in the words of the result object that every front door returns."""

from dataclasses import dataclass, field
from enum import StrEnum

from lakewright.core.usage import Usage
from lakewright.errors import LakewrightError
from lakewright.staging.values import StagedFile


class FinishedBy(StrEnum):
    """Why the run stopped: the `finishReason` of the result."""

    STOP = "stop"
    LENGTH = "length"
    REFUSED = "refused"
    TURN_LIMIT = "turn_limit"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TargetShown:
    """The target as the result names it: path relative to the root, `/` as separator, lines 1-based."""

    path: str
    start_line: int | None
    end_line: int | None


@dataclass(frozen=True, slots=True)
class CallShown:
    """One tool call as the result names it."""

    id: str
    name: str
    arguments: dict[str, object]
    is_error: bool


@dataclass(frozen=True, slots=True)
class EditShown:
    """What would change in a file, as the result names it: a unified diff of decoded text."""

    path: str
    diff: str


@dataclass(slots=True)
class Outcome:
    """Filled while the run goes on, so that a failed or cancelled one holds what is known by then."""

    run: str
    command: str
    target: TargetShown | None = None
    endpoint: str | None = None
    served_model: str | None = None
    answer: str | None = None
    reasoning: str | None = None
    tool_calls: list[CallShown] = field(default_factory=list)
    edits: list[EditShown] = field(default_factory=list)
    completion: str | None = None
    applied: bool = False
    """Whether the edits are on disk; the front door that wrote them says so, and which snapshot it took."""
    snapshot: str | None = None
    finish_reason: FinishedBy | None = None
    usage: Usage = field(default_factory=Usage)
    requests: int = 0
    first_event_ms: int | None = None
    total_ms: int | None = None
    error: LakewrightError | None = None
    started_at: float = 0.0
    """On the run's own clock; not part of the result."""
    staged: tuple[StagedFile, ...] = ()
    """The files behind `edits`, for the front door that writes them; not part of the result."""

    def to_json(self) -> dict[str, object]:
        """The result object; every key is always there."""
        result: dict[str, object] = {
            "run": self.run,
            "command": self.command,
            "target": None
            if self.target is None
            else {
                "path": self.target.path,
                "startLine": self.target.start_line,
                "endLine": self.target.end_line,
            },
            "endpoint": self.endpoint,
            "servedModel": self.served_model,
            "answer": self.answer,
            "reasoning": self.reasoning,
            "toolCalls": [
                {"id": call.id, "name": call.name, "arguments": call.arguments, "isError": call.is_error}
                for call in self.tool_calls
            ],
            "edits": [{"path": edit.path, "diff": edit.diff} for edit in self.edits],
            "completion": None if self.completion is None else {"text": self.completion},
            "applied": self.applied,
            "snapshot": self.snapshot,
            "finishReason": self.finish_reason,
            "usage": usage_json(self.usage, self.requests),
            "timing": {"firstEventMs": self.first_event_ms, "totalMs": self.total_ms},
        }
        if self.error is not None:
            result["error"] = self.error.to_json()
        return result


def usage_json(usage: Usage, requests: int) -> dict[str, object]:
    """The `usage` object of results and events."""
    return {
        "inputTokens": usage.input_tokens,
        "cachedInputTokens": usage.cached_input_tokens,
        "outputTokens": usage.output_tokens,
        "reasoningTokens": usage.reasoning_tokens,
        "requests": requests,
    }
