"""`refactor` with a scripted model over a real workspace: what it accepts, and how it ends."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from lakewright.agent.events import Phase, PhaseChanged, ToolAnswered, ToolCalled
from lakewright.agent.limits import Limits
from lakewright.core.events import Finished, FinishReason, PartFinished, PartKind, PartStarted, ToolCallDelta
from lakewright.core.messages import ToolMessage
from lakewright.errors import AuthError
from lakewright.tasks.base import RunRequest, Target
from lakewright.tasks.outcome import FinishedBy
from support_agent import Step, call_turn, text_turn
from support_tasks import Bench, create, edit, edit_turn
from support_workspace import write_tree

REQUEST = RunRequest(Target("tax.py"), "Name the rate.")
RATE = ("    return net * 0.19", "    return net * RATE")
IMPORT = ("import os\n", "import os\n\nRATE = 0.19\n")
NOWHERE = ("    return net * 0.21", "    return net * RATE")
DONE = text_turn("Named the rate.")
UNREADABLE = call_turn(("u", "edit_file", '["tax.py"]'))


@dataclass(frozen=True)
class Case:
    """What a model does, and how the run ends: the files changed, the kind of the error, words of it."""

    name: str
    turns: Sequence[Sequence[Step]]
    changed: tuple[str, ...] = ()
    kind: str | None = None
    says: str = ""


CASES = (
    Case("accepted", [edit_turn("tax.py", RATE, IMPORT), DONE], ("tax.py",)),
    Case("no closing text", [edit_turn("tax.py", RATE), text_turn()], ("tax.py",)),
    Case("a silent end", [edit_turn("tax.py", RATE), [Finished(FinishReason.STOP)]], ("tax.py",)),
    Case("other files too", [call_turn(edit("tax.py", RATE), create("rate.py", "RATE = 0.19\n")), DONE],
         ("tax.py", "rate.py")),
    Case("repaired once", [edit_turn("tax.py", NOWHERE), edit_turn("tax.py", RATE), DONE], ("tax.py",)),
    Case("repaired twice", [edit_turn("tax.py", NOWHERE)] * 2 + [edit_turn("tax.py", RATE), DONE],
         ("tax.py",)),
    Case("endless repair", [edit_turn("tax.py", NOWHERE)] * 9, (), "edit", "tax.py was refused 3 times"),
    Case("stays refused", [edit_turn("tax.py", NOWHERE), text_turn("Done.")], (), "edit", "tax.py"),
    Case("one of two stays refused",
         [call_turn(edit("tax.py", RATE, name="1"), edit("orders.py", NOWHERE, name="2")), DONE],
         ("tax.py",), "edit", "orders.py"),
    Case("wrong path, then the right one", [edit_turn("taxes.py", RATE), edit_turn("tax.py", RATE), DONE],
         ("tax.py",)),
    Case("a wrong path for good", [edit_turn("taxes.py", RATE), DONE], (), "edit", "taxes.py"),
    Case("arguments that nobody can read, then right ones", [UNREADABLE, edit_turn("tax.py", RATE), DONE],
         ("tax.py",)),
    Case("arguments that nobody can read, for good", [edit_turn("tax.py", RATE), UNREADABLE, DONE],
         ("tax.py",), "edit", "not one JSON object"),
    Case("endless arguments that nobody can read", [UNREADABLE] * 9, (), "edit", "refused 3 times"),
    Case("already applied", [edit_turn("tax.py", RATE), edit_turn("tax.py", RATE), DONE], ("tax.py",)),
    Case("nothing to change", [edit_turn("tax.py", (RATE[0], RATE[0])), DONE]),
    Case("there and back", [edit_turn("tax.py", RATE), edit_turn("tax.py", RATE[::-1]), DONE]),
    Case("changes nothing and says so", [text_turn("There is no rate to name.")]),
    Case("says nothing at all", [[Finished(FinishReason.STOP)]], (), "model", "neither an edit"),
    Case("breaks the syntax", [edit_turn("tax.py", (RATE[0], "    return (net")), DONE], (), "edit"),
    Case("opens what is hidden",
         [edit_turn("tax.py", RATE), call_turn(create(".gitignore", "!.env\n")), DONE],
         ("tax.py",), "edit", ".gitignore decides which files may be read"),
    Case("out of tokens after an edit",
         [edit_turn("tax.py", RATE), text_turn("And n", finish=FinishReason.LENGTH)],
         ("tax.py",), "model", "none of its edits is used"),
    Case("a filter after an edit", [edit_turn("tax.py", RATE), text_turn("No.", finish=FinishReason.REFUSED)],
         ("tax.py",), "model", "content filter"),
    Case("a host that fails after an edit", [edit_turn("tax.py", RATE), [AuthError("expired")]],
         ("tax.py",), "auth", "expired"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_how_a_run_ends(case: Case, bench: Bench) -> None:
    """Accepted edits are staged, nothing is written, and what stays refused makes the run fail."""
    before = {name: bench.text(name) for name in ("tax.py", "orders.py")}
    outcome = await bench.run(REQUEST, *case.turns)
    assert tuple(edit.path for edit in outcome.edits) == case.changed
    assert tuple(file.path for file in outcome.staged) == case.changed
    assert (outcome.error.kind if outcome.error else None) == case.kind
    assert case.says in (outcome.error.message if outcome.error else "")
    assert {name: bench.text(name) for name in before} == before
    assert not (bench.root / "rate.py").exists()


async def test_an_accepted_edit_is_a_diff(bench: Bench) -> None:
    """`edits` holds a unified diff for each file, and the files behind it their new bytes."""
    outcome = await bench.run(REQUEST, edit_turn("tax.py", RATE, IMPORT), DONE)
    (shown,), (file,) = outcome.edits, outcome.staged
    assert shown.diff.startswith("--- a/tax.py\n+++ b/tax.py\n")
    assert "-    return net * 0.19\n+    return net * RATE\n" in shown.diff
    assert file.data == bench.text("tax.py").replace(*IMPORT).replace(*RATE).encode()
    assert (outcome.answer, outcome.finish_reason) == ("Named the rate.", FinishedBy.STOP)
    assert outcome.to_json()["applied"] is False


async def test_later_reads_see_the_edits(bench: Bench) -> None:
    """The tools read the staged view: what was edited, and files that aren't on disk."""
    await bench.run(
        REQUEST,
        call_turn(edit("tax.py", RATE), create("rate.py", "RATE = 0.19\n")),
        call_turn(("1", "read_file", '{"path": "tax.py"}'), ("2", "read_file", '{"path": "rate.py"}')),
        DONE,
    )
    message = bench.sent(2).messages[-1]
    assert isinstance(message, ToolMessage)
    assert "net * RATE" in message.results[0].content
    assert "RATE = 0.19" in message.results[1].content


