"""`explain` with a scripted model over a real workspace: what it sends and what it brings back."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from lakewright.agent.events import AnswerText, Note
from lakewright.agent.limits import Limits
from lakewright.agent.stored import CHANGED
from lakewright.core.events import FinishReason, PartKind, PartStarted, TextDelta
from lakewright.core.messages import ToolMessage, UserMessage
from lakewright.errors import AuthError
from lakewright.tasks.base import RunRequest, Target
from lakewright.tasks.code_prompt import EXPLAIN
from lakewright.tasks.explain import Explain
from lakewright.tasks.outcome import FinishedBy
from support_agent import Step, call_turn, text_turn
from support_tasks import Bench

CODE = """\
import os


def tax(net: float) -> float:
    if net < 0:
        raise ValueError
    return net * 0.19
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, Explain(), {"tax.py": CODE})


WHOLE = RunRequest(Target("tax.py"))
ANSWER = text_turn("It taxes.", reasoning="hm")


async def test_the_prompt_holds_the_file_with_line_numbers(bench: Bench) -> None:
    """A whole file goes in numbered, with its path, and the read tools are offered."""
    outcome = await bench.run(WHOLE, ANSWER)
    assert "4  def tax(net: float) -> float:" in bench.prompt()
    assert "`tax.py`" in bench.prompt()
    assert [tool.name for tool in bench.sent().tools][:1] == ["read_file"]
    assert outcome.error is None
    assert outcome.answer == "It taxes."
    assert outcome.finish_reason is FinishedBy.STOP


async def test_a_range_is_marked_and_named(bench: Bench) -> None:
    """Selected lines carry a mark, the others surround them; the enclosing symbol is named."""
    outcome = await bench.run(RunRequest(Target("tax.py", 5, 99)), ANSWER)
    assert "5>     if net < 0:" in bench.prompt()
    assert "4  def tax" in bench.prompt()
    assert "`tax`, lines 4-7" in bench.prompt()
    assert outcome.to_json()["target"] == {"path": "tax.py", "startLine": 5, "endLine": 7}


async def test_a_question_is_asked(bench: Bench) -> None:
    """`--ask` stands in the prompt; braces in it are text."""
    await bench.run(RunRequest(Target("tax.py"), instruction="Why {what}?"), ANSWER)
    assert "Why {what}?" in bench.prompt()


async def test_a_persona_never_replaces_the_rules(bench: Bench) -> None:
    """`--system` takes the persona's place; what tools and answers need stays."""
    await bench.run(RunRequest(Target("tax.py"), system="You are a pirate."), ANSWER)
    assert bench.sent().system.startswith("You are a pirate.")
    assert "Answer in Markdown" in bench.sent().system
    assert "Lakewright" not in bench.sent().system


async def test_text_from_standard_input_stands_for_the_file(bench: Bench) -> None:
    """The prompt and the tools see the text given, not the file on disk."""
    request = RunRequest(Target("tax.py", text="def other(): pass\n"))
    read = call_turn(("a", "read_file", '{"path": "tax.py"}'))
    await bench.run(request, read, ANSWER)
    assert "def other" in bench.prompt()
    message = bench.sent(1).messages[-1]
    assert isinstance(message, ToolMessage)
    assert "def other" in message.results[0].content
    assert "def tax" not in message.results[0].content


@pytest.mark.parametrize(
    ("target", "named"),
    [
        (Target("no.py"), "no.py"),
        (Target("tax.py", 99), "7 lines"),
        (Target("empty.py"), "empty"),
        (Target(".env"), ".env"),
        (Target("../x.py"), "x.py"),
    ],
)
async def test_what_cannot_be_read_sends_nothing(target: Target, named: str, bench: Bench) -> None:
    """An unreadable target is an input error that names it, before any request."""
    (bench.root / "empty.py").write_text("\n")
    (bench.root / ".env").write_text("TOKEN=1")
    outcome = await bench.run(RunRequest(target), ANSWER)
    assert outcome.error is not None
    assert outcome.error.kind == "input"
    assert named in outcome.error.message
    assert bench.models[-1].requests == []


async def test_a_cut_answer_is_shown_with_a_warning(bench: Bench) -> None:
    """`length` with text is an answer and a note; without text it is an error."""
    outcome = await bench.run(WHOLE, text_turn("Half an ans", finish=FinishReason.LENGTH))
    assert (outcome.error, outcome.answer) == (None, "Half an ans")
    assert outcome.finish_reason is FinishedBy.LENGTH
    assert any(isinstance(event, Note) and "--max-tokens" in event.message for event in bench.events)
    outcome = await bench.run(WHOLE, text_turn(reasoning="only thought", finish=FinishReason.LENGTH))
    assert outcome.error is not None
    assert outcome.error.kind == "model"


