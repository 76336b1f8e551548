"""The fold from events to a turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.core.assembly import assemble
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
from lakewright.core.parts import Opaque, Reasoning, RedactedReasoning, Text, ToolCall
from lakewright.core.usage import Usage


def test_parts_keep_the_order_in_which_they_began() -> None:
    """Interleaved deltas are put together part by part, in order of arrival."""
    turn = assemble(
        [
            PartStarted(0, PartKind.REASONING),
            ReasoningDelta(0, "think"),
            PartFinished(0, "sig"),
            PartStarted(1, PartKind.REDACTED_REASONING, data="secret"),
            PartFinished(1),
            PartStarted(2, PartKind.TOOL_CALL, id="a", name="read_file"),
            PartStarted(3, PartKind.TOOL_CALL, id="b", name="outline"),
            ToolCallDelta(3, '{"path":'),
            ToolCallDelta(2, ""),
            ToolCallDelta(3, '"x"}'),
            PartFinished(2),
            PartFinished(3),
            PartStarted(4, PartKind.OPAQUE, name="chart", data="{}"),
            PartFinished(4),
            Noticed("a block of kind chart"),
            Finished(FinishReason.TOOL_CALLS, "served", masked=True),
        ]
    )
    assert turn.parts == (
        Reasoning("think", "sig"),
        RedactedReasoning("secret"),
        ToolCall("a", "read_file", "{}"),
        ToolCall("b", "outline", '{"path":"x"}'),
        Opaque("chart", "{}"),
    )
    assert (turn.finish, turn.served_model, turn.masked) == (FinishReason.TOOL_CALLS, "served", True)


def test_an_unfinished_call_is_left_out() -> None:
    """Half of a call's arguments mean nothing; text that was cut is still text."""
    turn = assemble(
        [
            PartStarted(0, PartKind.TEXT),
            TextDelta(0, "half"),
            PartStarted(1, PartKind.TOOL_CALL, id="a", name="read_file"),
            ToolCallDelta(1, '{"pa'),
        ]
    )
    assert turn.parts == (Text("half"),)
    assert turn.finish is None


def test_usage_is_replaced_never_added() -> None:
    """The newest report of a request stands alone."""
    reports = [UsageReported(Usage(5, None, None, 1)), UsageReported(Usage(5, None, None, 7))]
    assert assemble(reports).usage == Usage(5, None, None, 7)


def test_a_restart_forgets_the_turn() -> None:
    """After a restart only what follows counts; a retry without one keeps what was there."""
    first: list[Event] = [PartStarted(0, PartKind.TEXT), TextDelta(0, "a")]
    again: list[Event] = [PartStarted(0, PartKind.TEXT), TextDelta(0, "b")]
    assert assemble([*first, Retrying("cut", 0, restart=True), *again]).parts == (Text("b"),)
    assert assemble([Retrying("busy", 0), *again]).parts == (Text("b"),)


@pytest.mark.parametrize(
    "events",
    [
        [TextDelta(0, "a")],
        [PartStarted(0, PartKind.TEXT), PartStarted(0, PartKind.TEXT)],
        [PartStarted(0, PartKind.TEXT), PartFinished(0), TextDelta(0, "a")],
        [PartFinished(0)],
    ],
)
def test_events_out_of_order_raise(events: list[Event]) -> None:
    """A dialect that breaks the grammar of events is found at once."""
    with pytest.raises(ValueError, match="part 0"):
        assemble(events)


@given(st.lists(st.text(max_size=5)))
def test_text_is_what_the_deltas_join_to(pieces: list[str]) -> None:
    """However it was cut, the text is the same; an empty part is none."""
    joined = "".join(pieces)
    events: list[Event] = [PartStarted(0, PartKind.TEXT), *(TextDelta(0, piece) for piece in pieces)]
    assert assemble(events).parts == ((Text(joined),) if joined else ())


def test_usage_sums_keep_none() -> None:
    """A count that was never given stays None in a sum; given ones add up."""
    assert Usage(1, None, 2, None) + Usage(3, None, None, 4) == Usage(4, None, 2, 4)