async def test_edits_are_calls_like_others(bench: Bench) -> None:
    """Events and result name an edit by its tool; a refused one says why, to the model alone."""
    outcome = await bench.run(REQUEST, edit_turn("tax.py", NOWHERE), edit_turn("tax.py", RATE), DONE)
    assert [(call.name, call.is_error) for call in outcome.tool_calls] == [
        ("edit_file", True),
        ("edit_file", False),
    ]
    called = [event for event in bench.events if isinstance(event, ToolCalled)]
    answered = [event for event in bench.events if isinstance(event, ToolAnswered)]
    assert called[0].arguments["path"] == "tax.py"
    assert "0.19" in answered[0].message


async def test_refusals_of_one_turn_are_one_attempt(bench: Bench) -> None:
    """Three wrong calls at once leave the model its two repairs: it had heard of none of them."""
    wrong = [edit("tax.py", NOWHERE, name=str(number)) for number in range(3)]
    outcome = await bench.run(REQUEST, call_turn(*wrong), edit_turn("tax.py", RATE), DONE)
    assert outcome.error is None
    assert [edit.path for edit in outcome.edits] == ["tax.py"]


async def test_what_a_gateway_rewrote_is_refused(bench: Bench) -> None:
    """The calls of a masked turn aren't used; those of a later one that wasn't are."""
    masked = edit_turn("tax.py", RATE)
    last = masked[-1]
    assert isinstance(last, Finished)
    masked[-1] = replace(last, masked=True)
    outcome = await bench.run(REQUEST, masked, DONE)
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.edits) == ("edit", [])
    outcome = await bench.run(REQUEST, masked, edit_turn("tax.py", RATE), DONE)
    assert outcome.error is None
    assert [edit.path for edit in outcome.edits] == ["tax.py"]
    assert any("guardrail" in note for note in bench.notes)


async def test_a_call_cut_by_length_is_not_run(bench: Bench) -> None:
    """A turn that ran out of tokens runs none of its calls, not even those that look whole."""
    cut: list[Step] = [
        PartStarted(0, PartKind.TOOL_CALL, id="a", name="edit_file"),
        ToolCallDelta(0, edit("tax.py", RATE)[2]),
        PartFinished(0),
        Finished(FinishReason.LENGTH),
    ]
    outcome = await bench.run(REQUEST, cut)
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.edits, outcome.finish_reason) == ("model", [], FinishedBy.LENGTH)


