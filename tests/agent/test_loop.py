"""The loop of a run, with a scripted model and real tools of one line."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from lakewright.agent.events import (
    AnswerText,
    ReasoningText,
    Retried,
    RunEvent,
    ToolAnswered,
    ToolCalled,
)
from lakewright.agent.limits import Limits
from lakewright.agent.loop import Loop
from lakewright.agent.record import RunRecord
from lakewright.agent.toolbox import AT_ONCE, Toolbox
from lakewright.core.events import (
    FinishReason,
    Noticed,
    PartKind,
    PartStarted,
    ReasoningDelta,
    Retrying,
    TextDelta,
    UsageReported,
)
from lakewright.core.messages import AssistantMessage, ToolMessage, UserMessage
from lakewright.core.parts import Reasoning, Text, ToolResult
from lakewright.core.request import ModelRequest
from lakewright.core.usage import Usage
from lakewright.errors import ModelError, NetworkError, ToolFailedError
from lakewright.workspace.files import Workspace
from support_agent import FunctionTool, ScriptedModel, Step, call_turn, text_turn

ASK = UserMessage((Text("Explain it."),))


async def _echo(arguments: Mapping[str, object]) -> str:
    return f"echo {arguments.get('path')}"


async def _refuse(arguments: Mapping[str, object]) -> str:
    raise ToolFailedError("path: that file is not there.")


async def _break(arguments: Mapping[str, object]) -> str:
    raise RuntimeError("a defect of ours")


TOOLS = (FunctionTool("echo", _echo), FunctionTool("refuse", _refuse), FunctionTool("broken", _break))


class Run:
    """One run of the loop, its events and its record."""

    def __init__(self, *turns: Sequence[Step], limits: Limits | None = None, workspace: Workspace) -> None:
        self.model = ScriptedModel(list(turns))
        self.events: list[RunEvent] = []
        self.record = RunRecord()
        self.loop = Loop(
            self.model, Toolbox(TOOLS, workspace), limits or Limits(), self.events.append, lambda: 0.0
        )
        self.request = ModelRequest("system", (ASK,), tuple(tool.spec for tool in TOOLS))

    async def go(self) -> "Run":
        await self.loop.run(self.request, self.record)
        return self

    def of(self, kind: type) -> list[RunEvent]:
        return [event for event in self.events if isinstance(event, kind)]

    def shown(self, kind: type[AnswerText] | type[ReasoningText]) -> str:
        return "".join(event.text for event in self.events if isinstance(event, kind))


async def test_one_turn_of_text(workspace: Workspace) -> None:
    """An answer without calls is one request, and its deltas reach the sink as they come."""
    run = await Run(text_turn("Hello ", "world", reasoning="hm"), workspace=workspace).go()
    assert run.shown(AnswerText) == run.record.answer.text == "Hello world"
    assert run.shown(ReasoningText) == run.record.reasoning.text == "hm"
    assert run.record.requests == 1
    assert run.record.messages == [
        AssistantMessage((Reasoning("hm", "signed hm"), Text("Hello world")), run.model.endpoint)
    ]


async def test_calls_are_answered_in_order_and_the_turn_goes_back_whole(workspace: Workspace) -> None:
    """The second request holds the model's turn as it came and one result for each call, in order."""
    calls = call_turn(
        ("a", "echo", '{"path": "x"}'), ("b", "refuse", "{}"), text="Looking.", reasoning="first"
    )
    run = await Run(calls, text_turn("Done."), workspace=workspace).go()
    turn, results = run.model.requests[1].messages[1:]
    assert isinstance(turn, AssistantMessage)
    assert turn.parts[0] == Reasoning("first", "signed first")
    assert results == ToolMessage(
        (ToolResult("a", "echo x"), ToolResult("b", "path: that file is not there.", is_error=True))
    )
    assert run.record.answer.text == run.shown(AnswerText) == "Looking.\n\nDone."
    assert run.record.usage == Usage(input_tokens=200, output_tokens=20)


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("nope", "{}", "There is no tool named 'nope'. The tools are: echo, refuse, broken."),
        (
            "echo",
            '{"path": ',
            "The arguments of echo are not one JSON object. Send the call again, complete.",
        ),
        ("echo", "[1]", "The arguments of echo are not one JSON object. Send the call again, complete."),
        ("broken", "{}", "broken failed inside. Go on without it."),
    ],
)
async def test_a_bad_call_is_told_to_the_model(
    name: str, arguments: str, told: str, workspace: Workspace
) -> None:
    """An unknown tool, broken arguments and a defect in a tool are answers in words, never fatal."""
    run = await Run(call_turn(("a", name, arguments)), text_turn("ok"), workspace=workspace).go()
    message = run.model.requests[1].messages[-1]
    assert message == ToolMessage((ToolResult("a", told, is_error=True),))
    assert run.of(ToolAnswered) == [ToolAnswered("a", is_error=True, message=told)]
    assert run.record.calls[0].is_error


