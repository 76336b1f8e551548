"""What the run waits for and for how long, in a few words that a spinner stands before."""

from collections.abc import Callable

from lakewright.agent.events import (
    AnswerText,
    Phase,
    PhaseChanged,
    ReasoningText,
    Retried,
    RunEvent,
    ToolAnswered,
    ToolCalled,
)
from lakewright.agent.toolbox import describe_call
from lakewright.cli.sanitize import visible_line
from lakewright.cli.terminal_words import duration

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAMES_A_SECOND = 8

_WORDS = {
    Phase.CONNECTING: "connecting",
    Phase.WAITING: "waiting for the model",
    Phase.THINKING: "thinking",
    Phase.WRITING: "writing",
    Phase.TOOLS: "running tools",
    Phase.VERIFYING: "verify:",
}


class StatusLine:
    """Follows the events of a run. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._phase: Phase | None = None
        self._detail = ""
        self._since = clock()
        self._calls: dict[str, str] = {}
        self._retry: Retried | None = None

    def see(self, event: RunEvent) -> None:
        match event:
            case PhaseChanged(phase, detail):
                self._enter(phase, visible_line(detail))
            case ReasoningText() | AnswerText():
                self._retry = None
            case Retried():
                self._enter(Phase.WAITING)
                self._retry = event
            case ToolCalled(call_id, name, arguments):
                self._calls[call_id] = visible_line(describe_call(name, arguments))
            case ToolAnswered(call_id):
                self._calls.pop(call_id, None)
            case _:
                pass

    def text(self, cells: int = 80) -> str:
        """`⠹ read_file src/tax.py · 2 s`; empty before the run's first phase. What is too long for
        `cells` loses words, never the time.
        """
        if self._phase is None:
            return ""
        words, time = self._words(max(self._clock() - self._since, 0.0))
        room = max(cells - 2 - len(time), 1)
        if len(words) > room:
            words = words[: room - 1] + "…"
        return f"{FRAMES[int(self._clock() * FRAMES_A_SECOND) % len(FRAMES)]} {words}{time}"

    def _words(self, seconds: float) -> tuple[str, str]:
        if self._retry is not None:
            left = self._retry.delay_seconds - seconds
            if left > 0:
                reason = visible_line(self._retry.reason.rstrip("."))
                return reason, f": waiting {duration(max(round(left), 1))}"
            seconds = -left
        words = _WORDS[self._phase or Phase.WAITING]
        if self._phase is Phase.TOOLS:
            words = self._tools() or words
        elif self._phase is Phase.VERIFYING:
            words = f"{words} {self._detail}"
        return words, f" · {duration(int(seconds))}" if seconds >= 1 else ""

    def _enter(self, phase: Phase, detail: str = "") -> None:
        self._retry = None
        new = phase is not self._phase or (not self._calls and detail != self._detail)
        self._detail = detail
        if new:
            self._phase = phase
            self._since = self._clock()
            return
        if phase is Phase.WAITING:
            self._since = self._clock()

    def _tools(self) -> str:
        if not self._calls:
            return self._detail
        first, *others = self._calls.values()
        return f"{first} (and {len(others)} more)" if others else first
