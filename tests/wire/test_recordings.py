"""Every recorded shape of the chat dialect: a stream or body beside the events it must become."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.core.assembly import assemble
from lakewright.core.events import Event
from lakewright.errors import LakewrightError
from lakewright.wire.databricks_chat import DatabricksChat
from support_wire import FIXTURES, decode, joined, to_json

FOLDER = FIXTURES / "databricks_chat"
STREAMS = sorted(path.stem for path in FOLDER.glob("*.sse"))
BODIES = sorted(path.name.removesuffix(".body.json") for path in FOLDER.glob("*.body.json"))
WHOLE_STREAMS = [
    name for name in STREAMS if "error" not in json.loads((FOLDER / f"{name}.expected.json").read_bytes())
]


def expected(name: str) -> dict[str, object]:
    recorded: dict[str, object] = json.loads(Path(FOLDER, f"{name}.expected.json").read_bytes())
    return recorded


def outcome(events: list[Event], error: LakewrightError | None) -> dict[str, object]:
    """What happened, in the form of the recordings."""
    shown: dict[str, object] = {"events": [to_json(event) for event in joined(events)]}
    if error is not None:
        shown["error"] = {"kind": error.kind, "status": error.status, "message": error.message}
    return shown


def byte_by_byte(body: bytes) -> dict[str, object]:
    decoder, events, error = DatabricksChat().decoder(), [], None
    try:
        for at in range(len(body)):
            events += decoder.feed(body[at : at + 1])
        events += decoder.finish()
    except LakewrightError as caught:
        error = caught
    return outcome(events, error)


def test_the_recordings_are_there() -> None:
    """No recording is lost by a renamed folder."""
    assert len(STREAMS) >= 50
    assert len(BODIES) >= 20


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_becomes_its_events(name: str) -> None:
    """Each stream, read a byte at a time, becomes the events beside it."""
    assert byte_by_byte((FOLDER / f"{name}.sse").read_bytes()) == expected(name)


@pytest.mark.parametrize("name", WHOLE_STREAMS)
def test_the_place_of_a_cut_changes_nothing(name: str) -> None:
    """A stream that comes in two reads, cut at every position, becomes the same events."""
    body = (FOLDER / f"{name}.sse").read_bytes()
    for cut in range(len(body) + 1):
        events = decode(DatabricksChat(), body, [cut])
        assert outcome(events, None) == expected(name), f"cut at {cut}"


@settings(max_examples=150, deadline=None)
@given(data=st.data(), name=st.sampled_from(WHOLE_STREAMS))
def test_random_cuts_change_nothing(data: st.DataObject, name: str) -> None:
    """A stream cut at any number of random places becomes the same events."""
    body = (FOLDER / f"{name}.sse").read_bytes()
    cuts = data.draw(st.lists(st.integers(0, len(body)), max_size=12))
    assert outcome(decode(DatabricksChat(), body, cuts), None) == expected(name)


@pytest.mark.parametrize("name", sorted(set(STREAMS) - set(WHOLE_STREAMS)))
def test_a_failing_stream_fails_alike_at_every_cut(name: str) -> None:
    """Where an error stands in the stream, it is raised as the same error wherever the reads end."""
    body = (FOLDER / f"{name}.sse").read_bytes()
    for cut in range(len(body) + 1):
        with pytest.raises(LakewrightError) as caught:
            decode(DatabricksChat(), body, [cut])
        assert outcome([], caught.value)["error"] == expected(name)["error"]


@pytest.mark.parametrize("name", BODIES)
def test_a_whole_answer_becomes_its_events(name: str) -> None:
    """Each answer that comes in one piece becomes the events beside it."""
    events, error = [], None
    try:
        events = DatabricksChat().whole((FOLDER / f"{name}.body.json").read_bytes())
    except LakewrightError as caught:
        error = caught
    assert outcome(events, error) == expected(name)


_KEYS = (
    *("choices", "delta", "message", "content", "tool_calls", "index", "id", "function", "name", "arguments"),
    *("type", "text", "summary", "signature", "data", "finish_reason", "usage", "model", "role", "refusal"),
    *("reasoning_content", "error", "error_code", "output_guardrail", "prompt_tokens", "function_call"),
)
_values = st.recursive(
    st.sampled_from(
        [None, True, 0, -1, 2.5, "", "x", "{}", "tool", "reasoning", "summary_text", "stop", "length"]
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)
_calls = st.builds(
    lambda index, id_, function: {"index": index, "id": id_, "function": function}, _values, _values, _values
)
_chunks = _values | st.builds(
    lambda content, calls, reason, usage: {
        "choices": [{"delta": {"content": content, "tool_calls": calls}, "finish_reason": reason}],
        "usage": usage,
    },
    _values,
    st.lists(_calls, max_size=2) | _values,
    _values,
    _values,
)


@settings(max_examples=400, deadline=None)
@given(chunks=st.lists(_chunks, max_size=3))
def test_any_shape_is_events_or_an_error(chunks: list[object]) -> None:
    """No shape of JSON makes the decoder fail with anything but an error for a person, or disorder."""
    body = b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks)
    with suppress(LakewrightError):
        assert assemble(decode(DatabricksChat(), body)).finish
    for chunk in chunks:
        with suppress(LakewrightError):
            assert assemble(DatabricksChat().whole(json.dumps(chunk).encode())).finish
