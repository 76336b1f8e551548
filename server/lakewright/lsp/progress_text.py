"""What a run does, in words for people: a fold of its events to a phase and the tail of the reasoning."""

from collections import deque
from collections.abc import Mapping
from types import MappingProxyType

from lakewright.agent.events import (
    Phase,
    PhaseChanged,
    ReasoningText,
    Retried,
    RunEvent,
    ToolAnswered,
    ToolCalled,
)
from lakewright.lsp.progress_words import LONGEST, one_line, shortened, tail_of, time_of
from lakewright.lsp.timers import Clock

_WORDS: Mapping[Phase, str] = MappingProxyType(
    {
        Phase.CONNECTING: "waiting",
        Phase.WAITING: "waiting",
        Phase.THINKING: "thinking",
        Phase.WRITING: "writing",
        Phase.TOOLS: "reading",
        Phase.VERIFYING: "verifying",
    }
)

TOOLS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "read_file": ("reading", "path"),
        "list_files": ("listing", "glob"),
        "search_text": ("searching", "pattern"),
        "find_symbol": ("looking for", "name"),
        "outline": ("outlining", "path"),
        "edit_file": ("editing", "path"),
        "create_file": ("creating", "path"),
    }
)
"""What a tool does, and the argument that says to what."""

_LONGEST_PHASE = 60
_SHORTEST_TAIL = 16
_KEPT_PIECES = 500
_KEPT_OF_A_PIECE = 4 * LONGEST


class ProgressText:
    """Follows the events of a run; what it takes doesn't grow with them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock()
        self._phase = Phase.WAITING
        self._detail = ""
        self._calls: dict[str, str] = {}
        self._retry: Retried | None = None
        self._retry_at = 0.0
        self._reasoning: deque[str] = deque(maxlen=_KEPT_PIECES)

    def see(self, event: RunEvent) -> None:
        match event:
            case ReasoningText(text):
                self._reasoning.append(text if len(text) <= _KEPT_OF_A_PIECE else text[-_KEPT_OF_A_PIECE:])
            case PhaseChanged(phase, detail):
                self._enter(phase, detail)
            case ToolCalled(call_id, name, arguments):
                self._calls[call_id] = _doing(name, arguments)
                self._phase, self._retry = Phase.TOOLS, None
            case ToolAnswered(call_id):
                self._calls.pop(call_id, None)
            case Retried():
                self._enter(Phase.WAITING)
                self._retry, self._retry_at = event, self._clock() + event.delay_seconds
                if event.restart:
                    self._reasoning.clear()
            case _:
                pass

    def words(self) -> tuple[str, str]:
        """The phase and the tail of the reasoning, without the time: each has its place in a message."""
        phase = self._phase_words()
        return phase, tail_of(self._reasoning, max(_SHORTEST_TAIL, LONGEST - len(phase) - 3))

    def message(self) -> str:
        """`thinking · 12 s · …the sum is rounded twice`."""
        head = self._phase_words()
        seconds = self._clock() - self._began
        if seconds >= 1:
            head = f"{head} · {time_of(seconds)}"
        room = LONGEST - len(head) - 3
        tail = tail_of(self._reasoning, room) if room >= _SHORTEST_TAIL else ""
        return f"{head} · {tail}" if tail else head

    def _enter(self, phase: Phase, detail: str = "") -> None:
        self._phase, self._detail, self._retry = phase, detail, None
        if phase is not Phase.TOOLS:
            self._calls.clear()

    def _phase_words(self) -> str:
        if self._retry is not None and (left := self._retry_at - self._clock()) > 0:
            reason = one_line(self._retry.reason).rstrip(".")
            return shortened(f"retrying in {time_of(left + 0.5)}: {reason}", LONGEST - 20)
        words = _WORDS[self._phase]
        if self._phase is Phase.TOOLS:
            words = self._tools() or words
        elif self._phase is Phase.VERIFYING:
            words = f"{words}: {one_line(self._detail)}"
        return shortened(words, _LONGEST_PHASE)

    def _tools(self) -> str:
        if not self._calls:
            return one_line(self._detail)
        first, *others = self._calls.values()
        return f"{shortened(first, _LONGEST_PHASE - 15)} and {len(others)} more" if others else first


def _doing(name: str, arguments: Mapping[str, object]) -> str:
    verb, what = TOOLS.get(name, (name, "path"))
    value = arguments.get(what)
    words = f"{verb} {value}" if isinstance(value, str) and value.strip() else verb
    return one_line(words[: 4 * LONGEST])
