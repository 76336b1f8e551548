"""Edits where files aren't plain: cells of notebooks, several roots, links, documents without a file."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from lakewright.errors import EditError
from lakewright.lsp import apply_edit_kept, apply_edit_send
from lakewright.lsp.apply_edit import edit_of
from lakewright.lsp.folders import Folders
from lakewright.lsp.notebooks import CODE, Cell, Notebook
from lakewright.workspace.snapshots import State, list_snapshots
from lakewright.workspace.undo import undo
from lakewright.workspace.undo_keeping import keep, locked
from support_lsp_editor import edit, staged
from support_lsp_edits import IN_A, IN_B, NEW_A, NEW_B, A, B, Bench, bench_of
from support_workspace import write_tree

CELLS = ("# Rates", "rate = 1.2\n", "print(rate)")
IN_CELLS = edit("n.ipynb", ("rate = 1.2", "rate = 1.3"), ("print(rate)", "print(1 + rate)"))


async def notebook_bench(tmp_path: Path) -> Bench:
    """VS Code with a notebook open, its cells as documents."""
    bench = await bench_of(tmp_path, "VS Code", {"a.py": A, "n.ipynb": "{}"})
    editor, uri = bench.editor, bench.editor.uri("n.ipynb")
    cells = [Cell(f"vscode-notebook-cell:/n.ipynb#{at}", 1 if at == 0 else CODE) for at in range(len(CELLS))]
    for cell, text in zip(cells, CELLS, strict=True):
        editor.shown[cell.uri] = text
        editor.documents.open(cell.uri, "python", 1, text, notebook=uri)
    editor.documents.open_notebook(Notebook(uri, 1, tuple(cells), {}))
    bench.workspace = await bench.session.folders.workspace_for(uri)
    return bench


def cells_of(bench: Bench) -> list[str]:
    """What the user sees in the cells."""
    return [text for uri, text in bench.editor.shown.items() if uri.startswith("vscode-notebook-cell:")]


async def test_cells_are_edited_as_documents(tmp_path: Path) -> None:
    """A notebook's edits go to the cells that change, each with its version, and the undo takes them back."""
    bench = await notebook_bench(tmp_path)
    outcome = await bench.deliver(await staged(bench.workspace, IN_CELLS, target="n.ipynb"))
    assert (outcome.error, outcome.applied) == (None, True)
    assert cells_of(bench) == [CELLS[0], "rate = 1.3\n", "print(1 + rate)"]
    changes = bench.editor.edits[0]["edit"]["documentChanges"]
    assert [change["textDocument"]["version"] for change in changes] == [1, 1]
    assert (await bench.undo())["state"] == "undone"
    assert cells_of(bench) == list(CELLS)


async def test_an_undo_keeps_what_was_typed_in_other_cells(tmp_path: Path) -> None:
    """What the user has typed in other lines of a notebook since is kept, though all of it is one file."""
    bench = await notebook_bench(tmp_path)
    await bench.deliver(await staged(bench.workspace, IN_CELLS, target="n.ipynb"))
    prose = next(uri for uri in bench.editor.shown if uri.startswith("vscode-notebook-cell:"))
    bench.editor.shown[prose] = "# Mine 😀\n\n# Rates"
    bench.editor.documents.open(
        prose, "python", 2, bench.editor.shown[prose], notebook=bench.editor.uri("n.ipynb")
    )
    assert (await bench.undo())["state"] == "undone"
    assert cells_of(bench) == ["# Mine 😀\n\n# Rates", *CELLS[1:]]


async def test_a_new_cell_is_refused(tmp_path: Path) -> None:
    """An edit can't give a notebook that is open another cell: that is refused, with what to do."""
    bench = await notebook_bench(tmp_path)
    change = edit("n.ipynb", ("print(rate)", "print(rate)\n\n# %% [code] cell 9\nprint(2)"))
    outcome = await bench.deliver(await staged(bench.workspace, change, target="n.ipynb"))
    assert outcome.error is not None
    assert "would get other cells" in outcome.error.message
    assert cells_of(bench) == list(CELLS)


async def test_several_roots_are_one_refactor(tmp_path: Path) -> None:
    """Files of two folders change in one edit, and go back together by one id; a shell undoes its own."""
    bench = await bench_of(tmp_path, "Helix")
    other = write_tree(tmp_path / "other", {"c.py": B})
    folders = Folders(bench.editor.documents, [bench.root.as_uri(), other.as_uri()])
    bench.session.folders = folders
    bench.workspace = await folders.workspace_for(bench.editor.uri("a.py"))
    in_c = edit("other/c.py", ("RATE = 1.2\n", "RATE = 1.3\n"))
    name = await bench.refactor(IN_A, in_c)
    parts = [list_snapshots(bench.session.state, root) for root in (bench.root, other)]
    assert [[one.id for one in part] for part in parts] == [[name], [name]]
    assert (await bench.undo())["state"] == "undone"
    assert bench.texts("a.py", "../other/c.py") == [A, B]


async def test_a_document_opened_by_a_link(tmp_path: Path) -> None:
    """The edit names a document as the client does, however it got there."""
    bench = await bench_of(tmp_path, "Helix")
    (bench.root / "link.py").symlink_to("lib/b.py")
    bench.editor.open("link.py")
    outcome = await bench.deliver(await bench.run(IN_B))
    assert (outcome.error, outcome.applied) == (None, True)
    assert bench.texts("link.py") == [NEW_B]
    assert bench.editor.edits[0]["edit"]["documentChanges"][0]["textDocument"] == {
        "uri": bench.editor.uri("link.py"),
        "version": 1,
    }
    assert (await bench.undo())["state"] == "undone"
    assert bench.texts("link.py") == [B]


