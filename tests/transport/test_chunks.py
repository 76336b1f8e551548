"""The joiner changes how a body is cut and nothing else: h11 reads the same through it."""

import itertools

import h11
import httpcore
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lakewright.transport.chunks import ChunkJoiner, JoinedStream

CHUNKED = (
    b"HTTP/1.1 100 Continue\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nfirst\r\n"
    b"1;note=a\r\n\n\r\n"
    b"00a\r\n0\r\n\r\nother\r\n"
    b"11  \r\nHTTP/1.1 200 OK\r\n\r\n"
    b"0\r\nX-Sum: 42\r\n\r\n"
)
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n5\r\nhello\r\n0\r\n\r\nx"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
NO_DATA = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n5\r\nhello\r\n"
CHUNKED_BODY = b"first\n0\r\n\r\notherHTTP/1.1 200 OK\r\n"

Answer = tuple[int, bytes, list[tuple[bytes, bytes]]]


class Reader:
    """A connection of h11 behind the joiner; each request makes a new joiner, as the stream's write does."""

    def __init__(self) -> None:
        self._h11 = h11.Connection(h11.CLIENT)

    def answer(self, pieces: list[bytes], *, closes: bool = False) -> Answer:
        if self._h11.our_state is h11.DONE:
            self._h11.start_next_cycle()
        self._h11.send(
            h11.Request(method="POST", target="/", headers=[("Host", "x"), ("Content-Length", "0")])
        )
        self._h11.send(h11.EndOfMessage())
        joiner = ChunkJoiner()
        status, body = 0, []
        queue = [joined for piece in pieces if (joined := joiner.feed(piece))] + ([b""] if closes else [])
        while True:
            event = self._h11.next_event()
            if event is h11.NEED_DATA:
                self._h11.receive_data(queue.pop(0))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                assert queue == []
                return status, b"".join(body), [(bytes(name), bytes(value)) for name, value in event.headers]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:stop] for start, stop in itertools.pairwise(edges) if start < stop]


CASES = {
    "chunked, with 100 and trailers": (CHUNKED, (200, CHUNKED_BODY, [(b"x-sum", b"42")])),
    "with a length": (SIZED, (200, b"5\r\nhello\r\n0\r\n\r\nx", [])),
    "no content": (EMPTY, (204, b"", [])),
    "chunked and empty": (NO_DATA, (200, b"", [])),
}


@pytest.mark.parametrize(("raw", "expected"), CASES.values(), ids=CASES)
def test_whole_and_byte_by_byte(raw: bytes, expected: Answer) -> None:
    """However an answer arrives, status, body and trailers are the same."""
    reader = Reader()
    assert reader.answer([raw]) == expected
    assert reader.answer([raw[at : at + 1] for at in range(len(raw))]) == expected


@pytest.mark.parametrize(("raw", "expected"), CASES.values(), ids=CASES)
def test_cut_once_anywhere(raw: bytes, expected: Answer) -> None:
    """One cut at any place changes nothing."""
    for place in range(1, len(raw)):
        assert Reader().answer([raw[:place], raw[place:]]) == expected, place


@given(
    st.lists(st.sampled_from(list(CASES.values())), min_size=1, max_size=4),
    st.lists(st.lists(st.integers(0, 400), max_size=12), min_size=4, max_size=4),
)
@example([CASES["with a length"], CASES["chunked, with 100 and trailers"]], [[1], [2], [3], [4]])
def test_several_answers_on_one_connection(
    answers: list[tuple[bytes, Answer]], places: list[list[int]]
) -> None:
    """Answers that follow each other on a kept connection, cut at random, come out as they were sent."""
    reader = Reader()
    for (raw, expected), where in zip(answers, places, strict=False):
        assert reader.answer(cut(raw, where)) == expected


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=20), st.lists(st.integers(0, 2000), max_size=30))
def test_any_body(chunks: list[bytes], places: list[int]) -> None:
    """Any bytes in any chunks, cut at random places, are the same body."""
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw += b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert Reader().answer(cut(raw, places)) == (200, b"".join(chunks), [])


def test_until_close_goes_through() -> None:
    """A body that ends with the connection isn't taken for chunks."""
    assert Reader().answer([UNTIL_CLOSE], closes=True) == (200, b"5\r\nhello\r\n", [])


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BROKEN = [
    b"zz\r\nhello\r\n0\r\n\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhelloXX5\r\nworld\r\n0\r\n\r\n",
    b"5\r\nhello5\r\nworld\r\n0\r\n\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n",
    b"5_0\r\nhello\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("body", BROKEN)
def test_broken_framing_is_still_refused(body: bytes) -> None:
    """What h11 refuses by itself it refuses behind the joiner, wherever it is cut."""
    for place in range(len(body)):
        with pytest.raises(h11.RemoteProtocolError):
            Reader().answer([HEAD + body[:place], body[place:]])


@pytest.mark.parametrize("place", range(len(HEAD), len(HEAD) + 20))
def test_half_an_answer_is_no_answer(place: int) -> None:
    """A body that stops before its end is an error, also within a size line."""
    raw = HEAD + b"5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n"
    with pytest.raises(h11.RemoteProtocolError):
        Reader().answer([raw[:place]], closes=True)


def test_a_read_comes_out_as_one_chunk() -> None:
    """A hundred chunks of one read are one chunk, and half a chunk isn't held back."""
    joiner = ChunkJoiner()
    joiner.feed(HEAD)
    assert joiner.feed(b"1\r\nx\r\n" * 100 + b"5\r\nab") == b"66\r\n" + b"x" * 100 + b"ab"
    assert joiner.feed(b"cde\r\n2") == b"\r\n3\r\ncde"
    assert joiner.feed(b"\r") == b""


class Scripted(httpcore.AsyncNetworkStream):
    """A stream that reads what it is told and notes what is asked."""

    def __init__(self, reads: list[bytes]) -> None:
        self.reads = reads
        self.asked: list[tuple[int, float | None]] = []

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  httpcore's signature
        self.asked.append((max_bytes, timeout))
        return self.reads.pop(0)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  httpcore's signature
        pass


async def test_a_read_is_empty_only_at_the_end() -> None:
    """Half a size line is waited out with the same time-out: an empty read means that the peer closed."""
    inner = Scripted([HEAD, b"1\r\na\r\n2", b"\r\n", b"bc", b""])
    stream = JoinedStream(inner)
    await stream.write(b"request")
    assert [await stream.read(4096, 7.0) for _ in range(4)] == [HEAD, b"1\r\na", b"\r\n2\r\nbc", b""]
    assert inner.asked == [(4096, 7.0)] + [(4064, 7.0)] * 4