async def test_reading_tools_run_side_by_side(workspace: Workspace) -> None:
    """Two calls that wait for each other both finish, so they ran at the same time."""
    first, second = asyncio.Event(), asyncio.Event()

    async def meet(arguments: Mapping[str, object]) -> str:
        mine, other = (first, second) if arguments["path"] == "a" else (second, first)
        mine.set()
        await other.wait()
        return "met"

    run = Run(
        call_turn(("1", "meet", '{"path": "a"}'), ("2", "meet", '{"path": "b"}')),
        text_turn("ok"),
        workspace=workspace,
    )
    toolbox = Toolbox((FunctionTool("meet", meet),), workspace)
    await Loop(run.model, toolbox, Limits(), run.events.append, lambda: 0.0).run(run.request, run.record)
    assert [call.is_error for call in run.record.calls] == [False, False]


async def test_the_last_turn_allowed_forbids_tools_and_may_answer(workspace: Workspace) -> None:
    """With `turns` 2 the second request has tool_choice none, the tools still in it; an answer counts."""
    run = Run(call_turn(("a", "echo", "{}")), text_turn("ok"), limits=Limits(turns=2), workspace=workspace)
    await run.go()
    assert [request.tool_choice for request in run.model.requests] == ["auto", "none"]
    assert run.model.requests[1].tools == run.request.tools
    assert not run.record.limit_met


@pytest.mark.parametrize(
    ("limits", "setting"),
    [(Limits(turns=2), "limits.turns"), (Limits(tokens=150), "limits.tokens")],
)
async def test_a_model_that_calls_forever_is_stopped(
    limits: Limits, setting: str, workspace: Workspace
) -> None:
    """Turns and tokens end a run with an error that names the setting to raise."""
    turns: list[Sequence[Step]] = [call_turn((str(n), "echo", "{}")) for n in range(5)]
    run = Run(*turns, limits=limits, workspace=workspace)
    with pytest.raises(ModelError) as failed:
        await run.go()
    assert run.record.limit_met
    assert len(run.model.requests) == 2
    assert failed.value.hint is not None
    assert setting in failed.value.hint


async def test_seconds_end_a_run_that_hangs(workspace: Workspace) -> None:
    """A model that never goes on is left at `seconds`, its stream closed."""
    run = Run([asyncio.Event()], limits=Limits(seconds=0.01), workspace=workspace)
    with pytest.raises(ModelError, match="longer than"):
        await run.go()
    assert run.record.limit_met
    assert run.model.closed == 1


async def test_a_nearly_full_window_asks_for_the_answer(workspace: Workspace) -> None:
    """When results would overflow the context window, the next request forbids tools."""
    run = Run(call_turn(("a", "echo", '{"path": "' + "x" * 500 + '"}')), text_turn("ok"), workspace=workspace)
    run.model.context_window = 200
    await run.go()
    assert run.model.requests[1].tool_choice == "none"


async def test_a_restart_voids_what_the_turn_had_shown(workspace: Workspace) -> None:
    """After a retry with restart the record holds only what came after it."""
    broken: list[Step] = [
        PartStarted(0, PartKind.REASONING),
        ReasoningDelta(0, "lost"),
        PartStarted(1, PartKind.TEXT),
        TextDelta(1, "half"),
        Retrying("cut", 1.0, restart=True),
    ]
    run = await Run([*broken, *text_turn("whole", reasoning="kept")], workspace=workspace).go()
    assert run.record.answer.text == "whole"
    assert run.record.reasoning.text == "kept"
    assert run.of(Retried) == [Retried("cut", 1.0, restart=True)]
    assert run.record.requests == 2


@pytest.mark.parametrize("finish", [FinishReason.REFUSED, FinishReason.STOP])
async def test_an_empty_or_refused_turn_is_an_error(finish: FinishReason, workspace: Workspace) -> None:
    """A content filter and a turn of nothing are model errors, not answers."""
    texts = ("no",) if finish is FinishReason.REFUSED else ()
    with pytest.raises(ModelError):
        await Run(text_turn(*texts, finish=finish), workspace=workspace).go()


