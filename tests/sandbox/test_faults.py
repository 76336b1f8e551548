"""Each fault does what its name says, once, as often as told, or for one request."""

import json
from collections.abc import Sequence

import httpx
import pytest

from lakewright.errors import InputError
from lakewright.sandbox.server import SandboxServer
from support_sandbox import (
    ENDPOINT,
    THINKING,
    Body,
    body_of,
    client_of,
    complaint_of,
    events_of,
    post,
    quick_sandbox,
    user,
)

_PATH = f"/serving-endpoints/{ENDPOINT}/invocations"
_TALKING = body_of(stream=True, thinking=dict(THINKING))

_REFUSALS: dict[str, tuple[int, str]] = {
    "429": (429, f"output tokens per minute rate limit for {ENDPOINT}."),
    "retry-after": (429, "QPS rate limit"),
    "retry-after-long": (429, "QPS rate limit"),
    "rate-limit-own": (429, "ITPM limit of 200,000 tokens reached"),
    "rate-limit-text": (429, "RESOURCE_EXHAUSTED: too many requests"),
    "500": (500, "INTERNAL_ERROR"),
    "503": (503, "unexpected capacity constraints"),
    "504": (504, "DEADLINE_EXCEEDED"),
    "html-502": (502, "<title>502 Bad Gateway</title>"),
    "html-login": (200, "<title>Sign in</title>"),
    "redirect": (302, ""),
    "empty-499": (499, ""),
    "empty-200": (200, ""),
    "invalid-token-once": (403, "Invalid Token"),
    "invalid-token-400": (400, "Invalid Token"),
    "expired-token": (401, "UNAUTHENTICATED"),
    "guardrail-input": (400, "input_guardrail_triggered"),
    "guardrail-output": (400, "output_guardrail_triggered"),
    "guardrail-judge": (400, "Request blocked by input guardrail 'no-secrets'"),
    "budget": (403, "has reached its limit of $0.05"),
    "permission": (403, "User does not have access to the endpoint"),
    "limit-zero": (403, "Databricks-set rate limit of 0"),
    "deprecated": (400, f"This endpoint {ENDPOINT} is deprecated"),
    "not-found": (404, "RESOURCE_DOES_NOT_EXIST"),
    "not-found-openai": (404, '"code":"not_found"'),
    "gateway-absent": (404, "ENDPOINT_NOT_FOUND"),
    "too-long": (400, "prompt is too long: 212728 tokens > 200000 maximum"),
    "too-long-external": (400, "external_model_message"),
    "too-large": (413, "Request size cannot exceed"),
    "doubled-code": (400, '"BAD_REQUEST: Bad request: the request could not be read.\\n"'),
    "bare-message": (400, '{"message":"system.2.cache_control'),
}


@pytest.mark.parametrize("name", _REFUSALS)
async def test_a_refusal_takes_the_place_of_the_first_answer_only(name: str) -> None:
    """The first model request meets it, the second is answered."""
    status, part = _REFUSALS[name]
    async with quick_sandbox(name) as server, client_of(server) as client:
        struck = await post(client, _TALKING)
        sound = await post(client, _TALKING)
    assert (struck.status_code, part in struck.text) == (status, True)
    assert sound.text.endswith("data: [DONE]\n\n")
    assert [record.faults for record in server.model_requests] == [(name,), ()]


@pytest.mark.parametrize(
    ("name", "seconds"), [("429", None), ("retry-after", "1"), ("retry-after-long", "3600")]
)
async def test_retry_after(name: str, seconds: str | None) -> None:
    """Only the faults named so send the header."""
    async with quick_sandbox(name) as server, client_of(server) as client:
        assert (await post(client, _TALKING)).headers.get("retry-after") == seconds


async def _read(client: httpx.AsyncClient, body: Body) -> tuple[bytes, bool]:
    """All bytes that came, and whether the connection broke off."""
    got = b""
    try:
        async with client.stream("POST", _PATH, json=body) as response:
            async for chunk in response.aiter_raw():
                got += chunk
    except httpx.RemoteProtocolError:
        return got, True
    return got, False


def _finished(events: Sequence[Body]) -> bool:
    return any("choices" in event and event["choices"][0]["finish_reason"] for event in events)


_ENDS: dict[str, tuple[bool, bool, bool, bytes]] = {
    "cut": (True, False, False, b""),
    "cut-before-done": (True, True, False, b""),
    "no-done": (False, True, False, b""),
    "half-stream": (False, False, False, b""),
    "midstream-error": (False, False, False, b'"error_code":"INTERNAL_ERROR"'),
    "midstream-error-openai": (False, False, False, b'"error":{"message":"upstream error"'),
}


@pytest.mark.parametrize("name", _ENDS)
async def test_how_a_broken_stream_ends(name: str) -> None:
    """Broken off or in order, with or without a finish reason, [DONE] and an error object."""
    broken, finished, done, part = _ENDS[name]
    async with quick_sandbox(name) as server, client_of(server) as client:
        got, was_broken = await _read(client, _TALKING)
    assert got.startswith(b"data: ")
    assert was_broken is broken
    assert _finished(events_of(got.decode())) is finished
    assert (b"[DONE]" in got) is done
    assert part in got


