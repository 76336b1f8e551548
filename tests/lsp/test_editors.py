"""Six editors with the capabilities that the real ones send, driven by pytest-lsp over standard streams:
every command, both deliveries, the order of what comes. A warning of the specification is a failure.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from support_lsp_client import repository, uses_host
from support_lsp_pytest_lsp import NAMES, EditorClient, Json, editor
from support_lsp_runs import FILES, ORDERS
from support_sandbox import quick_sandbox

INLINE = {"vscode", "neovim-0.12"}
PRICES = ORDERS + "\n\ndef total_price(items):\n    "
PLACE = {"line": PRICES.count("\n"), "character": 4}
SILENT = {"helix-25.01"}
"""Can't open a document: the explanation is a message."""


@dataclass
class Bench:
    name: str
    client: EditorClient
    root: Path
    greeting: types.InitializeResult

    @property
    def uri(self) -> str:
        return (self.root / "orders.py").as_uri()

    @property
    def other(self) -> str:
        return (self.root / "prices.py").as_uri()

    async def run(self, command: str, token: str | None = None, **more: Any) -> Json:
        argument: Json = {"textDocument": {"uri": self.uri}, **more}
        answer: Json = await self.client.execute(f"lakewright.{command}", argument, token=token)
        return answer


@pytest.fixture(params=NAMES)
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    root = repository(tmp_path / "work", FILES)
    async with quick_sandbox() as host, editor(root, uses_host(host)) as client:
        greeting = await client.begin(request.param, root)
        client.show((root / "orders.py").as_uri(), ORDERS)
        client.show((root / "prices.py").as_uri(), PRICES)
        yield Bench(request.param, client, root, greeting)


async def test_everything(bench: Bench) -> None:
    """One sitting with an editor, from its greeting to its end."""
    _greets(bench)
    await _explains_in_the_answer(bench)
    await _explains_in_the_editor(bench)
    await _refactors_in_the_editor(bench)
    await _refactors_in_the_answer(bench)
    await _completes(bench)
    await _suggests(bench)
    await _acts(bench)
    await _tells(bench)


def _greets(bench: Bench) -> None:
    can = bench.greeting.capabilities
    assert can.execute_command_provider is not None
    commands = {
        f"lakewright.{name}"
        for name in ("explain", "refactor", "complete", "undo", "cancel", "models", "status")
    }
    extra = {"lakewright.completionAccepted"} if bench.name in INLINE else set()
    assert set(can.execute_command_provider.commands) == commands | extra
    assert (can.inline_completion_provider is not None) == (bench.name == "neovim-0.12")


async def _explains_in_the_answer(bench: Bench) -> None:
    """Reasoning on the client's token and losslessly on the other; both end before the answer."""
    outcome = await bench.run("explain", "mine", deliver="response", partialResultToken="deltas")
    came = await bench.client.until("answer")
    came = [word for word in came if word not in {"configuration", "registerCapability"}]
    assert came[-1] == "answer"
    assert "showDocument" not in came
    assert [came.count(word) for word in ("begin", "end", "started", "finished")] == [1, 1, 1, 1]
    assert came.index("begin") < came.index("end") < came.index("answer")
    deltas = bench.client.values["deltas"]
    assert deltas[0] == {"kind": "started", "run": outcome["run"], "command": "explain"}
    assert deltas[-1] == {"kind": "finished", "outcome": outcome}
    for kind, key in (("reasoning", "reasoning"), ("text", "answer")):
        assert "".join(one["text"] for one in deltas if one["kind"] == kind) == outcome[key]
    assert outcome["state"] == "done"


async def _explains_in_the_editor(bench: Bench) -> None:
    """The answer, then progress on a token that the server made, its end, a document."""
    answer = await bench.run("explain", range=_lines(5, 8))
    assert answer["state"] == "started"
    shown = "showMessage" if bench.name in SILENT else "showDocument"
    came = [word for word in await bench.client.until(shown, "end") if word != "report"]
    assert came == ["answer", "create", "begin", "end", shown]
    if shown == "showDocument":
        (document,) = bench.client.shown_documents
        assert document.take_focus is False
        assert document.uri.endswith(".md")


