"""What the client says of its documents: opened, changed, closed, and what can't be read of it."""

import asyncio
import contextlib
from typing import Any

import pytest
from lsprotocol import types

from lakewright.lsp import folders_sync, sync
from lakewright.lsp.runs import Run
from support_lsp_client import in_process
from support_lsp_documents import changed, opened, quiet_session, rng

URI = "file:///w/a.py"


def test_changes_are_made_in_order() -> None:
    """Each change of a notification is counted in the text after the one before it."""
    session, quiet = quiet_session()
    sync.did_open(session, {"textDocument": opened(URI, "a\nb\n", version=4)})
    sync.did_change(
        session,
        changed(
            URI,
            7,
            {"range": rng((0, 0), (0, 0)), "text": "x\n"},
            {"range": rng((1, 1), (2, 0)), "rangeLength": 1, "text": "-"},
        ),
    )
    document = quiet.documents.find(URI)
    assert document is not None
    assert (document.text, document.version, document.language) == ("x\na-b\n", 7, "python")
    sync.did_change(session, changed(URI, 8, {"text": "all"}, {"range": rng((0, 3), (9, 9)), "text": " new"}))
    assert (document.text, document.version) == ("all new", 8)
    sync.did_save(session, {"textDocument": {"uri": URI}})
    sync.did_close(session, {"textDocument": {"uri": URI}})
    assert quiet.documents.find(URI) is None
    assert quiet.client.lines == []


def test_a_document_opened_again_is_new() -> None:
    """An open without a close before it replaces what was there, its versions too."""
    session, quiet = quiet_session()
    sync.did_open(session, {"textDocument": opened(URI, "old", version=9)})
    sync.did_open(session, {"textDocument": opened(URI, "new", version=1)})
    document = quiet.documents.find(URI)
    assert document is not None
    assert (document.text, document.version, len(list(quiet.documents))) == ("new", 1, 1)


def test_unknown_documents_mean_nothing() -> None:
    """Changes and closes of what isn't open are passed over without a word."""
    session, quiet = quiet_session()
    sync.did_change(session, changed(URI, 2, {"text": "x"}))
    sync.did_close(session, {"textDocument": {"uri": URI}})
    assert (list(quiet.documents), quiet.client.lines) == ([], [])


def test_a_change_without_a_version_counts_on() -> None:
    """Older clients send null for a version: the document has changed all the same."""
    session, quiet = quiet_session()
    sync.did_open(session, {"textDocument": {"uri": URI, "text": "a"}})
    sync.did_change(session, changed(URI, None, {"text": "b"}))
    document = quiet.documents.find(URI)
    assert document is not None
    assert (document.text, document.version) == ("b", 1)


@pytest.mark.parametrize(
    "change",
    [
        {"range": rng((0, 0), (0, 1))},
        {"range": rng((0, -1), (0, 1)), "text": "SECRET"},
        {"range": rng((1, 0), (0, 0)), "text": "SECRET"},
        {"range": {"start": {"line": 0}}, "text": "SECRET"},
        {"range": [], "text": "SECRET"},
        {"text": 7},
        "SECRET",
        None,
    ],
)
def test_a_change_that_can_not_be_read_loses_the_document(change: Any) -> None:
    """Nothing of its notification is made, the log says which field, not its value; a whole text heals."""
    session, quiet = quiet_session()
    sync.did_open(session, {"textDocument": opened(URI, "text")})
    sync.did_change(session, changed(URI, 2, {"range": rng((0, 0), (0, 0)), "text": "x"}, change))
    document = quiet.documents.find(URI)
    assert document is not None
    assert (document.text, document.is_lost) == ("text", True)
    assert len(quiet.client.lines) == 1
    assert "SECRET" not in quiet.client.lines[0]
    sync.did_change(session, changed(URI, 3, {"text": "healed"}))
    assert [document.text, document.is_lost] == ["healed", False]


@pytest.mark.parametrize("params", [None, [], "x", {}, {"textDocument": 3}, {"textDocument": {"uri": 3}}])
def test_garbage_is_one_line_in_the_log(params: Any) -> None:
    """Whatever the parameters are, nothing is opened, changed or closed, and nothing fails."""
    session, quiet = quiet_session()
    sync.did_open(session, {"textDocument": opened(URI, "text")})
    for handle in (sync.did_open, sync.did_change, sync.did_close):
        handle(session, params)
    document = quiet.documents.find(URI)
    assert document is not None
    assert (document.text, document.is_lost) == ("text", False)
    assert len(quiet.client.lines) == 3


async def test_closing_a_document_ends_its_completion_alone() -> None:
    """A completion means nothing without its document; an explanation goes on."""
    session, quiet = quiet_session()

    async def forever(_run: Run) -> None:
        await asyncio.Event().wait()

    runs = {
        command: quiet.runs.start(command, run_id=command, uri=URI, work=forever)
        for command in ("explain", "complete")
    }
    sync.did_open(session, {"textDocument": opened(URI, "")})
    sync.did_close(session, {"textDocument": {"uri": URI}})
    assert [run.cancelled for run in runs.values()] == [False, True]
    await quiet.runs.end_all(1)
    for run in runs.values():
        with contextlib.suppress(asyncio.CancelledError):
            await run.task


def test_folders_follow_the_client() -> None:
    """Added and removed folders count from then on."""
    session, quiet = quiet_session("file:///one", "file:///two")
    event = types.WorkspaceFoldersChangeEvent(
        added=[types.WorkspaceFolder("file:///three", "three")],
        removed=[types.WorkspaceFolder("file:///one", "one")],
    )
    folders_sync.did_change_workspace_folders(session, types.DidChangeWorkspaceFoldersParams(event))
    assert quiet.folders.uris == ["file:///two", "file:///three"]


async def test_the_capabilities_of_sync() -> None:
    """Incremental sync, saves, every notebook, changes of folders and files are announced."""
    files = {"dynamicRegistration": True, "didCreate": True, "didRename": True, "didDelete": True}
    capabilities = {
        "notebookDocument": {"synchronization": {}},
        "workspace": {"workspaceFolders": True, "fileOperations": files},
    }
    async with in_process() as client:
        announced = (await client.initialize(capabilities=capabilities))["capabilities"]
        await client.leave()
    every = {"filters": [{"pattern": {"glob": "**"}, "scheme": "file"}]}
    assert announced["textDocumentSync"] == {"openClose": True, "change": 2, "save": {"includeText": False}}
    assert announced["notebookDocumentSync"] == {"notebookSelector": [{"notebook": "*"}], "save": True}
    assert announced["workspace"] == {
        "workspaceFolders": {"supported": True, "changeNotifications": True},
        "fileOperations": {"didCreate": every, "didRename": every, "didDelete": every},
    }


async def test_the_wire_reaches_the_documents() -> None:
    """Through a real server: garbage about documents leaves it answering, and is said in the log."""
    async with in_process(capabilities={}) as client:
        client.open(URI, "text")
        client.change(URI, 2, {"range": "nowhere", "text": "SECRET"})
        client.notify("notebookDocument/didChange", {"notebookDocument": 3})
        client.notify("workspace/didRenameFiles", {"files": [{"oldUri": URI, "newUri": "file:///w/b.py"}]})
        client.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
        await client.quiet()
        logged = [params["message"] for params in client.received("window/logMessage")]
        await client.leave()
    assert sum("could not be read" in line for line in logged) == 2
    assert not any("SECRET" in line for line in logged)
