"""A world in which nothing happens by itself: time, threads and the network move by steps that a test takes,
so that a seed decides everything. Sockets are real ones, and so is every line of the product between them.
"""

import asyncio
import json
import selectors
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from lakewright.core import threads
from lakewright.workspace import jobs, worker

Json = dict[str, Any]

START = 1000.0
"""Seconds on the clock of a StepLoop at its beginning."""


class StuckError(Exception):
    """Everything waits for something that nobody will do."""


class _Selector(selectors.DefaultSelector):
    """Never waits: where nothing is ready, time passes at once."""

    now = START

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise StuckError
        if not ready and timeout is not None:
            self.now += max(0.0, timeout) + 1e-9
        return ready


class StepLoop(asyncio.SelectorEventLoop):
    """An event loop on a clock of its own; whatever it connects to is `network`."""

    def __init__(self) -> None:
        self._steps = _Selector()
        self.network: Callable[[], asyncio.Protocol] | None = None
        super().__init__(self._steps)

    def time(self) -> float:
        return self._steps.now

    async def create_connection(self, protocol_factory: Any, *args: Any, **kwargs: Any) -> Any:
        """The other end of a pair of sockets is the network's."""
        assert self.network is not None
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setblocking(False)
        try:
            await super().create_connection(self.network, sock=theirs)
            return await super().create_connection(protocol_factory, sock=ours)
        except BaseException:
            ours.close()
            raise


class StepThreads:
    """Threads that wait until they are told to run, whole, on the loop's own."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def thread(self, *, target: Callable[[], None], name: str, daemon: bool) -> SimpleNamespace:
        """As `threading.Thread`."""
        assert daemon, f"{name} would hold up the end"
        return SimpleNamespace(start=lambda: self.waiting.append(target))

    def run(self, number: int) -> None:
        """Run one of those that wait."""
        self.waiting.pop(number)()


def step_threads(monkeypatch: pytest.MonkeyPatch) -> StepThreads:
    """Every thread and the worker process of the product wait for their step from now on."""
    waiting = StepThreads()
    monkeypatch.setattr(threads, "threading", SimpleNamespace(Thread=waiting.thread))

    async def exchange(_self: object, message: Json, seconds: float) -> Json:
        def work() -> Json:
            return {"value": jobs.work_of(message["job"])(message, lambda: False)}

        async with asyncio.timeout(seconds):
            return await threads.in_daemon_thread(work)

    monkeypatch.setattr(worker._Worker, "exchange", exchange)
    return waiting


# the host ------------------------------------------------------------------------------------------------

Script = Callable[[Json], Iterator[bytes | None]]
"""Makes of a request's body what is sent piece by piece; None ends the connection without a word."""


@dataclass(eq=False)
class Conversation(asyncio.Protocol):
    """One connection, at the host's end. `pending` are pieces of an answer that wait for their step."""

    host: "StepHost"
    pending: Iterator[bytes | None] | None = None
    is_open: bool = False
    _buffer: bytes = b""
    _next: bytes | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.is_open = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open, self.pending = False, None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, blank, body = self._buffer.partition(b"\r\n\r\n")
        if not blank or len(body) < _length(head):
            return
        self._buffer = body[_length(head) :]
        if head.startswith(b"GET"):
            self._transport.write(self.host.listing)
        else:
            self.pending = iter(self.host.script(json.loads(body)))
            self._look_ahead()

    def step(self) -> None:
        """Send the next piece. After the last one the connection is kept, as hosts do."""
        assert self.pending is not None
        if self._next is None:
            self._transport.close()
        else:
            self._transport.write(self._next)
        self._look_ahead()

    def _look_ahead(self) -> None:
        assert self.pending is not None
        try:
            self._next = next(self.pending)
        except StopIteration:
            self.pending = None


class StepHost:
    """A host whose answers go on when they are told to."""

    def __init__(self, script: Script, endpoints: tuple[str, ...]) -> None:
        self.script = script
        self.conversations: list[Conversation] = []
        rows = [{"name": name, "task": "llm/v1/chat", "state": {"ready": "READY"}} for name in endpoints]
        self.listing = whole(200, {"endpoints": rows})

    def __call__(self) -> Conversation:
        conversation = Conversation(self)
        self.conversations.append(conversation)
        return conversation

    @property
    def waiting(self) -> list[Conversation]:
        """Those that have more to say: somebody's question is open."""
        return [one for one in self.conversations if one.pending is not None]


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def whole(status: int, body: Any, **headers: str) -> bytes:
    """A whole answer."""
    data = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", "content-type: application/json", f"content-length: {len(data)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + data


def event(delta: Json, finish: str | None = None) -> bytes:
    """One chunk of a stream, as Databricks sends it for Claude."""
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    chunk = {"object": "chat.completion.chunk", "model": "served", "choices": [choice], "usage": usage}
    return _chunked(json.dumps(chunk).encode())


def done() -> bytes:
    """The end of a stream."""
    return _chunked(b"[DONE]") + END


def _chunked(data: bytes) -> bytes:
    body = b"data: " + data + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(body), body)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
