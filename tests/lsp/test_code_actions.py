"""Code actions: what is offered where, filtered as LSP has it, and carried out by the command they name."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from lakewright.lsp.code_actions import EXPLAIN, FIX, REFACTOR, code_actions
from lakewright.lsp.code_actions_table import ready_for
from lakewright.lsp.documents import Documents
from lakewright.lsp.text import Encoding
from support_lsp_client import Json, in_process, repository
from support_lsp_progress import FakeClient, FakeClock
from support_lsp_runs import ORDERS, bench

URI = "file:///shop/orders.py"
LITERALS: Json = {
    "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}}
}
CURSOR = ((1, 4), (1, 4))
SELECTION = ((0, 0), (2, 0))
INVOKED, AUTOMATIC = types.CodeActionTriggerKind.Invoked, types.CodeActionTriggerKind.Automatic
Place = tuple[tuple[int, int], tuple[int, int]]


class Folders:
    """What the guard says of every document; it may take its time."""

    def __init__(self, why: str | None = None, *, hangs: bool = False) -> None:
        self.asked = 0
        self._why, self._hangs = why, hangs

    async def why_excluded(self, _uri: str) -> str | None:
        self.asked += 1
        if self._hangs:
            await asyncio.Event().wait()
        return self._why


class Session:
    """What code actions need of a session: an open document of a language."""

    def __init__(self, text: str = ORDERS, language: str = "python", **folders: Any) -> None:
        self.client = FakeClient(FakeClock(), LITERALS)
        self.documents = Documents(Encoding.UTF16)
        self.documents.open(URI, language, 7, text)
        self.folders = Folders(**folders)


def a_range(place: Place) -> types.Range:
    return types.Range(*(types.Position(*at) for at in place))


def problem(message: str, place: Place = CURSOR, **more: Any) -> types.Diagnostic:
    return types.Diagnostic(a_range(place), message, **more)


async def offered(
    session: Session,
    place: Place = SELECTION,
    *problems: types.Diagnostic,
    only: list[types.CodeActionKind | str] | None = None,
    trigger: types.CodeActionTriggerKind | None = None,
) -> list[Any]:
    context = types.CodeActionContext(list(problems), only, trigger)
    params = types.CodeActionParams(types.TextDocumentIdentifier(URI), a_range(place), context)
    return list(await code_actions(session, params))  # type: ignore[arg-type]


async def test_a_selection_is_explained_or_refactored() -> None:
    """Explain first, then the language's instructions, each a command and nothing else."""
    actions = await offered(Session())
    assert [(one.title, one.kind) for one in actions] == [
        ("Explain", EXPLAIN),
        *((f"Refactor: {ready.title}", REFACTOR) for ready in ready_for("python")),
    ]
    assert all(one.edit is None and one.disabled is None and not one.is_preferred for one in actions)
    for one, command in zip(actions, ["explain", *["refactor"] * len(actions)], strict=False):
        assert one.command.command == f"lakewright.{command}"
    assert actions[0].command.arguments == [
        {
            "textDocument": {"uri": URI, "version": 7},
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}},
        }
    ]
    assert [one.command.arguments[0]["instruction"] for one in actions[1:]] == [
        ready.instruction for ready in ready_for("python")
    ]


async def test_each_diagnostic_in_range_has_its_fix() -> None:
    """The fix carries the diagnostic, asks for it in its words, and takes its range; none elsewhere."""
    here = problem(
        "Undefined name `x`",
        ((1, 4), (1, 5)),
        source="ruff",
        code="F821",
        severity=types.DiagnosticSeverity.Warning,
    )
    action, *_ = await offered(Session(), CURSOR, here, problem("far away", ((9, 0), (9, 1))), only=[FIX])
    assert not _
    assert (action.title, action.kind, action.diagnostics) == ("Fix: Undefined name `x`", FIX, [here])
    told = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 5}}
    assert action.command.arguments == [
        {
            "textDocument": {"uri": URI, "version": 7},
            "range": told,
            "instruction": "Fix what ruff reports here: Undefined name `x`\nChange no more than that takes.",
            "diagnostics": [
                {
                    "range": told,
                    "message": "Undefined name `x`",
                    "severity": 2,
                    "source": "ruff",
                    "code": "F821",
                }
            ],
        }
    ]


