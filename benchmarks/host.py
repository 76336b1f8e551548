"""A Databricks host on loopback that costs nothing: raw asyncio, everything encoded before the first
request, a process of its own. A slow host would be measured as a slow client.

Prints its port, then a line for each thing that happens, with the monotonic clock in nanoseconds:
`request` (the first byte of a model request came) and `left` (a client's socket ended). Ends with its
standard input.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable

from recording import END, HEAD, STAMP, events

ENDPOINT = "databricks-claude-sonnet-4-5"

_LISTING = {"endpoints": [{"name": ENDPOINT, "task": "llm/v1/chat", "state": {"ready": "READY"}}]}
_CONFIG = {"oidc_endpoint": "http://127.0.0.1/oidc", "workspace_id": "1", "cloud": "aws"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--chunks", type=int, default=10_000, help="events with reasoning or text")
    parser.add_argument("--pace", type=float, help="events a second, each stamped; all at once without it")
    options = parser.parse_args()
    asyncio.run(_serve(options.chunks, options.pace))


async def _serve(chunks: int, pace: float | None) -> None:
    pieces = list(events(chunks, stamped=pace is not None))
    whole = HEAD + b"".join(pieces) + END
    parts = [piece.partition(STAMP) for piece in pieces]

    def answer(transport: asyncio.Transport) -> None:
        if pace is None:
            transport.write(whole)
        else:
            transport.write(HEAD)
            _Paced(transport, parts, 1 / pace).send()

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answer), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


class _Paced:
    """Sends one event a tick, by a clock that doesn't drift, with the time in it."""

    def __init__(
        self, transport: asyncio.Transport, parts: list[tuple[bytes, bytes, bytes]], seconds: float
    ) -> None:
        self._transport, self._parts, self._seconds = transport, iter(parts), seconds
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time()

    def send(self) -> None:
        if self._transport.is_closing():
            return
        part = next(self._parts, None)
        if part is None:
            self._transport.write(END)
            return
        before, stamp, after = part
        now = b"<%019d>" % time.monotonic_ns() if stamp else b""
        self._transport.write(before + now + after)
        self._due += self._seconds
        self._loop.call_at(self._due, self.send)


class _Connection(asyncio.Protocol):
    """Just enough of HTTP/1.1: requests one after the other, bodies with a length."""

    def __init__(self, answer: Callable[[asyncio.Transport], None]) -> None:
        self._answer = answer
        self._buffer = b""
        self._began = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        _say("left", time.monotonic_ns())

    def data_received(self, data: bytes) -> None:
        if not self._buffer:
            self._began = time.monotonic_ns()
        self._buffer += data
        head, blank, body = self._buffer.partition(b"\r\n\r\n")
        length = _content_length(head)
        if blank and len(body) >= length:
            self._buffer = body[length:]
            self._respond(*head.split(b" ", 2)[:2])

    def _respond(self, method: bytes, path: bytes) -> None:
        if method == b"POST" and path.endswith((b"/invocations", b"/chat/completions")):
            _say("request", self._began)
            self._answer(self._transport)
        elif path.startswith(b"/api/2.0/serving-endpoints"):
            self._transport.write(_whole("200 OK", _LISTING))
        elif path.startswith(b"/.well-known/databricks-config"):
            self._transport.write(_whole("200 OK", _CONFIG))
        else:
            self._transport.write(
                _whole("404 Not Found", {"error_code": "NOT_FOUND", "message": "No route."})
            )


def _say(what: str, nanoseconds: int) -> None:
    try:
        print(what, nanoseconds, flush=True)
    except BrokenPipeError:
        sys.exit(0)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _whole(status: str, body: object) -> bytes:
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
    return head.encode() + data


if __name__ == "__main__":
    main()
