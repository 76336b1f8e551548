"""The decoder of server-sent events against a plain reading of the WHATWG's rules."""

import itertools
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lakewright.errors import NetworkError
from lakewright.wire import sse
from lakewright.wire.sse import SseDecoder


def by_the_rules(body: bytes) -> list[tuple[bytes, bytes]]:
    """The slow way: line by line, as the specification is written."""
    events: list[tuple[bytes, bytes]] = []
    name, data = b"", b""
    *lines, _unfinished = re.split(rb"\r\n|\n|\r", body.removeprefix(b"\xef\xbb\xbf"))
    for line in lines:
        if line == b"":
            if data:
                events.append((name, data[:-1]))
            name, data = b"", b""
            continue
        field, _, value = line.partition(b":")
        if value[:1] == b" ":
            value = value[1:]
        if field == b"data":
            data += value + b"\n"
        elif field == b"event":
            name = value
    return [event for event in events if event[1]]


def in_pieces(body: bytes, cuts: list[int]) -> list[tuple[bytes, bytes]]:
    decoder, events = SseDecoder(), []
    places = [0, *sorted(cuts), len(body)]
    for start, stop in itertools.pairwise(places):
        events += decoder.feed(body[start:stop])
    return events


CASES = {
    "plain": (b"data: 1\n\ndata: 2\n\n", [(b"", b"1"), (b"", b"2")]),
    "no space": (b"data:1\n\n", [(b"", b"1")]),
    "two spaces": (b"data:  1\n\n", [(b"", b" 1")]),
    "several lines": (b"data: a\ndata: b\n\n", [(b"", b"a\nb")]),
    "crlf": (b"data: 1\r\n\r\ndata: 2\r\n\r\n", [(b"", b"1"), (b"", b"2")]),
    "carriage returns": (b"data: 1\r\rdata: 2\r\r", [(b"", b"1"), (b"", b"2")]),
    "mixed line ends": (b"data: 1\r\n\ndata: 2\n\r\n", [(b"", b"1"), (b"", b"2")]),
    "comment": (b": hello\n\ndata: 1\n: in between\n\n", [(b"", b"1")]),
    "named": (b"event: ping\ndata: {}\n\n", [(b"ping", b"{}")]),
    "name after data": (b"data: {}\nevent: ping\n\n", [(b"ping", b"{}")]),
    "other fields": (b"id: 3\nretry: 9\ndatax: 4\ndata: 1\n\n", [(b"", b"1")]),
    "no data": (b"event: ping\n\ndata\n\ndata:\n\ndata: \n\n", []),
    "byte order mark": (b"\xef\xbb\xbfdata: 1\n\n", [(b"", b"1")]),
    "mark later on": (b"data: 1\n\n\xef\xbb\xbfdata: 2\n\n", [(b"", b"1")]),
    "blank lines": (b"\n\n\n\ndata: 1\n\n\n\n\n", [(b"", b"1")]),
    "unfinished": (b"data: 1\n\ndata: 2\n", [(b"", b"1")]),
    "nothing": (b"", []),
}


@pytest.mark.parametrize("name", CASES)
def test_a_stream_is_read_by_the_rules(name: str) -> None:
    """Each kind of line gives what the specification says, wherever the bytes are cut."""
    body, events = CASES[name]
    assert by_the_rules(body) == events
    for cut in range(len(body) + 1):
        assert in_pieces(body, [cut]) == events
    assert in_pieces(body, list(range(len(body)))) == events


@settings(max_examples=400, deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from(
            [
                b"data: ",
                b"data:",
                b"data",
                b"event: ",
                b"x",
                b"{}",
                b"\n",
                b"\n\n",
                b"\r",
                b"\r\n",
                b":",
                b" ",
                b"\xef\xbb\xbf",
                b"\xef",
                b"\xe2\x82\xac",
                b"data: 1\n\n",
            ]
        ),
        max_size=24,
    ),
    cuts=st.lists(st.integers(0, 80), max_size=6),
)
@example(pieces=[b"\xef", b"\xef\xbb\xbf", b"data: 1\n\n"], cuts=[1])
def test_any_bytes_cut_anywhere_are_read_by_the_rules(pieces: list[bytes], cuts: list[int]) -> None:
    """The fast decoder agrees with the slow one on every stream and every split."""
    body = b"".join(pieces)
    assert in_pieces(body, [min(cut, len(body)) for cut in cuts]) == by_the_rules(body)


def test_an_event_in_thousands_of_pieces_is_copied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of an unfinished event are kept, not joined at each read: the cost stays linear."""
    decoder = SseDecoder()
    for _ in range(5_000):
        assert decoder.feed(b"data: " if not decoder._pieces else b"0123456789") == []
    assert len(decoder._pieces) == 5_000
    assert decoder.feed(b"\n\n") == [(b"", b"0123456789" * 4_999)]
    assert decoder._pieces == []
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 1_000)
    with pytest.raises(NetworkError, match="no answer"):
        decoder.feed(b"x" * 1_001)
