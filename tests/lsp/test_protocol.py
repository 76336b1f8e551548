"""Every request gets exactly one answer, whatever is sent and whenever."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakewright.lsp.messages import NotJsonRpcError, read_message
from support_lsp_client import Json, LspClient, execution, in_process, serving

PARSE, REQUEST, METHOD, PARAMS, EARLY = -32700, -32600, -32601, -32602, -32002

NO_REQUESTS: dict[str, tuple[bytes, int, Any]] = {
    "no JSON": (b"{", PARSE, None),
    "nothing": (b"", PARSE, None),
    "no text": (b"\xff\xfe\x00", PARSE, None),
    "too deep": (b"[" * 100_000, PARSE, None),
    "a number too long": (b"1" * 5_000, PARSE, None),
    "a batch": (b'[{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}]', REQUEST, None),
    "a word": (b'"shutdown"', REQUEST, None),
    "null": (b"null", REQUEST, None),
    "another protocol": (b'{"id": 7, "method": "shutdown"}', REQUEST, 7),
    "its version": (b'{"jsonrpc": "1.0", "id": "x", "method": "shutdown"}', REQUEST, "x"),
    "no method": (b'{"jsonrpc": "2.0", "id": 7}', REQUEST, 7),
    "a method that is none": (b'{"jsonrpc": "2.0", "id": 7, "method": 3}', REQUEST, 7),
    "a list as method": (b'{"jsonrpc": "2.0", "id": 7, "method": ["a"]}', REQUEST, 7),
    "id null": (b'{"jsonrpc": "2.0", "id": null, "method": "shutdown"}', REQUEST, None),
    "id true": (b'{"jsonrpc": "2.0", "id": true, "method": "shutdown"}', REQUEST, None),
    "a fraction as id": (b'{"jsonrpc": "2.0", "id": 1.5, "method": "shutdown"}', REQUEST, None),
    "a list as id": (b'{"jsonrpc": "2.0", "id": [1], "method": "shutdown"}', REQUEST, None),
    "an object as id": (b'{"jsonrpc": "2.0", "id": {}, "result": 1}', REQUEST, None),
}


@pytest.mark.parametrize("name", NO_REQUESTS)
async def test_what_is_no_request_is_refused(name: str, tmp_path: Path) -> None:
    """With JSON-RPC's code, and the id where one can be made out; the next request is served."""
    body, code, request_id = NO_REQUESTS[name]
    async with in_process(root=tmp_path) as client:
        client.send_body(body)
        refusal = await client.refusal_of(request_id)
        assert refusal.code == code
        await client.leave()
        assert len(client.answers[request_id]) == 1


