"""What a run has brought so far; it stays readable when the run fails or is cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lakewright.core.events import FinishReason
from lakewright.core.messages import Message
from lakewright.core.usage import Usage

TURN_SEPARATOR = "\n\n"


class Speech:
    """Text of one kind over all turns: turns apart by a blank line, parts of a turn by nothing."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._turn: list[str] = []

    def add(self, text: str) -> str:
        """Take a delta; return it as it is to be shown, with the separator where a turn begins."""
        shown = TURN_SEPARATOR + text if self._said and not self._turn else text
        self._turn.append(shown)
        return shown

    def end_turn(self) -> None:
        """What this turn said is final."""
        self._said.extend(self._turn)
        self._turn.clear()

    def void_turn(self) -> None:
        """The turn is started again: what it said doesn't count."""
        self._turn.clear()

    @property
    def text(self) -> str:
        return "".join(self._said) + "".join(self._turn)


@dataclass(slots=True)
class CallRecord:
    """One call the model made; `is_error` is what the model was told. `unserved` are the words it was told
    where no tool could take the call or one failed inside; "" where the tool itself answered or refused.
    """

    id: str
    name: str
    arguments: Mapping[str, object]
    is_error: bool = False
    unserved: str = ""


@dataclass(slots=True)
class RunRecord:
    """The state of a run. `messages` are the ones this run added, in order."""

    answer: Speech = field(default_factory=Speech)
    reasoning: Speech = field(default_factory=Speech)
    calls: list[CallRecord] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    context_tokens: int = 0
    """Tokens of the newest prompt and its answer: what the next prompt begins with."""
    turns: int = 0
    """Turns that came to their end."""
    requests: int = 0
    served_model: str | None = None
    finish: FinishReason | None = None
    masked: bool = False
    """Whether a gateway rewrote any turn of the run."""
    turn_masked: bool = False
    """Whether it rewrote the newest turn: what that one asks to change isn't what the model wrote."""
    limit_met: bool = False
    first_event_at: float | None = None
