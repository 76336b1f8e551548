"""Completions of a served session: a real host on loopback, its log, and every request answered once."""

import asyncio
import random
from pathlib import Path

import pytest

from support_lsp_client import Json, LspClient
from support_lsp_runs import ORDERS, Bench, bench, eventually

INLINE = "textDocument/inlineCompletion"
CANCELLED = -32800
CAPABILITIES: Json = {"textDocument": {"inlineCompletion": {}}}
HEAD = "\n\ndef total_price(items):\n    "


class _Typist:
    """Types at the end of the document."""

    def __init__(self, here: Bench, text: str = HEAD) -> None:
        self._here = here
        self._version = 1
        self._line, self._character = ORDERS.count("\n"), 0
        self.type(text)

    def type(self, text: str) -> None:
        at = {"line": self._line, "character": self._character}
        self._version += 1
        self._here.client.change(
            self._here.uri, self._version, {"range": {"start": at, "end": at}, "text": text}
        )
        self._line += text.count("\n")
        self._character = len(text) - text.rfind("\n") - 1 + (0 if "\n" in text else self._character)

    def request(self, *, by_hand: bool = True) -> int:
        """The id of a request at the cursor."""
        params: Json = {
            "textDocument": {"uri": self._here.uri},
            "position": {"line": self._line, "character": self._character},
            "context": {"triggerKind": 1 if by_hand else 2},
        }
        return self._here.client.request(INLINE, params)


async def _answered_once(client: LspClient, ids: list[int]) -> None:
    await client.until(lambda: all(client.answers[one] for one in ids))
    await client.quiet()
    assert {len(client.answers[one]) for one in ids} == {1}


async def test_typing_along_asks_the_host_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the whole suggestion to its last character, and each answer is the rest of the first."""
    async with bench(tmp_path, monkeypatch, capabilities=CAPABILITIES) as here:
        typist = _Typist(here)
        (item,) = (await here.client.answer_to(typist.request()))["items"]
        text = item["insertText"]
        for at, character in enumerate(text[:-1], 1):
            typist.type(character)
            (item,) = (await here.client.answer_to(typist.request(by_hand=False)))["items"]
            assert item["insertText"] == text[at:]
        assert len(here.host.model_requests) == 1
        status = await here.client.execute("status")
        await here.client.execute("completionAccepted", {})
        assert status["completion"] == {"enabled": True, "offered": 1, "accepted": 0}
        assert (await here.client.execute("status"))["completion"]["accepted"] == 1


async def test_no_host_is_called_before_somebody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening, typing and registering leave the host alone."""
    capabilities = {"textDocument": {"inlineCompletion": {"dynamicRegistration": True}}}
    async with bench(tmp_path, monkeypatch, capabilities=capabilities) as here:
        await here.client.wait_for("client/registerCapability")
        typist = _Typist(here)
        await here.client.quiet()
        assert here.host.log == []
        assert await here.client.answer_to(typist.request()) is not None


async def test_a_newer_request_closes_the_olders_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host that still writes sees the client go, for all but the last; cancelling ends that too."""
    async with bench(tmp_path, monkeypatch, "stall:always", capabilities=CAPABILITIES) as here:
        typist = _Typist(here)
        ids = []
        for count in range(1, 5):
            ids.append(typist.request())
            await eventually(lambda: len(here.host.model_requests) == count)  # noqa: B023 - waited for at once
            typist.type("x ")
        await eventually(lambda: all(one.finished.is_set() for one in here.host.model_requests))
        assert all(one.closed_early for one in here.host.model_requests)
        assert [await here.client.answer_to(one) for one in ids] == [None] * 4
        last = typist.request()
        await eventually(lambda: len(here.host.model_requests) == 5)
        here.client.cancel(last)
        assert (await here.client.refusal_of(last)).code == CANCELLED
        await eventually(here.host.model_requests[-1].finished.is_set)
        assert here.host.model_requests[-1].closed_early
        await _answered_once(here.client, [*ids, last])
        assert (await here.client.execute("status"))["runs"] == []


@pytest.mark.parametrize("way", ["shutdown", "close", "lakewright.cancel"])
async def test_the_session_ends_what_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The request is answered null and the socket closed."""
    async with bench(tmp_path, monkeypatch, "stall:always", capabilities=CAPABILITIES) as here:
        asked = _Typist(here).request()
        await eventually(lambda: len(here.host.model_requests) == 1)
        if way == "shutdown":
            await here.client.ask("shutdown")
        elif way == "close":
            here.client.close(here.uri)
        else:
            assert len((await here.client.execute("cancel"))["cancelled"]) == 1
        assert await here.client.answer_to(asked) is None
        await eventually(here.record.finished.is_set)
        assert here.record.closed_early
        assert len(here.client.answers[asked]) == 1


