"""An endpoint answers over real sockets: tokens, routes, refusals, repeats, cancellation."""

import asyncio
from contextlib import aclosing

import pytest
from support_transport import (
    STREAM_END,
    STREAM_HEAD,
    Reply,
    ScriptedHost,
    Step,
    answer,
    event,
    scripted,
)

from lakewright.core.assembly import assemble
from lakewright.core.events import Event, FinishReason, Retrying, TextDelta
from lakewright.core.messages import UserMessage
from lakewright.core.parts import Text
from lakewright.core.request import ModelRequest
from lakewright.errors import (
    AuthError,
    EndpointError,
    LakewrightError,
    ModelError,
    NetworkError,
    RateLimitError,
)
from lakewright.serving import Learned, ServingEndpoint, list_endpoints
from lakewright.transport.http import HttpClient, Timeouts
from lakewright.transport.retry import RetryPolicy

SONNET = "databricks-claude-sonnet-4-5"
REQUEST = ModelRequest(system="Be brief.", messages=(UserMessage((Text("Hello?"),)),))


class FakeCredentials:
    """Hands out token-1, then a new one each time a refresh is forced."""

    origin = "a test"

    def __init__(self, host: str) -> None:
        self.host = host
        self.tokens = 1

    async def headers(self, *, force_refresh: bool = False) -> dict[str, str]:
        self.tokens += force_refresh
        return {"authorization": f"Bearer token-{self.tokens}"}


def delta(content: object, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": finish}
    return event({"id": "m", "model": "served-x", "object": "chat.completion.chunk", "choices": [choice]})


HELLO: Reply = [STREAM_HEAD, delta("Hel"), delta("lo."), delta("", "stop"), event("[DONE]"), STREAM_END]


def error(status: int, code: str, message: str, *, headers: str = "") -> Reply:
    body = f'{{"error_code":"{code}","message":"{message}"}}'
    return [answer(status, body.encode(), headers=headers)]


def endpoint_at(
    host: ScriptedHost,
    client: HttpClient,
    name: str = SONNET,
    *,
    learned: Learned | None = None,
    policy: RetryPolicy | None = None,
) -> ServingEndpoint:
    credentials = FakeCredentials(host.url)
    return ServingEndpoint(name, client, credentials, policy=policy or RetryPolicy(scale=0), learned=learned)


async def ask(
    *replies: Reply, name: str = SONNET, request: ModelRequest = REQUEST
) -> tuple[ScriptedHost, list[Event]]:
    async with scripted(*replies) as host, HttpClient(environ={}) as client:
        return host, [event async for event in endpoint_at(host, client, name).stream(request)]


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
