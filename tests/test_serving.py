"""An endpoint answers over real sockets: streams, tokens, routes, what refusals teach, the listing."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from lakewright.core.assembly import assemble
from lakewright.core.events import FinishReason, Noticed, Retrying, TextDelta
from lakewright.core.parts import Text
from lakewright.core.request import ModelRequest
from lakewright.errors import AuthError, EndpointError, InputError, ModelError, NetworkError
from lakewright.serving import Learned, list_endpoints
from lakewright.transport.http import HttpClient
from lakewright.transport.retry import RetryPolicy
from support_serving import HELLO, REQUEST, SONNET, FakeCredentials, ask, delta, endpoint_at, error
from support_transport import STREAM_HEAD, Reply, Step, answer, scripted


async def test_an_answer_is_streamed() -> None:
    """Events come out as the dialect reads them, from the route of the endpoint."""
    host, events = await ask(HELLO)
    turn = assemble(events)
    assert (turn.parts, turn.finish, turn.served_model) == ((Text("Hello."),), FinishReason.STOP, "served-x")
    (request,) = host.requests
    assert (request.method, request.path) == ("POST", f"/serving-endpoints/{SONNET}/invocations")
    assert request.headers["authorization"] == "Bearer token-1"
    assert request.headers["content-type"] == "application/json"
    assert request.json()["stream"] is True


async def test_a_whole_answer_is_taken_too() -> None:
    """A host that doesn't stream gives the same turn."""
    body = b'{"model":"served-x","choices":[{"message":{"content":"Hello."},"finish_reason":"stop"}]}'
    _, events = await ask([answer(200, body)])
    assert assemble(events).parts == (Text("Hello."),)


async def test_events_come_before_the_answer_ends() -> None:
    """The first delta is there while the host still holds the rest back."""
    async with scripted([STREAM_HEAD, delta("Hel"), Step.SILENCE]) as host, HttpClient(environ={}) as client:
        async with aclosing(endpoint_at(host, client).stream(REQUEST)) as events:
            async for event in events:
                if event == TextDelta(0, "Hel"):
                    break
        await asyncio.wait_for(host.left.wait(), 20)


async def test_cancelling_closes_the_socket() -> None:
    """A cancelled reader's socket is closed, also while the host is silent."""
    async with scripted([STREAM_HEAD, delta("Hel"), Step.SILENCE]) as host, HttpClient(environ={}) as client:
        shown = asyncio.Event()

        async def read() -> None:
            async for _ in endpoint_at(host, client).stream(REQUEST):
                shown.set()

        reading = asyncio.create_task(read())
        await asyncio.wait_for(shown.wait(), 20)
        reading.cancel()
        await asyncio.wait_for(host.left.wait(), 20)
        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_cancelling_ends_a_wait() -> None:
    """The wait before a repeat can be cancelled; nothing is asked after it."""
    async with scripted(error(503, "X", "busy")) as host, HttpClient(environ={}) as client:
        waiting = asyncio.Event()

        async def read() -> None:
            policy = RetryPolicy(fault_waits=(3600,))
            async for _ in endpoint_at(host, client, policy=policy).stream(REQUEST):
                waiting.set()

        reading = asyncio.create_task(read())
        await asyncio.wait_for(waiting.wait(), 20)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert len(host.requests) == 1


async def test_the_connection_is_kept() -> None:
    """Two turns use one connection, though the first stream was left at its last event."""
    async with scripted(HELLO) as host, HttpClient(environ={}) as client:
        endpoint = endpoint_at(host, client)
        for _ in range(2):
            assert assemble([event async for event in endpoint.stream(REQUEST)]).parts == (Text("Hello."),)
        assert [request.connection for request in host.requests] == [0, 0]


async def test_a_body_that_never_ends_is_left() -> None:
    """After `[DONE]` the turn ends, even if the host keeps the body open."""
    _, events = await ask([*HELLO[:-1], Step.SILENCE])
    assert assemble(events).finish is FinishReason.STOP


