"""Routes, credentials, listings, limits, the prompt cache, start and stop."""

import asyncio
import gc
import socket

import httpx
import pytest

from lakewright.errors import InputError
from lakewright.sandbox.credentials import CLIENT_ID, CLIENT_SECRET
from lakewright.sandbox.host import Knobs
from lakewright.sandbox.limits import RateLimits
from lakewright.sandbox.models import ROWS
from lakewright.sandbox.server import SandboxServer, serve_forever, start_in_thread
from support_sandbox import (
    ENDPOINT,
    READ_TOOLS,
    THINKING,
    Body,
    body_of,
    client_of,
    complaint_of,
    echo,
    events_of,
    post,
    quick_sandbox,
    result_of,
    text_of,
    user,
)


class _Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


_ROUTES: tuple[tuple[str, Body], ...] = (
    ("/serving-endpoints/databricks-claude-sonnet-4-5/invocations", {}),
    ("/serving-endpoints/chat/completions", {"model": "databricks-claude-sonnet-4-5"}),
    ("/ai-gateway/mlflow/v1/chat/completions", {"model": "system.ai.claude-sonnet-4-5"}),
    ("/ai-gateway/mlflow/v1/chat/completions", {"model": "databricks-claude-sonnet-4-5"}),
)


@pytest.mark.parametrize(("path", "extra"), _ROUTES)
async def test_all_chat_routes_answer_alike(path: str, extra: Body) -> None:
    """Model in the path or in the body, plain or dotted: the same model answers."""
    async with quick_sandbox() as server, client_of(server) as client:
        response = await client.post(path, json={**body_of(), **extra})
    assert response.json()["model"] == "us.anthropic.claude-sonnet-4-5-20250929-v1:0"


_ABSENT = (
    ("nobody", 404, "RESOURCE_DOES_NOT_EXIST"),
    ("system.ai.claude-sonnet-4-5", 404, "RESOURCE_DOES_NOT_EXIST"),
    ("databricks-claude-3-7-sonnet", 404, "RESOURCE_DOES_NOT_EXIST"),
    ("databricks-claude-sonnet-4", 400, "BAD_REQUEST"),
    ("databricks-gte-large-en", 400, "BAD_REQUEST"),
    ("team-assistant-limit-zero", 403, "PERMISSION_DENIED"),
    ("team-assistant-private", 403, "PERMISSION_DENIED"),
    ("team-assistant-starting", 503, "TEMPORARILY_UNAVAILABLE"),
)


@pytest.mark.parametrize(("endpoint", "status", "code"), _ABSENT)
async def test_endpoints_that_cannot_be_asked(endpoint: str, status: int, code: str) -> None:
    """Unknown, retired, deprecated, disabled, forbidden and unready ones each have their refusal."""
    async with quick_sandbox() as server, client_of(server) as client:
        response = await post(client, body_of(), endpoint=endpoint)
    assert (response.status_code, response.json()["error_code"]) == (status, code)


_NO_ROUTES = (
    ("POST", "/serving-endpoints/chat/completions", 400, "BAD_REQUEST"),
    ("POST", "/serving-endpoints/responses", 404, "ENDPOINT_NOT_FOUND"),
    ("POST", "/ai-gateway/openai/v1/responses", 404, "ENDPOINT_NOT_FOUND"),
    ("GET", "/", 404, "ENDPOINT_NOT_FOUND"),
    ("GET", "/api/2.0/serving-endpoints/nobody", 404, "RESOURCE_DOES_NOT_EXIST"),
)


@pytest.mark.parametrize(("method", "path", "status", "code"), _NO_ROUTES)
async def test_paths_that_lead_nowhere(method: str, path: str, status: int, code: str) -> None:
    """An unknown route, and a request that names no model."""
    async with quick_sandbox() as server, client_of(server) as client:
        response = await client.request(method, path, json=body_of())
    assert (response.status_code, response.json()["error_code"]) == (status, code)


