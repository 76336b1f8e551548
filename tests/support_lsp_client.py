"""A raw JSON-RPC client for the language server: in the test's own process over pipes, or over the standard
streams or a socket of a real `lakewright serve`.

It keeps every message of the server in order, and answers the server's requests by a table.
"""

import asyncio
import inspect
import json
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from lakewright.lsp.server import serve
from lakewright.sandbox.server import SandboxServer

Json = dict[str, Any]
Answer = Callable[[Any], Any]
"""Gets the parameters of a server's request; returns the result, or an awaitable of it."""

HANG = 30.0
"""Seconds after which a test that waits for nothing fails; never what a test judges by."""


class ErrorAnswerError(Exception):
    """The server answered with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: Any = error.get("data")


class LspClient:
    """One connection. `messages` are all that came, in order; `answers` the responses by request id."""

    def __init__(
        self,
        incoming: asyncio.StreamReader,
        write: Callable[[bytes], object],
        hang_up: Callable[[], object],
    ) -> None:
        self.messages: list[Json] = []
        self.answers: dict[Any, list[Json]] = defaultdict(list)
        self.replies: dict[str, Answer] = {}
        """How the server's requests are answered, by method; null where there is none."""
        self.sent: list[Json] = []
        self._incoming = incoming
        self._write = write
        self.hang_up = hang_up
        """End the server's input."""
        self._next_id = 0
        self._changed = asyncio.Condition()
        self._ended = False
        self._replying: set[asyncio.Task[None]] = set()
        self._reading = asyncio.create_task(self._read())

    # what a client does ------------------------------------------------------------------------------

    async def initialize(
        self,
        root: Path | None = None,
        *,
        capabilities: Json | None = None,
        options: Any = None,
        folders: Sequence[Path] | None = None,
        **more: Any,
    ) -> Json:
        """`initialize` and `initialized`; the server's answer."""
        params: Json = {
            "processId": None,
            "rootUri": root.as_uri() if root else None,
            "capabilities": capabilities or {},
            **more,
        }
        if options is not None:
            params["initializationOptions"] = options
        if folders is not None:
            params["workspaceFolders"] = [{"uri": path.as_uri(), "name": path.name} for path in folders]
        result: Json = await self.ask("initialize", params)
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, *, language: str = "python", version: int = 1) -> None:
        """`textDocument/didOpen`."""
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, version: int, *changes: Json) -> None:
        """`textDocument/didChange`."""
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def close(self, uri: str) -> None:
        """`textDocument/didClose`."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    async def execute(self, command: str, argument: Any = None, **beside: Any) -> Any:
        """`workspace/executeCommand lakewright.<command>` with one argument object."""
        return await self.answer_to(self.request(*execution(command, argument, **beside)))

    async def ask(self, method: str, params: Any = None) -> Any:
        """A request and its result. Raises ErrorAnswerError."""
        return await self.answer_to(self.request(method, params))

    async def leave(self) -> None:
        """`shutdown`, then `exit`."""
        await self.ask("shutdown")
        self.notify("exit")

    # one message at a time ---------------------------------------------------------------------------

    def request(self, method: str, params: Any = None) -> int:
        """Send a request; its id."""
        self._next_id += 1
        message: Json = {"jsonrpc": "2.0", "id": self._next_id, "method": method}
        self.send(message if params is None else {**message, "params": params})
        return self._next_id

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        message: Json = {"jsonrpc": "2.0", "method": method}
        self.send(message if params is None else {**message, "params": params})

    def cancel(self, request_id: Any) -> None:
        """`$/cancelRequest`."""
        self.notify("$/cancelRequest", {"id": request_id})

    def send(self, message: Any) -> None:
        """Send any JSON as one message."""
        if isinstance(message, dict):
            self.sent.append(message)
        self.send_body(json.dumps(message).encode())

    def send_body(self, body: bytes) -> None:
        """Send any bytes as one message."""
        self.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def send_bytes(self, data: bytes) -> None:
        """Send any bytes. One that has gone already is no error."""
        with suppress(OSError, ValueError):
            self._write(data)

    # what came ---------------------------------------------------------------------------------------

    async def answer_to(self, request_id: Any) -> Any:
        """The result of a request, once it is there. Raises ErrorAnswerError."""
        await self.until(lambda: bool(self.answers[request_id]))
        answer = self.answers[request_id][0]
        if "error" in answer:
            raise ErrorAnswerError(answer["error"])
        return answer["result"]

    async def refusal_of(self, request_id: Any) -> ErrorAnswerError:
        """The error that a request is answered with."""
        try:
            result = await self.answer_to(request_id)
        except ErrorAnswerError as error:
            return error
        raise AssertionError(f"the request was answered with {result}")

    def received(self, method: str) -> list[Any]:
        """The parameters of all notifications and requests of this method, in order."""
        return [message.get("params") for message in self.messages if message.get("method") == method]

    async def wait_for(self, method: str, count: int = 1) -> Any:
        """The parameters of the `count`th message of this method, once it is there."""
        await self.until(lambda: len(self.received(method)) >= count)
        return self.received(method)[count - 1]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that messages of the server bring about."""
        async with asyncio.timeout(HANG), self._changed:
            await self._changed.wait_for(lambda: holds() or self._ended)
        assert holds(), "the server closed the connection"

    async def at_end(self) -> None:
        """Wait until the server has closed its side, and all it sent was taken in."""
        async with asyncio.timeout(HANG):
            await asyncio.shield(self._reading)

    async def quiet(self, rounds: int = 3) -> None:
        """Wait until the server has dealt with all that was sent: an unknown request's answer comes after."""
        for _ in range(rounds):
            with suppress(ErrorAnswerError):
                await self.ask("lakewright/nothing", {})

    def pause(self) -> None:
        """Read no more, though the server may write."""
        self._reading.cancel()

    def stop(self) -> None:
        """Read no more."""
        for task in (self._reading, *self._replying):
            task.cancel()

    # the other direction -----------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            while (message := await _read_message(self._incoming)) is not None:
                self._take(message)
                await self._tell()
        finally:
            self._ended = True
            await self._tell()

    def _take(self, message: Json) -> None:
        self.messages.append(message)
        if "method" not in message:
            self.answers[message.get("id")].append(message)
        elif "id" in message:
            task = asyncio.create_task(self._reply(message))
            self._replying.add(task)
            task.add_done_callback(self._replying.discard)

    async def _reply(self, message: Json) -> None:
        answer = self.replies.get(message["method"])
        result: Any = None if answer is None else answer(message.get("params"))
        if inspect.isawaitable(result):
            result = await result
        self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def execution(command: str, argument: Any = None, **beside: Any) -> tuple[str, Json]:
    """Method and parameters of `workspace/executeCommand lakewright.<command>`."""
    params: Json = {"command": f"lakewright.{command}", **beside}
    return "workspace/executeCommand", params if argument is None else {**params, "arguments": [argument]}


