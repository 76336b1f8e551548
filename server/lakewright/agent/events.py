"""What a run tells its front door, as it happens, through one sink."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lakewright.core.usage import Usage


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first event of a run."""

    run: str
    command: str


class Phase(StrEnum):
    """What the run waits for or does. VERIFYING may take as long as the user's command does."""

    CONNECTING = "connecting"
    WAITING = "waiting"
    THINKING = "thinking"
    WRITING = "writing"
    TOOLS = "tools"
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """A new phase; `detail` is a short line such as `read_file src/tax.py`, the command of VERIFYING."""

    phase: Phase
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReasoningText:
    """More reasoning. All of them joined are the outcome's `reasoning`, separators included."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerText:
    """More of the answer. All of them joined are the outcome's `answer`, separators included."""

    text: str


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The model's turn is complete; what it showed is final."""


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The model made a call. `arguments` is what it sent, {} where that was no JSON object."""

    id: str
    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    """The call was answered; `message` is what the model was told where it was refused."""

    id: str
    is_error: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class Retried:
    """A request is repeated after a wait. With `restart`, the turn's deltas so far are void."""

    reason: str
    delay_seconds: float
    restart: bool


@dataclass(frozen=True, slots=True)
class UsageChanged:
    """Tokens of the whole run so far."""

    usage: Usage
    requests: int


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence a person should read; not part of the answer."""

    message: str


RunEvent = (
    RunStarted
    | PhaseChanged
    | ReasoningText
    | AnswerText
    | TurnEnded
    | ToolCalled
    | ToolAnswered
    | Retried
    | UsageChanged
    | Note
)

Sink = Callable[[RunEvent], None]
