"""Open notebooks: their cells as documents, the file made of them, and where a cell stands in its text."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.lsp import notebooks_sync, run_check
from lakewright.lsp.arguments import WrongFieldError
from lakewright.lsp.jobs import take_down
from lakewright.lsp.notebooks import CODE, Cell, Content, Notebook, as_ipynb, place_of_cell
from lakewright.lsp.run_params import RunParams
from lakewright.lsp.session import Session
from lakewright.tasks.registry import TASKS
from lakewright.workspace.notebooks import read_ipynb
from support_lsp_documents import opened, quiet_session, rng
from support_workspace import write_tree

PROSE = 1
URI = "file:///w/x.ipynb"


def cell(name: str, kind: int = CODE) -> dict[str, Any]:
    """LSP's NotebookCell."""
    return {"kind": kind, "document": f"cell:{name}"}


def open_notebook(session: Session, texts: Mapping[str, str], *, uri: str = URI, prose: str = "") -> None:
    """A notebook whose cells are named; those in `prose` aren't code."""
    cells = [cell(name, PROSE if name in prose else CODE) for name in texts]
    notebook = {"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}
    items = [
        opened(f"cell:{name}", text, language="markdown" if name in prose else "python")
        for name, text in texts.items()
    ]
    notebooks_sync.did_open(session, {"notebookDocument": notebook, "cellTextDocuments": items})


def change(session: Session, *, uri: str = URI, version: int = 2, **cells: Any) -> None:
    params = {"notebookDocument": {"uri": uri, "version": version}, "change": {"cells": cells}}
    notebooks_sync.did_change(session, params)


def text_of(session: Session, uri: str = URI) -> str:
    """What tools see of the notebook."""
    notebook = session.documents.notebook(uri)
    assert notebook is not None
    return read_ipynb(as_ipynb(notebook, session.documents.contents(notebook)), "x.ipynb").text


def test_cells_are_documents() -> None:
    """Each cell is a document with its notebook's URI, and the notebook's text is made of them."""
    session, quiet = quiet_session()
    open_notebook(session, {"a": "import os", "b": "# Title\ntext", "c": "print(1)\n\n"}, prose="b")
    assert {document.uri: document.notebook for document in quiet.documents} == {
        "cell:a": URI, "cell:b": URI, "cell:c": URI,
    }  # fmt: skip
    assert text_of(session).split("\n") == [
        "# %% [code] cell 1", "import os", "",
        "# %% [markdown] cell 2", "# # Title", "# text", "",
        "# %% [code] cell 3", "print(1)", "",
    ]  # fmt: skip


def test_a_cell_changes() -> None:
    """A change in a cell is one of its document, and of the notebook's text."""
    session, quiet = quiet_session()
    open_notebook(session, {"a": "x = 1", "b": "y = 2"})
    edit = {"range": rng((0, 4), (0, 5)), "text": "3"}
    change(session, textContent=[{"document": {"uri": "cell:b", "version": 5}, "changes": [edit]}])
    document = quiet.documents.find("cell:b")
    assert document is not None
    assert (document.text, document.version) == ("y = 3", 5)
    assert "y = 3" in text_of(session)


def test_cells_come_and_go() -> None:
    """Added cells are documents from then on, removed ones no longer, and their order is the client's."""
    session, quiet = quiet_session()
    open_notebook(session, {"a": "1", "b": "2", "c": "3"})
    change(
        session,
        structure={
            "array": {"start": 1, "deleteCount": 1, "cells": [cell("d"), cell("e", PROSE)]},
            "didOpen": [opened("cell:d", "4"), opened("cell:e", "5", language="markdown")],
            "didClose": [{"uri": "cell:b"}],
        },
    )
    assert [document.uri for document in quiet.documents] == ["cell:a", "cell:c", "cell:d", "cell:e"]
    assert [row for row in text_of(session).split("\n") if row and "%%" not in row] == ["1", "4", "# 5", "3"]


def test_a_moved_cell_keeps_its_document() -> None:
    """A cell that is taken out and put in elsewhere in one notification, or in two, stays as it is."""
    session, quiet = quiet_session()
    open_notebook(session, {"a": "1", "b": "2"})
    change(session, structure={"array": {"start": 0, "deleteCount": 1}})
    change(session, structure={"array": {"start": 1, "deleteCount": 0, "cells": [cell("a")]}}, version=3)
    assert [row for row in text_of(session).split("\n") if row and "%%" not in row] == ["2", "1"]
    notebook = quiet.documents.notebook(URI)
    assert notebook is not None
    assert notebook.version == 3


def test_a_cell_becomes_prose() -> None:
    """A cell whose kind changes is shown as what it is now."""
    session, _ = quiet_session()
    open_notebook(session, {"a": "words"})
    change(session, data=[cell("a", PROSE)])
    assert "# %% [markdown] cell 1\n# words\n" in text_of(session)


def test_closing_closes_all_cells() -> None:
    """Also those that the client doesn't name; another notebook stays open."""
    session, quiet = quiet_session()
    open_notebook(session, {"a": "1"})
    open_notebook(session, {"z": "9"}, uri="file:///w/y.ipynb")
    notebooks_sync.did_save(session, {"notebookDocument": {"uri": URI}})
    notebooks_sync.did_close(session, {"notebookDocument": {"uri": URI}, "cellTextDocuments": []})
    assert [document.uri for document in quiet.documents] == ["cell:z"]
    assert [notebook.uri for notebook in quiet.documents.notebooks] == ["file:///w/y.ipynb"]
    notebooks_sync.did_close(session, {"notebookDocument": {"uri": URI}})
    assert quiet.client.lines == []


@pytest.mark.parametrize(
    "cells",
    [
        {"structure": {"array": {"start": "0", "deleteCount": 1}}},
        {"structure": {"array": {"start": 0, "deleteCount": 0, "cells": [{"kind": 2}]}}},
        {"structure": 3},
        {"textContent": [{"document": {"uri": "cell:a"}, "changes": [{"text": None}]}]},
        {"data": "no"},
    ],
)
def test_a_change_that_can_not_be_read_loses_the_notebook(cells: Any) -> None:
    """What isn't understood of a notebook makes all its cells unsure, until it is opened again."""
    session, quiet = quiet_session()
    open_notebook(session, {"a": "1", "b": "2"})
    change(session, **cells)
    assert [document.is_lost for document in quiet.documents] == [True, True]
    assert len(quiet.client.lines) == 1
    open_notebook(session, {"a": "1"})
    document = quiet.documents.find("cell:a")
    assert document is not None
    assert not document.is_lost


@pytest.mark.parametrize(
    "params", [None, {}, {"notebookDocument": {}}, {"notebookDocument": {"uri": URI, "cells": 3}}]
)
def test_garbage_is_one_line_in_the_log(params: Any) -> None:
    """Whatever the parameters are, nothing fails."""
    session, quiet = quiet_session()
    for handle in (notebooks_sync.did_open, notebooks_sync.did_change, notebooks_sync.did_close):
        handle(session, params)
    assert len(quiet.documents.notebooks) == 0


sources = st.lists(
    st.sampled_from(["", "x = 1", "\n", "\n\n", "# %% [code] cell 9", "  ", "é😀", "a\nb"]), max_size=4
)
contents = st.lists(
    st.builds(
        Content,
        st.sampled_from([CODE, PROSE]),
        st.sampled_from(["python", "sql", "raw", ""]),
        sources.map("".join),
    ),
    min_size=1,
    max_size=5,
)


@given(contents, st.data())
def test_every_line_of_a_cell_has_its_line_in_the_notebook(found: list[Content], data: st.DataObject) -> None:
    """A cell's line is the one its place says, behind the prefix of prose; blank ones at the end are one."""
    at = data.draw(st.integers(0, len(found) - 1))
    notebook = Notebook(URI, 1, tuple(Cell(f"cell:{n}", one.kind) for n, one in enumerate(found)), {})
    place = place_of_cell(notebook, found, f"cell:{at}")
    assert place is not None
    shown = read_ipynb(as_ipynb(notebook, found), "x.ipynb").text.split("\n")
    assert shown[place.above - 1].endswith(f"cell {at + 1}")
    own = found[at].text.split("\n")
    for number, line in enumerate(own):
        row = shown[place.line(number) - 1]
        if number < place.count:
            assert row == line if not place.prefix else row[place.prefix :].rstrip() == line.rstrip()
        else:
            assert (row, line.strip()) == ("", "")


def test_a_cell_that_is_gone_has_no_place() -> None:
    """A document whose cell was removed stands nowhere."""
    assert place_of_cell(Notebook(URI, 1, (), {}), [], "cell:a") is None


@pytest.mark.parametrize(
    ("metadata", "cells", "language"),
    [
        ({"language_info": {"name": "scala"}}, [("python", CODE)], "scala"),
        ({"kernelspec": {"language": "R"}}, [("python", CODE)], "r"),
        ({"metadata": {"language_info": {"name": "julia"}}}, [], "julia"),
        ({"custom": {"metadata": {"kernelspec": {"language": "scala"}}}}, [], "scala"),
        ({"language_info": {"name": 3}}, [("markdown", PROSE), ("raw", CODE), ("sql", CODE)], "sql"),
        ({}, [], "python"),
    ],
)
def test_the_language_of_a_notebook(
    metadata: dict[str, Any], cells: list[tuple[str, int]], language: str
) -> None:
    """The kernel's, wherever the client keeps it; else that of the first code."""
    notebook = Notebook(URI, 1, (), metadata)
    text = as_ipynb(notebook, [Content(kind, name, "x") for name, kind in cells])
    assert read_ipynb(text, "x.ipynb").language == language
    assert json.loads(text)["nbformat"] == 4


async def test_a_run_on_a_cell_stands_in_its_notebook(tmp_path: Path) -> None:
    """The document of a run is the notebook as it is open; its file counts again once it is closed."""
    root = write_tree(
        tmp_path / "w", {"x.ipynb": as_ipynb(Notebook("", 1, (), {}), [Content(CODE, "", "disk")])}
    )
    session, quiet = quiet_session(root.as_uri())
    uri = f"{root.as_uri()}/x.ipynb"
    open_notebook(session, {"a": "one", "b": "two\nthree"}, uri=uri)
    place = await quiet.folders.place_of("cell:b")
    taken = quiet.documents.take("cell:b")
    assert taken is not None
    assert taken.cell is not None
    assert (place.path, taken.text, taken.cell.line(1)) == ("x.ipynb", "two\nthree", 6)
    assert place.workspace.read("x.ipynb").text.split("\n")[5] == "three"
    assert place.workspace.over({"x.ipynb": taken.file_text}).read("x.ipynb").text == text_of(session, uri)
    assert quiet.folders.uri_of(place.workspace, "x.ipynb") == uri
    notebooks_sync.did_close(session, {"notebookDocument": {"uri": uri}})
    assert "disk" in place.workspace.read("x.ipynb").text


async def test_an_unsaved_notebook_stands_alone() -> None:
    """A notebook that is no file yet has a name, and its text is that of its cells."""
    session, quiet = quiet_session()
    open_notebook(session, {"a": "one"}, uri="untitled:Untitled-1")
    place = await quiet.folders.place_of("cell:a")
    assert (place.path, place.root) == ("Untitled-1.ipynb", None)
    assert "one" in place.workspace.read("Untitled-1.ipynb").text


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "file:///elsewhere/x.ipynb"])
async def test_a_run_may_name_an_open_notebook_itself(tmp_path: Path, uri: str) -> None:
    """A notebook that lies in no folder is known while it is open, by its own URI as by its cells'."""
    session, quiet = quiet_session()
    session.state = tmp_path
    open_notebook(session, {"a": "one"}, uri=uri)
    job = take_down(session, TASKS[0], RunParams(uri), None)
    await run_check.check(session, job)
    place = await quiet.folders.place_of(uri)
    assert place.path.endswith(".ipynb")
    assert "one" in place.workspace.read(place.path).text
    notebooks_sync.did_close(session, {"notebookDocument": {"uri": uri}})
    with pytest.raises(WrongFieldError):
        await run_check.check(session, job)