REFUSED: dict[str, tuple[Json, int, str]] = {
    "unknown": ({"method": "lakewright/nothing", "params": {}}, METHOD, "lakewright/nothing"),
    "unknown, without params": ({"method": "lakewright/nothing"}, METHOD, "lakewright/nothing"),
    "unknown, of the protocol": ({"method": "$/nothing"}, METHOD, "$/nothing"),
    "known to LSP, not served": ({"method": "textDocument/rename", "params": {}}, METHOD, "rename"),
    "a notification": (
        {"method": "textDocument/didSave", "params": {"textDocument": {"uri": "file:///a"}}},
        REQUEST,
        "notification",
    ),
    "another notification": ({"method": "initialized", "params": {}}, REQUEST, "notification"),
    "initialize twice": (
        {"method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
        REQUEST,
        "already",
    ),
    "params of another shape": ({"method": "workspace/executeCommand", "params": [1]}, PARAMS, "params"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cant_be_served_is_refused(name: str, tmp_path: Path) -> None:
    """With the code that LSP has for it, in words that name what is wrong."""
    message, code, says = REFUSED[name]
    async with in_process(root=tmp_path) as client:
        client.send({"jsonrpc": "2.0", "id": "asked", **message})
        refusal = await client.refusal_of("asked")
        assert refusal.code == code
        assert says in refusal.message
        await client.leave()
        assert len(client.answers["asked"]) == 1


async def test_nothing_runs_before_initialize(tmp_path: Path) -> None:
    """Requests are refused, notifications left out; `initialize` still works afterwards."""
    async with serving() as (client, server):
        client.open("file:///a.py", "x = 1\n")
        asked = [client.request("shutdown"), client.request(*execution("status")), client.request("nothing")]
        for request_id in asked:
            assert (await client.refusal_of(request_id)).code == EARLY
        await client.initialize(tmp_path)
        await client.leave()
        assert await server == 0


@pytest.mark.parametrize(
    "params", [None, {}, {"capabilities": 3}, {"processId": "x", "capabilities": {}}, []]
)
async def test_initialize_may_be_tried_again(params: Any, tmp_path: Path) -> None:
    """One that can't be read is InvalidParams, and the server isn't initialized by it."""
    async with serving() as (client, server):
        request_id = client.request("initialize", params)
        assert (await client.refusal_of(request_id)).code == PARAMS
        assert (await client.refusal_of(client.request("shutdown"))).code == EARLY
        await client.initialize(tmp_path)
        await client.leave()
        assert await server == 0


async def test_nothing_runs_after_shutdown(tmp_path: Path) -> None:
    """Each request is refused, `shutdown` and `initialize` too, until `exit`."""
    async with serving() as (client, server):
        await client.initialize(tmp_path)
        await client.ask("shutdown")
        for method in ("shutdown", "initialize", "textDocument/hover", "lakewright/nothing"):
            assert (await client.refusal_of(client.request(method, {}))).code == REQUEST
        client.notify("exit")
        assert await server == 0


@pytest.mark.parametrize("with_shutdown", [True, False])
async def test_the_exit_code(with_shutdown: bool, tmp_path: Path) -> None:
    """0 after `shutdown`, else 1; `exit` counts with params, with an id, and before `initialize`."""
    messages: list[Json] = [{"params": None}, {"params": {}}, {"id": 9}, {}]
    for message in messages:
        async with serving() as (client, server):
            if with_shutdown:
                await client.initialize(tmp_path)
                await client.ask("shutdown", message.get("params"))
            client.send({"jsonrpc": "2.0", "method": "exit", **message})
            assert await server == (0 if with_shutdown else 1)


@pytest.mark.parametrize("request_id", [0, -1, 2**40, "", "a b", "\u00e9\U0001f600"])
async def test_ids_come_back_as_they_were(request_id: Any, tmp_path: Path) -> None:
    """Numbers and strings of any kind."""
    async with in_process(root=tmp_path) as client:
        client.send({"jsonrpc": "2.0", "id": request_id, "method": "workspace/executeCommand", "params": {}})
        await client.refusal_of(request_id)
        assert client.answers[request_id][0]["id"] == request_id
        assert type(client.answers[request_id][0]["id"]) is type(request_id)


async def test_an_id_that_is_open_cant_be_used_again(tmp_path: Path) -> None:
    """Nobody could tell the two answers apart, nor cancel one of them: the second is refused."""
    async with in_process(root=tmp_path) as client:
        message = {"jsonrpc": "2.0", "id": 1000, "method": "workspace/executeCommand"}
        document = {"textDocument": {"uri": (tmp_path / "none.py").as_uri()}, "deliver": "response"}
        client.send({**message, "params": execution("explain", document)[1]})
        client.send({**message, "params": execution("explain", document)[1]})
        await client.until(lambda: len(client.answers[1000]) == 2)
        assert {answer["error"]["code"] for answer in client.answers[1000]} == {REQUEST, PARAMS}


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "never asked", "result": None},
        {"id": 1, "result": None},
        {"id": None, "error": {"code": 1, "message": "x"}},
        {"id": "x", "error": "no object"},
        {"id": 5, "result": 1, "error": {"code": 1, "message": "x"}},
    ],
)
async def test_answers_that_nobody_waits_for(answer: Json, tmp_path: Path) -> None:
    """They end nothing: not a request of the client's that has the same id either."""
    async with in_process(root=tmp_path) as client:
        client.send({"jsonrpc": "2.0", **answer})
        await client.leave()


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/didOpen", None),
        ("textDocument/didOpen", {"textDocument": {"uri": 3}}),
        ("textDocument/didChange", {"textDocument": {"uri": "file:///a", "version": "x"}}),
        ("textDocument/didClose", []),
        ("workspace/didChangeWorkspaceFolders", {"event": 3}),
        ("workspace/didChangeConfiguration", None),
        ("window/workDoneProgress/cancel", {"token": {}}),
        ("window/workDoneProgress/cancel", None),
        ("$/cancelRequest", None),
        ("$/cancelRequest", {}),
        ("$/cancelRequest", {"id": {}}),
        ("$/setTrace", {"value": "loud"}),
        ("$/setTrace", {"value": "verbose"}),
        ("$/unknown", {"x": 1}),
        ("lakewright/unknown", None),
    ],
)
async def test_notifications_of_any_shape(method: str, params: Any, tmp_path: Path) -> None:
    """None is answered, none ends the server, and nothing pops up."""
    async with in_process(root=tmp_path) as client:
        client.notify(method, params)
        await client.quiet()
        assert client.received("window/showMessage") == []
        assert not [said for said in client.received("window/logMessage") if "defect" in said["message"]]
        assert None not in client.answers
        await client.leave()


