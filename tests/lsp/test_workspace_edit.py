"""WorkspaceEdit as each client takes it: what it hasn't declared isn't sent."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from lakewright.lsp.text import Position, Span
from lakewright.lsp.text_edits import TextEdit
from lakewright.lsp.workspace_edit import (
    DocumentEdit,
    FileEdit,
    Support,
    apply_params,
    label_of,
    support_of,
    workspace_edit,
)
from support_lsp_editor import EDITORS

Json = dict[str, Any]
ALL = Support(versions=True, annotations=True, creates=True, deletes=True, metadata=True)
EDIT = TextEdit(Span(Position(1, 4), Position(1, 7)), "x")
RANGE = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 7}}
TOP = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
OPEN = FileEdit("a.py", [DocumentEdit("file:///a.py", 7, [EDIT])], is_target=True)
CLOSED = FileEdit("lib/b.py", [DocumentEdit("file:///lib/b.py", None, [EDIT])])
NEW_TEXT = TextEdit(Span(Position(0, 0), Position(0, 0)), "x\ny\n")
NEW = FileEdit("new.py", [DocumentEdit("file:///new.py", None, [NEW_TEXT])], is_new=True)
GONE = FileEdit("old.py", [DocumentEdit("file:///old.py", 3, [])], is_gone=True)


def support(declares: Mapping[str, Any]) -> Support:
    """What follows from LSP's WorkspaceEditClientCapabilities."""
    return support_of(lambda path: declares.get(path.removeprefix("workspace.workspaceEdit.")))


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "VS Code": Support(versions=True, annotations=True, creates=True, deletes=True, metadata=True),
        "Neovim 0.11": Support(versions=True, annotations=False, creates=True, deletes=True, metadata=False),
        "Neovim 0.12": Support(versions=True, annotations=True, creates=True, deletes=True, metadata=False),
        "Helix": Support(versions=True, annotations=False, creates=True, deletes=True, metadata=False),
        "Emacs": Support(versions=True, annotations=False, creates=False, deletes=False, metadata=False),
        "plain": Support(versions=False, annotations=False, creates=False, deletes=False, metadata=False),
    }.items(),
)
def test_what_a_client_can(name: str, expected: Support) -> None:
    """What editors declare is read as they mean it: Neovim has document changes without saying so."""
    assert support(EDITORS[name].declares or {}) == expected


def test_annotations_alone_mean_document_changes() -> None:
    """A client that has annotations and nothing else has document changes: they exist only there."""
    assert support({"changeAnnotationSupport": {}}).versions


def test_everything() -> None:
    """A client with all of it gets versions, null for closed files, and an annotation a file."""
    edit = workspace_edit([OPEN, CLOSED, NEW, GONE], ALL, "otherFiles")
    assert edit["documentChanges"] == [
        {
            "textDocument": {"uri": "file:///a.py", "version": 7},
            "edits": [{"range": RANGE, "newText": "x", "annotationId": "lakewright-1"}],
        },
        {
            "textDocument": {"uri": "file:///lib/b.py", "version": None},
            "edits": [{"range": RANGE, "newText": "x", "annotationId": "lakewright-2"}],
        },
        {"kind": "create", "uri": "file:///new.py", "annotationId": "lakewright-3"},
        {
            "textDocument": {"uri": "file:///new.py", "version": None},
            "edits": [{"range": TOP, "newText": "x\ny\n", "annotationId": "lakewright-3"}],
        },
        {"kind": "delete", "uri": "file:///old.py", "annotationId": "lakewright-4"},
    ]
    assert edit["changeAnnotations"]["lakewright-2"] == {
        "label": "lib/b.py",
        "description": "1 change",
        "needsConfirmation": True,
    }
    assert edit["changeAnnotations"]["lakewright-3"]["description"] == "new file, 2 lines"


@pytest.mark.parametrize(
    ("preview", "expected"),
    {"otherFiles": [False, True, True], "always": [True, True, True]}.items(),
)
def test_who_is_asked(preview: str, expected: list[bool]) -> None:
    """The setting says which files need the user's word: by default all but the document itself."""
    notes = workspace_edit([OPEN, CLOSED, NEW], ALL, preview)["changeAnnotations"]
    assert [note["needsConfirmation"] for note in notes.values()] == expected


@pytest.mark.parametrize(
    ("files", "preview"), [((OPEN, CLOSED, NEW), "never"), ((OPEN,), "otherFiles")], ids=["never", "target"]
)
def test_who_is_not_asked_reads_nothing(files: Sequence[FileEdit], preview: str) -> None:
    """An edit that nobody is asked about has no annotations, which some editors list and wait for a key."""
    edit = workspace_edit(files, ALL, preview)
    assert set(edit) == {"documentChanges"}
    assert "annotationId" not in str(edit)


def test_without_annotations() -> None:
    """A client without annotations gets the same edits without them, whatever the setting."""
    edit = workspace_edit([OPEN], support(EDITORS["Helix"].declares or {}), "always")
    document = {"uri": "file:///a.py", "version": 7}
    change = {"textDocument": document, "edits": [{"range": RANGE, "newText": "x"}]}
    assert edit == {"documentChanges": [change]}


def test_plain_changes() -> None:
    """A client without document changes gets edits by URI; text for a new file, too."""
    edit = workspace_edit([OPEN, NEW], support({}), "always")
    assert edit == {
        "changes": {
            "file:///a.py": [{"range": RANGE, "newText": "x"}],
            "file:///new.py": [{"range": TOP, "newText": "x\ny\n"}],
        }
    }


def test_cells_are_one_file() -> None:
    """The cells of a notebook are documents of one file: one annotation for all."""
    cells = FileEdit("n.ipynb", [DocumentEdit(f"cell:{at}", at, [EDIT]) for at in (1, 2)])
    edit = workspace_edit([cells], ALL, "always")
    assert [change["textDocument"]["version"] for change in edit["documentChanges"]] == [1, 2]
    assert list(edit["changeAnnotations"]) == ["lakewright-1"]
    assert edit["changeAnnotations"]["lakewright-1"]["description"] == "2 changes"


def test_words_are_one_line() -> None:
    """Neither an instruction nor a path breaks a line of the editor, or hides in it."""
    assert label_of("Rename\n\x1b[31mnet\u202e " + "x" * 100).isprintable()
    odd = FileEdit("a\nb.py", CLOSED.documents)
    note = workspace_edit([odd], ALL, "always")["changeAnnotations"]["lakewright-1"]
    assert note["label"].isprintable()


def test_a_refactoring_says_so() -> None:
    """Metadata goes only to clients that take it."""
    assert apply_params({}, "L", is_refactoring=True) == {
        "label": "L",
        "edit": {},
        "metadata": {"isRefactoring": True},
    }
    assert apply_params({}, "L", is_refactoring=False) == {"label": "L", "edit": {}}
