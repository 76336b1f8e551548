"""LSP's base protocol over streams that block, break and are never read."""

import asyncio
import io
import json
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.lsp import connection
from lakewright.lsp.connection import MAX_BODY_BYTES, BadHeaderError, Reader, Received, Writer, read_body
from lakewright.lsp.messages import LARGE, PARSE_ERROR, Message, is_large, written
from support_lsp_runs import eventually


class _Trickle(io.RawIOBase):
    """Hands out a few bytes at a time, as a pipe may."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data, self._sizes = data, sizes or [1]
        self._turn = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = min(len(buffer), self._sizes[self._turn % len(self._sizes)])
        self._turn += 1
        piece, self._data = self._data[:size], self._data[size:]
        buffer[: len(piece)] = piece
        return len(piece)


@given(st.lists(st.binary(max_size=40), max_size=5), st.lists(st.integers(1, 30), max_size=4))
def test_messages_come_out_as_they_went_in(bodies: list[bytes], sizes: list[int]) -> None:
    """However the bytes arrive, and whatever other headers there are."""
    data = b"".join(
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:  %d \r\n\r\n%b"
        % (len(body), body)
        for body in bodies
    )
    stream = io.BufferedReader(_Trickle(data, sizes), 16)
    assert [read_body(stream) for _ in bodies] == bodies
    assert read_body(stream) is None


ENDS = {
    "nothing": b"",
    "a header cut": b"Content-Length: 5\r\nContent-Type: x",
    "no body": b"Content-Length: 5\r\n\r\n",
    "a body cut": b"Content-Length: 5\r\n\r\n{}",
}


@pytest.mark.parametrize("name", ENDS)
def test_a_stream_that_ends(name: str) -> None:
    """Wherever it is cut, it has ended."""
    assert read_body(io.BytesIO(ENDS[name])) is None


WRONG = {
    "no number": b"Content-Length: many\r\n\r\n",
    "negative": b"Content-Length: -1\r\n\r\n",
    "no header": b"{}\r\n\r\n",
    "too large": b"Content-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
    "a number of many digits": b"Content-Length: " + b"9" * 9_000 + b"\r\n\r\n",
    "a line without end": b"x" * 100_000,
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_header(name: str) -> None:
    """Nothing after it can be understood, and nothing is held in memory for it."""
    with pytest.raises(BadHeaderError):
        read_body(io.BytesIO(WRONG[name]))


async def test_the_reader_hands_on_in_order_and_tells_the_end() -> None:
    """On the event loop; garbage is the end, too."""
    seen: list[Received | None] = []
    bodies = (b'{"jsonrpc": "2.0", "method": "a"}', b"{", b'{"jsonrpc": "2.0", "method": "b"}')
    data = b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies)
    Reader(io.BytesIO(data + b"{}\r\n"), seen.append).start()
    await eventually(lambda: None in seen)
    said = [one.method if isinstance(one, Message) else one and one.code for one in seen]
    assert said == ["a", PARSE_ERROR, "b", None]


async def test_the_writer_keeps_the_order_and_never_waits() -> None:
    """Megabytes for a client that doesn't read them leave the event loop free; they arrive once it does."""
    read, write = os.pipe()
    failed: list[bool] = []
    outgoing = os.fdopen(write, "wb")
    writer = Writer(outgoing, lambda: failed.append(True))
    writer.start()
    for number in range(200):
        writer.write(b"%03d" % number + bytes(10_000))
    await writer.drain(0.001)
    with os.fdopen(read, "rb") as stream:
        data = await asyncio.to_thread(stream.read, 200 * 10_003)
    await writer.drain(10)
    outgoing.close()
    assert [data[at : at + 3] for at in range(0, len(data), 10_003)] == [b"%03d" % n for n in range(200)]
    assert failed == []


async def test_a_message_that_is_made_late_keeps_its_place() -> None:
    """It is made by the writer's thread, and what was written after it comes after it."""
    read, write = os.pipe()
    outgoing = os.fdopen(write, "wb")
    writer = Writer(outgoing, lambda: None)
    makers: list[str] = []

    def made() -> bytes:
        makers.append(threading.current_thread().name)
        return b"b"

    writer.start()
    writer.write(b"a")
    writer.write(made)
    writer.write(b"c")
    await writer.drain(10)
    outgoing.close()
    with os.fdopen(read, "rb") as stream:
        assert stream.read() == b"abc"
    assert makers == ["lakewright-writer"]


@pytest.mark.parametrize(
    ("data", "large"),
    [
        ({"text": "x" * LARGE}, True),
        ([{"edits": [{"line": number} for number in range(LARGE // 20)]}], True),
        ({"text": "x" * 1000, "lines": list(range(1000))}, False),
        ([], False),
    ],
)
def test_a_message_is_the_same_whoever_makes_it(*, data: object, large: bool) -> None:
    """By Python's encoder where it is large, by the one in C where it isn't."""
    assert is_large(data) == large
    body = json.dumps(data).encode()
    assert written(data, repr) == b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


async def test_a_client_that_has_gone_is_told_of() -> None:
    """By the first write that fails."""
    read, write = os.pipe()
    os.close(read)
    failed: list[bool] = []
    stream = os.fdopen(write, "wb", buffering=0)
    writer = Writer(stream, lambda: failed.append(True))
    writer.start()
    writer.write(b"x")
    await writer.drain(10)
    assert failed == [True]
    stream.close()


async def test_what_nobody_reads_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that leaves too much unread has gone: memory doesn't grow without end."""
    monkeypatch.setattr(connection, "MAX_UNREAD_BYTES", 1_000)
    failed: list[bool] = []
    stuck = threading.Event()

    class _Stuck(io.RawIOBase):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            stuck.wait()
            return len(data)

    writer = Writer(_Stuck(), lambda: failed.append(True))  # type: ignore[arg-type]
    writer.start()
    for _ in range(20):
        writer.write(bytes(100))
    assert len(failed) == 20 - 11
    stuck.set()
    await writer.drain(10)
