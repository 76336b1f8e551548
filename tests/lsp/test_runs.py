"""Runs to their end: what is answered, what is delivered, and the point of no return."""

import asyncio
import importlib
import threading
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from lakewright.lsp import run_commands
from lakewright.lsp.runs import Run, Runs
from support_lsp_client import Json
from support_lsp_runs import RUN, TOKEN, Bench, bench, eventually

APPLIES = {"workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}}}
UNFINISHED = (
    "def total(rows):\n    net = sum(row.net for row in rows)\n    return \n\n\ndef other():\n    pass\n"
)
CURSOR = {"line": 2, "character": 11}
RENAME: Json = {"instruction": "Rename net to amount"}


def _kinds(here: Bench, token: str) -> list[str]:
    return [one["value"]["kind"] for one in here.client.received("$/progress") if one["token"] == token]


async def test_an_explanation_as_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole RunOutcome; progress on the client's token and the stream have ended before it; nothing is
    shown.
    """
    async with bench(tmp_path, monkeypatch) as here:
        outcome = await here.client.answer_to(here.start(partialResultToken="deltas", instruction="Why?"))
        assert (outcome["run"], outcome["state"], outcome["command"]) == (RUN, "done", "explain")
        assert outcome["finishReason"] == "stop"
        assert outcome["answer"]
        assert outcome["usage"]["requests"] == len(here.host.model_requests)
        assert set(outcome) == {
            *("run", "state", "command", "endpoint", "servedModel", "answer", "reasoning", "toolCalls"),
            *("finishReason", "usage", "timing"),
        }
        methods = [message.get("method") for message in here.client.messages[1:]]
        assert set(methods[:-1]) == {"$/progress"}
        assert methods[-1] is None
        shown, streamed = _kinds(here, TOKEN), _kinds(here, "deltas")
        assert (shown[0], shown[-1], shown.count("end")) == ("begin", "end", 1)
        assert (streamed[0], streamed[-1], streamed.count("finished")) == ("started", "finished", 1)
        last = [one["value"] for one in here.client.received("$/progress") if one["token"] == "deltas"][-1]
        assert last["outcome"] == outcome


async def test_what_a_person_would_read_beside_it_is_in_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings that were left out or understood differently: a programme finds them in `notes`."""
    async with bench(tmp_path, monkeypatch) as here:
        (here.root / ".lakewright.yaml").write_text("profile: theirs\n")
        outcome = await here.client.answer_to(here.start())
        [note] = outcome["notes"]
        assert ".lakewright.yaml:1" in note
        assert "profile" in note


async def test_a_refactor_as_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The edit is in it with the version it is for, not applied, and no snapshot is taken."""
    async with bench(tmp_path, monkeypatch, capabilities=APPLIES) as here:
        outcome = await here.client.answer_to(here.start("refactor", **RENAME))
        assert outcome["state"] == "done"
        [change] = outcome["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": here.uri, "version": 1}
        assert "amount" in change["edits"][0]["newText"]
        assert "snapshot" not in outcome
        assert here.client.received("workspace/applyEdit") == []


async def test_a_completion_as_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text, and where it goes in; no progress is shown for it."""
    async with bench(tmp_path, monkeypatch) as here:
        here.client.open(here.uri, UNFINISHED)
        outcome = await here.client.answer_to(here.start("complete", position=CURSOR))
        assert outcome["completion"] == {"text": "net", "range": {"start": CURSOR, "end": CURSOR}}
        assert here.client.received("$/progress") == []


@pytest.mark.parametrize("command", ["explain", "refactor", "complete"])
async def test_for_the_editor_the_answer_comes_at_once(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything was asked of the host; the outcome comes by requests of the server's."""
    async with bench(tmp_path, monkeypatch, "hang") as here:
        request_id = here.start(command, deliver="editor", **RENAME)
        assert await here.client.answer_to(request_id) == {"run": RUN, "state": "started"}
        assert await here.client.execute("cancel") == {"cancelled": [RUN]}


@pytest.mark.parametrize("is_open", [True, False])
async def test_the_answer_waits_for_nothing_heavy(
    *, is_open: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What must be looked up on disk first, an id or a closed file, is answered before a run's code is
    imported.
    """
    load, is_answered = importlib.import_module, threading.Event()

    def held(name: str) -> object:
        assert not name.endswith("run_work") or is_answered.wait(10)
        return load(name)

    async with bench(tmp_path, monkeypatch) as here:
        if not is_open:
            here.client.close(here.uri)
        monkeypatch.setattr(run_commands, "importlib", SimpleNamespace(import_module=held))
        started = await here.client.answer_to(here.start(deliver="editor"))
        is_answered.set()
        assert started == {"run": RUN, "state": "started"}
        await here.client.wait_for("window/showMessage")


async def test_a_completion_is_inserted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cursor was, in the document as it is now."""
    async with bench(tmp_path, monkeypatch, "slow", capabilities=APPLIES) as here:
        here.client.open(here.uri, UNFINISHED)
        here.client.replies["workspace/applyEdit"] = lambda _params: {"applied": True}
        await here.client.answer_to(here.start("complete", deliver="editor", position=CURSOR))
        above = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}}
        here.client.change(here.uri, 2, {**above, "text": "# new\n"})
        params = await here.client.wait_for("workspace/applyEdit")
        [change] = params["edit"]["documentChanges"]
        assert change["textDocument"]["version"] == 2
        place = {"line": 3, "character": 11}
        assert change["edits"] == [{"range": {"start": place, "end": place}, "newText": "net"}]


async def test_a_completion_isnt_inserted_into_another_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was typed there meanwhile makes it another question: one message says so."""
    async with bench(tmp_path, monkeypatch, "slow", capabilities=APPLIES) as here:
        here.client.open(here.uri, UNFINISHED)
        await here.client.answer_to(here.start("complete", deliver="editor", position=CURSOR))
        here.client.change(here.uri, 2, {"range": {"start": CURSOR, "end": CURSOR}, "text": "x"})
        shown = await here.client.wait_for("window/showMessage")
        assert "changed" in shown["message"]
        assert here.client.received("workspace/applyEdit") == []


FAILURES: Mapping[str, tuple[str, str]] = {
    "401": ("expired-token:always", "auth"),
    "guardrail": ("guardrail-input", "model"),
    "no right": ("permission", "endpoint"),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failure_is_an_outcome(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the answer it is `failed` with its kind and hint; in the editor one message."""
    fault, kind = FAILURES[name]
    async with bench(tmp_path, monkeypatch, fault, fault) as here:
        outcome = await here.client.answer_to(here.start())
        assert (outcome["state"], outcome["error"]["kind"]) == ("failed", kind)
        assert here.client.received("window/showMessage") == []
    async with bench(tmp_path / "again", monkeypatch, fault, fault) as here:
        await here.client.answer_to(here.start(deliver="editor"))
        shown = await here.client.wait_for("window/showMessage")
        assert outcome["error"]["message"] in shown["message"]
        await eventually(lambda: not _is_active(here))


def _is_active(here: Bench) -> bool:
    return len(here.client.received("window/showMessage")) != 1


async def test_a_defect_of_ours_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that breaks ends as failed, of kind internal, without what the exception says; progress and
    stream end, and the server goes on.
    """

    async def broken(*_: object) -> None:
        raise KeyError("secret of a document")

    async with bench(tmp_path, monkeypatch) as here:
        monkeypatch.setattr("lakewright.lsp.run_work.run_task", broken)
        outcome = await here.client.answer_to(here.start(partialResultToken="deltas"))
        assert (outcome["state"], outcome["error"]["kind"]) == ("failed", "internal")
        assert "secret" not in str(outcome)
        assert _kinds(here, TOKEN)[-1] == "end"
        assert _kinds(here, "deltas") == ["started", "finished"]
        monkeypatch.setattr("lakewright.lsp.run_check.check", broken)
        outcome = await here.client.answer_to(here.start(run="another"))
        assert (outcome["state"], outcome["error"]["kind"]) == ("failed", "internal")


async def test_an_id_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a run that is going on, or by one that is kept."""
    async with bench(tmp_path, monkeypatch, "stall:2") as here:
        first = here.start()
        refusal = await here.client.refusal_of(here.start())
        assert (refusal.code, refusal.message.partition(":")[0]) == (-32602, "run")
        await eventually(lambda: bool(here.host.model_requests) and here.record.sent_events > 1)
        here.client.cancel(first)
        await here.client.refusal_of(first)
    async with bench(tmp_path / "again", monkeypatch) as here:
        assert (await here.client.answer_to(here.start(run="kept")))["state"] == "done"
        refusal = await here.client.refusal_of(here.start(run="kept"))
        assert (refusal.code, refusal.message.partition(":")[0]) == (-32602, "run")


@pytest.mark.parametrize("reference", ["the-first", "last"])
async def test_a_conversation_goes_on(
    reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a run by its id, or from the newest of the client's folders; what was said comes back."""
    async with bench(tmp_path, monkeypatch) as here:
        await here.client.answer_to(here.start(run="the-first", instruction="What is TAX for?"))
        count = len(here.host.model_requests)
        outcome = await here.client.answer_to(
            here.start(run="the-second", conversation=reference, instruction="And net?")
        )
        assert outcome["state"] == "done"
        asked = here.host.model_requests[count].raw.decode()
        assert "What is TAX for?" in asked
        assert "And net?" in asked


async def test_what_a_run_is_asked_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Model, thinking and persona reach the host."""
    async with bench(tmp_path, monkeypatch) as here:
        model = "databricks-claude-sonnet-4-5"
        outcome = await here.client.answer_to(
            here.start(model=model, thinking=2048, system="You are a pirate.")
        )
        asked = here.host.model_requests[0]
        assert outcome["endpoint"] == model
        assert asked.path.endswith(f"/{model}/invocations")
        assert '"budget_tokens":2048' in asked.raw.decode()
        assert "You are a pirate." in asked.raw.decode()


async def test_fifty_runs_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are independent: each ends with its own answer."""
    async with bench(tmp_path, monkeypatch) as here:
        ids = {here.start("complete", run=f"run-{number}"): f"run-{number}" for number in range(50)}
        for request_id, run in ids.items():
            outcome = await here.client.answer_to(request_id)
            assert (outcome["run"], outcome["state"]) == (run, "done")


async def test_the_point_of_no_return() -> None:
    """It is passed once, by one side or the other."""
    runs = Runs()

    async def work(_run: Run) -> str:
        await asyncio.sleep(0)
        return "outcome"

    run = runs.start("explain", run_id="a", uri=None, work=work)
    assert run.hand_over()
    assert not run.hand_over()
    assert not runs.cancel(run)
    assert (run.cancelled, await run.task) == (False, "outcome")
    run = runs.start("explain", run_id="b", uri=None, work=work)
    assert runs.cancel(run)
    assert not run.hand_over()
    await asyncio.wait((run.task,))
    assert run.cancelled


async def test_a_run_is_found_while_it_goes_on() -> None:
    """By id, token and document; a token of another type is another token. Changes are told."""
    runs, changes = Runs(), list[tuple[str, ...]]()
    runs.on_change = lambda: changes.append(runs.active)

    async def work(_run: Run) -> None:
        await asyncio.Event().wait()

    run = runs.start("explain", run_id="a", uri="file:///a%20b.py", work=work, token=1)
    assert runs.by_id("a") is runs.by_token(1) is run
    assert runs.by_uri("file:///a b.py") == (run,)
    assert (runs.by_id("b"), runs.by_token("1"), runs.by_uri("file:///b.py")) == (None, None, ())
    assert runs.cancel_all() == ["a"]
    assert runs.cancel_all() == ["a"]
    await asyncio.wait((run.task,))
    assert (runs.active, changes) == ((), [("a",), ()])


@pytest.mark.parametrize("steps", range(4))
async def test_work_always_begins_and_is_told_once(steps: int) -> None:
    """Whenever the cancellation comes: before the first step, or while the work ends."""
    log: list[str] = []
    runs = Runs()

    async def work(_run: Run) -> str:
        log.append("begun")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            for _ in range(5):
                await asyncio.sleep(0)
            log.append("ended")
        return "outcome"

    run = runs.start("explain", run_id="a", uri=None, work=work)
    for _ in range(steps):
        await asyncio.sleep(0)
    for _ in range(3):
        runs.cancel(run)
        await asyncio.sleep(0)
    assert await run.task == "outcome"
    assert log == ["begun", "ended"]


async def test_runs_that_dont_end_arent_waited_for() -> None:
    """`end_all` comes back, and abandons what waits for the client."""
    runs, log = Runs(), list[str]()

    async def stubborn(_run: Run) -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                log.append("not yet")
                if len(log) > 1:
                    raise

    run = runs.start("explain", run_id="a", uri=None, work=stubborn)
    await asyncio.sleep(0)
    await runs.end_all(0.001)
    assert (run.task.done(), log) == (False, ["not yet"])
    run.task.cancel()
    await asyncio.wait((run.task,))
