"""How a loop ends where a task has a say in it: follow-ups, checks, and turns of nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from lakewright.agent.limits import Limits
from lakewright.agent.loop import FollowUp, Loop
from lakewright.agent.record import RunRecord
from lakewright.agent.toolbox import Toolbox
from lakewright.core.assembly import Turn
from lakewright.core.events import Finished, FinishReason
from lakewright.core.messages import AssistantMessage, UserMessage
from lakewright.core.parts import Text
from lakewright.core.request import ModelRequest
from lakewright.errors import EditError, ModelError
from lakewright.workspace.files import Workspace
from support_agent import ScriptedModel, Step, call_turn, text_turn

ASK = UserMessage((Text("Change it."),))
AGAIN = UserMessage((Text("Again."),))
SILENCE: Sequence[Step] = [Finished(FinishReason.STOP)]


def _loop(
    *turns: Sequence[Step],
    workspace: Workspace,
    follow_up: FollowUp | None = None,
    check: Callable[[], None] | None = None,
    may_end_silently: bool = False,
    limits: Limits | None = None,
) -> Loop:
    model = ScriptedModel(list(turns))
    toolbox = Toolbox((), workspace)
    return Loop(model, toolbox, limits or Limits(), print, lambda: 0.0, follow_up, check, may_end_silently)


def _asks(times: int) -> FollowUp:
    left = [AGAIN] * times

    async def follow_up(turn: Turn) -> UserMessage | None:
        return left.pop() if left else None

    return follow_up


async def test_a_follow_up_goes_on(workspace: Workspace) -> None:
    """What the task says after a turn is the next user message; without it the run is over."""
    record = RunRecord()
    loop = _loop(text_turn("One."), text_turn("Two."), workspace=workspace, follow_up=_asks(1))
    await loop.run(ModelRequest("system", (ASK,)), record)
    assert record.messages[1] == AGAIN
    assert (record.answer.text, record.turns) == ("One.\n\nTwo.", 2)


async def test_a_follow_up_counts_against_the_limits(workspace: Workspace) -> None:
    """A task that is never content ends with the turns, as a model that calls forever does."""
    turns = [text_turn("Done.")] * 3
    loop = _loop(*turns, workspace=workspace, follow_up=_asks(9), limits=Limits(turns=3))
    record = RunRecord()
    with pytest.raises(ModelError, match="after 3 turns"):
        await loop.run(ModelRequest("system", (ASK,)), record)
    assert record.limit_met


async def test_an_answer_that_was_cut_is_not_followed_up(workspace: Workspace) -> None:
    """A turn that ran out of tokens ends the run; nothing is read from its half text."""
    cut = text_turn("Half", finish=FinishReason.LENGTH)
    record = RunRecord()
    await _loop(cut, workspace=workspace, follow_up=_asks(1)).run(ModelRequest("system", (ASK,)), record)
    assert record.finish is FinishReason.LENGTH


async def test_a_check_ends_the_run(workspace: Workspace) -> None:
    """It is asked after each turn of calls, and what it raises is the run's error."""
    asked: list[None] = []

    def check() -> None:
        asked.append(None)
        if len(asked) == 2:
            raise EditError("refused")

    calls = call_turn(("a", "none", "{}"))
    with pytest.raises(EditError):
        await _loop(calls, calls, calls, workspace=workspace, check=check).run(
            ModelRequest("system", (ASK,)), RunRecord()
        )


async def test_a_turn_of_nothing_is_an_end_where_that_is_allowed(workspace: Workspace) -> None:
    """It adds no message, and the task may still go on from it."""
    with pytest.raises(ModelError, match="nothing"):
        await _loop(SILENCE, workspace=workspace).run(ModelRequest("system", (ASK,)), RunRecord())
    record = RunRecord()
    loop = _loop(SILENCE, text_turn("Done."), workspace=workspace, follow_up=_asks(1), may_end_silently=True)
    await loop.run(ModelRequest("system", (ASK,)), record)
    assert record.messages == [AGAIN, AssistantMessage((Text("Done."),), "databricks-claude-test")]


async def test_masking_is_known_by_turn(workspace: Workspace) -> None:
    """`turn_masked` speaks of the newest turn, `masked` of the run."""
    masked = [*text_turn("One.")[:-1], replace(Finished(FinishReason.STOP), masked=True)]
    record = RunRecord()
    loop = _loop(masked, text_turn("Two."), workspace=workspace, follow_up=_asks(1))
    await loop.run(ModelRequest("system", (ASK,)), record)
    assert (record.masked, record.turn_masked) == (True, False)
