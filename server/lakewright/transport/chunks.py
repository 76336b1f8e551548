"""Fewer, larger HTTP chunks: what one read brought is shown to h11, httpcore and httpx as one chunk.

The service sends one chunk per event and each layer above is paid per chunk, so joining them makes a
stream two to three times cheaper. Nothing is delayed, and h11 still judges heads, framing and trailers.
"""

import re
import ssl
from enum import Enum, auto
from typing import Any

import httpcore

_BLANK_LINE = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_IS_CHUNKED = re.compile(rb"\ntransfer-encoding:[ \t]*chunked[ \t]*\r?\n", re.IGNORECASE)
# As strict as h11 about sizes; what doesn't match goes through untouched, for h11 to refuse.
_FIRST_SIZE = re.compile(rb"([0-9A-Fa-f]{1,20})[ \t]*(?:;[^\r\n]*)?\r\n")
_NEXT_SIZE = re.compile(rb"\r\n([0-9A-Fa-f]{1,20})[ \t]*(?:;[^\r\n]*)?\r\n")
_SIZE_LINE_LIMIT = 256  # bytes of a size line that may wait for their end
_WITHOUT_BODY = frozenset({204, 304})


class _State(Enum):
    HEAD = auto()
    CHUNKS = auto()
    AS_IT_COMES = auto()


class ChunkJoiner:
    """The bytes that answer one request, with neighbouring chunks joined.

    Input and output always stand at the same place of the grammar (in a head, or right after some chunk's
    data), so that from any place on the rest can be passed through unchanged.
    """

    def __init__(self) -> None:
        self._state = _State.HEAD
        self._head = b""
        self._held = b""  # the beginning of a size line
        self._left = 0  # bytes of the current chunk's data still to come
        self._size_line = _FIRST_SIZE
        self._chunks_out = 0

    @property
    def joining(self) -> bool:
        """Whether output is framed anew, by up to 32 bytes more than the input."""
        return self._state is _State.CHUNKS

    def feed(self, data: bytes) -> bytes:
        """Take what one read brought. Empty output means that only part of a size line came."""
        if self._state is _State.CHUNKS:
            return self._join(data)
        if self._state is _State.AS_IT_COMES:
            return data
        return self._after_head(data)

    def _after_head(self, data: bytes) -> bytes:
        seen = len(self._head)
        self._head += data
        end = _BLANK_LINE.search(self._head, max(0, seen - 2))
        if end is None:
            return data
        head, cut = self._head[: end.end()], end.end() - seen
        self._head = b""
        self._state = _body_after(head)
        rest = data[cut:]
        return data[:cut] + self.feed(rest) if rest else data

    def _join(self, data: bytes) -> bytes:
        if self._held:
            data, self._held = self._held + data, b""
        end = len(data)
        at = min(self._left, end)
        parts, rest = [data[:at]], b""
        self._left -= at
        while at < end:
            size = self._size_line.match(data, at)
            if size is None and _may_go_on(data, at):
                self._held = data[at:]
                break
            if size is None or not (length := int(size[1], 16)):
                self._state, rest = _State.AS_IT_COMES, data[at:]
                break
            self._size_line = _NEXT_SIZE
            at = size.end() + length
            parts.append(data[size.end() : at])
        self._left += max(0, at - end)
        return self._framed(b"".join(parts)) + rest

    def _framed(self, body: bytes) -> bytes:
        if not body:
            return b""
        before = b"\r\n" if self._chunks_out else b""
        self._chunks_out += 1
        return b"%b%x\r\n%b" % (before, len(body), body)


def _body_after(head: bytes) -> _State:
    status_line = _STATUS.match(head)
    if status_line is None:
        return _State.AS_IT_COMES
    status = int(status_line[1])
    if 100 <= status < 200 and status != 101:
        return _State.HEAD
    if status in _WITHOUT_BODY or not _IS_CHUNKED.search(head):
        return _State.AS_IT_COMES
    return _State.CHUNKS


def _may_go_on(data: bytes, at: int) -> bool:
    """Whether `data[at:]` can be the beginning of a size line, with the end of the chunk before it."""
    return len(data) - at < _SIZE_LINE_LIMIT and data.find(b"\n", at + 2) < 0


class JoinedStream(httpcore.AsyncNetworkStream):
    """A network stream whose reads go through a `ChunkJoiner`."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._joiner = ChunkJoiner()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  httpcore's signature
        while True:
            room = max(1, max_bytes - 32) if self._joiner.joining else max_bytes
            data = await self._stream.read(room, timeout)
            if not data or (joined := self._joiner.feed(data)):
                return joined if data else b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  httpcore's signature
        self._joiner = ChunkJoiner()  # a request goes out: what comes next is the head of its answer
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        inner = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return JoinedStream(inner)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