async def test_a_turn_limit_keeps_what_was_accepted_visible(bench: Bench) -> None:
    """A run that met a limit fails as `turn_limit`; its diff is shown and never marked as applied."""
    turns = [edit_turn("tax.py", RATE), call_turn(("r", "list_files", "{}"))]
    outcome = await bench.run(REQUEST, *turns, limits=Limits(turns=2))
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.finish_reason) == ("model", FinishedBy.TURN_LIMIT)
    assert [edit.path for edit in outcome.edits] == ["tax.py"]


async def test_cancelling_keeps_what_was_accepted_visible(bench: Bench) -> None:
    """A run cancelled in the middle of a turn stages nothing more and writes nothing."""
    begun = asyncio.Event()
    bench.watch = lambda event: begun.set() if isinstance(event, ToolAnswered) else None
    before = bench.text("tax.py")
    task = asyncio.create_task(bench.run(REQUEST, edit_turn("tax.py", RATE), [asyncio.Event()]))
    await begun.wait()
    task.cancel()
    outcome = await task
    assert outcome.finish_reason is FinishedBy.CANCELLED
    assert [edit.path for edit in outcome.edits] == ["tax.py"]
    assert bench.text("tax.py") == before


async def test_cancelling_in_a_tool_stages_nothing(bench: Bench) -> None:
    """An edit that is being made when the run is cancelled is not made."""
    bench.watch = lambda event: task.cancel() if isinstance(event, ToolCalled) else None
    task = asyncio.create_task(bench.run(REQUEST, edit_turn("tax.py", RATE), DONE))
    outcome = await task
    assert outcome.finish_reason is FinishedBy.CANCELLED
    assert (outcome.edits, outcome.staged) == ([], ())


async def test_text_from_standard_input_is_what_changes(bench: Bench) -> None:
    """With `-` the diff is against the text given; the file on disk has no part in it."""
    request = RunRequest(Target("tax.py", text="RATE = 0.19\nx = 0.19\n"), "Use the constant.")
    outcome = await bench.run(request, edit_turn("tax.py", ("x = 0.19", "x = RATE")), DONE)
    assert outcome.error is None
    (shown,) = outcome.edits
    assert " RATE = 0.19\n-x = 0.19\n+x = RATE\n" in shown.diff


async def test_a_range_may_need_edits_elsewhere(bench: Bench) -> None:
    """With lines as the target, edits outside of them and in other files are taken and shown."""
    request = RunRequest(Target("tax.py", 7), "Rename tax to add_tax.")
    rename = call_turn(
        edit("tax.py", ("def tax(", "def add_tax("), name="1"),
        edit("orders.py", ("from tax import tax", "from tax import add_tax"), name="2"),
    )
    outcome = await bench.run(request, rename, DONE)
    assert [edit.path for edit in outcome.edits] == ["tax.py", "orders.py"]
    assert outcome.to_json()["target"] == {"path": "tax.py", "startLine": 7, "endLine": 7}


async def test_a_run_leaves_no_task_behind(bench: Bench) -> None:
    """The search for uses ends with the run, however soon that fails."""
    bench.watch = lambda event: task.cancel() if event == PhaseChanged(Phase.CONNECTING) else None
    before = asyncio.all_tasks()
    task = asyncio.create_task(bench.run(REQUEST, DONE))
    assert (await task).finish_reason is FinishedBy.CANCELLED
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("instruction", [None, "", "  \n"])
async def test_without_an_instruction_nothing_is_sent(instruction: str | None, bench: Bench) -> None:
    """A refactor that isn't told what to change is an input error."""
    outcome = await bench.run(RunRequest(Target("tax.py"), instruction), DONE)
    assert outcome.error is not None
    assert outcome.error.kind == "input"
    assert bench.models[-1].requests == []


async def test_an_unexpected_defect_of_a_refusal_is_one_line(bench: Bench) -> None:
    """The error is one line, however much the model was told of the nearest text."""
    outcome = await bench.run(REQUEST, edit_turn("tax.py", NOWHERE), DONE)
    assert outcome.error is not None
    assert "\n" not in outcome.error.message
    assert outcome.error.hint is not None
    assert "Nothing was written" in outcome.error.hint


async def test_the_file_that_decides_what_is_read_can_be_the_target(bench: Bench) -> None:
    """Named by the user it is changed like any other."""
    write_tree(bench.root, {".gitignore": "build/\n"})
    request = RunRequest(Target(".gitignore"), "Ignore dist.")
    outcome = await bench.run(request, edit_turn(".gitignore", ("build/", "build/\ndist/")), DONE)
    assert outcome.error is None
    assert [edited.path for edited in outcome.edits] == [".gitignore"]