async def test_streams_that_hold_what_is_no_event() -> None:
    """An error as the first event, half an event, and garbage are sent as such."""
    async with quick_sandbox("error-first", "half-event", "garbage") as server, client_of(server) as client:
        first, _ = await _read(client, _TALKING)
        half, _ = await _read(client, _TALKING)
        garbage, _ = await _read(client, _TALKING)
    assert first.startswith(b'data: {"error_code":"REQUEST_LIMIT_EXCEEDED"')
    assert not half.endswith(b"\n\n")
    assert b"\xff\xfe oops" in garbage


@pytest.mark.parametrize("name", ["hang", "silent", "stall"])
async def test_a_host_that_falls_silent_stops_at_once_when_told(name: str) -> None:
    """Before the headers, before the first event, or in mid-answer: no byte comes, and nothing lingers."""
    async with quick_sandbox(name) as server, client_of(server) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(
                _PATH,
                json=_TALKING,
                timeout=httpx.Timeout(5, read=0.05),
            )
        record = server.model_requests[0]
        await record.finished.wait()
    assert record.closed_early


_ROWS: dict[str, tuple[str, Body, str]] = {
    "thinking-form": (ENDPOINT, {"thinking": dict(THINKING)}, '"thinking.type.enabled" is not supported'),
    "no-thinking": (ENDPOINT, {"thinking": dict(THINKING)}, "thinking: Extra inputs are not permitted"),
    "no-effort": (
        "databricks-claude-opus-5",
        {"output_config": {"effort": "low"}},
        "output_config: Extra inputs are not permitted",
    ),
    "no-temperature": (ENDPOINT, {"temperature": 0.5}, "does not support the temperature parameter."),
    "no-stop": (ENDPOINT, {"stop": ["x"]}, "stop: Extra inputs are not permitted"),
    "no-tool-choice": (ENDPOINT, {"tool_choice": "none"}, "tool_choice: Extra inputs are not permitted"),
    "no-cache-control": (
        ENDPOINT,
        body_of(user([{"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}])),
        "messages.0.content.0.cache_control: Extra inputs are not permitted",
    ),
    "small-window": (ENDPOINT, body_of(user("word " * 20_000)), "prompt is too long: 250"),
}


@pytest.mark.parametrize("name", _ROWS)
async def test_a_model_other_than_the_table_says_stays_so(name: str) -> None:
    """Every request is judged by the altered model, and the plain one is taken throughout."""
    endpoint, parameters, complaint = _ROWS[name]
    async with quick_sandbox(name) as server, client_of(server) as client:
        for _ in range(2):
            refused = await post(client, {**body_of(), **parameters}, endpoint=endpoint)
            assert complaint in complaint_of(refused)
        assert (await post(client, body_of(), endpoint=endpoint)).status_code == 200


async def test_the_other_form_of_thinking_is_taken_once_it_is_learnt() -> None:
    """`thinking-form` turns a manual model into an adaptive one, and back."""
    adaptive = {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "low"}}
    async with quick_sandbox("thinking-form") as server, client_of(server) as client:
        assert (await post(client, body_of(**adaptive))).status_code == 200
        manual = body_of(thinking=dict(THINKING))
        assert (await post(client, manual, endpoint="databricks-claude-opus-5")).status_code == 200


@pytest.mark.parametrize(
    ("faults", "statuses"),
    [
        (("503:2",), [503, 503, 200, 200]),
        (("429", "503"), [429, 503, 200, 200]),
        (("429:always",), [429, 429, 429, 429]),
        (("keep-alive:always", "503"), [503, 200, 200, 200]),
    ],
)
async def test_how_often_a_fault_strikes(faults: tuple[str, ...], statuses: list[int]) -> None:
    """Once, so many times, or always; one that ends an answer waits for its turn."""
    async with quick_sandbox(*faults) as server, client_of(server) as client:
        assert [(await post(client, _TALKING)).status_code for _ in statuses] == statuses


async def test_a_header_strikes_one_request_and_the_control_plane_too() -> None:
    """`X-Lakewright-Fault` is for the request that carries it."""
    header = {"X-Lakewright-Fault": "html-502"}
    async with quick_sandbox() as server, client_of(server) as client:
        struck = await post(client, _TALKING, **header)
        listing = await client.get("/api/2.0/serving-endpoints", headers=header)
        sound = await post(client, _TALKING)
        unknown = await post(client, _TALKING, **{"X-Lakewright-Fault": "nonsense"})
    assert [struck.status_code, listing.status_code, sound.status_code] == [502, 502, 200]
    assert (unknown.status_code, "no fault named 'nonsense'" in unknown.text) == (400, True)


@pytest.mark.parametrize("name", ["cut", "half-stream"])
async def test_whole_answers_break_off_too(name: str) -> None:
    """Without streaming, half of the JSON comes."""
    async with quick_sandbox(name) as server, client_of(server) as client:
        got, broken = await _read(client, body_of(stream=False))
    assert broken is (name == "cut")
    with pytest.raises(json.JSONDecodeError):
        json.loads(got)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("cutt", "Did you mean cut"),
        ("qqqq", "Known faults: "),
        ("429:0", "Write NAME, NAME:3 or NAME:always"),
        ("429:often", "Write NAME, NAME:3 or NAME:always"),
    ],
)
def test_an_unknown_fault_is_an_input_error(spec: str, said: str) -> None:
    """The near names are listed, before anything is served."""
    with pytest.raises(InputError) as caught:
        SandboxServer([spec])
    assert said in (caught.value.hint or "")