async def test_a_failure_keeps_what_is_known(bench: Bench) -> None:
    """The result of a failed run holds the text, calls and usage up to then."""
    failing: list[Step] = [PartStarted(0, PartKind.TEXT), TextDelta(0, "half"), AuthError("expired")]
    outcome = await bench.run(
        WHOLE, call_turn(("a", "outline", '{"path": "tax.py"}'), text="Let me."), failing
    )
    result = outcome.to_json()
    assert result["answer"] == "Let me.\n\nhalf"
    assert result["toolCalls"] == [
        {"id": "a", "name": "outline", "arguments": {"path": "tax.py"}, "isError": False}
    ]
    assert outcome.error is not None
    assert outcome.error.kind == "auth"


async def test_a_limit_is_a_turn_limit(bench: Bench) -> None:
    """A run that met a limit says so in its finish reason and fails as a model error."""
    turns: list[Sequence[Step]] = [call_turn((str(n), "list_files", "{}")) for n in range(2)]
    outcome = await bench.run(WHOLE, *turns, limits=Limits(turns=2))
    assert outcome.finish_reason is FinishedBy.TURN_LIMIT
    assert outcome.error is not None
    assert outcome.error.kind == "model"


async def test_cancelling_returns_an_outcome(bench: Bench) -> None:
    """A cancelled run returns what it had, with finish reason and error saying so."""
    turn: list[Step] = [PartStarted(0, PartKind.TEXT), TextDelta(0, "begun"), asyncio.Event()]
    begun = asyncio.Event()
    bench.watch = lambda event: begun.set() if isinstance(event, AnswerText) else None
    task = asyncio.create_task(bench.run(WHOLE, turn))
    await begun.wait()
    task.cancel()
    outcome = await task
    assert (outcome.answer, outcome.finish_reason) == ("begun", FinishedBy.CANCELLED)
    assert outcome.error is not None
    assert outcome.error.kind == "cancelled"
    assert bench.models[-1].closed == 1


async def test_a_conversation_goes_on(bench: Bench) -> None:
    """`--continue` sends the earlier prompt, turns and results again, then the new question."""
    await bench.run(WHOLE, call_turn(("a", "read_file", '{"path": "tax.py"}'), reasoning="r"), ANSWER)
    earlier = [*bench.sent(1).messages, bench.models[-1].requests[1]]
    outcome = await bench.run(RunRequest(None, conversation="last"), ANSWER)
    assert bench.sent().messages[:3] == tuple(earlier[:3])
    assert bench.prompt() == EXPLAIN.without_code
    assert outcome.to_json()["target"] == {"path": "tax.py", "startLine": None, "endLine": None}
    third = await bench.run(RunRequest(None, instruction="Who?", conversation=outcome.run), ANSWER)
    assert third.error is None
    assert len(bench.sent().messages) == 7
    assert bench.prompt() == "Who?"


async def test_a_file_that_changed_since_is_not_passed_off(bench: Bench) -> None:
    """Neither the prompt nor a tool's result of an earlier run shows text the model never saw."""
    await bench.run(WHOLE, call_turn(("a", "read_file", '{"path": "tax.py"}')), ANSWER)
    (bench.root / "tax.py").write_text("def tax(): return 1\n")
    await bench.run(RunRequest(None, conversation="last"), ANSWER)
    prompt, _, results, *_ = bench.sent().messages
    assert isinstance(prompt, UserMessage)
    assert isinstance(results, ToolMessage)
    assert "changed since" in str(prompt.parts[0])
    assert results.results[0].content == CHANGED
    assert "return 1" not in str(bench.sent().messages)


async def test_an_unknown_conversation_is_an_input_error(bench: Bench) -> None:
    """A run that isn't there, or a first `--continue`, says so and sends nothing."""
    for reference in ("last", "20200101-000000-abcdef"):
        outcome = await bench.run(RunRequest(None, conversation=reference), ANSWER)
        assert outcome.error is not None
        assert outcome.error.kind == "input"
        assert bench.models[-1].requests == []


async def test_a_run_that_cannot_be_kept_ends_as_it_ended(bench: Bench) -> None:
    """A state folder that can't be written is a note: an answer stays one, a failure its own error."""
    (bench.root / ".git" / "state").write_text("a file")
    outcome = await bench.run(WHOLE, ANSWER)
    assert (outcome.answer, outcome.error) == ("It taxes.", None)
    assert any(isinstance(event, Note) and "LAKEWRIGHT_STATE_DIR" in event.message for event in bench.events)
    failed = await bench.run(WHOLE, call_turn(("a", "list_files", "{}")), [AuthError("expired")])
    assert failed.error is not None
    assert failed.error.kind == "auth"


async def test_the_result_names_the_lines_that_there_are(bench: Bench) -> None:
    """A range that ends beyond the file is shown as it was cut; so is a line without an end."""
    outcome = await bench.run(RunRequest(Target("tax.py", 4, 99)), ANSWER)
    assert outcome.to_json()["target"] == {"path": "tax.py", "startLine": 4, "endLine": 7}
    outcome = await bench.run(RunRequest(Target("tax.py", 4)), ANSWER)
    assert outcome.to_json()["target"] == {"path": "tax.py", "startLine": 4, "endLine": 4}
