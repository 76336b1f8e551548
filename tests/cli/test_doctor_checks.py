"""Single checks of doctor in this process, for what the simulated host doesn't do."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from typing import cast

import pytest

from lakewright.cli.doctor_asks import streaming, tools
from lakewright.cli.doctor_report import Check, Finding
from lakewright.cli.doctor_visit import Step, Visit
from lakewright.cli.doctor_walk import STEPS, walk
from lakewright.cli.options import ConnectionOptions
from lakewright.core.events import (
    Event,
    Finished,
    FinishReason,
    PartFinished,
    PartKind,
    PartStarted,
    TextDelta,
)
from lakewright.core.request import ModelRequest
from lakewright.errors import ModelError
from lakewright.serving import ServingEndpoint
from lakewright.wire.profiles import Profile, profile_for
from support_settings import CLAUDE
from support_transport import CA_FILE, answer, http_proxy, scripted

OPTIONS = ConnectionOptions(
    sandbox=None, faults=(), profile=None, host=None, model=None, form="text", verbose=0
)
TEXT: tuple[Event, ...] = (
    PartStarted(0, PartKind.TEXT),
    *(TextDelta(0, f"{number} ") for number in range(9)),
    PartFinished(0),
    Finished(FinishReason.STOP),
)


class FakeModel:
    """Answers every request with the same events, all at once or with a pause between them."""

    endpoint = CLAUDE

    def __init__(self, events: Sequence[Event], *, at_once: bool) -> None:
        self._events = events
        self._at_once = at_once

    @property
    def profile(self) -> Profile:
        return profile_for(CLAUDE)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Event, None]:
        for event in self._events:
            if not self._at_once:
                await asyncio.sleep(0)
            yield event


def _visit(model: FakeModel) -> Visit:
    return Visit(OPTIONS, None, model=cast("ServingEndpoint", model))


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_stream_that_is_held_back_is_noticed(at_once: bool) -> None:
    """When everything comes in one read, the check says that a proxy may do it; it doesn't fail."""
    found = await streaming(_visit(FakeModel(TEXT, at_once=at_once)))
    assert found.ok
    assert bool(found.hint) is at_once


async def test_a_model_that_calls_no_tool_fails() -> None:
    """Without tools the commands are of little use: that is an error of the model."""
    with pytest.raises(ModelError, match="called no tool"):
        await tools(_visit(FakeModel(TEXT, at_once=True)))


async def _walked(*steps: Step) -> tuple[list[Check], str | None]:
    checks: list[Check] = []
    error = await walk(Visit(OPTIONS, None), steps, starting=lambda _: None, show=checks.append)
    return checks, error.kind if error else None


async def test_a_check_ends_at_its_limit() -> None:
    """A hop that never answers is a network error that names the check and its limit."""

    async def never(_: Visit) -> Finding:
        await asyncio.Event().wait()
        raise AssertionError

    checks, kind = await _walked(Step("answer", 0.01, never))
    assert (checks[0].ok, kind) == (False, "network")
    assert "check of answer did not end within 0.01 s" in checks[0].detail


async def test_a_defect_of_a_check_is_internal() -> None:
    """What we didn't foresee ends the walk as one sentence without its own text, which may hold anything."""

    async def broken(_: Visit) -> Finding:
        raise ValueError("canary")

    checks, kind = await _walked(Step("answer", 1, broken), STEPS[0])
    assert (len(checks), kind) == (1, "internal")
    assert "canary" not in checks[0].detail


def _json(status: int, body: object) -> bytes:
    return answer(status, json.dumps(body).encode())


async def test_proxy_and_certificate_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over TLS through a proxy: who looks the name up, which proxy, who issued the certificate."""
    row = {"name": CLAUDE, "task": "llm/v1/chat", "state": {"ready": "READY"}}
    replies = [_json(404, {}), _json(200, {"endpoints": [row]}), _json(403, {})]
    async with scripted(*([reply] for reply in replies), tls=True) as host, http_proxy(host.port) as proxy:
        for name, value in {
            "DATABRICKS_HOST": "https://host.test",
            "DATABRICKS_TOKEN": "a-token",
            "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}",
            "SSL_CERT_FILE": str(CA_FILE),
        }.items():
            monkeypatch.setenv(name, value)
        checks, kind = await _walked(*STEPS)
        sent = [request.headers.get("authorization") for request in host.requests]
    found = {check.name: check for check in checks}
    assert "host.test is looked up by the proxy" in found["dns"].detail
    assert found["proxy"].detail == f"http://127.0.0.1:{proxy.port}"
    assert found["tls"].detail.startswith("certificate issued by ")
    assert "SSL_CERT_FILE" in found["tls"].detail
    assert [check.ok for check in checks[:-1]] == [True] * 8
    assert (checks[-1].name, kind) == ("answer", "endpoint")
    assert sent[:2] == [None, "Bearer a-token"]


@pytest.mark.parametrize(
    ("status", "model", "hop", "ok"),
    [(403, CLAUDE, "answer", None), (403, None, "listed", False), (500, CLAUDE, "listed", False)],
)
async def test_a_host_that_does_not_list(
    status: int, model: str | None, hop: str, ok: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No right to list is no failure where the model is named: it is asked; else it says to name one."""
    body = {"error_code": "PERMISSION_DENIED", "message": "You can't list."}
    async with scripted([_json(status, body)]) as host:
        monkeypatch.setenv("DATABRICKS_HOST", host.url)
        monkeypatch.setenv("DATABRICKS_TOKEN", "a-token")
        if model is not None:
            monkeypatch.setenv("LAKEWRIGHT_MODEL", model)
        checks, kind = await _walked(*STEPS)
    assert (checks[-1].name, kind) == (hop, "endpoint")
    assert next(check.ok for check in checks if check.name == "listed") is ok
