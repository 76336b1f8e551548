"""What pygls 2.1.1 does by itself, and what our protocol does in its place: one test for each difference.

When a newer pygls makes one of the first kind fail, what stands in for it may go.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter

from lakewright.lsp.connection import Outgoing, received
from lakewright.lsp.messages import LARGE
from lakewright.lsp.protocol import Protocol

Json = dict[str, Any]
Handler = Callable[..., Any]


class _Wire:
    """A server without streams: what it was told, and what it said."""

    def __init__(self, kind: type[LanguageServerProtocol]) -> None:
        self.server = LanguageServer("test", "1", protocol_cls=kind, converter_factory=default_converter)
        self.protocol = self.server.protocol
        self.protocol.set_writer(self)
        self.said: list[Json] = []

    def write(self, data: Outgoing) -> None:
        data = data if isinstance(data, bytes) else data()
        self.said.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        """Nothing is open."""

    def tell(self, method: str, params: Any = None, request_id: Any = None) -> None:
        message: Json = {"jsonrpc": "2.0", "method": method, "params": params}
        if request_id is not None:
            message["id"] = request_id
        body = json.dumps(message).encode()
        if isinstance(self.protocol, Protocol):
            self.protocol.receive(received(body))
        else:
            self._as_pygls_reads(body)

    def initialize(self) -> None:
        self.tell("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 0)
        if isinstance(self.protocol, Protocol):
            self.protocol.is_initialized = True
        self.said.clear()

    def answers(self, request_id: Any) -> list[Json]:
        return [message for message in self.said if message.get("id") == request_id]

    def _as_pygls_reads(self, body: bytes) -> None:
        """The body of its reading loop (`pygls.io_.run_async`): what can't be read is logged."""
        try:
            message = json.loads(body, object_hook=self.protocol.structure_message)
        except (ValueError, JsonRpcException):
            return
        self.protocol.handle_message(message)


def _bare() -> _Wire:
    return _Wire(LanguageServerProtocol)


def _ours() -> _Wire:
    wire = _Wire(Protocol)
    wire.server.feature(types.INITIALIZE)(lambda _params: None)
    return wire


async def _steps(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def _waiting(log: list[str]) -> Callable[..., Awaitable[None]]:
    async def handler(*_: Any) -> None:
        log.append("begun")
        try:
            await asyncio.sleep(0.001)
        except asyncio.CancelledError:
            log.append("cancelled")
            raise
        log.append("ran to its end")

    return handler


async def test_pygls_doesnt_stop_a_command_that_is_cancelled() -> None:
    """The client reads that it was cancelled; the command goes on."""
    wire, log = _bare(), list[str]()
    wire.initialize()
    wire.server.command("x")(_waiting(log))
    wire.tell(types.WORKSPACE_EXECUTE_COMMAND, {"command": "x"}, 1)
    await _steps()
    wire.tell(types.CANCEL_REQUEST, {"id": 1})
    await asyncio.sleep(0.01)
    assert log == ["begun", "ran to its end"]
    assert wire.answers(1)[0]["error"]["code"] == -32800


async def test_ours_stops_it() -> None:
    """The command sees the cancellation, and the client gets one answer."""
    wire, log = _ours(), list[str]()
    wire.initialize()
    wire.server.feature(types.WORKSPACE_EXECUTE_COMMAND)(_waiting(log))
    wire.tell(types.WORKSPACE_EXECUTE_COMMAND, {"command": "x"}, 1)
    await _steps()
    wire.tell(types.CANCEL_REQUEST, {"id": 1})
    await _steps()
    assert log == ["begun", "cancelled"]
    assert [answer["error"]["code"] for answer in wire.answers(1)] == [-32800]


async def test_pygls_leaves_a_command_unanswered_that_is_cancelled_from_within() -> None:
    """A CancelledError that escapes a command is the end of its request, without a word."""
    wire = _bare()
    wire.initialize()

    async def cancelled(*_: Any) -> None:
        raise asyncio.CancelledError

    failed: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failed.append(context))
    wire.server.command("x")(cancelled)
    wire.tell(types.WORKSPACE_EXECUTE_COMMAND, {"command": "x"}, 1)
    await _steps()
    assert wire.answers(1) == []