async def test_a_host_without_a_gateway_lacks_its_routes() -> None:
    """404 ENDPOINT_NOT_FOUND tells a client to take the other route."""
    async with quick_sandbox(knobs=Knobs(gateway=False)) as server, client_of(server) as client:
        response = await client.post("/ai-gateway/mlflow/v1/chat/completions", json=body_of())
    assert (response.status_code, response.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")


@pytest.mark.parametrize(
    "authorization", ["", "Bearer wrong", "Bearer", "Basic x", "Basic dG9rZW46eA==", "sandbox-token"]
)
async def test_without_the_token_nothing_is_served(authorization: str) -> None:
    """401 in the envelope on the workspace's routes, plain `Invalid Token` with 400 on the gateway's."""
    async with quick_sandbox() as server, httpx.AsyncClient(base_url=server.host, trust_env=False) as client:
        headers = {"Authorization": authorization}
        workspace = await post(client, body_of(), **headers)
        listing = await client.get("/api/2.0/serving-endpoints", headers=headers)
        gateway = await client.post("/ai-gateway/mlflow/v1/chat/completions", json=body_of(), headers=headers)
    assert (workspace.status_code, workspace.json()["error_code"]) == (401, "UNAUTHENTICATED")
    assert listing.status_code == 401
    assert (gateway.status_code, gateway.text) == (400, "Invalid Token")


async def test_basic_authorisation_with_the_token_works() -> None:
    """As `curl -u token:$TOKEN` sends it."""
    async with quick_sandbox() as server, httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(f"{server.host}/api/2.0/serving-endpoints", auth=("token", server.token))
    assert response.status_code == 200


async def test_tokens_of_a_service_principal_expire_by_the_clock() -> None:
    """Discovery, the grant, a request with the token, and 401 once its time is over."""
    clock = _Clock()
    knobs = Knobs(clock=clock, token_lifetime=60)
    async with (
        quick_sandbox(knobs=knobs) as server,
        httpx.AsyncClient(base_url=server.host, trust_env=False) as client,
    ):
        well_known = (await client.get("/oidc/.well-known/oauth-authorization-server")).json()
        form = {"grant_type": "client_credentials", "scope": "all-apis"}
        granted = (
            await client.post(well_known["token_endpoint"], data=form, auth=(CLIENT_ID, CLIENT_SECRET))
        ).json()
        assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 60)
        headers = {"Authorization": f"Bearer {granted['access_token']}"}
        fresh = await post(client, body_of(), **headers)
        clock.now += 61
        stale = await post(client, body_of(), **headers)
        refused = await client.post("/oidc/v1/token", data=form, auth=(CLIENT_ID, "wrong"))
    assert [fresh.status_code, stale.status_code, refused.status_code] == [200, 401, 401]


async def test_the_listing_holds_every_model_and_what_is_not_one() -> None:
    """All Claude models but the retired one, an embedding endpoint, some that can't be called."""
    async with quick_sandbox() as server, client_of(server) as client:
        listed = (await client.get("/api/2.0/serving-endpoints")).json()["endpoints"]
        one = (await client.get(f"/api/2.0/serving-endpoints/{ENDPOINT}")).json()
        models = (await client.get("/ai-gateway/anthropic/v1/models")).json()["data"]
        foundation = (await client.get("/api/2.0/serving-endpoints:foundation-models")).json()["endpoints"]
    names = {endpoint["name"] for endpoint in listed}
    claude = {f"databricks-{row.family}" for row in ROWS} - {"databricks-claude-3-7-sonnet"}
    assert names == claude | {
        "databricks-gte-large-en",
        "team-assistant-starting",
        "team-assistant-limit-zero",
    }
    assert {endpoint["task"] for endpoint in listed} == {"llm/v1/chat", "llm/v1/embeddings"}
    assert {endpoint["state"]["ready"] for endpoint in listed} == {"READY", "NOT_READY"}
    assert one["capabilities"] == {"function_calling": True}
    assert {model["id"] for model in models} == claude
    assert {endpoint["name"] for endpoint in foundation} >= claude


