"""`partialResultToken`: nothing lost, nothing out of order, few notifications, whatever the model does."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.agent.events import AnswerText, ReasoningText, Retried, ToolAnswered, ToolCalled, TurnEnded
from lakewright.lsp.partial import PartialResults
from support_lsp_progress import (
    FakeClient,
    FakeClock,
    Json,
    Step,
    most_in_a_second,
    spoken,
    stories,
)

OUTCOME = {"run": "run-1", "state": "done", "command": "explain"}


class Stream:
    """A stream to a client that notes all, on a clock of its own."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.client = FakeClient(self.clock)
        self.results = PartialResults(
            self.client,  # type: ignore[arg-type]
            "token",
            clock=self.clock,
            later=self.clock.later,
        )
        self.results.start("run-1", "explain")

    def play(self, steps: list[Step]) -> None:
        for gap, event in steps:
            self.clock.advance(gap)
            self.results(event)

    async def finish(self) -> None:
        """Let the stream end at its pace."""
        ending = asyncio.create_task(self.results.finish(OUTCOME))
        await asyncio.sleep(0)
        while not ending.done():
            self.clock.advance(0.5)
            await asyncio.sleep(0)
        await ending


def said(values: list[Json], kind: str) -> str:
    """The text of a kind, as a client puts it together that knows nothing of turns."""
    deltas: list[Json] = []
    for value in values:
        if value["kind"] in ("reasoning", "text"):
            deltas.append(value)
        elif value["kind"] == "retry" and value["voids"]:
            del deltas[-value["voids"] :]
    return "".join(delta["text"] for delta in deltas if delta["kind"] == kind)


def order(steps: list[Step]) -> list[Any]:
    """All characters, calls and retries in order, each with its kind."""
    found: list[Any] = []
    for _, event in steps:
        match event:
            case ReasoningText(text):
                found += [("reasoning", character) for character in text]
            case AnswerText(text):
                found += [("text", character) for character in text]
            case ToolCalled(call_id):
                found.append(("toolCall", call_id))
            case ToolAnswered(call_id):
                found.append(("toolResult", call_id))
            case Retried(reason):
                found.append(("retry", reason))
    return found


def order_told(values: list[Json]) -> list[Any]:
    """The same of what the client was told."""
    found: list[Any] = []
    for value in values:
        match value["kind"]:
            case "reasoning" | "text" as kind:
                found += [(kind, character) for character in value["text"]]
            case "toolCall" | "toolResult" as kind:
                found.append((kind, value["id"]))
            case "retry":
                found.append(("retry", value["reason"]))
    return found


@given(stories())
@settings(max_examples=150, deadline=None)
def test_any_run_arrives_whole_in_order_and_slowly(story: list[Step]) -> None:
    """Deltas less what restarts void are the outcome's texts, all kinds keep their order, no second holds
    more than 30 notifications, and the stream begins and ends as the contract says.
    """

    async def check() -> None:
        steps, reasoning, answer = spoken(story)
        stream = Stream()
        stream.play(steps)
        await stream.finish()
        values = stream.client.values()
        assert said(values, "reasoning") == reasoning
        assert said(values, "text") == answer
        assert order_told(values) == order(steps)
        assert most_in_a_second(stream.client.times()) <= 30
        assert values[0] == {"kind": "started", "run": "run-1", "command": "explain"}
        assert values[-1] == {"kind": "finished", "outcome": OUTCOME}
        assert stream.clock.is_still

    asyncio.run(check())


async def test_first_delta_leaves_at_once() -> None:
    """What comes first isn't held back."""
    stream = Stream()
    stream.results(ReasoningText("First"))
    assert stream.client.values()[1:] == [{"kind": "reasoning", "text": "First"}]


async def test_every_event_has_its_value() -> None:
    """Each kind carries the fields that the contract names."""
    stream = Stream()
    for event in (
        ReasoningText("r"),
        AnswerText("t"),
        Retried("Too many requests.", 15.0, restart=True),
        ToolCalled("c1", "read_file", {"path": "a.py"}),
        ToolAnswered("c1", is_error=True),
    ):
        stream.results(event)
    await stream.finish()
    assert stream.client.values()[1:-1] == [
        {"kind": "reasoning", "text": "r"},
        {"kind": "text", "text": "t"},
        {
            "kind": "retry",
            "reason": "Too many requests.",
            "delaySeconds": 15.0,
            "restart": True,
            "voids": 2,
        },
        {"kind": "toolCall", "id": "c1", "name": "read_file", "arguments": {"path": "a.py"}},
        {"kind": "toolResult", "id": "c1", "isError": True},
    ]


async def test_a_flood_costs_appends() -> None:
    """10,000 deltas in one burst set one timer and leave as two notifications."""
    stream = Stream()
    stream.clock.calls = 0
    for _ in range(10_000):
        stream.results(ReasoningText("word "))
    assert stream.clock.calls == 1
    stream.clock.advance(1)
    assert len(stream.client.values()) == 3
    assert said(stream.client.values(), "reasoning") == "word " * 10_000


@given(st.integers(1, 400), st.floats(0.0005, 0.02))
@settings(max_examples=30, deadline=None)
def test_a_fast_stream_flows_at_its_pace(deltas: int, gap: float) -> None:
    """At any speed a delta is with the client within a tenth of a second."""
    stream = Stream()
    for number in range(deltas):
        stream.clock.advance(gap)
        stream.results(AnswerText("x"))
        late = len(said(stream.client.values(), "text")) - (number + 1 - 0.1 / gap)
        assert late >= 0 or number < 0.1 / gap
    assert most_in_a_second(stream.client.times()) <= 30


async def test_a_restart_reaches_back_to_the_turn_alone() -> None:
    """What an earlier turn said stays, although no call stands between the two."""
    stream = Stream()
    stream.play(
        [
            (0, AnswerText("kept")),
            (0, TurnEnded()),
            (0, AnswerText("\n\nvoid")),
            (0, Retried("Cut.", 0.0, restart=True)),
            (0, AnswerText("\n\nnew")),
        ]
    )
    await stream.finish()
    assert said(stream.client.values(), "text") == "kept\n\nnew"


async def test_ended_wait_sends_the_rest_at_once() -> None:
    """At shutdown the stream doesn't wait for its pace, and is whole all the same."""
    stream = Stream()
    for number in range(100):
        stream.results(ToolAnswered(f"c{number}", is_error=False))
    ending = asyncio.create_task(stream.results.finish(OUTCOME))
    await asyncio.sleep(0)
    ending.cancel()
    await asyncio.wait((ending,))
    assert len(stream.client.values()) == 102
    assert stream.client.values()[-1]["kind"] == "finished"
    assert stream.clock.is_still


async def test_nothing_follows_the_end() -> None:
    """`finished` is the last notification, whatever is still heard of the run."""
    stream = Stream()
    await stream.finish()
    stream.results(AnswerText("late"))
    await stream.results.finish(OUTCOME)
    stream.clock.advance(10)
    assert [value["kind"] for value in stream.client.values()] == ["started", "finished"]