INVALID_TOKEN = [answer(400, b"Invalid Token", content_type="text/plain")]


@pytest.mark.parametrize(
    "refusal",
    [
        error(401, "UNAUTHENTICATED", "expired"),
        INVALID_TOKEN,
        [answer(403, b"Invalid Token", content_type="")],
    ],
    ids=["401", "400", "403"],
)
async def test_a_refused_token_is_refreshed_once(refusal: Reply) -> None:
    """Each sign of a stale token brings one forced refresh, unseen; the second one is an error."""
    host, events = await ask(refusal, HELLO)
    assert [request.headers["authorization"] for request in host.requests] == [
        "Bearer token-1",
        "Bearer token-2",
    ]
    assert not any(isinstance(event, Retrying) for event in events)
    with pytest.raises(AuthError):
        await ask(refusal)


NO_ROUTE = error(404, "ENDPOINT_NOT_FOUND", "Invalid path")


async def test_an_absent_route_is_replaced_and_remembered() -> None:
    """The gateway's route is tried when the host lacks the first, and taken at once from then on."""
    async with scripted(NO_ROUTE, HELLO) as host, HttpClient(environ={}) as client:
        learned = Learned()
        for _ in range(2):
            endpoint = endpoint_at(host, client, learned=learned)
            assert assemble([event async for event in endpoint.stream(REQUEST)]).finish is FinishReason.STOP
        invocations, gateway = (
            f"/serving-endpoints/{SONNET}/invocations",
            "/ai-gateway/mlflow/v1/chat/completions",
        )
        assert [request.path for request in host.requests] == [invocations, gateway, gateway]
        assert ["model" in request.json() for request in host.requests] == [False, True, True]


async def test_both_routes_absent() -> None:
    """When the host has neither route, that is the error, and nothing is remembered."""
    async with scripted(NO_ROUTE) as host, HttpClient(environ={}) as client:
        learned = Learned()
        with pytest.raises(EndpointError):
            [event async for event in endpoint_at(host, client, learned=learned).stream(REQUEST)]
        assert (len(host.requests), learned.routes) == (2, {})


async def test_a_dotted_name_goes_to_the_gateway() -> None:
    """A model service of the Unity Catalog is asked for at the gateway, by the body's `model`."""
    host, _ = await ask(HELLO, name="system.ai.claude-sonnet-4-5")
    assert host.requests[0].path == "/ai-gateway/mlflow/v1/chat/completions"
    assert host.requests[0].json()["model"] == "system.ai.claude-sonnet-4-5"


async def test_a_refused_parameter_is_learnt_once() -> None:
    """The request is repeated without it, at once; endpoints that share what was learnt leave it out."""
    refusal = error(400, "BAD_REQUEST", "temperature: Extra inputs are not permitted")
    warm = ModelRequest(system="", messages=REQUEST.messages, temperature=0.5)
    async with scripted(refusal, HELLO) as host, HttpClient(environ={}) as client:
        learned = Learned()
        for _ in range(2):
            endpoint = endpoint_at(host, client, learned=learned)
            events = [event async for event in endpoint.stream(warm)]
            assert not any(isinstance(event, Retrying) for event in events)
        assert ["temperature" in request.json() for request in host.requests] == [True, False, False]


def _too_much(prompt: int, asked: int) -> Reply:
    text = f"input length and `max_tokens` exceed context limit: {prompt} + {asked} > 20000, decrease"
    return error(400, "BAD_REQUEST", text)


async def test_a_window_smaller_than_known_is_learnt() -> None:
    """The request is repeated with the room its prompt leaves; the next prompt has its own room."""
    replies = _too_much(5_000, 20_480), _too_much(5_010, 15_000), HELLO, HELLO
    async with scripted(*replies) as host, HttpClient(environ={}) as client:
        endpoint = endpoint_at(host, client)
        for _ in range(2):
            assert assemble([event async for event in endpoint.stream(REQUEST)]).parts == (Text("Hello."),)
        sent = [request.json()["max_tokens"] for request in host.requests]
        assert sent == [20_480, 15_000, 14_990, 20_480]
        assert endpoint.context_window == 20_000


