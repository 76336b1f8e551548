"""Progress and partial results over the whole server: where they come in the order of a run's messages."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from support_lsp_client import Json, never
from support_lsp_runs import RUN, Bench, bench

CREATES: Json = {"window": {"workDoneProgress": True, "showDocument": {"support": True}}}


def order(at: Bench, *, answer: int | None = None) -> list[str]:
    """What the client was told, in order, each in a word; the answer of a request as `answer`."""
    words = []
    for message in at.client.messages:
        method = message.get("method", "")
        if method == "$/progress":
            words.append(f"{message['params']['token']}: {message['params']['value']['kind']}")
        elif method.startswith("window/"):
            words.append(method.removeprefix("window/"))
        elif "method" not in message and message.get("id") == answer:
            words.append("answer")
    return words


def once(words: Sequence[str]) -> list[str]:
    """Without repetitions side by side."""
    return [word for at, word in enumerate(words) if at == 0 or words[at - 1] != word]


def values(at: Bench, token: str) -> list[Json]:
    return [params["value"] for params in at.client.received("$/progress") if params["token"] == token]


def said(stream: list[Json], kind: str) -> str:
    deltas: list[Json] = []
    for value in stream:
        if value["kind"] in ("reasoning", "text"):
            deltas.append(value)
        elif value["kind"] == "retry" and value["voids"]:
            del deltas[-value["voids"] :]
    return "".join(delta["text"] for delta in deltas if delta["kind"] == kind)


@pytest.mark.parametrize("faults", [(), ("cut:1",), ("half-stream:1",), ("midstream-error:1",)])
async def test_with_an_answer_both_end_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faults: tuple[str, ...]
) -> None:
    """Progress on the client's token begins and ends, the stream holds what the outcome says, in spite of
    restarts, and all of it comes before the answer.
    """
    async with bench(tmp_path, monkeypatch, *faults, capabilities=CREATES) as at:
        request = at.start("explain", token="people", partialResultToken="program")
        outcome = await at.client.answer_to(request)
        words = order(at, answer=request)
        stream, shown = values(at, "program"), values(at, "people")
    assert words[-1] == "answer"
    assert words[0] == "program: started"
    assert [word for word in words if word.startswith("program")][-1] == "program: finished"
    assert once([value["kind"] for value in shown]) in (["begin", "report", "end"], ["begin", "end"])
    assert shown[0]["title"] == "Explain orders.py"
    assert outcome["endpoint"] in shown[-1]["message"]
    assert stream[0] == {"kind": "started", "run": RUN, "command": "explain"}
    assert stream[-1] == {"kind": "finished", "outcome": outcome}
    assert said(stream, "reasoning") == outcome["reasoning"] != ""
    assert said(stream, "text") == outcome["answer"] != ""
    calls = [value for value in stream if value["kind"] == "toolCall"]
    assert [call["id"] for call in calls] == [call["id"] for call in outcome["toolCalls"]]
    assert "workDoneProgress/create" not in words


async def test_in_the_editor_progress_is_on_a_token_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request is answered at once; progress begins once the client has made the token, although it gave
    one itself, and ends; the stream goes on after the answer, to its end.
    """
    async with bench(tmp_path, monkeypatch, capabilities=CREATES) as at:
        at.client.replies["window/showDocument"] = lambda _: {"success": True}
        request = at.start(
            "explain", token="people", deliver="editor", partialResultToken="program", run=None
        )
        await at.client.answer_to(request)
        await at.client.until(lambda: any("finished" in word for word in order(at)))
        words = order(at, answer=request)
        (created,) = at.client.received("window/workDoneProgress/create")
        stream, shown = values(at, "program"), values(at, created["token"])
    assert values(at, "people") == []
    assert words.index("workDoneProgress/create") < words.index(f"{created['token']}: begin")
    assert words.index("answer") < words.index("program: finished")
    assert once([value["kind"] for value in shown]) in (["begin", "report", "end"], ["begin", "end"])
    assert stream[-1]["outcome"]["state"] == "done"


@pytest.mark.parametrize("deliver", ["editor", "response"])
async def test_a_cancelled_run_ends_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deliver: str
) -> None:
    """By the button of the progress: it ends, the stream ends with the outcome, and nothing is shown."""
    async with bench(tmp_path, monkeypatch, "stall", capabilities=CREATES) as at:
        request = at.start("explain", token="people", deliver=deliver, partialResultToken="program")
        await at.client.until(lambda: any("begin" in word for word in order(at)))
        created = at.client.received("window/workDoneProgress/create")
        token = created[0]["token"] if deliver == "editor" else "people"
        at.client.notify("window/workDoneProgress/cancel", {"token": token})
        await at.client.answer_to(request)
        await at.client.until(lambda: any("finished" in word for word in order(at)))
        await at.client.quiet()
        shown = values(at, token)
        stream = values(at, "program")
        words = order(at)
    assert [value["kind"] for value in shown].count("end") == 1
    assert shown[-1]["message"].startswith("cancelled")
    assert stream[-1]["outcome"]["state"] == "cancelled"
    assert not {"showDocument", "showMessage", "showMessageRequest"} & set(words)


@pytest.mark.parametrize("fault", [(), ("permission",)])
async def test_a_message_comes_after_the_end(
    fault: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor with one line for progress and messages (Helix) keeps what came last: the message."""
    capabilities: Json = {"window": {"workDoneProgress": True}}
    async with bench(tmp_path, monkeypatch, *fault, capabilities=capabilities) as at:
        at.start("explain", deliver="editor")
        await at.client.wait_for("window/showMessage")
        await at.client.quiet()
        words = [word for word in order(at) if word != "logMessage"]
    assert words[-2].endswith(": end")
    assert words[-1] == "showMessage"


async def test_a_client_that_never_makes_the_token_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run waits for nobody: it brings its document, and the server ends as ever."""
    async with bench(tmp_path, monkeypatch, capabilities=CREATES) as at:
        at.client.replies["window/workDoneProgress/create"] = never
        at.client.replies["window/showDocument"] = lambda _: {"success": True}
        at.start("explain", deliver="editor")
        await at.client.wait_for("window/showDocument")
        await at.client.leave()
        assert at.client.received("$/progress") == []


async def test_a_completion_has_no_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is over before anybody could read one."""
    async with bench(tmp_path, monkeypatch, capabilities=CREATES) as at:
        await at.client.answer_to(at.start("complete", token="people"))
        assert at.client.received("$/progress") == at.client.received("window/workDoneProgress/create") == []