async def test_a_word_about_the_field_that_is_wrong(tmp_path: Path) -> None:
    """InvalidParams of LSP's own shapes names the field in LSP's spelling, and never a value."""
    async with serving() as (client, _):
        capabilities = {"general": {"positionEncodings": 3}, "textDocument": {"hover": "SECRET"}}
        params: Json = {"processId": None, "rootUri": None, "capabilities": capabilities}
        refusal = await client.refusal_of(client.request("initialize", params))
        assert "general.positionEncodings" in refusal.message
        assert "SECRET" not in refusal.message
        assert refusal.data is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
_FIELDS = st.sampled_from(["jsonrpc", "id", "method", "params", "result", "error"])
_METHODS = st.sampled_from(
    ["initialize", "shutdown", "workspace/executeCommand", "textDocument/didOpen", "$/cancelRequest", "x"]
)
_MESSAGES = st.dictionaries(_FIELDS, _JSON | _METHODS | st.just("2.0"))


@given(_MESSAGES | _JSON | st.binary())
def test_any_message_is_read_or_refused(data: Any) -> None:
    """Whatever the bytes are, there is a message or a reason."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    try:
        message = read_message(body)
    except NotJsonRpcError as error:
        told: tuple[int | None, Any] = (error.code, error.request_id)
    else:
        told = (None, message.id)
        assert message.method is not None or message.id is not None
    assert told[0] in (None, PARSE, REQUEST)
    assert told[1] is None or _is_id(told[1])


@given(st.lists(_MESSAGES.map(lambda data: {"jsonrpc": "2.0", **data}), max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_sequence_of_messages_is_survived(tmp_path: Path, messages: list[Json]) -> None:
    """Each id gets as many answers as it had requests, and the server is there afterwards."""
    async with in_process(root=tmp_path) as client:
        asked: dict[Any, int] = {}
        for message in messages:
            if message.get("method") in ("exit", "shutdown"):
                continue
            client.send(message)
            request_id = message.get("id")
            if _is_id(request_id) and "method" in message:
                asked[request_id] = asked.get(request_id, 0) + 1
        await client.quiet()
        for request_id, count in asked.items():
            await _answered(client, request_id, count)


async def _answered(client: LspClient, request_id: Any, count: int) -> None:
    await client.until(lambda: len(client.answers[request_id]) >= count)


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