async def test_several_diagnostics_can_be_fixed_at_once() -> None:
    """One action for each, and one for all of them over the range that holds them."""
    problems = [problem("one", ((2, 3), (2, 4))), problem("two", ((1, 9), (2, 1)))]
    actions = await offered(Session(), SELECTION, *problems, only=[FIX])
    assert [one.title for one in actions] == ["Fix: one", "Fix: two", "Fix all 2 problems here"]
    assert actions[2].diagnostics == problems
    (argument,) = actions[2].command.arguments
    assert argument["range"] == {"start": {"line": 1, "character": 9}, "end": {"line": 2, "character": 4}}
    assert len(argument["diagnostics"]) == 2


async def test_a_diagnostic_is_data() -> None:
    """Whatever a linter says, or quotes of a file, titles and instructions are lines of bounded length."""
    (action,) = await offered(
        Session(), CURSOR, problem("a\n\u202e\x1b[2J" + "b" * 5000, source="x\ny"), only=[FIX]
    )
    instruction = action.command.arguments[0]["instruction"]
    assert action.title.startswith("Fix: a [2Jb")
    assert len(action.title) <= 80
    assert instruction.startswith("Fix what x y reports here: a [2Jb")
    assert len(instruction) < 700
    assert instruction.count("\n") == 1


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (None, {EXPLAIN, REFACTOR, FIX}),
        ([], {EXPLAIN, REFACTOR, FIX}),
        ([""], {EXPLAIN, REFACTOR, FIX}),
        ([types.CodeActionKind.Refactor], {REFACTOR}),
        ([types.CodeActionKind.RefactorRewrite], {REFACTOR}),
        (["refactor.rewrite.lakewright"], {REFACTOR}),
        (["refactor.rewrite.lakewright.more"], set()),
        (["refactor.extract"], set()),
        ([types.CodeActionKind.QuickFix], {FIX}),
        (["quick"], set()),
        (["lakewright"], {EXPLAIN}),
        (["lakewright.explain", "quickfix"], {EXPLAIN, FIX}),
        ([types.CodeActionKind.Source], set()),
        (["source.fixAll"], set()),
    ],
)
async def test_only_is_a_hierarchy(only: list[types.CodeActionKind | str] | None, kinds: set[str]) -> None:
    """A kind asks for itself and for all below it; the empty one for all."""
    session = Session()
    actions = await offered(session, SELECTION, problem("one"), only=only)
    assert {one.kind for one in actions} == kinds
    assert session.folders.asked == bool(kinds)


@pytest.mark.parametrize(
    ("place", "trigger", "kinds"),
    [
        (CURSOR, AUTOMATIC, {FIX}),
        (SELECTION, AUTOMATIC, {EXPLAIN, REFACTOR, FIX}),
        (CURSOR, INVOKED, {EXPLAIN, REFACTOR, FIX}),
        (CURSOR, None, {EXPLAIN, REFACTOR, FIX}),
    ],
)
async def test_a_bulb_is_not_always_lit(
    place: Place, trigger: types.CodeActionTriggerKind | None, kinds: set[str]
) -> None:
    """Unasked, a cursor alone is offered fixes only, and nothing is looked up where there are none."""
    session = Session()
    assert {one.kind for one in await offered(session, place, problem("one"), trigger=trigger)} == kinds
    assert {one.kind for one in await offered(session, place, trigger=trigger)} == kinds - {FIX}
    assert session.folders.asked == (1 if kinds == {FIX} else 2)


async def test_what_needs_a_selection_is_offered_for_one() -> None:
    """A function is extracted from selected lines, not from a cursor."""
    titles = [{one.title for one in await offered(Session(), place)} for place in (SELECTION, CURSOR)]
    assert titles[0] - titles[1] == {"Refactor: extract a function"}


@pytest.mark.parametrize(
    "session",
    [Session(why="It is ignored."), Session(text=" \n\t"), Session(text="x" * 1_000_001)],
    ids=["excluded", "empty", "large"],
)
async def test_nothing_is_offered_for_what_may_not_leave(session: Session) -> None:
    """Not for excluded, empty and large documents, whatever the diagnostics."""
    assert await offered(session, SELECTION, problem("one")) == []


