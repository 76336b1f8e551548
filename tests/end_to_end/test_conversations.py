"""Whole conversations with the simulated host: what we send is what the strict service takes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from lakewright.agent.stored import restore, store
from lakewright.core.assembly import assemble
from lakewright.core.messages import AssistantMessage, ToolMessage, UserMessage
from lakewright.core.parts import Reasoning, Text, ToolResult
from lakewright.core.request import ModelRequest, Thinking, ToolSpec
from lakewright.errors import LakewrightError
from lakewright.sandbox.host import Knobs
from lakewright.sandbox.server import SandboxServer
from lakewright.serving import ServingEndpoint
from lakewright.transport.http import HttpClient
from lakewright.transport.retry import RetryPolicy
from lakewright.wire.profiles import PROFILES
from support_end_to_end import FixedCredentials, explain

LEVELS: tuple[Thinking, ...] = ("off", "low", "medium", "high", 1024, 100_000)


@pytest.mark.parametrize("family", [profile.family for profile in PROFILES])
async def test_every_claude_takes_every_thinking_level(family: str, project: Path) -> None:
    """Three turns with parallel tools and a follow-up, without one refusal, for each level."""
    async with SandboxServer(pace=0, knobs=Knobs(revive_retired=True)) as server:
        for thinking in LEVELS:
            endpoint = f"databricks-{family}"
            outcome = await explain(server, project, "orders.py", endpoint=endpoint, thinking=thinking)
            assert outcome.error is None, (thinking, outcome.error)
            follow = await explain(
                server,
                project,
                "orders.py",
                endpoint=endpoint,
                thinking=thinking,
                conversation=outcome.run,
                instruction="Who calls add_tax?",
            )
            assert follow.error is None, (thinking, follow.error)
            assert outcome.requests >= 3
            assert len(outcome.tool_calls) >= 2
        refusals = [record.refusal for record in server.model_requests if record.status != 200]
        assert refusals == []


@pytest.mark.parametrize(
    "faults", [("sibling-reasoning",), ("sibling-reasoning", "redacted:always"), ("sibling-reasoning:2",)]
)
async def test_every_claude_goes_on_after_reasoning_that_cannot_go_back(
    faults: tuple[str, ...], project: Path
) -> None:
    """A turn whose reasoning came unsigned ends no run, whatever the later turns of its loop hold."""
    for profile in PROFILES:
        async with SandboxServer(faults, pace=0, knobs=Knobs(revive_retired=True)) as server:
            endpoint = f"databricks-{profile.family}"
            outcome = await explain(server, project, "orders.py", endpoint=endpoint, thinking="high")
            assert outcome.error is None, (endpoint, outcome.error)
            assert outcome.requests >= 3
            refusals = [record.refusal for record in server.model_requests if record.status != 200]
            # Encrypted reasoning that got lost on its way leaves no trace: it is asked for, once.
            assert len(refusals) <= ("redacted:always" in faults)


@pytest.mark.parametrize("family", ["claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5-5"])
async def test_a_small_window_is_kept_within(family: str, project: Path) -> None:
    """A host whose model has less room than we knew gets requests that fit, and a prompt that can't fit
    is the user's to shorten.
    """
    (project / "long.py").write_text("x = 1\n" * 20_000)
    async with SandboxServer(("small-window",), pace=0) as server:
        outcome = await explain(server, project, "orders.py", endpoint=f"databricks-{family}")
        assert outcome.error is None
        assert [record.status for record in server.model_requests][:2] == [400, 200]
        long = await explain(server, project, "long.py", endpoint=f"databricks-{family}")
        assert long.error is not None
        assert long.error.kind == "input"
        assert "range" in (long.error.hint or "")


async def test_the_prefix_is_read_from_the_cache_on_each_turn(project: Path) -> None:
    """From the second request on the service reports input read from its prompt cache."""
    async with SandboxServer(pace=0, knobs=Knobs(least_cached_tokens=1)) as server:
        outcome = await explain(server, project, "orders.py")
        assert outcome.requests >= 3
        assert outcome.usage.cached_input_tokens is not None
        assert outcome.usage.cached_input_tokens > 0
        marks = [str(record.body).count("cache_control") for record in server.model_requests]
        assert all(1 <= mark <= 4 for mark in marks)


Spoil = Callable[[Reasoning], Reasoning]

SPOILT: Mapping[str, Spoil] = {
    "text altered": lambda part: replace(part, text=part.text + "!"),
    "signature altered": lambda part: replace(part, signature=(part.signature or "")[::-1]),
    "another's": lambda _: Reasoning("other", "forged"),
}

READ_FILE = ToolSpec(
    "read_file", "Read a file.", {"type": "object", "properties": {"path": {"type": "string"}}}
)
ASK = UserMessage((Text("Explain the file `orders.py`."),))


@pytest.mark.parametrize("how", [None, *SPOILT])
async def test_reasoning_goes_back_byte_for_byte(how: str | None) -> None:
    """The turn as it came is taken; with its reasoning altered the host refuses, so the check can fail."""
    async with SandboxServer(pace=0) as server, HttpClient(environ={}) as client:
        model = ServingEndpoint(
            "databricks-claude-sonnet-4-5", client, FixedCredentials(server), policy=RetryPolicy(scale=0)
        )
        request = ModelRequest("You explain.", (ASK,), (READ_FILE,), thinking="low")
        turn = assemble([event async for event in model.stream(request)])
        first, *rest = turn.parts
        assert isinstance(first, Reasoning)
        echoed = first if how is None else SPOILT[how](first)
        results = ToolMessage(tuple(ToolResult(call.id, "1  x = 1") for call in turn.tool_calls))
        said = AssistantMessage((echoed, *rest), model.endpoint)
        second = replace(request, messages=(ASK, said, results))
        if how is None:
            assert assemble([event async for event in model.stream(second)]).parts
            return
        with pytest.raises(LakewrightError, match="signature"):
            assemble([event async for event in model.stream(second)])


async def test_a_kept_turn_is_echoed_as_it_came() -> None:
    """What the history keeps of an assistant's turn is that turn, signature included."""
    turn = AssistantMessage((Reasoning("héllo \U0001f600", "sig=="), Text("x")), "e")

    async def replay(name: str, arguments: object) -> None:
        return None

    assert await restore(store([turn]), replay) == [turn]
