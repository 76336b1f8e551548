"""An endpoint with fake credentials against scripted hosts, for the tests of `serving`."""

from lakewright.core.events import Event, Retrying
from lakewright.core.messages import UserMessage
from lakewright.core.parts import Text
from lakewright.core.request import ModelRequest
from lakewright.serving import Learned, ServingEndpoint
from lakewright.transport.http import HttpClient
from lakewright.transport.retry import RetryPolicy
from support_transport import STREAM_END, STREAM_HEAD, Reply, ScriptedHost, answer, scripted, sse_event

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
    return sse_event({"id": "m", "model": "served-x", "object": "chat.completion.chunk", "choices": [choice]})


HELLO: Reply = [STREAM_HEAD, delta("Hel"), delta("lo."), delta("", "stop"), sse_event("[DONE]"), STREAM_END]


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


def retries(events: list[Event]) -> list[bool]:
    return [event.restart for event in events if isinstance(event, Retrying)]