async def test_model_services_come_in_pages_of_ten_to_a_hundred() -> None:
    """All pages together hold every dotted name once; another page size is the empty 499."""
    path = "/api/2.1/unity-catalog/model-services"
    names: list[str] = []
    parameters = {"parent": "schemas/system.ai", "page_size": "10"}
    async with quick_sandbox() as server, client_of(server) as client:
        while True:
            page = (await client.get(path, params=parameters)).json()
            names += [service["name"] for service in page["model_services"]]
            if "next_page_token" not in page:
                break
            parameters["page_token"] = page["next_page_token"]
        odd = await client.get(path, params={"parent": "schemas/system.ai", "page_size": "1"})
    assert sorted(names) == sorted(set(names))
    assert "model-services/system.ai.claude-opus-4-8" in names
    assert (odd.status_code, odd.content) == (499, b"")


async def test_the_marked_prefix_is_read_from_the_cache_in_each_turn_of_a_loop() -> None:
    """Written by the first request, read by the second and third; the prompt's count holds it."""
    mark = {"type": "ephemeral"}
    system = {"role": "system", "content": [{"type": "text", "text": "Rules. " * 600, "cache_control": mark}]}
    question = user([{"type": "text", "text": "Explain the file `a.py`. " * 200, "cache_control": mark}])
    tools = [*READ_TOOLS[:-1], {**READ_TOOLS[-1], "cache_control": mark}]
    messages = [system, question]
    usages = []
    async with quick_sandbox() as server, client_of(server) as client:
        for _ in range(3):
            body = body_of(*messages, tools=tools, thinking=dict(THINKING))
            answer = (await post(client, body)).json()
            usages.append(answer["usage"])
            message = answer["choices"][0]["message"]
            messages.append(echo(message))
            messages += [
                result_of(call, "1\tdef f():\n2\t    return 1") for call in message.get("tool_calls", [])
            ]
        unmarked = (await post(client, body_of())).json()["usage"]
    first, *later = usages
    assert first["cache_read_input_tokens"] == 0
    assert first["cache_creation_input_tokens"] > 2000
    for usage in later:
        assert usage["cache_read_input_tokens"] == first["cache_creation_input_tokens"]
        assert usage["cache_creation_input_tokens"] == 0
        assert usage["prompt_tokens"] > usage["cache_read_input_tokens"]
    assert "cache_read_input_tokens" not in unmarked