async def test_ours_answers_it() -> None:
    """As cancelled."""
    wire = _ours()
    wire.initialize()

    async def cancelled(*_: Any) -> None:
        raise asyncio.CancelledError

    wire.server.feature(types.WORKSPACE_EXECUTE_COMMAND)(cancelled)
    wire.tell(types.WORKSPACE_EXECUTE_COMMAND, {"command": "x"}, 1)
    await _steps()
    assert [answer["error"]["code"] for answer in wire.answers(1)] == [-32800]


async def test_pygls_drops_the_body_of_a_handler_that_is_cancelled_at_once() -> None:
    """By asyncio: what the handler would have ended, or entered somewhere, never is."""
    wire, log = _bare(), list[str]()
    wire.initialize()
    wire.server.feature(types.TEXT_DOCUMENT_HOVER)(_waiting(log))
    document = {"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}
    wire.tell(types.TEXT_DOCUMENT_HOVER, document, 1)
    wire.tell(types.CANCEL_REQUEST, {"id": 1})
    await _steps()
    assert log == []


async def test_ours_begins_it() -> None:
    """It meets the cancellation at its first `await`."""
    wire, log = _ours(), list[str]()
    wire.initialize()
    wire.server.feature(types.TEXT_DOCUMENT_HOVER)(_waiting(log))
    document = {"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}
    wire.tell(types.TEXT_DOCUMENT_HOVER, document, 1)
    wire.tell(types.CANCEL_REQUEST, {"id": 1})
    await _steps()
    assert log == ["begun", "cancelled"]
    assert len(wire.answers(1)) == 1


EARLY_AND_LATE: dict[str, tuple[bool, str, int]] = {
    "before initialize": (False, types.SHUTDOWN, -32002),
    "after shutdown": (True, types.SHUTDOWN, -32600),
}


@pytest.mark.parametrize("when", EARLY_AND_LATE)
async def test_pygls_serves_or_forgets_requests_out_of_time(when: str) -> None:
    """Before `initialize` they are carried out, after `shutdown` never answered."""
    is_late, method, code = EARLY_AND_LATE[when]
    wire = _bare()
    if is_late:
        wire.initialize()
        wire.tell(types.SHUTDOWN, None, 1)
        await _steps()
    wire.tell(method, None, 2)
    await _steps()
    assert all(answer.get("error", {}).get("code") != code for answer in wire.answers(2))


@pytest.mark.parametrize("when", EARLY_AND_LATE)
async def test_ours_refuses_them(when: str) -> None:
    """With the code that LSP has for it."""
    is_late, method, code = EARLY_AND_LATE[when]
    wire = _ours()
    if is_late:
        wire.initialize()
        assert isinstance(wire.protocol, Protocol)
        wire.protocol.start_shutdown()
    wire.tell(method, None, 2)
    assert [answer["error"]["code"] for answer in wire.answers(2)] == [code]


UNREADABLE: dict[str, tuple[str, Any]] = {
    "params of the wrong shape": (types.TEXT_DOCUMENT_HOVER, {"position": 3}),
    "no params": (types.TEXT_DOCUMENT_HOVER, None),
}


@pytest.mark.parametrize("what", UNREADABLE)
async def test_pygls_leaves_requests_unanswered_that_it_cant_read(what: str) -> None:
    """The client waits for ever."""
    wire = _bare()
    wire.initialize()
    wire.tell(*UNREADABLE[what], 1)
    await _steps()
    assert wire.answers(1) == []


@pytest.mark.parametrize("what", UNREADABLE)
async def test_ours_answers_them(what: str) -> None:
    """InvalidParams, with the field."""
    wire = _ours()
    wire.initialize()
    wire.server.feature(types.TEXT_DOCUMENT_HOVER)(lambda _params: None)
    wire.tell(*UNREADABLE[what], 1)
    assert [answer["error"]["code"] for answer in wire.answers(1)] == [-32602]


async def test_pygls_begins_an_async_handler_after_the_messages_behind_it() -> None:
    """A change of the document that comes after a request is made before the request looks."""
    wire, log = _bare(), list[str]()
    wire.initialize()

    async def hover(*_: Any) -> None:
        log.append("request")

    wire.server.feature(types.TEXT_DOCUMENT_HOVER)(hover)
    wire.server.feature("test/changed")(lambda *_: log.append("notification"))
    document = {"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}
    wire.tell(types.TEXT_DOCUMENT_HOVER, document, 1)
    wire.tell("test/changed", {})
    await _steps()
    assert log == ["notification", "request"]


async def test_ours_lets_a_handler_look_first() -> None:
    """What a handler does before it returns an awaitable is done before the next message is read."""
    wire, log = _ours(), list[str]()
    wire.initialize()

    def hover(*_: Any) -> Awaitable[None]:
        log.append("request")
        return asyncio.sleep(0)

    wire.server.feature(types.TEXT_DOCUMENT_HOVER)(hover)
    wire.server.feature(types.INITIALIZED)(lambda *_: log.append("notification"))
    document = {"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}
    wire.tell(types.TEXT_DOCUMENT_HOVER, document, 1)
    wire.tell(types.INITIALIZED, {})
    await _steps()
    assert log == ["request", "notification"]


def _broken(*_: Any) -> None:
    raise KeyError("secret")


async def test_pygls_sends_tracebacks_to_the_client() -> None:
    """And the words of the exception, which may be content."""
    wire = _bare()
    wire.initialize()
    wire.server.feature(types.TEXT_DOCUMENT_HOVER)(_broken)
    document = {"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}
    wire.tell(types.TEXT_DOCUMENT_HOVER, document, 1)
    assert "traceback" in wire.answers(1)[0]["error"]["data"]
    assert "secret" in wire.answers(1)[0]["error"]["message"]


async def test_ours_names_the_kind_of_defect() -> None:
    """Nothing else."""
    wire = _ours()
    wire.initialize()
    wire.server.feature(types.TEXT_DOCUMENT_HOVER)(_broken)
    document = {"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}
    wire.tell(types.TEXT_DOCUMENT_HOVER, document, 1)
    [answer] = wire.answers(1)
    assert answer["error"] == {"code": -32603, "message": "Lakewright has a defect: KeyError."}


@pytest.mark.parametrize("length", [1, LARGE])
async def test_ours_answers_what_can_not_be_sent(length: int) -> None:
    """Once, with the kind of defect, also where a large answer is put together later."""
    wire = _ours()
    wire.initialize()
    wire.server.feature(types.WORKSPACE_EXECUTE_COMMAND)(lambda _params: ["x" * length, float("nan")])
    wire.tell(types.WORKSPACE_EXECUTE_COMMAND, {}, 1)
    [answer] = wire.answers(1)
    assert answer["error"]["code"] == -32603
    assert "ValueError" in answer["error"]["message"]


async def test_pygls_turns_a_bare_argument_object_into_its_keys() -> None:
    """Because cattrs makes a list of any iterable: an object given as `arguments` is lost."""
    wire, seen = _bare(), list[Any]()
    wire.initialize()
    wire.server.command("x")(lambda *args: seen.extend(args))
    wire.tell(types.WORKSPACE_EXECUTE_COMMAND, {"command": "x", "arguments": {"uri": "file:///a"}}, 1)
    assert seen == ["uri"]


async def test_ours_hands_it_on() -> None:
    """As the JSON it came as."""
    wire, seen = _ours(), list[Any]()
    wire.initialize()
    wire.server.feature(types.WORKSPACE_EXECUTE_COMMAND)(partial(seen.append))
    params = {"command": "x", "arguments": {"uri": "file:///a"}}
    wire.tell(types.WORKSPACE_EXECUTE_COMMAND, params, 1)
    assert seen == [params]


async def test_pygls_ends_lines_at_form_feeds() -> None:
    """Its documents are split by `str.splitlines`, so that every later position is wrong."""
    wire = _bare()
    wire.initialize()
    document = {"uri": "file:///a", "languageId": "python", "version": 1, "text": "a\fb\nc\n"}
    wire.tell(types.TEXT_DOCUMENT_DID_OPEN, {"textDocument": document})
    assert wire.protocol.workspace.get_text_document("file:///a").lines[0] == "a\f"