async def test_closed_and_lost_documents_have_none() -> None:
    """What the client doesn't show, and what isn't known any more."""
    session = Session()
    document = session.documents.find(URI)
    assert document is not None
    document.is_lost = True
    assert await offered(session) == []
    session.documents.close(URI)
    assert await offered(session) == []


async def test_a_guard_that_hangs_holds_up_no_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while there is simply nothing to offer."""
    monkeypatch.setattr("lakewright.lsp.code_actions._PATIENCE", 0.01)
    assert await offered(Session(hangs=True)) == []


async def test_a_client_without_literals_gets_commands() -> None:
    """As LSP had it before 3.8: the commands alone."""
    session = Session()
    session.client.capabilities = {}
    assert await offered(session) == [one.command for one in await offered(Session())]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("python", "add type hints"),
        ("typescriptreact", "make types exact"),
        ("TypeScript", "make types exact"),
        ("javascript", "use async and await"),
        ("sql", "name the steps"),
        ("markdown", "improve the wording"),
        ("yaml", "tidy"),
        ("rust", "simplify"),
        ("", "simplify"),
    ],
)
async def test_each_language_has_its_own(language: str, title: str) -> None:
    """The menu fits what is in the document, a notebook's cell included; an unknown language is code."""
    titles = [one.title for one in await offered(Session(language=language))]
    assert f"Refactor: {title}" in titles
    assert len(titles) == len(set(titles)) <= 8


@given(st.text(max_size=20))
def test_every_language_has_some(language: str) -> None:
    """Whatever an editor calls it, there are a few instructions, none of them twice."""
    ready = ready_for(language)
    assert 2 <= len({one.title for one in ready}) == len(ready) <= 7
    assert all(one.instruction.strip() and one.title == one.title.strip() for one in ready)


async def test_over_the_server_a_menu_costs_no_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kinds are declared, the actions come back as JSON, and no model is asked until one is picked;
    then the diagnostic reaches the model, with its line.
    """
    async with bench(tmp_path, monkeypatch, capabilities=LITERALS) as at:
        lines = {"start": {"line": 8, "character": 4}, "end": {"line": 8, "character": 7}}
        found = {"range": lines, "message": "Unused variable `net`", "severity": 2, "source": "ruff"}
        asked = {
            "textDocument": {"uri": at.uri},
            "range": lines,
            "context": {"diagnostics": [found], "only": ["quickfix"], "triggerKind": 2},
        }
        (action,) = await at.client.ask("textDocument/codeAction", asked)
        assert action["diagnostics"] == [found]
        assert at.host.model_requests == []
        (argument,) = action["command"]["arguments"]
        outcome = await at.client.execute("refactor", {**argument, "deliver": "response"})
        assert outcome["command"] == "refactor"
        sent = str(at.host.model_requests[0].body)
    assert "line 9: warning (ruff): Unused variable `net`" in sent


@pytest.mark.parametrize(("name", "count"), [("build/a.py", 0), (".env", 0), ("a.py", 6)])
async def test_over_the_server_excluded_files_have_no_menu(tmp_path: Path, name: str, count: int) -> None:
    """Not one that is ignored or on the deny list, as a file and as a cell of a notebook in its place."""
    root = repository(tmp_path / "work", {".gitignore": "build/\n", name: ORDERS})
    uri = (root / name).as_uri()
    cell = "vscode-notebook-cell:/n.ipynb#1"
    async with in_process(root=root, capabilities=LITERALS) as client:
        client.open(uri, ORDERS)
        notebook = {"uri": f"{uri}.ipynb", "notebookType": "jupyter-notebook", "version": 1}
        document = {"uri": cell, "languageId": "python", "version": 1, "text": ORDERS}
        client.notify(
            "notebookDocument/didOpen",
            {
                "notebookDocument": {**notebook, "cells": [{"kind": 2, "document": cell}]},
                "cellTextDocuments": [document],
            },
        )
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
        menus = [
            await client.ask(
                "textDocument/codeAction",
                {"textDocument": {"uri": one}, "range": whole, "context": {"diagnostics": []}},
            )
            for one in (uri, cell)
        ]
    assert [len(menu) for menu in menus] == [count, count]
