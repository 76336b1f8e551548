"""The arguments of commands: what is wrong is InvalidParams that names the field and why."""

from pathlib import Path
from typing import Any

import pytest

from lakewright.lsp.arguments import WrongFieldError
from lakewright.lsp.run_params import RunParams, read_run_params
from lakewright.lsp.text import Position, Span
from support_lsp_client import Json, execution, in_process, repository
from support_lsp_runs import FILES, ORDERS

DOCUMENT: Json = {"textDocument": {"uri": "file:///a.py"}}
HERE: Json = {"line": 0, "character": 0}

WRONG: dict[str, tuple[str, Json, str]] = {
    "no document": ("explain", {}, "textDocument: it is missing"),
    "document null": ("explain", {"textDocument": None}, "textDocument: it is missing"),
    "document no object": ("explain", {"textDocument": "file:///a"}, "textDocument: it is no object"),
    "no uri": ("explain", {"textDocument": {}}, "textDocument.uri: it is missing"),
    "uri a number": ("explain", {"textDocument": {"uri": 3}}, "textDocument.uri: it is no string"),
    "uri blank": ("explain", {"textDocument": {"uri": " "}}, "textDocument.uri: it is empty"),
    "version a word": (
        "explain",
        {"textDocument": {"uri": "file:///a", "version": "1"}},
        "textDocument.version: it is no whole number",
    ),
    "range no object": ("explain", {**DOCUMENT, "range": [0, 1]}, "range: it is no object"),
    "range without end": ("explain", {**DOCUMENT, "range": {"start": HERE}}, "range.end: it is missing"),
    "range without column": (
        "explain",
        {**DOCUMENT, "range": {"start": {"line": 1}, "end": HERE}},
        "range.start.character: it is missing",
    ),
    "range reversed": (
        "explain",
        {**DOCUMENT, "range": {"start": {"line": 1, "character": 0}, "end": HERE}},
        "range: it ends before it begins",
    ),
    "range negative": (
        "explain",
        {**DOCUMENT, "range": {"start": {"line": -1, "character": 0}, "end": HERE}},
        "range.start.line: it is negative",
    ),
    "range fractional": (
        "refactor",
        {**DOCUMENT, "instruction": "x", "range": {"start": HERE, "end": {"line": 0, "character": 1.5}}},
        "range.end.character: it is no whole number",
    ),
    "range too large": (
        "explain",
        {**DOCUMENT, "range": {"start": HERE, "end": {"line": 2**31, "character": 0}}},
        "range.end.line: it is larger than LSP allows",
    ),
    "range true": (
        "explain",
        {**DOCUMENT, "range": {"start": HERE, "end": {"line": True, "character": 0}}},
        "range.end.line: it is no whole number",
    ),
    "no position": ("complete", DOCUMENT, "position: it is missing"),
    "position negative": (
        "complete",
        {**DOCUMENT, "position": {"line": 0, "character": -3}},
        "position.character: it is negative",
    ),
    "completion goes on": (
        "complete",
        {**DOCUMENT, "position": HERE, "conversation": "last"},
        "conversation: a completion can't go on",
    ),
    "no instruction": ("refactor", DOCUMENT, "instruction: it is missing"),
    "instruction blank": ("refactor", {**DOCUMENT, "instruction": " \n"}, "instruction: it is missing"),
    "instruction a list": ("explain", {**DOCUMENT, "instruction": ["x"]}, "instruction: it is no string"),
    "deliver": ("explain", {**DOCUMENT, "deliver": "mail"}, 'deliver: it is neither "editor" nor "response"'),
    "deliver a list": ("explain", {**DOCUMENT, "deliver": []}, "deliver: it is neither"),
    "model": ("explain", {**DOCUMENT, "model": 3}, "model: it is no string"),
    "model empty": ("explain", {**DOCUMENT, "model": ""}, "model: it is empty"),
    "thinking a word": ("explain", {**DOCUMENT, "thinking": "much"}, "thinking: it is none of off, low"),
    "thinking too little": ("explain", {**DOCUMENT, "thinking": 1023}, "thinking: a budget is at least 1024"),
    "thinking half": ("explain", {**DOCUMENT, "thinking": 2000.5}, "thinking: it is no whole number"),
    "thinking true": ("explain", {**DOCUMENT, "thinking": True}, "thinking: it is no whole number"),
    "conversation": ("explain", {**DOCUMENT, "conversation": 7}, "conversation: it is no string"),
    "system": ("explain", {**DOCUMENT, "system": {}}, "system: it is no string"),
    "token": ("explain", {**DOCUMENT, "partialResultToken": 1.5}, "partialResultToken: it is neither"),
    "token true": ("explain", {**DOCUMENT, "partialResultToken": True}, "partialResultToken: it is neither"),
    "run empty": ("explain", {**DOCUMENT, "run": ""}, "run: an id has 1 to 100"),
    "run a path": ("explain", {**DOCUMENT, "run": "../../secret"}, "run: an id has 1 to 100"),
    "run hidden": ("explain", {**DOCUMENT, "run": ".run"}, "run: an id has 1 to 100"),
    "run long": ("explain", {**DOCUMENT, "run": "x" * 101}, "run: an id has 1 to 100"),
    "run with a line": ("explain", {**DOCUMENT, "run": "a\n"}, "run: an id has 1 to 100"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name: str) -> None:
    """The field by its path, and the reason."""
    command, given, says = WRONG[name]
    with pytest.raises(WrongFieldError) as caught:
        read_run_params(command, given)
    assert str(caught.value).startswith(says)


def test_all_that_may_be_given() -> None:
    """Each field arrives; null is absent, and what isn't known is left alone as in LSP."""
    given: Json = {
        "textDocument": {"uri": "file:///a.py", "version": 3.0, "languageId": "x"},
        "range": {"start": HERE, "end": {"line": 2, "character": 1.0}},
        "instruction": "why?",
        "deliver": "response",
        "model": "claude",
        "thinking": 4096,
        "conversation": "last",
        "run": "a.run-1_2",
        "system": "",
        "partialResultToken": 0,
        "position": None,
        "someday": {"more": True},
    }
    assert read_run_params("explain", given) == RunParams(
        uri="file:///a.py",
        version=3,
        range=Span(Position(0, 0), Position(2, 1)),
        instruction="why?",
        deliver="response",
        model="claude",
        thinking=4096,
        conversation="last",
        run="a.run-1_2",
        system="",
        partial_result_token=0,
    )


EXECUTIONS: dict[str, tuple[Any, str]] = {
    "no params": (None, "params: it is no object"),
    "no command": ({}, "command: there is none of that name"),
    "an unknown command": ({"command": "lakewright.nothing"}, "lakewright.explain"),
    "a command that is none": ({"command": ["lakewright.explain"]}, "command: there is none of that name"),
    "two objects": ({"command": "lakewright.cancel", "arguments": [{}, {}]}, "arguments: it holds more"),
    "no object": ({"command": "lakewright.cancel", "arguments": ["run"]}, "arguments: it holds no object"),
    "a word": ({"command": "lakewright.cancel", "arguments": "run"}, "arguments: it holds no object"),
    "a token": ({"command": "lakewright.cancel", "workDoneToken": {}}, "workDoneToken: it is neither"),
    "a wrong field": ({"command": "lakewright.cancel", "arguments": [{"run": 3}]}, "run: it is no string"),
}


@pytest.mark.parametrize("name", EXECUTIONS)
async def test_what_cant_be_executed(name: str, tmp_path: Path) -> None:
    """InvalidParams, in words; at once."""
    params, says = EXECUTIONS[name]
    async with in_process(root=tmp_path) as client:
        refusal = await client.refusal_of(client.request("workspace/executeCommand", params))
        assert refusal.code == -32602
        assert says in refusal.message


@pytest.mark.parametrize(
    "arguments", [None, [], {}, [{}], [None], {"run": None}, {"run": "x"}, [{"run": "x"}]]
)
async def test_arguments_are_one_object_or_none(arguments: Any, tmp_path: Path) -> None:
    """Bare, in an array, or left out."""
    async with in_process(root=tmp_path) as client:
        params: Json = {"command": "lakewright.cancel"}
        if arguments is not None:
            params["arguments"] = arguments
        assert await client.ask("workspace/executeCommand", params) == {"cancelled": []}


UNKNOWN: dict[str, tuple[Json, str]] = {
    "no such file": ({"textDocument": {"uri": "ROOT/none.py"}}, "textDocument.uri: no document"),
    "a folder": ({"textDocument": {"uri": "ROOT"}}, "textDocument.uri: no document"),
    "outside": ({"textDocument": {"uri": "file:///etc/hostname"}}, "textDocument.uri: no document"),
    "untitled": ({"textDocument": {"uri": "untitled:Untitled-1"}}, "textDocument.uri: no document"),
    "no uri at all": ({"textDocument": {"uri": "orders.py"}}, "textDocument.uri: no document"),
    "a conversation": (
        {"textDocument": {"uri": "ROOT/orders.py"}, "conversation": "20200101-000000-abcdef"},
        "conversation: there is no run",
    ),
    "the last one": (
        {"textDocument": {"uri": "ROOT/orders.py"}, "conversation": "last"},
        "conversation: there is no earlier run",
    ),
    "a newer version": (
        {"textDocument": {"uri": "ROOT/orders.py", "version": 9}},
        "textDocument.version: it is 9",
    ),
}


@pytest.mark.parametrize("deliver", ["editor", "response"])
@pytest.mark.parametrize("name", UNKNOWN)
async def test_what_isnt_there(name: str, deliver: str, tmp_path: Path) -> None:
    """A document or conversation that isn't known is InvalidParams in both deliveries, and no run is left."""
    root = repository(tmp_path / "work", FILES)
    given, says = UNKNOWN[name]
    uri = given["textDocument"]["uri"].replace("ROOT", root.as_uri())
    async with in_process(root=root) as client:
        client.open((root / "orders.py").as_uri(), ORDERS, version=4)
        argument = {**given, "textDocument": {**given["textDocument"], "uri": uri}, "deliver": deliver}
        refusal = await client.refusal_of(
            client.request(*execution("explain", {**argument, "partialResultToken": "t"}))
        )
        assert refusal.code == -32602
        assert refusal.message.startswith(says)
        assert client.received("$/progress") == []
        assert await client.execute("cancel") == {"cancelled": []}
