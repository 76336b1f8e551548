"""`WorkspaceEdit` as a client takes it: with versions, annotations and new files where it has them, plain
where it hasn't. Pure: what a client can do comes from what it declared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakewright.lsp.progress_words import one_line, shortened
from lakewright.lsp.text_edits import Json, TextEdit, json_of
from lakewright.workspace.paths import shown

_CAPABILITY = "workspace.workspaceEdit"
_MOST_SAID = 60
"""Characters of an instruction in the name of an edit."""


@dataclass(frozen=True, slots=True)
class Support:
    """What a client does with edits: LSP's WorkspaceEditClientCapabilities."""

    versions: bool
    annotations: bool
    creates: bool
    deletes: bool
    metadata: bool


@dataclass(frozen=True, slots=True)
class DocumentEdit:
    """What changes in one document; `version` is that of the text the edits were made for, None for a
    document that isn't open. `as_json` are the edits as JSON, where that was made already.
    """

    uri: str
    version: int | None
    edits: Sequence[TextEdit]
    as_json: Sequence[Json] | None = None

    def edits_json(self) -> Sequence[Json]:
        """LSP's TextEdits."""
        return json_of(self.edits) if self.as_json is None else self.as_json


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What changes in one file: `path` is for people, `documents` has more than one for a notebook's cells.

    `is_new`: it is to be created, with the text of its one edit. `is_gone`: it is to be deleted.
    """

    path: str
    documents: Sequence[DocumentEdit]
    is_target: bool = False
    is_new: bool = False
    is_gone: bool = False


def support_of(can: Callable[[str], Any]) -> Support:
    """`can` tells a capability by its dotted path (`Client.can`).

    A client that declares resource operations or annotations has `documentChanges`, whether or not it says
    so: both exist only there. (Neovim doesn't say so.)
    """
    operations = can(f"{_CAPABILITY}.resourceOperations") or ()
    annotations = can(f"{_CAPABILITY}.changeAnnotationSupport") is not None
    return Support(
        versions=bool(can(f"{_CAPABILITY}.documentChanges") or operations or annotations),
        annotations=annotations,
        creates="create" in operations,
        deletes="delete" in operations,
        metadata=bool(can(f"{_CAPABILITY}.metadataSupport")),
    )


def workspace_edit(files: Sequence[FileEdit], support: Support, preview: str = "never") -> Json:
    """The edit. `preview` says which files need the user's word, where the client can ask: `always` all,
    `otherFiles` all but the target, `never` none.

    Where nothing needs it there are no annotations: Neovim 0.12 lists annotated edits once they are applied,
    and waits for a key (seen in 0.12.4, November 2026).
    """
    if not support.versions:
        return {"changes": _changes(files)}
    asks = support.annotations and any(needs_word(file, preview) for file in files)
    notes = {f"lakewright-{number}": file for number, file in enumerate(files, 1)} if asks else {}
    names = {file.path: name for name, file in notes.items()}
    changes = [change for file in files for change in _document_changes(file, support, names.get(file.path))]
    edit: Json = {"documentChanges": changes}
    if notes:
        edit["changeAnnotations"] = {
            name: {
                "label": shown(file.path),
                "description": _size(file),
                "needsConfirmation": needs_word(file, preview),
            }
            for name, file in notes.items()
        }
    return edit


def apply_params(edit: Json, label: str, *, is_refactoring: bool) -> Json:
    """LSP's ApplyWorkspaceEditParams. An editor may save what a refactoring has changed."""
    params: Json = {"label": label, "edit": edit}
    if is_refactoring:
        params["metadata"] = {"isRefactoring": True}
    return params


def label_of(instruction: str) -> str:
    """The name of an edit in the editor's list of undo steps: one line, whatever was typed."""
    return f"Lakewright: {shortened(one_line(instruction), _MOST_SAID)}"


def needs_word(file: FileEdit, preview: str) -> bool:
    """Whether the user is asked before this file changes."""
    return preview == "always" or (preview == "otherFiles" and not file.is_target)


def _changes(files: Sequence[FileEdit]) -> Mapping[str, list[Json]]:
    return {document.uri: list(document.edits_json()) for file in files for document in file.documents}


def _document_changes(file: FileEdit, support: Support, note: str | None) -> Iterator[Json]:
    beside = {"annotationId": note} if note else {}
    if file.is_gone:
        for document in file.documents:
            yield {"kind": "delete", "uri": document.uri, **beside}
        return
    for document in file.documents:
        if file.is_new and support.creates:
            yield {"kind": "create", "uri": document.uri, **beside}
        yield {
            "textDocument": {"uri": document.uri, "version": document.version},
            "edits": [{**edit, **beside} for edit in document.edits_json()],
        }


def _size(file: FileEdit) -> str:
    """What changes, in words."""
    if file.is_gone:
        return "the file is deleted"
    edits = [edit for document in file.documents for edit in document.edits]
    if file.is_new:
        lines = sum(len(edit.text.splitlines()) for edit in edits)
        return f"new file, {_counted(lines, 'line')}"
    return f"{_counted(len(edits), 'change')}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
