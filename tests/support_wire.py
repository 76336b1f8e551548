"""What the tests of the wire share: recordings, events as JSON, and a stream cut at chosen places."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields, replace
from enum import Enum
from pathlib import Path

from lakewright.core.events import Event, ReasoningDelta, TextDelta, ToolCallDelta
from lakewright.wire.base import Dialect

FIXTURES = Path(__file__).parent / "wire" / "fixtures"


def to_json(event: Event) -> dict[str, object]:
    """An event with its name, without fields that hold their default."""
    shown: dict[str, object] = {"event": type(event).__name__}
    for one in fields(event):
        value = getattr(event, one.name)
        if one.default is not MISSING and value == one.default:
            continue
        if isinstance(value, Enum):
            value = value.value
        elif hasattr(value, "__dataclass_fields__"):
            value = {
                part.name: getattr(value, part.name)
                for part in fields(value)
                if getattr(value, part.name) is not None
            }
        shown[one.name] = value
    return shown


def joined(events: Iterable[Event]) -> list[Event]:
    """The events with neighbouring deltas of one part made one, as a single read would have brought."""
    result: list[Event] = []
    for event in events:
        last = result[-1] if result else None
        match last, event:
            case (TextDelta(index, before), TextDelta(same, text)) if index == same:
                result[-1] = replace(last, text=before + text)
            case (ReasoningDelta(index, before), ReasoningDelta(same, text)) if index == same:
                result[-1] = replace(last, text=before + text)
            case (ToolCallDelta(index, before), ToolCallDelta(same, text)) if index == same:
                result[-1] = replace(last, fragment=before + text)
            case _:
                result.append(event)
    return result


def decode(dialect: Dialect, body: bytes, cuts: Sequence[int] = ()) -> list[Event]:
    """All events of a stream that arrives in pieces, cut at the given places."""
    decoder = dialect.decoder()
    places = [0, *sorted(cuts), len(body)]
    events: list[Event] = []
    for start, stop in itertools.pairwise(places):
        events += decoder.feed(body[start:stop])
    return events + decoder.finish()