async def test_what_was_said_survives_a_failure(workspace: Workspace) -> None:
    """When the stream breaks for good, the record still holds the text and the calls so far."""
    run = Run(
        call_turn(("a", "echo", "{}"), text="Looking."),
        [PartStarted(0, PartKind.TEXT), TextDelta(0, "half"), NetworkError("gone")],
        workspace=workspace,
    )
    with pytest.raises(NetworkError):
        await run.go()
    assert run.record.answer.text == "Looking.\n\nhalf"
    assert [call.name for call in run.record.calls] == ["echo"]


async def test_cancelling_leaves_nothing_running(workspace: Workspace) -> None:
    """A cancelled run closes the stream, stops the tool in mid-run and starts no further turn."""
    started, stopped = asyncio.Event(), asyncio.Event()

    async def hang(arguments: Mapping[str, object]) -> str:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return ""

    run = Run(call_turn(("a", "hang", "{}")), workspace=workspace)
    toolbox = Toolbox((FunctionTool("hang", hang),), workspace)
    loop = Loop(run.model, toolbox, Limits(), run.events.append, lambda: 0.0)
    task = asyncio.create_task(loop.run(run.request, run.record))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stopped.is_set()
    assert run.model.closed == 1
    assert len(asyncio.all_tasks()) == 1
    assert run.of(ToolCalled) == [ToolCalled("a", "hang", {})]


async def test_a_repeat_counts_when_it_is_sent(workspace: Workspace) -> None:
    """Cancelled while it waits, a repeat was no request; two waits that ended are two."""
    waiting: list[Step] = [Retrying("busy", 9.0), asyncio.Event()]
    run = Run(waiting, workspace=workspace)
    task = asyncio.create_task(run.go())
    while not run.of(Retried):  # noqa: ASYNC110 - the event is in a list, not a condition
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert run.record.requests == 1
    again = Run([Retrying("busy", 0), Retrying("busy", 0), NetworkError("gone")], workspace=workspace)
    with pytest.raises(NetworkError):
        await again.go()
    assert again.record.requests == 3


@pytest.mark.parametrize("restart", [False, True])
async def test_a_broken_request_is_paid_for(restart: bool, workspace: Workspace) -> None:
    """Usage is the sum over all requests, also of one that broke off after its prompt was counted."""
    broken: list[Step] = [UsageReported(Usage(input_tokens=100)), Retrying("cut", 1.0, restart=restart)]
    run = await Run([*broken, *text_turn("whole")], workspace=workspace).go()
    assert run.record.usage == Usage(input_tokens=200, output_tokens=10)
    assert run.record.requests == 2
    assert run.record.context_tokens == 110


async def test_a_note_of_ours_is_no_first_event(workspace: Workspace) -> None:
    """What is said before the request is sent doesn't count as the answer's beginning."""
    run = Run([Noticed("cut to fit"), NetworkError("down")], workspace=workspace)
    with pytest.raises(NetworkError):
        await run.go()
    assert run.record.first_event_at is None


async def test_a_turn_of_many_calls_runs_some_at_a_time(workspace: Workspace) -> None:
    """A model that makes hundreds of calls at once gets its answers without as many threads."""
    running, most = 0, 0

    async def count(arguments: Mapping[str, object]) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return "done"

    calls = [(str(number), "count", "{}") for number in range(200)]
    run = Run(call_turn(*calls), text_turn("ok"), workspace=workspace)
    toolbox = Toolbox((FunctionTool("count", count),), workspace)
    await Loop(run.model, toolbox, Limits(), run.events.append, lambda: 0.0).run(run.request, run.record)
    assert len(run.of(ToolAnswered)) == 200
    assert most <= AT_ONCE


async def test_a_defect_in_a_tool_is_logged_without_content(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the tool and the kind of error, never the error's own words, which may quote a file."""
    await Run(call_turn(("a", "broken", "{}")), text_turn("ok"), workspace=workspace).go()
    assert "broken" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "a defect of ours" not in caplog.text


async def test_a_full_window_is_named_as_the_limit(workspace: Workspace) -> None:
    """A model that still calls tools when its window is full isn't blamed for its number of turns."""
    call = call_turn(("a", "echo", "{}"))
    run = Run(call, call, workspace=workspace)
    run.model.context_window = 100
    with pytest.raises(ModelError, match="context window") as failed:
        await run.go()
    assert "limits.turns" not in (failed.value.hint or "")
    assert run.record.limit_met
