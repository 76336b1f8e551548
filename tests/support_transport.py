"""Loopback hosts and proxies for tests: raw bytes by script, over real sockets, so that every misbehaviour
of a network can be had.
"""

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any

CERTIFICATES = Path(__file__).parent / "transport" / "certificates"
CA_FILE = CERTIFICATES / "ca.pem"


class Step(Enum):
    """What a host does instead of sending bytes."""

    SILENCE = auto()  # until the client leaves
    RESET = auto()  # the connection, without a goodbye
    CLOSE = auto()  # the connection, politely


Reply = Sequence[bytes | Step]


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came; header names in lower case. `connection` counts from 0."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class ScriptedHost:
    """Answers the n-th request with the n-th reply; the last reply is for all that follow."""

    port: int
    replies: Sequence[Reply]
    scheme: str = "http"
    requests: list[Received] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection, self.connections = self.connections, self.connections + 1
        while (request := await _request(reader, connection)) is not None:
            reply = self.replies[min(len(self.requests), len(self.replies) - 1)]
            self.requests.append(request)
            self.asked.set()
            for piece in reply:
                if isinstance(piece, bytes):
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
                else:
                    await self._misbehave(piece, reader, writer)
                    return
        self.left.set()

    async def _misbehave(
        self, step: Step, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if step is Step.SILENCE:
            await reader.read()
            self.left.set()
        elif step is Step.RESET:
            raw: socket.socket = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@asynccontextmanager
async def scripted(*replies: Reply, tls: bool = False) -> AsyncIterator[ScriptedHost]:
    """A host on a loopback port, with the certificate of `host.test` when `tls`."""
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / "host.pem", CERTIFICATES / "host.key")
    host = ScriptedHost(0, replies, "https" if tls else "http")
    async with serving(host.talk, context) as host.port:
        yield host


@dataclass(slots=True)
class LoopbackProxy:
    """A proxy that leads every tunnel to `target`, and notes what clients `asked` for and their `logins`."""

    port: int
    target: int
    status: str = "200 Connection established"
    asked: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """HTTP CONNECT. An empty status means silence."""
        request = await _request(reader, 0)
        if request is None:
            return
        self.asked.append(f"{request.method} {request.path}")
        self.logins.append(request.headers.get("proxy-authorization", ""))
        if not self.status:
            await reader.read()
            self.left.set()
            return
        writer.write(f"HTTP/1.1 {self.status}\r\n\r\n".encode())
        await writer.drain()
        if self.status.startswith("2"):
            await self._tunnel(reader, writer)

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """SOCKS5 with a user and password (RFC 1928, RFC 1929), names resolved here."""
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x02")
        user = await _sized(reader, skip=1)
        self.logins.append(f"{user}:{await _sized(reader)}")
        writer.write(b"\x01\x00")
        await reader.readexactly(4)
        name = await _sized(reader)
        port = int.from_bytes(await reader.readexactly(2))
        self.asked.append(f"{name}:{port}")
        writer.write(b"\x05\x00\x00\x01" + b"\n\n\r\n" + b"\r\n")  # an address that looks like a head's end
        await self._tunnel(reader, writer)

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))
        finally:
            far_writer.close()


@asynccontextmanager
async def http_proxy(target: int, status: str = "200 Connection established") -> AsyncIterator[LoopbackProxy]:
    """A CONNECT proxy on a loopback port that leads to loopback port `target`."""
    proxy = LoopbackProxy(0, target, status)
    async with serving(proxy.connect) as proxy.port:
        yield proxy


@asynccontextmanager
async def socks_proxy(target: int) -> AsyncIterator[LoopbackProxy]:
    """A SOCKS5 proxy on a loopback port that leads to loopback port `target`."""
    proxy = LoopbackProxy(0, target)
    async with serving(proxy.socks) as proxy.port:
        yield proxy


@dataclass(slots=True)
class MuteHost:
    """Takes everything in and never says a word."""

    port: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        self.reached.set()
        while await reader.read(1000):
            pass
        self.left.set()


@asynccontextmanager
async def mute() -> AsyncIterator[MuteHost]:
    """A host that accepts connections and stays silent."""
    host = MuteHost()
    async with serving(host.talk) as host.port:
        yield host


def answer(
    status: int | str, body: bytes = b"", *, content_type: str = "application/json", headers: str = ""
) -> bytes:
    """A whole answer with a length. `headers` are lines that end in CRLF."""
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    head = f"HTTP/1.1 {status} Reason\r\n{kind}Content-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
STREAM_END = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def sse_event(payload: object) -> bytes:
    """One server-sent event in one HTTP chunk, as the service sends it."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return chunk(f"data: {text}\n\n".encode())


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def serving(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that does as `talk` says with each connection; gives its port."""
    talks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.close()
            talks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0)


async def _request(reader: asyncio.StreamReader, connection: int) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ")
    pairs = [line.partition(":") for line in lines]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, path, headers, body, connection)


async def _sized(reader: asyncio.StreamReader, *, skip: int = 0) -> str:
    size = (await reader.readexactly(skip + 1))[-1]
    return (await reader.readexactly(size)).decode()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
