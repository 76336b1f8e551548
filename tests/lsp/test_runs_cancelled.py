"""A cancelled run is over: its socket closed, its request answered once, nothing said afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from support_lsp_client import ErrorAnswerError, execution, in_process, repository
from support_lsp_runs import FILES, RUN, TOKEN, Bench, bench, eventually, silent_host

Cancel = Callable[[Bench, int], Awaitable[object]]

REQUEST_CANCELLED = -32800
APPLIES = {
    "window": {"workDoneProgress": True},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
}


async def _by_request(here: Bench, request_id: int) -> None:
    here.client.cancel(request_id)


async def _by_progress(here: Bench, _request_id: int) -> None:
    here.client.notify("window/workDoneProgress/cancel", {"token": TOKEN})


async def _by_id(here: Bench, _request_id: int) -> None:
    assert await here.client.execute("cancel", {"run": RUN}) == {"cancelled": [RUN]}


async def _all(here: Bench, _request_id: int) -> None:
    assert await here.client.execute("cancel") == {"cancelled": [RUN]}


async def _by_shutdown(here: Bench, _request_id: int) -> None:
    assert await here.client.ask("shutdown") is None


WAYS: dict[str, Cancel] = {
    "$/cancelRequest": _by_request,
    "window/workDoneProgress/cancel": _by_progress,
    "lakewright.cancel of the run": _by_id,
    "lakewright.cancel of all": _all,
    "shutdown": _by_shutdown,
}
PHASES = {"waiting for headers": "hang", "waiting for the first event": "silent", "streaming": "stall"}


async def _is_cancelled(here: Bench, request_id: int, way: str) -> None:
    """The request got its one answer, in the form that goes with the way, and nothing follows."""
    if way == "$/cancelRequest":
        refusal = await here.client.refusal_of(request_id)
        assert refusal.code == REQUEST_CANCELLED
        outcome = refusal.data
    else:
        outcome = await here.client.answer_to(request_id)
    assert (outcome["run"], outcome["state"], outcome["finishReason"]) == (RUN, "cancelled", "cancelled")
    assert outcome["error"]["kind"] == "cancelled"
    count = len(here.client.messages)
    await here.client.quiet()
    later = here.client.messages[count:]
    assert all("method" not in message for message in later), "something is said after the end"
    assert len(here.client.answers[request_id]) == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("phase", PHASES)
async def test_the_socket_is_closed_and_the_request_answered_once(
    phase: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each way to cancel ends a run in each phase of a request to the host."""
    async with bench(tmp_path, monkeypatch, PHASES[phase]) as here:
        request_id = here.start()
        await eventually(lambda: bool(here.host.model_requests) and here.record.status == 200)
        if phase == "streaming":
            await eventually(lambda: here.record.sent_events > 1)
        await WAYS[way](here, request_id)
        await _is_cancelled(here, request_id, way)
        await here.record.finished.wait()
        assert here.record.closed_early
        assert len(here.host.model_requests) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_a_run_that_connects_is_cancelled(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that hangs before the first word is left, too."""
    root = repository(tmp_path / "work", FILES)
    async with silent_host() as host, in_process(root=root) as client:
        monkeypatch.setenv("DATABRICKS_HOST", f"http://127.0.0.1:{host.port}")
        monkeypatch.setenv("DATABRICKS_TOKEN", "none")
        here = Bench(client, root)
        client.open(here.uri, FILES["orders.py"])
        request_id = here.start()
        await eventually(lambda: host.taken == 1)
        await WAYS[way](here, request_id)
        await _is_cancelled(here, request_id, way)
        await eventually(lambda: host.left == 1)


@pytest.mark.parametrize("way", WAYS)
async def test_a_run_in_a_tool_is_cancelled(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tool that never ends is stopped, and the model is not asked again."""
    async with bench(tmp_path, monkeypatch, script="hostile-pattern") as here:
        request_id = here.start(partialResultToken="deltas")
        await eventually(lambda: bool(here.host.model_requests) and here.record.finished.is_set())
        await WAYS[way](here, request_id)
        await _is_cancelled(here, request_id, way)
        assert len(here.host.model_requests) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_a_run_that_has_just_been_asked_for_is_cancelled(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancellation that comes right behind its request finds the run, and nothing is sent to the host."""
    async with bench(tmp_path, monkeypatch) as here:
        request_id = here.start()
        await WAYS[way](here, request_id)
        await _is_cancelled(here, request_id, way)
        assert here.host.model_requests == []


def _send(here: Bench, way: str, request_id: int) -> None:
    """The cancellation alone, whatever comes of it."""
    match way:
        case "$/cancelRequest":
            here.client.cancel(request_id)
        case "window/workDoneProgress/cancel":
            [begun] = [one for one in here.client.received("$/progress") if one["value"]["kind"] == "begin"]
            here.client.notify(way, {"token": begun["token"]})
        case "shutdown":
            here.client.request("shutdown")
        case _:
            here.client.request(*execution("cancel", {"run": RUN} if "run" in way else None))


def _ends(here: Bench) -> int:
    return [one["value"]["kind"] for one in here.client.received("$/progress")].count("end")


@pytest.mark.parametrize("way", [way for way in WAYS if way != "$/cancelRequest"])
async def test_nothing_is_delivered_by_a_run_cancelled_before(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was cancelled while its edit was being made ready sends nothing and says nothing."""
    ready = asyncio.Event()

    async def slow(*_: object) -> None:
        ready.set()
        await asyncio.Event().wait()

    async with bench(tmp_path, monkeypatch, capabilities=APPLIES) as here:
        monkeypatch.setattr("lakewright.lsp.apply_edit_ready.located", slow)
        request_id = here.start("refactor", deliver="editor", instruction="Rename net to amount")
        await here.client.answer_to(request_id)
        await ready.wait()
        _send(here, way, request_id)
        await here.client.until(lambda: _ends(here) == 1)
        await here.client.quiet()
        assert here.client.received("workspace/applyEdit") == []
        assert here.client.received("window/showMessage") == []


@pytest.mark.parametrize("way", WAYS)
async def test_an_edit_that_was_handed_over_has_happened(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the client looks at a preview a cancellation means nothing, and `shutdown` doesn't wait."""
    answered = asyncio.Event()

    async def preview(_params: object) -> dict[str, bool]:
        await answered.wait()
        return {"applied": False}

    async with bench(tmp_path, monkeypatch, capabilities=APPLIES) as here:
        here.client.replies["workspace/applyEdit"] = preview
        request_id = here.start("refactor", deliver="editor", instruction="Rename net to amount")
        await here.client.wait_for("workspace/applyEdit")
        _send(here, way, request_id)
        await here.client.quiet()
        withdrawn = len(here.client.received("$/cancelRequest"))
        assert (withdrawn, _ends(here)) == (1 if way == "shutdown" else 0, 1)
        answered.set()
        await here.client.quiet()
        assert _ends(here) == 1
        assert len(here.client.answers[request_id]) == 1


async def test_the_end_of_the_input_ends_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that goes without a word leaves no open socket behind."""
    async with bench(tmp_path, monkeypatch, "silent") as here:
        here.start()
        await eventually(lambda: bool(here.host.model_requests))
        record = here.record
        here.client.hang_up()
        await record.finished.wait()
        assert record.closed_early


@pytest.mark.parametrize(("command", "ends"), [("complete", True), ("explain", False)])
async def test_closing_the_document(
    command: str, ends: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A completion ends with its document, an explanation goes on."""
    async with bench(tmp_path, monkeypatch, "silent") as here:
        request_id = here.start(command)
        await eventually(lambda: bool(here.host.model_requests))
        here.client.close(here.uri)
        if ends:
            await _is_cancelled(here, request_id, "didClose")
            await here.record.finished.wait()
        else:
            await here.client.quiet()
            assert not here.client.answers[request_id]
            assert not here.record.finished.is_set()


@pytest.mark.parametrize("cancelled_id", [999, "1", None, [1], 1.5, {"a": 1}])
async def test_cancelling_what_isnt_open_means_nothing(
    cancelled_id: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids that are unknown, of another type or no ids at all end nothing."""
    async with bench(tmp_path, monkeypatch, "silent") as here:
        request_id = here.start()
        await eventually(lambda: bool(here.host.model_requests))
        here.client.cancel(cancelled_id)
        await here.client.quiet()
        assert not here.client.answers[request_id]


async def test_cancelling_an_answered_request_means_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outcome is the answer, whatever comes behind it."""
    async with bench(tmp_path, monkeypatch) as here:
        request_id = here.start()
        outcome = await here.client.answer_to(request_id)
        here.client.cancel(request_id)
        assert await here.client.execute("cancel") == {"cancelled": []}
        assert outcome["state"] == "done"
        assert len(here.client.answers[request_id]) == 1


async def test_a_queued_request_that_was_cancelled_is_never_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty requests and their cancellations in one write: none reaches the host."""
    async with bench(tmp_path, monkeypatch) as here:
        ids = [here.start(run=f"run-{number}", token=None) for number in range(50)]
        for request_id in ids:
            here.client.cancel(request_id)
        for request_id in ids:
            with pytest.raises(ErrorAnswerError, match=str(REQUEST_CANCELLED)):
                await here.client.answer_to(request_id)
        assert here.host.model_requests == []


async def test_an_id_is_used_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the run's progress, also when the run was cancelled before anything of it was kept."""
    async with bench(tmp_path, monkeypatch, "silent") as here:
        first = here.start()
        await eventually(lambda: bool(here.host.model_requests))
        await _by_request(here, first)
        await here.client.refusal_of(first)
        refusal = await here.client.refusal_of(here.start())
        assert refusal.message == "run: there was a run of this id."
        assert len(here.host.model_requests) == 1