async def never(_params: Any) -> None:
    """A reply that doesn't come: the user looks at a preview."""
    await asyncio.Event().wait()


@asynccontextmanager
async def in_process(*, root: Path | None = None, **initialize: Any) -> AsyncIterator[LspClient]:
    """A client of a server in this very event loop, over two pipes. It is initialized when `root` or
    anything for `initialize` is given. At the end the server must have ended, by itself or by its input's
    end. `client.exit_code` isn't known here: use `serving` where it matters.
    """
    async with serving() as (client, _code):
        if root is not None or initialize:
            await client.initialize(root, **initialize)
        yield client


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[LspClient, "asyncio.Task[int]"]]:
    """A client of a server in this very event loop, not yet initialized, and the server's exit code."""
    to_server, from_client = os.pipe()
    to_client, from_server = os.pipe()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**26)
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(to_client, "rb", buffering=0)
    )
    ours = os.fdopen(from_client, "wb", buffering=0)
    incoming, outgoing = os.fdopen(to_server, "rb"), os.fdopen(from_server, "wb")

    async def run() -> int:
        try:
            return await serve(incoming, outgoing)
        finally:
            with suppress(OSError):
                outgoing.close()

    server = asyncio.create_task(run())
    client = LspClient(reader, lambda data: _write_all(ours, data), ours.close)
    try:
        yield client, server
    finally:
        ours.close()
        async with asyncio.timeout(HANG):
            await asyncio.wait((server,))
        client.stop()
        transport.close()
        incoming.close()
        if not server.cancelled():
            server.result()


class ServerProcess:
    """`lakewright serve` as a process, and its client. `errors` is what it wrote to standard error."""

    def __init__(self, process: asyncio.subprocess.Process, client: LspClient) -> None:
        self.process = process
        self.client = client
        self._errors = bytearray()
        assert process.stderr is not None
        self._collecting = asyncio.create_task(self._collect(process.stderr))

    @property
    def errors(self) -> str:
        return self._errors.decode(errors="replace")

    async def exit_code(self) -> int:
        """Once it has ended."""
        async with asyncio.timeout(HANG):
            code = await self.process.wait()
            await self._collecting
        return code

    async def _collect(self, stream: asyncio.StreamReader) -> None:
        while data := await stream.read(65536):
            self._errors += data


@asynccontextmanager
async def server_process(
    *options: str, cwd: Path, environ: Mapping[str, str] | None = None
) -> AsyncIterator[ServerProcess]:
    """A real server over standard streams, not yet initialized. It is killed if it doesn't end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "lakewright", "serve", *options),
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    client = LspClient(process.stdout, process.stdin.write, process.stdin.close)
    server = ServerProcess(process, client)
    try:
        yield server
    finally:
        with suppress(OSError):
            process.stdin.close()
        try:
            await server.exit_code()
        except TimeoutError:
            process.kill()
            await server.exit_code()
            raise
        client.stop()


@asynccontextmanager
async def tcp_client(host: str, port: int) -> AsyncIterator[LspClient]:
    """A client of a server that listens, not yet initialized."""
    reader, writer = await asyncio.open_connection(host, port, limit=2**26)
    client = LspClient(reader, writer.write, writer.close)
    try:
        yield client
    finally:
        writer.close()
        client.stop()


def uses_host(host: SandboxServer) -> dict[str, str]:
    """The variables by which a server finds a simulated host of the test's own."""
    return {"DATABRICKS_HOST": host.host, "DATABRICKS_TOKEN": host.token}


def repository(root: Path, files: Mapping[str, str]) -> Path:
    """A workspace root that holds these files; its path with links resolved."""
    root = root.resolve()
    (root / ".git").mkdir(parents=True)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    return root


async def _read_message(incoming: asyncio.StreamReader) -> Json | None:
    length = None
    while line := await incoming.readline():
        if not line.strip():
            assert length is not None, "a message without Content-Length"
            message = json.loads(await incoming.readexactly(length))
            assert isinstance(message, dict)
            return message
        name, _, value = line.partition(b":")
        assert name in {b"Content-Length", b"Content-Type"}, f"standard output carries {line!r}"
        if name == b"Content-Length":
            length = int(value)
    return None


def _write_all(stream: Any, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]