async def test_a_changed_prefix_is_written_anew() -> None:
    """One other letter in front of the mark, and nothing is read."""

    def asked(text: str) -> Body:
        return body_of(user([{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]))

    async with quick_sandbox() as server, client_of(server) as client:
        await post(client, asked("a" * 4000))
        usage = (await post(client, asked("b" + "a" * 3999))).json()["usage"]
        small = (await post(client, asked("short"))).json()["usage"]
    assert usage["cache_read_input_tokens"] == 0
    assert usage["cache_creation_input_tokens"] >= 1000
    assert small["cache_creation_input_tokens"] == 0


async def test_rate_limits_count_by_model_in_windows() -> None:
    """The third request within a minute is refused, another model answers, a minute later all is well."""
    clock = _Clock()
    knobs = Knobs(clock=clock, limits=RateLimits(output_tokens_per_minute=2500, retry_after=7))
    body = body_of(max_tokens=1000)
    async with quick_sandbox(knobs=knobs) as server, client_of(server) as client:
        codes = [(await post(client, body)).status_code for _ in range(2)]
        refused = await post(client, body)
        other = await post(client, body, endpoint="databricks-claude-haiku-4-5")
        clock.now += 61
        later = await post(client, body)
    assert codes == [200, 200]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
    assert complaint_of(refused).endswith(
        f"Exceeded workspace output tokens per minute rate limit for {ENDPOINT}."
    )
    assert [other.status_code, later.status_code] == [200, 200]


async def test_flat_errors_is_a_knob() -> None:
    """Some workspaces don't nest."""
    async with quick_sandbox(knobs=Knobs(flat_errors=True)) as server, client_of(server) as client:
        response = await post(client, body_of(seed=1))
    assert response.json()["message"] == "seed: Extra inputs are not permitted"


async def test_the_log_records_each_request_as_it_came() -> None:
    """Method, path, model, status, body and what was answered; no header in its repr."""
    async with quick_sandbox() as server, client_of(server) as client:
        await client.get("/api/2.0/serving-endpoints")
        await post(client, body_of())
        await post(client, body_of(seed=1))
        assert [record.status for record in server.log] == [200, 200, 400]
        answered, refused = server.model_requests
        assert answered.body == body_of()
        assert (answered.model, answered.refusal) == (ENDPOINT, None)
        assert refused.refusal == "seed: Extra inputs are not permitted"
        assert server.token not in repr(server.log)
        await answered.finished.wait()
        assert not answered.closed_early


async def test_a_client_that_leaves_is_recorded_and_ends_the_stream() -> None:
    """The record says so for certain as soon as it is finished."""
    async with SandboxServer(pace=1000) as server, client_of(server) as client:
        path = f"/serving-endpoints/{ENDPOINT}/invocations"
        async with client.stream("POST", path, json=body_of(stream=True)) as response:
            assert response.status_code == 200
        record = server.model_requests[0]
        async with asyncio.timeout(5):
            await record.finished.wait()
    assert record.closed_early
    assert record.sent_events <= 1


async def test_stopping_ends_open_streams_at_once() -> None:
    """No stream holds the host back, and the client sees the connection break off."""
    async with SandboxServer(pace=1000) as server, client_of(server) as client:
        path = f"/serving-endpoints/{ENDPOINT}/invocations"
        request = client.build_request("POST", path, json=body_of(stream=True))
        response = await client.send(request, stream=True)
        async with asyncio.timeout(5):
            await server.__aexit__(None, None, None)
        with pytest.raises(httpx.HTTPError):
            await response.aread()
        await response.aclose()


async def test_start_and_stop_leave_nothing_behind() -> None:
    """Many hosts in a row leave no task, no socket and no warning."""
    for _ in range(20):
        async with quick_sandbox() as server, client_of(server) as client:
            await post(client, body_of())
    gc.collect()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_it_listens_on_loopback_only() -> None:
    """Nobody else can reach it, and a port that is taken is an input error."""
    async with quick_sandbox() as server:
        assert server.host.startswith("http://127.0.0.1:")
        port = int(server.host.rsplit(":", 1)[1])
        with pytest.raises(InputError, match="can't be taken"):
            async with SandboxServer(port=port):
                pass
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):  # noqa: PT011 (any refusal)
        pass


def test_a_host_in_a_thread_serves_code_without_a_loop() -> None:
    """For synchronous callers; it is gone when the block ends."""
    with start_in_thread(pace=0) as server:
        headers = {"Authorization": f"Bearer {server.token}"}
        url = f"{server.host}/serving-endpoints/{ENDPOINT}/invocations"
        with httpx.Client(trust_env=False) as client:
            answer = client.post(url, json=body_of(), headers=headers).json()
            assert "simulat" in text_of(answer["choices"][0]["message"]).lower()
        host = server.host
    with httpx.Client(trust_env=False) as client, pytest.raises(httpx.ConnectError):
        client.get(host)


async def test_serve_forever_announces_itself_and_ends_when_cancelled() -> None:
    """What `lakewright sandbox` runs until Ctrl-C."""
    announced: asyncio.Queue[SandboxServer] = asyncio.Queue()
    serving = asyncio.create_task(serve_forever(announced.put_nowait, pace=0))
    server = await announced.get()
    async with client_of(server) as client:
        assert events_of((await post(client, body_of(stream=True))).text)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_the_log_holds_the_newest_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that runs for days doesn't keep every body that it was sent."""
    monkeypatch.setattr("lakewright.sandbox.app._KEPT", 3)
    async with quick_sandbox() as server, client_of(server) as client:
        for number in range(5):
            await client.get(f"/nowhere/{number}")
        assert [record.path for record in server.log] == ["/nowhere/2", "/nowhere/3", "/nowhere/4"]
