"""Runs on disk."""

import asyncio
import json
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from lakewright.agent import history as history_module
from lakewright.agent.history import History, StoredRun
from lakewright.agent.stored import AT_ONCE, CHANGED, restore, store
from lakewright.core.messages import AssistantMessage, Message, ToolMessage, UserMessage
from lakewright.core.parts import (
    Opaque,
    Reasoning,
    RedactedReasoning,
    Text,
    ToolCall,
    ToolResult,
)
from lakewright.errors import ConfigError, InputError

SECRET_BODY = "def tax(): return 0.19"

MESSAGES: list[Message] = [
    AssistantMessage(
        (
            Reasoning("thinking", "sig"),
            RedactedReasoning("blob"),
            Text("Let me look."),
            ToolCall("a", "read_file", '{"path": "tax.py"}'),
            ToolCall("b", "read_file", '{"path": "no.py"}'),
            Opaque("chart", "{}"),
        ),
        "endpoint",
    ),
    ToolMessage((ToolResult("a", SECRET_BODY), ToolResult("b", "no such file", is_error=True))),
    UserMessage((Text("and now?"),)),
]


def _run(run: str, parent: str | None = None, root: str = "/project") -> StoredRun:
    conversation = parent.split(".")[0] if parent else run
    prompt = {"target": None}
    return StoredRun(run, conversation, parent, "explain", root, "endpoint", prompt, "00", store(MESSAGES))


async def test_file_bodies_are_references_and_come_back(tmp_path: Path) -> None:
    """What a tool read is not on disk; it is made anew and equals what the model saw."""
    History(tmp_path).keep(_run("1"))
    assert all(SECRET_BODY not in file.read_text() for file in tmp_path.rglob("*") if file.is_file())

    async def replay(name: str, arguments: Mapping[str, object]) -> str:
        assert (name, arguments) == ("read_file", {"path": "tax.py"})
        return SECRET_BODY

    (kept,) = History(tmp_path).find("last", "/project")
    assert await restore(kept.messages, replay) == MESSAGES


@pytest.mark.parametrize("now", ["def tax(): return 0.21", None])
async def test_a_body_that_changed_says_so(now: str | None) -> None:
    """A file that changed or vanished since is not passed off as what the model read."""

    async def replay(name: str, arguments: Mapping[str, object]) -> str | None:
        return now

    messages = await restore(store(MESSAGES), replay)
    assert isinstance(messages[1], ToolMessage)
    assert messages[1].results[0] == ToolResult("a", CHANGED)


async def test_a_tool_that_changes_something_is_not_asked_again() -> None:
    """Its answer is our own sentence: kept as text, and given back as it was."""
    said = ToolResult("a", "Edited tax.py: line 1.")

    async def replay(name: str, arguments: Mapping[str, object]) -> str | None:
        raise AssertionError(name)

    call = AssistantMessage((ToolCall("a", "edit_file", "{}"),), "endpoint")
    kept = store([call, ToolMessage((said,))], own_words={"edit_file"})
    assert await restore(kept, replay) == [call, ToolMessage((said,))]


def _reads(count: int) -> list[Message]:
    calls = tuple(
        ToolCall(str(at), "read_file", json.dumps({"path": f"{at % 10}.py"})) for at in range(count)
    )
    return [AssistantMessage(calls, "endpoint"), ToolMessage(tuple(ToolResult(c.id, "text") for c in calls))]


async def test_tools_are_asked_again_side_by_side() -> None:
    """A few at a time, and each question once, however often it was asked."""
    running, most, asked = 0, 0, 0

    async def replay(name: str, arguments: Mapping[str, object]) -> str:
        nonlocal running, most, asked
        running, asked = running + 1, asked + 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return "text"

    messages = _reads(40)
    assert await restore(store(messages), replay) == messages
    assert asked == 10
    assert 1 < most <= AT_ONCE