@pytest.mark.parametrize("prompt", [19_500, 30_000])
async def test_a_prompt_that_fills_the_window_is_the_users_to_shorten(prompt: int) -> None:
    """Where no room is left for an answer, or the same refusal comes again, it is an error of input."""
    for replies in ([_too_much(prompt, 20_480)], [_too_much(900, 20_480), _too_much(900, 19_100)]):
        with pytest.raises(InputError, match="no room for an answer") as raised:
            await ask(*replies)
        assert "smaller range" in (raised.value.hint or "")


async def test_a_refusal_without_a_lesson_is_final() -> None:
    """What names nothing that could change, and the same refusal after its lesson, end the run."""
    with pytest.raises(ModelError):
        await ask(error(400, "BAD_REQUEST", "Invalid role in the chat message"))
    host_error = error(400, "BAD_REQUEST", "temperature: Extra inputs are not permitted")
    with pytest.raises(ModelError, match="temperature"):
        await ask(host_error)


LISTING = (
    b'{"endpoints":[{"name":"databricks-claude-haiku-4-5","task":"llm/v1/chat","state":{"ready":"READY"}}]}'
)


async def test_endpoints_are_listed() -> None:
    """The listing goes the same way: a stale token is refreshed, a fault repeated."""
    busy = [answer(499, content_type="")]
    async with (
        scripted(INVALID_TOKEN, busy, [answer(200, LISTING)]) as host,
        HttpClient(environ={}) as client,
    ):
        listed = await list_endpoints(client, FakeCredentials(host.url), policy=RetryPolicy(scale=0))
        assert [endpoint.name for endpoint in listed] == ["databricks-claude-haiku-4-5"]
        assert {(request.method, request.path) for request in host.requests} == {
            ("GET", "/api/2.0/serving-endpoints")
        }


async def test_a_listing_that_is_a_web_page() -> None:
    """A login page instead of the listing is a network error."""
    page = [answer(200, b"<html></html>", content_type="text/html")]
    async with scripted(page) as host, HttpClient(environ={}) as client:
        with pytest.raises(NetworkError, match="web page"):
            await list_endpoints(client, FakeCredentials(host.url))


async def test_a_web_page_without_end_is_left() -> None:
    """Of a page in place of the listing only the beginning is read."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 60000000\r\n\r\n<html>"
    page: list[bytes | Step] = [head + b"-" * 100_000, Step.SILENCE]
    async with scripted(page) as host, HttpClient(environ={}) as client:
        with pytest.raises(NetworkError, match="web page"):
            await list_endpoints(client, FakeCredentials(host.url))


async def test_what_was_adapted_is_said_once() -> None:
    """A budget that had to be cut is a note in the first turn, and in no later one."""
    request = replace(REQUEST, thinking=100_000)
    async with scripted(HELLO, HELLO) as host, HttpClient(environ={}) as client:
        model = endpoint_at(host, client, "databricks-claude-opus-4-1")
        notes = [
            [event.message async for event in model.stream(request) if isinstance(event, Noticed)]
            for _ in range(2)
        ]
    assert len(notes[0]) == 1
    assert "budget" in notes[0][0]
    assert notes[1] == []


async def test_a_host_that_never_closes_does_not_hold_up_an_answer() -> None:
    """After the finish reason a silent, open stream is an answer: nobody waits for the idle limit."""
    reply: Reply = [STREAM_HEAD, delta("Hello."), delta("", "stop"), Step.SILENCE]
    host, events = await ask(reply)
    assert assemble(events).parts == (Text("Hello."),)
    assert len(host.requests) == 1
