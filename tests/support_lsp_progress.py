"""A clock that stands until it is moved, a client that notes what it is told, and runs made of chance."""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from lsprotocol import types

from lakewright.agent.events import (
    AnswerText,
    Phase,
    PhaseChanged,
    ReasoningText,
    Retried,
    RunEvent,
    ToolAnswered,
    ToolCalled,
    TurnEnded,
)
from lakewright.agent.record import Speech
from lakewright.lsp.background import Background
from lakewright.lsp.client import ClientError
from lakewright.lsp.runs import Run

Json = dict[str, Any]


@dataclass(eq=False)
class FakeTimer:
    """A call that waits on a FakeClock."""

    call: Callable[[], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


class FakeClock:
    """Seconds that pass by `advance` alone. `calls` counts the timers that were set."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.calls = 0
        self._timers: list[tuple[float, int, FakeTimer]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        return self.now

    def later(self, seconds: float, call: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(call)
        self.calls += 1
        heapq.heappush(self._timers, (self.now + seconds, next(self._order), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Let time pass; calls whose time comes are made at that time."""
        until = self.now + seconds
        while self._timers and self._timers[0][0] <= until:
            due, _, timer = heapq.heappop(self._timers)
            self.now = max(self.now, due)
            if not timer.is_cancelled:
                timer.call()
        self.now = until

    @property
    def is_still(self) -> bool:
        """Whether no call waits."""
        return all(timer.is_cancelled for _, _, timer in self._timers)


@dataclass
class FakeClient:
    """`told` holds when each notification came, its method and its parameters; `asked` the requests.

    A request is answered by what `answers` has for its method: a result, a ClientError, or a future.
    """

    clock: FakeClock
    capabilities: Json = field(default_factory=dict)
    told: list[tuple[float, str, Any]] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    def can(self, path: str) -> Any:
        found: Any = self.capabilities
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def notify(self, method: str, params: Any) -> None:
        self.told.append((self.clock.now, method, params))

    async def request(self, method: str, params: Any) -> Any:
        self.asked.append((method, params))
        answer = self.answers.get(method)
        if isinstance(answer, asyncio.Future):
            answer = await answer
        if isinstance(answer, ClientError):
            raise answer
        return answer

    def show(self, kind: types.MessageType, message: str) -> None:
        self.notify("window/showMessage", types.ShowMessageParams(kind, message))

    def values(self) -> list[Json]:
        """The values of all `$/progress`, in order."""
        return [params["value"] for _, method, params in self.told if method == "$/progress"]

    def times(self, *kinds: str) -> list[float]:
        """When values of these kinds came; of any kind without one."""
        return [
            at
            for at, method, params in self.told
            if method == "$/progress" and (not kinds or params["value"]["kind"] in kinds)
        ]


@dataclass
class FakeSession:
    """What progress and messages need of a session."""

    client: FakeClient
    background: Background = field(default_factory=Background)
    said: set[str] = field(default_factory=set)


def a_run(run_id: str = "run-1", command: str = "refactor") -> Run:
    """A run that nothing carries out."""
    return Run(run_id, command, None)


def most_in_a_second(times: list[float]) -> int:
    """The largest number of times within any second, both ends counted."""
    return max((sum(start <= at <= start + 1 for at in times) for start in times), default=0)


Step = tuple[float, RunEvent]
"""Seconds that pass before an event."""

_words = st.text(st.sampled_from("ab \n\u202e\x1b\u0301\U0001f600`<"), min_size=1, max_size=30)
_gaps = st.sampled_from([0.0, 0.0, 0.0, 0.001, 0.01, 0.03, 0.1, 0.25, 1.0, 7.0])
_in_turn = st.one_of(
    _words.map(ReasoningText),
    _words.map(ReasoningText),
    _words.map(AnswerText),
    st.sampled_from([Phase.THINKING, Phase.WRITING]).map(PhaseChanged),
    st.builds(Retried, _words, st.sampled_from([0.0, 12.0]), st.booleans()),
)


@st.composite
def stories(draw: st.DrawFn) -> list[Step]:
    """The events of a run as the loop makes them: turns of deltas and restarts, with calls between them."""
    steps: list[Step] = []
    for turn in range(draw(st.integers(1, 4))):
        steps.append((draw(_gaps), PhaseChanged(Phase.WAITING)))
        steps += [(draw(_gaps), event) for event in draw(st.lists(_in_turn, max_size=25))]
        steps.append((0.0, TurnEnded()))
        calls = [f"call-{turn}-{number}" for number in range(draw(st.integers(0, 12)))]
        steps += [(0.0, ToolCalled(call, "read_file", {"path": draw(_words)})) for call in calls]
        steps += [(draw(_gaps), ToolAnswered(call, draw(st.booleans()))) for call in calls]
    return steps


def spoken(steps: list[Step]) -> tuple[list[Step], str, str]:
    """The same events with the separators that the loop puts between turns, the reasoning and the answer."""
    reasoning, answer = Speech(), Speech()
    shown: list[Step] = []
    for gap, event in steps:
        match event:
            case ReasoningText(text):
                shown.append((gap, ReasoningText(reasoning.add(text))))
                continue
            case AnswerText(text):
                shown.append((gap, AnswerText(answer.add(text))))
                continue
            case TurnEnded():
                reasoning.end_turn()
                answer.end_turn()
            case Retried(restart=True):
                reasoning.void_turn()
                answer.void_turn()
        shown.append((gap, event))
    return shown, reasoning.text, answer.text