@pytest.mark.parametrize("seed", range(4))
async def test_a_burst_is_answered_once_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Keys, requests and cancels in any order, at any time: one answer each, nothing left running."""
    chance = random.Random(seed)
    async with bench(tmp_path, monkeypatch, capabilities=CAPABILITIES) as here:
        typist = _Typist(here)
        ids: list[int] = []
        for _ in range(60):
            step = chance.random()
            if step < 0.4:
                typist.type(chance.choice(["r", "return ", "x", "\n    "]))
            elif step < 0.85:
                ids.append(typist.request(by_hand=chance.random() < 0.6))
            elif ids:
                here.client.cancel(chance.choice(ids[-3:]))
            for _ in range(chance.choice([0, 0, 1, 30])):
                await asyncio.sleep(0)
        await _answered_once(here.client, ids)
        await eventually(lambda: all(one.finished.is_set() for one in here.host.model_requests))
        assert (await here.client.execute("status"))["runs"] == []
        errors = [
            answer["error"]["code"] for one in ids for answer in here.client.answers[one] if "error" in answer
        ]
        assert set(errors) <= {CANCELLED}


async def test_a_host_that_is_down_is_no_message_while_typing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Null and the status; by hand it is said, once."""
    async with bench(tmp_path, monkeypatch, capabilities=CAPABILITIES) as here:
        monkeypatch.setenv("DATABRICKS_TOKEN", "wrong")
        typist = _Typist(here)
        assert await here.client.answer_to(typist.request(by_hand=False)) is None
        assert (await here.client.execute("status"))["state"] == "needsSetup"
        assert here.client.received("window/showMessage") == []
        for _ in range(2):
            assert await here.client.answer_to(typist.request()) is None
        assert len(here.client.received("window/showMessage")) == 1


async def test_a_host_without_a_fast_model_has_no_completions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status says so, and that nothing else is wrong."""
    monkeypatch.setattr("lakewright.wiring.cheapest_fast", lambda _listed: None)
    async with bench(tmp_path, monkeypatch, capabilities=CAPABILITIES) as here:
        assert await here.client.answer_to(_Typist(here).request(by_hand=False)) is None
        status = await here.client.execute("status")
        assert (status["state"], status["completion"]["enabled"]) == ("ready", False)
        assert "complete" in status["message"]


async def test_the_command_means_the_same_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`lakewright.complete` at a position in UTF-16 units: the model's cursor stands between the same texts,
    and the text is for that position.
    """
    async with bench(tmp_path, monkeypatch) as here:
        _Typist(here, '\n\nSMILES = "\U0001f600\U0001f600"; name = ')
        place = {"line": ORDERS.count("\n") + 2, "character": 24}
        result = await here.client.execute(
            "complete", {"textDocument": {"uri": here.uri}, "position": place, "deliver": "response"}
        )
        assert result["state"] == "done"
        assert result["completion"]["range"] == {"start": place, "end": place}
        assert '"\U0001f600\U0001f600"; name = <CURSOR>' in _prompt(here)


async def test_the_command_completes_in_a_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the cell's own position, be it on a blank line at its end; the model sees the cells like it."""
    async with bench(tmp_path, monkeypatch) as here:
        notebook = (here.root / "book.ipynb").as_uri()
        texts = {"a": "RATE = 3", "b": "def total_price(items):\n    "}
        cells = [{"kind": 2, "document": f"{notebook}#{name}"} for name in texts]
        documents = [
            {"uri": f"{notebook}#{name}", "languageId": "python", "version": 1, "text": text}
            for name, text in texts.items()
        ]
        opened = {"uri": notebook, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}
        here.client.notify(
            "notebookDocument/didOpen", {"notebookDocument": opened, "cellTextDocuments": documents}
        )
        place = {"line": 1, "character": 4}
        argument = {"textDocument": {"uri": f"{notebook}#b"}, "position": place, "deliver": "response"}
        result = await here.client.execute("complete", argument)
        assert result["completion"] == {"text": "return sum(items)", "range": {"start": place, "end": place}}
        assert "RATE = 3\n\ndef total_price(items):\n    <CURSOR>" in _prompt(here)


def _prompt(here: Bench) -> str:
    """What the model was asked last."""
    body = here.host.model_requests[-1].body
    assert isinstance(body, dict)
    content = body["messages"][-1]["content"]
    return content if isinstance(content, str) else str(content[0]["text"])
