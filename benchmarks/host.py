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

Answers = dict[tuple[bytes, bytes], bytes]
"""(method, path) -> a whole answer: what the Databricks SDK asks when it logs in, and the listing."""


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

    answers: Answers = {}

    def stream(transport: asyncio.Transport) -> None:
        if pace is None:
            transport.write(whole)
        else:
            transport.write(HEAD)
            _Paced(transport, parts, 1 / pace).send()

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(stream, answers), "127.0.0.1", 0, backlog=256)
    port = server.sockets[0].getsockname()[1]
    answers.update(_answers(f"http://127.0.0.1:{port}"))
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def _answers(address: str) -> Answers:
    endpoint = {"name": ENDPOINT, "task": "llm/v1/chat", "state": {"ready": "READY"}}
    oidc = f"{address}/oidc"
    login = {"authorization_endpoint": f"{oidc}/v1/authorize", "token_endpoint": f"{oidc}/v1/token"}
    token = {"access_token": "benchmark", "token_type": "Bearer", "expires_in": 3600}
    return {
        (b"GET", b"/api/2.0/serving-endpoints"): _whole("200 OK", {"endpoints": [endpoint]}),
        (b"GET", b"/.well-known/databricks-config"): _whole("200 OK", {"oidc_endpoint": oidc}),
        (b"GET", b"/oidc/.well-known/oauth-authorization-server"): _whole("200 OK", login),
        (b"POST", b"/oidc/v1/token"): _whole("200 OK", token),
    }


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

    def __init__(self, stream: Callable[[asyncio.Transport], None], answers: Answers) -> None:
        self._stream = stream
        self._answers = answers
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
            self._stream(self._transport)
        else:
            self._transport.write(self._answers.get((method, path), _NO_ROUTE))


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


_NO_ROUTE = _whole("404 Not Found", {"error_code": "ENDPOINT_NOT_FOUND", "message": "No such route."})


if __name__ == "__main__":
    main()
