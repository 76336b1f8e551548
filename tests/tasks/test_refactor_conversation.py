"""Going on from a refactor, and to one: what the model is told of its edits is what the disk holds."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from lakewright.agent.history import History, StoredRun
from lakewright.agent.stored import CHANGED, text_hash
from lakewright.core.messages import ToolMessage, UserMessage
from lakewright.tasks import code_context_uses
from lakewright.tasks.base import Diagnostic, RunRequest, Target
from lakewright.tasks.earlier_edits import edits_now
from lakewright.tasks.explain import Explain
from support_agent import call_turn, text_turn
from support_tasks import Bench, create, edit, edit_turn
from support_workspace import workspace_of, write_tree

RATE = ("    return net * 0.19", "    return net * RATE")
DONE = text_turn("Named the rate.")
REQUEST = RunRequest(Target("tax.py", 4, 7), "Name the rate.")
GO_ON = RunRequest(None, "Name it VAT.", conversation="last")


async def test_a_preview_is_told_to_be_one(bench: Bench) -> None:
    """What was only shown isn't in the file: the model is told so, and its answers come back whole."""
    await bench.run(REQUEST, call_turn(edit("tax.py", RATE), create("rate.py", "RATE = 1\n")), DONE)
    outcome = await bench.run(GO_ON, edit_turn("tax.py", RATE), DONE)
    assert outcome.error is None
    messages = bench.sent().messages
    assert isinstance(messages[0], UserMessage)
    assert "net * 0.19" in str(messages[0].parts[0])
    assert isinstance(messages[2], ToolMessage)
    assert messages[2].results[0].content.startswith("Edited tax.py")
    assert bench.prompt().startswith("Name it VAT.")
    assert "- `tax.py`: your edits are not in it" in bench.prompt()
    assert "- `rate.py`: there is no such file" in bench.prompt()


async def test_a_written_change_is_told_to_be_there(bench: Bench) -> None:
    """Once the staged bytes are on disk, by whoever's hand, the edits are in the file."""
    outcome = await bench.run(REQUEST, edit_turn("tax.py", RATE), DONE)
    (file,) = outcome.staged
    (bench.root / "tax.py").write_bytes(file.data)
    await bench.run(GO_ON, DONE)
    assert "- `tax.py`: your edits are in it." in bench.prompt()
    (first, *_) = bench.sent().messages
    assert "Its text changed since" in str(first)


async def test_reads_of_a_staged_view_are_not_passed_off(bench: Bench) -> None:
    """What a tool read after an edit that was never written isn't shown as the file's text."""
    await bench.run(
        REQUEST, edit_turn("tax.py", RATE), call_turn(("r", "read_file", '{"path": "tax.py"}')), DONE
    )
    await bench.run(GO_ON, DONE)
    results = [message for message in bench.sent().messages if isinstance(message, ToolMessage)]
    assert results[1].results[0].content == CHANGED


async def test_commands_mix(bench: Bench) -> None:
    """Explain goes on from a refactor and a refactor from an explanation, each with its own rules."""
    await bench.run(REQUEST, edit_turn("tax.py", RATE), DONE)
    outcome = await bench.run(RunRequest(None, "Why?", conversation="last"), text_turn("So."), task=Explain())
    assert outcome.error is None
    assert "edit_file" not in [tool.name for tool in bench.sent().tools]
    assert "your edits are not in it" in bench.prompt()
    outcome = await bench.run(GO_ON, edit_turn("tax.py", RATE), DONE)
    assert [edit.path for edit in outcome.edits] == ["tax.py"]
    texts = str(bench.sent().messages)
    assert "Name the rate." in texts
    assert "Why?" in texts


async def test_the_history_holds_no_file(bench: Bench) -> None:
    """Prompts, reads and edits of a run are kept without the text of any file but what the model wrote."""
    diagnostics = (Diagnostic(5, 5, "too broad"),)
    reads = call_turn(("r", "read_file", '{"path": "orders.py"}'), edit("tax.py", RATE))
    await bench.run(
        RunRequest(Target("tax.py", 4, 7), "Name the rate.", diagnostics=diagnostics), reads, DONE
    )
    (file,) = (bench.root / ".git" / "state" / "history").iterdir()
    kept = json.loads(file.read_text())
    assert "raise ValueError" not in str(kept)
    assert "from tax import tax" not in str(kept)
    before, after = kept["staged"]["tax.py"]
    assert before == text_hash(bench.text("tax.py"))
    assert after != before
    await bench.run(GO_ON, DONE)
    first = bench.sent().messages[0]
    assert "too broad" in str(first)
    assert "changed since" not in str(first)


async def test_uses_come_back_without_a_search(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found once is read again where it stood, however little time there is."""
    await bench.run(REQUEST, text_turn("There is no rate."))
    first = bench.sent().messages[0]
    assert "orders.py:5: return net + tax(net)" in str(first)
    monkeypatch.setattr(code_context_uses, "SECONDS", 0.0)
    await bench.run(GO_ON, DONE)
    assert bench.sent().messages[0] == first
    (bench.root / "orders.py").write_text("\n")
    await bench.run(GO_ON, DONE)
    assert "Its text changed since" in str(bench.sent().messages[0])


def _run(run: str, staged: Mapping[str, tuple[str | None, str | None]]) -> StoredRun:
    return StoredRun(run, "1", None, "refactor", "/p", "m", {}, "", (), staged)


A, B, C = map(text_hash, "abc")


@pytest.mark.parametrize(
    ("staged", "now", "said"),
    [
        ([(A, B)], "b", "your edits are in it"),
        ([(A, B)], "a", "your edits are not in it"),
        ([(A, B)], "x", "changed since"),
        ([(A, B)], None, "changed since"),
        ([(None, B)], None, "no such file"),
        ([(None, B)], "b", "your edits are in it"),
        ([(A, B), (B, C)], "c", "your edits are in it"),
        ([(A, B), (B, C)], "b", "the newest ones are not"),
        ([(A, B), (B, C)], "a", "your edits are not in it"),
    ],
)
def test_what_has_become_of_edits(
    staged: list[tuple[str | None, str | None]], now: str | None, said: str, tmp_path: Path
) -> None:
    """Judged by the text there is, over all runs that edited the file."""
    write_tree(tmp_path, {} if now is None else {"f.txt": now})
    runs = [_run(str(number), {"f.txt": states}) for number, states in enumerate(staged)]
    assert said in edits_now(runs, workspace_of(tmp_path))
    assert edits_now([_run("1", {})], workspace_of(tmp_path)) == ""


async def test_runs_kept_before_there_were_edits_are_read(bench: Bench) -> None:
    """A line of the history without the newer fields still goes on."""
    await bench.run(RunRequest(Target("tax.py")), text_turn("It taxes."), task=Explain())
    (file,) = (bench.root / ".git" / "state" / "history").iterdir()
    kept = json.loads(file.read_text())
    del kept["staged"], kept["prompt"]["budget"]
    file.write_text(json.dumps(kept) + "\n")
    assert History(bench.root / ".git" / "state").find("last", str(bench.root))
    outcome = await bench.run(GO_ON, edit_turn("tax.py", RATE), DONE)
    assert outcome.error is None
    assert "def tax" in str(bench.sent().messages[0])
