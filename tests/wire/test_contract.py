"""What every dialect promises, whatever its service sends: one suite over the registry.

A dialect brings a folder of recordings named after it; those of FINISHES must be among them.
"""

import json
from pathlib import Path

import pytest

from lakewright.core.assembly import Turn, assemble
from lakewright.core.events import (
    Finished,
    FinishReason,
    PartFinished,
    PartStarted,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from lakewright.core.messages import AssistantMessage, ToolMessage, UserMessage
from lakewright.core.parts import (
    Image,
    Opaque,
    Reasoning,
    RedactedReasoning,
    Text,
    ToolCall,
    ToolResult,
)
from lakewright.core.request import ModelRequest, ToolSpec
from lakewright.errors import LakewrightError, NetworkError
from lakewright.wire.profiles import profile_for
from lakewright.wire.registry import DIALECTS
from support_wire import FIXTURES, decode, joined

ENDPOINT = "databricks-claude-sonnet-4-5"
FINISHES = {
    "text": FinishReason.STOP,
    "thinking-text": FinishReason.STOP,
    "thinking-redacted": FinishReason.STOP,
    "tool-only": FinishReason.TOOL_CALLS,
    "thinking-text-parallel-tools": FinishReason.TOOL_CALLS,
    "interleaved-tool-calls": FinishReason.TOOL_CALLS,
    "several-reasoning-blocks": FinishReason.TOOL_CALLS,
    "stop-with-tool-calls": FinishReason.TOOL_CALLS,
    "length": FinishReason.LENGTH,
    "content-filter": FinishReason.REFUSED,
    "unknown-events": FinishReason.STOP,
    "unknown-block": FinishReason.STOP,
}
"""The recordings that every dialect has, and how each ends."""

WHOLE = ("text", "thinking-text", "thinking-redacted", "tool-only", "several-reasoning-blocks", "length")

dialects = pytest.mark.parametrize("dialect", sorted(DIALECTS))
recordings = pytest.mark.parametrize("name", sorted(FINISHES))


def folder(dialect: str) -> Path:
    return FIXTURES / dialect.replace("-", "_")


def stream(dialect: str, name: str) -> bytes:
    return (folder(dialect) / f"{name}.sse").read_bytes()


def turn(dialect: str, name: str) -> Turn:
    return assemble(decode(DIALECTS[dialect](), stream(dialect, name)))


@dialects
@recordings
def test_it_ends_with_its_reason(dialect: str, name: str) -> None:
    """Each reason of the service becomes one of ours, and `Finished` is the last event, once."""
    events = decode(DIALECTS[dialect](), stream(dialect, name))
    finishes = [event for event in events if isinstance(event, Finished)]
    assert finishes == [events[-1]]
    assert finishes[0].reason is FINISHES[name]


@dialects
@recordings
def test_parts_are_started_once_and_finished_once(dialect: str, name: str) -> None:
    """Indexes count from 0, deltas belong to open parts, and every part is finished before the end."""
    started: list[int] = []
    open_parts: set[int] = set()
    for event in decode(DIALECTS[dialect](), stream(dialect, name)):
        match event:
            case PartStarted(index):
                started.append(index)
                open_parts.add(index)
            case TextDelta(index) | ReasoningDelta(index) | ToolCallDelta(index):
                assert index in open_parts
            case PartFinished(index):
                open_parts.remove(index)
            case _:
                pass
    assert started == list(range(len(started)))
    assert not open_parts


@dialects
def test_what_was_thought_said_and_called(dialect: str) -> None:
    """A turn keeps its parts in order, the signature with its reasoning, the arguments as they came."""
    reasoning, text, first, second = turn(dialect, "thinking-text-parallel-tools").parts
    assert isinstance(reasoning, Reasoning)
    assert reasoning.text == "Two files matter."
    assert reasoning.signature
    assert text == Text("Reading both.")
    assert isinstance(first, ToolCall)
    assert (first.name, json.loads(first.arguments)) == ("read_file", {"path": "src/tax.py"})
    assert isinstance(second, ToolCall)
    assert (second.name, second.arguments) == ("list_files", "{}")


@dialects
def test_parallel_calls_keep_their_arguments(dialect: str) -> None:
    """Fragments of calls that interleave go each to its own call."""
    calls = turn(dialect, "interleaved-tool-calls").tool_calls
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [
        ("alpha", {"x": 1}),
        ("beta", {"y": 2}),
    ]


@dialects
@recordings
def test_a_stream_cut_after_any_event_is_no_answer(dialect: str, name: str) -> None:
    """Until the finish reason came, the end of the body is an error, never an answer."""
    body = stream(dialect, name)
    *blocks, _ = body.split(b"\n\n")
    whole = assemble(decode(DIALECTS[dialect](), body))
    completed = 0
    for count in range(len(blocks)):
        decoder = DIALECTS[dialect]().decoder()
        events = decoder.feed(b"\n\n".join(blocks[:count]) + b"\n\n")
        try:
            events += decoder.finish()
        except NetworkError:
            assert completed == 0
            continue
        completed += 1
        assert assemble(events).parts == whole.parts
    assert completed <= 2, "only the terminator and the counts after the finish reason may be missing"


@dialects
@recordings
def test_the_place_of_a_cut_changes_nothing(dialect: str, name: str) -> None:
    """The same bytes split at every position give the same events."""
    body = stream(dialect, name)
    once = joined(decode(DIALECTS[dialect](), body))
    for cut in range(len(body) + 1):
        assert joined(decode(DIALECTS[dialect](), body, [cut])) == once


@dialects
def test_one_read_gives_one_delta(dialect: str) -> None:
    """Neighbouring deltas of one read leave the decoder as one event."""
    events = decode(DIALECTS[dialect](), stream(dialect, "thinking-text"))
    assert events == joined(events)


@dialects
@pytest.mark.parametrize("name", WHOLE)
def test_streamed_and_whole_are_the_same_turn(dialect: str, name: str) -> None:
    """An answer that comes in one piece assembles to the turn of its stream."""
    whole = DIALECTS[dialect]().whole((folder(dialect) / f"whole-of-{name}.body.json").read_bytes())
    assert assemble(whole) == turn(dialect, name)


@dialects
@pytest.mark.parametrize("name", ["error-in-stream", "error-as-first-event", "not-json"])
def test_an_error_in_the_stream_is_raised(dialect: str, name: str) -> None:
    """An error object or garbage in the stream is an error with a sentence and a hint."""
    with pytest.raises(LakewrightError) as caught:
        decode(DIALECTS[dialect](), stream(dialect, name))
    assert caught.value.message
    assert caught.value.hint


@dialects
def test_unknown_content_is_kept_and_reported(dialect: str) -> None:
    """A block of an unknown kind is kept, and a person is told that it isn't shown."""
    events = decode(DIALECTS[dialect](), stream(dialect, "unknown-block"))
    assert any(isinstance(part, Opaque) for part in assemble(events).parts)
    assert any(type(event).__name__ == "Noticed" for event in events)


@dialects
def test_reasoning_goes_back_as_it_came(dialect: str) -> None:
    """What a stream brought is in the next request byte for byte, before anything else of its turn."""
    answered = turn(dialect, "several-reasoning-blocks")
    body = DIALECTS[dialect]().encode(_conversation(answered), profile_for(ENDPOINT), ENDPOINT)
    sent = json.dumps(body, ensure_ascii=False)
    places = []
    for part in answered.parts:
        if isinstance(part, Reasoning):
            assert json.dumps(part.signature) in sent
            places.append(sent.index(json.dumps(part.text, ensure_ascii=False)))
    assert places == sorted(places)
    assert len(places) == 3
    assert places[0] < sent.index("Now the file.")


@dialects
def test_a_request_of_every_kind_of_part(dialect: str) -> None:
    """A conversation with every kind of part is the recorded body."""
    body = DIALECTS[dialect]().encode(EVERY_PART, profile_for(ENDPOINT), ENDPOINT)
    assert body == json.loads((folder(dialect) / "request-of-every-part.json").read_bytes())


def _conversation(answered: Turn) -> ModelRequest:
    results = tuple(ToolResult(call.id, "fine") for call in answered.tool_calls)
    return ModelRequest(
        system="You explain code.",
        messages=(
            UserMessage((Text("Explain."),)),
            AssistantMessage(answered.parts, ENDPOINT),
            ToolMessage(results),
        ),
        tools=(ToolSpec("outline", "Symbols of a file.", {"type": "object", "properties": {}}),),
        thinking="medium",
    )


EVERY_PART = ModelRequest(
    system="You explain code.",
    messages=(
        UserMessage((Text("What is in the picture?"), Image("image/png", "iVBORw0KGgo="))),
        AssistantMessage((Text("A chart."), Opaque("video", "{}")), ENDPOINT),
        UserMessage((Text("Explain the file."),)),
        AssistantMessage(
            (
                Reasoning("I read it.", "c2lnbmF0dXJl"),
                RedactedReasoning("ZW5jcnlwdGVk"),
                Text("Reading."),
                ToolCall("toolu_1", "read_file", '{"path": "a.py"}'),
                ToolCall("toolu_2", "list_files", ""),
            ),
            ENDPOINT,
        ),
        ToolMessage((ToolResult("toolu_1", "x = 1"), ToolResult("toolu_2", "no such folder", is_error=True))),
    ),
    tools=(
        ToolSpec(
            "read_file", "Reads a file.", {"type": "object", "properties": {"path": {"type": "string"}}}
        ),
        ToolSpec("list_files", "Lists files.", {}),
    ),
    thinking=4000,
    max_tokens=9000,
    stop=("###",),
)