async def _refactors_in_the_editor(bench: Bench) -> None:
    """An edit of the version it was made for, applied once the progress has ended: a preview may stay open
    for long, and nothing is left to cancel. Then it is taken back by `undo`.
    """
    await bench.run("refactor", instruction="Rename net to amount")
    came = [word for word in await bench.client.until("applyEdit", "end") if word != "report"]
    assert came == ["answer", "create", "begin", "end", "applyEdit"]
    assert "amount = sum" in bench.client.texts[bench.uri]
    _is_as_declared(bench, bench.client.edits[-1], version=1)
    undone = await bench.client.execute("lakewright.undo")
    assert (undone["state"], bench.client.texts[bench.uri]) == ("undone", ORDERS)
    assert await bench.client.until("answer") == ["applyEdit", "answer"]


def _is_as_declared(bench: Bench, edit: Json, version: int) -> None:
    (change,) = edit["documentChanges"]
    assert change["textDocument"] == {"uri": bench.uri, "version": version}
    assert "changeAnnotations" not in edit, "nothing needs the user's word"
    assert all(one["newText"] != ORDERS for one in change["edits"])


async def _refactors_in_the_answer(bench: Bench) -> None:
    """The edit is in the answer; nothing is applied or shown."""
    outcome = await bench.run("refactor", "second", deliver="response", instruction="Rename net to amount")
    came = await bench.client.until("answer")
    assert not {"applyEdit", "showMessage", "create"} & set(came)
    assert [word for word in came if word != "report"] == ["begin", "end", "answer"]
    _is_as_declared(bench, outcome["edit"], version=bench.client.versions[bench.uri])
    assert bench.client.texts[bench.uri] == ORDERS


async def _completes(bench: Bench) -> None:
    """Inserted, or in the answer; without progress."""
    where: Json = {"textDocument": {"uri": bench.other}, "position": PLACE}
    outcome = await bench.run("complete", deliver="response", **where)
    assert outcome["completion"]["range"] == {"start": PLACE, "end": PLACE}
    assert await bench.client.until("answer") == ["answer"]
    started = await bench.run("complete", **where)
    assert started["state"] == "started"
    came = await bench.client.until("answer", "applyEdit")
    assert came == ["answer", "applyEdit"]
    assert bench.client.texts[bench.other] == PRICES + outcome["completion"]["text"]


async def _suggests(bench: Bench) -> None:
    """Ghost text where the editor has it; it is counted when it is accepted."""
    if bench.name not in INLINE:
        return
    text = bench.client.texts[bench.other]
    bench.client.show(bench.other, PRICES)
    assert text != PRICES
    params = types.InlineCompletionParams(
        types.InlineCompletionContext(types.InlineCompletionTriggerKind.Invoked),
        types.TextDocumentIdentifier(bench.other),
        types.Position(PLACE["line"], PLACE["character"]),
    )
    answer = await bench.client.text_document_inline_completion_async(params)
    assert isinstance(answer, types.InlineCompletionList)
    (item,) = answer.items
    assert f"{PRICES}{item.insert_text}" == text
    assert item.command is not None
    await bench.client.execute(item.command.command)
    status = await bench.client.execute("lakewright.status")
    assert (status["completion"]["offered"], status["completion"]["accepted"]) == (1, 1)


async def _acts(bench: Bench) -> None:
    """An action is a command with its argument: picked, it does what it says."""
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(bench.uri),
        types.Range(types.Position(5, 0), types.Position(8, 0)),
        types.CodeActionContext([]),
    )
    await bench.client.text_document_code_action_async(params)
    (command,) = (one["command"] for one in bench.client.result if one["kind"] == "lakewright.explain")
    started = await bench.client.execute(command["command"], *command["arguments"])
    assert started["state"] == "started"
    await bench.client.until("answer", "end")


async def _tells(bench: Bench) -> None:
    """What answers by itself."""
    status = await bench.client.execute("lakewright.status")
    while status["runs"]:  # the end of its progress isn't yet the end of a run
        status = await bench.client.execute("lakewright.status")
    assert status["state"] == "ready"
    models = await bench.client.execute("lakewright.models")
    assert {"endpoint", "task", "ready", "thinking", "tools", "contextWindow", "roles"} <= set(
        models["models"][0]
    )
    assert await bench.client.execute("lakewright.cancel") == {"cancelled": []}


def _lines(first: int, last: int) -> Json:
    return {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