async def test_a_document_that_is_no_file(tmp_path: Path) -> None:
    """An untitled document is edited like any other; there is no file to keep, and no snapshot."""
    bench = await bench_of(tmp_path, "VS Code")
    uri = "untitled:Untitled-1"
    bench.editor.shown[uri] = "x = 1\n"
    bench.editor.documents.open(uri, "python", 1, "x = 1\n")
    place = await bench.session.folders.place_of(uri)
    bench.workspace = place.workspace
    outcome = await staged(place.workspace, edit(place.path, ("x = 1", "x = 2")), target=place.path)
    await bench.deliver(outcome)
    assert (outcome.error, outcome.applied, outcome.snapshot) == (None, True, None)
    assert bench.editor.shown[uri] == "x = 2\n"


async def test_a_file_outside_all_folders(tmp_path: Path) -> None:
    """A file outside every folder is edited and undone as long as it is open."""
    bench = await bench_of(tmp_path, "Helix")
    write_tree(tmp_path / "loose", {"d.py": B})
    bench.editor.open("../loose/d.py")
    place = await bench.session.folders.place_of(bench.editor.uri("../loose/d.py"))
    bench.workspace = place.workspace
    outcome = await staged(place.workspace, edit(place.path, ("1.2", "1.3")), target=place.path)
    await bench.deliver(outcome)
    assert bench.texts("../loose/d.py") == [NEW_B]
    assert (await bench.undo())["state"] == "undone"
    assert bench.texts("../loose/d.py") == [B]


async def test_an_edit_for_the_answer(tmp_path: Path) -> None:
    """For a client that applies it itself the edit fits the documents of now; nothing is sent or kept."""
    bench = await bench_of(tmp_path, "VS Code")
    outcome = await bench.run(IN_A, IN_B)
    bench.editor.type("a.py", 0, 0, "# mine\n")
    found = await edit_of(bench.session, outcome, workspace=bench.workspace, preview="never")
    assert found is not None
    first, second = found["documentChanges"]
    assert (first["textDocument"]["version"], second["textDocument"]["version"]) == (2, None)
    assert first["edits"][0]["range"]["start"]["line"] == 4
    assert (bench.editor.edits, bench.snapshots) == ([], [])
    bench.editor.replace("a.py", "sum(rows)", "fsum(rows)")
    with pytest.raises(EditError, match=r"a\.py has changed"):
        await edit_of(bench.session, outcome, workspace=bench.workspace, preview="never")


async def test_cancelled_while_the_bytes_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is cancelled while its snapshot waits for another writer ends at once, and keeps none."""
    bench = await bench_of(tmp_path, "Helix")
    outcome = await bench.run(IN_A)
    keeping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told(*args: Any, **options: Any) -> str:
        loop.call_soon_threadsafe(keeping.set)
        return keep(*args, **options)

    monkeypatch.setattr(apply_edit_kept, "keep", told)
    with locked(bench.session.state, [bench.root], lambda: False):
        task = asyncio.create_task(bench.deliver(outcome))
        await keeping.wait()
        task.cancel()
        await asyncio.wait((task,))
        assert task.cancelled()
    await asyncio.gather(*bench.session.background._tasks)
    assert (bench.editor.edits, bench.snapshots) == ([], [])


async def test_a_preview_that_stays_open(tmp_path: Path) -> None:
    """While the user looks at a preview the run waits; when the server ends meanwhile, the bytes stay kept,
    and an edit that was accepted after that can be undone.
    """
    bench = await bench_of(tmp_path, "VS Code")
    asked = asyncio.Event()

    async def never(_method: str, _params: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    bench.session.client.request = never  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(bench.deliver(await bench.run(IN_A)))
    await asked.wait()
    task.cancel()
    await asyncio.wait((task,))
    assert bench.snapshots == [State.PENDING]
    assert undo(bench.root, state=bench.session.state, say=print).state == "nothing"
    (bench.root / "a.py").write_text(NEW_A)
    assert undo(bench.root, state=bench.session.state, say=print).state == "undone"
    assert (bench.root / "a.py").read_text() == A


async def test_thousands_of_edits_wait_for_no_one_on_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than are carried along while the user types are located again, and all of them come."""
    text = "".join(f"net = {number}\n" for number in range(apply_edit_send.MOST_CARRIED + 1))
    bench = await bench_of(tmp_path, "VS Code", {"a.py": text})
    outcome = await staged(bench.workspace, edit("a.py", (text, text.replace("net", "sum"))))
    monkeypatch.setattr(apply_edit_send, "_carried", lambda *_args: pytest.fail("carried on the event loop"))
    keep_ = keep

    def type_meanwhile(*args: Any, **kwargs: Any) -> str:
        monkeypatch.setattr(apply_edit_kept, "keep", keep_)
        bench.editor.type("a.py", 0, 0, "\n")
        return keep_(*args, **kwargs)

    monkeypatch.setattr(apply_edit_kept, "keep", type_meanwhile)
    assert (await bench.deliver(outcome)).error is None
    assert bench.editor.text("a.py") == "\n" + text.replace("net", "sum")
    (change,) = bench.editor.edits[0]["edit"]["documentChanges"]
    assert change["textDocument"]["version"] == 2
    assert len(change["edits"]) == apply_edit_send.MOST_CARRIED + 1