async def test_cells_of_another_kind_of_file_stand_by_themselves(tmp_path: Path) -> None:
    """A `.py` that an editor shows as cells is read from the disk; a run on a cell has the cell's text."""
    root = write_tree(tmp_path / "w", {"x.py": "disk", ".gitignore": "", "secret.pem": "k"})
    session, quiet = quiet_session(root.as_uri())
    open_notebook(session, {"a": "one"}, uri=f"{root.as_uri()}/x.py")
    place = await quiet.folders.place_of("cell:a")
    taken = quiet.documents.take("cell:a")
    assert taken is not None
    assert (place.path, taken.file_text, taken.cell) == ("x.py", "one", None)
    assert place.workspace.read("x.py").text == "disk"
    open_notebook(session, {"k": "one"}, uri=f"{root.as_uri()}/secret.pem")
    assert "deny list" in (await quiet.folders.why_excluded("cell:k") or "")


async def test_a_notebook_too_large_or_unsure_is_excluded(tmp_path: Path) -> None:
    """All cells together count; and what is excluded hides no file."""
    root = write_tree(tmp_path / "w", {})
    session, quiet = quiet_session(root.as_uri())
    uri = f"{root.as_uri()}/x.ipynb"
    open_notebook(session, {"a": "x" * 600_000, "b": "y" * 600_000}, uri=uri)
    assert await quiet.folders.why_excluded("cell:a") == "x.ipynb can't be used: it is larger than 1 MB."
    open_notebook(session, {"a": "x"}, uri=uri)
    change(session, uri=uri, structure=3)
    assert "could not be read" in (await quiet.folders.why_excluded("cell:a") or "")
