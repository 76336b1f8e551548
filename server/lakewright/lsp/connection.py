"""Messages from and to the client: LSP's base protocol over any pair of blocking streams.

Reading and writing each have a thread, which also takes large JSON apart and puts it together. pygls does
all that on the event loop, where a client which doesn't read its pipe would stop every run.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import BinaryIO

from lakewright.lsp.messages import LARGE, Message, NotJsonRpcError, read_message

MAX_BODY_BYTES = 100_000_000
"""The largest message that is read; a header that promises more ends the connection."""

MAX_UNREAD_BYTES = 256_000_000
"""What may wait for a client that doesn't read; one that leaves more unread has gone."""

_MAX_HEADER_BYTES = 10_000


class BadHeaderError(Exception):
    """What was read isn't LSP: nothing after it can be understood."""


Received = Message | NotJsonRpcError
"""What was read: a message, or why it is none."""


class Reader:
    """Hands each message to `deliver` on the event loop, then None at the end of the stream."""

    def __init__(self, stream: BinaryIO, deliver: Callable[[Received | None], None]) -> None:
        self._stream = stream
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        threading.Thread(target=self._run, name="lakewright-reader", daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            with contextlib.suppress(OSError, ValueError, BadHeaderError):
                while (body := read_body(self._stream)) is not None:
                    self._loop.call_soon_threadsafe(self._deliver, received(body))
            self._loop.call_soon_threadsafe(self._deliver, None)


Outgoing = bytes | Callable[[], bytes]
"""A message, headers included, or what makes it; that is called on the writer's thread, and never raises."""


class Writer:
    """A writer as pygls wants it: in the order of `write`, without ever blocking the caller. `failed` is
    called, on the event loop, when the client has gone.
    """

    def __init__(self, stream: BinaryIO, failed: Callable[[], None]) -> None:
        self._stream = stream
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._done = asyncio.Event()
        self._queue: queue.SimpleQueue[Outgoing | None] = queue.SimpleQueue()
        self._queued = self._written = 0
        self._thread = threading.Thread(target=self._run, name="lakewright-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def write(self, data: Outgoing) -> None:
        """Queue one message."""
        if self._queued - self._written > MAX_UNREAD_BYTES:
            self._failed()
            return
        self._queued += _size(data)
        self._queue.put(data)

    def close(self) -> None:
        """Nothing follows; what is queued is still written."""
        self._queue.put(None)

    async def drain(self, seconds: float) -> None:
        """Wait until all is written, at most that long; nothing can be sent afterwards."""
        self.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), seconds)

    def _run(self) -> None:
        try:
            while (message := self._queue.get()) is not None:
                self._stream.write(message if isinstance(message, bytes) else message())
                self._written += _size(message)  # only this thread adds to it
                if self._queue.empty():
                    self._stream.flush()
            self._stream.flush()
        except (OSError, ValueError):
            self._tell(self._failed)
        self._tell(self._done.set)

    def _tell(self, call: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(call)


def _size(data: Outgoing) -> int:
    """In bytes; at least that many where it isn't made yet."""
    return len(data) if isinstance(data, bytes) else LARGE


def received(body: bytes) -> Received:
    """A body as the message that it is; never raises."""
    try:
        return read_message(body)
    except NotJsonRpcError as error:
        return error


def read_body(stream: BinaryIO) -> bytes | None:
    """The body of the next message, None at the end of the stream. Raises BadHeaderError."""
    length: int | None = None
    while line := stream.readline(_MAX_HEADER_BYTES):
        header = line.strip()
        if not header and length is not None:
            body = stream.read(length)
            return body if len(body) == length else None
        name, colon, value = header.partition(b":")
        if header and not colon:
            raise BadHeaderError
        if name.strip().lower() == b"content-length":
            length = _length(value.strip())
    return None


def _length(text: bytes) -> int:
    if not text.isdigit() or len(text) > len(str(MAX_BODY_BYTES)) or int(text) > MAX_BODY_BYTES:
        raise BadHeaderError
    return int(text)