async def test_what_cannot_be_asked_again_in_time_says_so() -> None:
    """A tool that hangs holds up nobody: what the others said counts, the rest has changed since."""

    async def replay(name: str, arguments: Mapping[str, object]) -> str:
        if arguments == {"path": "1.py"}:
            await asyncio.Event().wait()
        return "text"

    results = (await restore(store(_reads(3)), replay, seconds=0.05))[1]
    assert isinstance(results, ToolMessage)
    assert [result.content for result in results.results] == ["text", CHANGED, "text"]


def test_a_conversation_is_its_chain_of_runs(tmp_path: Path) -> None:
    """`find` gives the runs up to the one named, without its siblings, whichever came last."""
    history = History(tmp_path)
    for run in (_run("1"), _run("1.2", "1"), replace(_run("1.3", "1"), conversation="1")):
        history.keep(run)
    assert [run.run for run in history.find("1.2", "/project")] == ["1", "1.2"]
    assert [run.run for run in history.find("last", "/project")] == ["1", "1.3"]


def test_last_is_of_the_same_workspace(tmp_path: Path) -> None:
    """`last` never picks up another workspace's conversation; an id does."""
    history = History(tmp_path)
    history.keep(_run("1", root="/other"))
    with pytest.raises(InputError):
        history.find("last", "/project")
    assert [run.run for run in history.find("1", "/project")] == ["1"]
    with pytest.raises(InputError, match="no run 'nope'"):
        history.find("nope", "/project")


def test_the_newest_run_of_several_workspaces(tmp_path: Path) -> None:
    """Of any of them, wherever its conversation began; None where there is none."""
    history = History(tmp_path)
    assert history.newest_of({"/project"}) is None
    history.keep(_run("1"))
    history.keep(_run("1.2", "1", root="/other"))
    history.keep(_run("1.3", "1.2", root="/third"))
    assert history.newest_of({"/project", "/other"}) == "1.2"
    assert history.newest_of({"/elsewhere"}) is None


def test_runs_are_known_by_their_whole_id(tmp_path: Path) -> None:
    """Not by a part of it, nor by what their prompts hold."""
    history = History(tmp_path)
    history.keep(replace(_run("run-1"), prompt={"target": None, "run": "run-2"}))
    assert history.knows("run-1")
    assert not any(map(history.knows, ("run", "run-", "run-2", "", 'run-1","')))


def test_a_line_cut_by_a_kill_is_passed_over(tmp_path: Path) -> None:
    """Half a line at the end of a file costs that run only."""
    history = History(tmp_path)
    history.keep(_run("1"))
    (file,) = tmp_path.rglob("*.jsonl")
    file.write_text(file.read_text() + '{"run": "2", "conv')
    assert [run.run for run in history.find("1", "/project")] == ["1"]


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    """Folders are 0700 and files 0600."""
    History(tmp_path / "state").keep(_run("1"))
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").rglob("*")}
    assert modes == {0o700, 0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_old_and_large_histories_are_pruned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the total size the oldest conversations go, never the one just written."""
    history = History(tmp_path)
    history.keep(_run("1"))
    monkeypatch.setattr(history_module, "MAX_TOTAL_BYTES", 10)
    history.keep(_run("2"))
    assert [file.stem for file in tmp_path.rglob("*.jsonl")] == ["2"]


def test_a_state_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The error says which folder and which variable."""
    (tmp_path / "state").write_text("a file")
    with pytest.raises(ConfigError, match="state") as failed:
        History(tmp_path / "state").keep(_run("1"))
    assert failed.value.hint is not None
    assert "LAKEWRIGHT_STATE_DIR" in failed.value.hint


def test_a_conversation_that_went_on_elsewhere_is_still_ours(tmp_path: Path) -> None:
    """`last` finds the newest run of this workspace, also before one of another workspace."""
    history = History(tmp_path)
    history.keep(_run("1"))
    history.keep(_run("1.2", "1", root="/other"))
    assert [run.run for run in history.find("last", "/project")] == ["1"]
    assert [run.run for run in history.find("last", "/other")] == ["1", "1.2"]
