"""Notebooks opened, changed and closed: which cells there are, and their documents."""

from collections.abc import Mapping, Sequence
from typing import Any

from lakewright.lsp.arguments import WrongFieldError, a_name, an_integer, an_object, optional, required
from lakewright.lsp.documents import Documents
from lakewright.lsp.notebooks import CODE, Cell, Notebook
from lakewright.lsp.session import Session
from lakewright.lsp.sync import (
    a_list,
    change_document,
    close_document,
    open_document,
    read_field,
    warn,
)


def did_open(session: Session, params: Any) -> None:
    """A notebook and its cells are the client's from now on."""
    try:
        given = read_field(params, "notebookDocument", an_object)
        notebook = Notebook(
            required(given, "uri", a_name),
            optional(given, "version", an_integer) or 0,
            tuple(map(_cell, required(given, "cells", a_list))),
            optional(given, "metadata", an_object) or {},
        )
        session.documents.open_notebook(notebook)
        for item in read_field(params, "cellTextDocuments", a_list):
            open_document(session, an_object("cellTextDocuments", item), notebook=notebook.uri)
    except WrongFieldError as error:
        warn(session, "A notebook that was opened", error)


def did_change(session: Session, params: Any) -> None:
    """Its metadata, its cells, or what they hold; of an unknown one it means nothing."""
    notebook = None
    try:
        identifier = read_field(params, "notebookDocument", an_object)
        notebook = session.documents.notebook(required(identifier, "uri", a_name))
        if notebook is not None:
            _change(session, notebook, read_field(params, "change", an_object))
            notebook.version = optional(identifier, "version", an_integer) or notebook.version
    except WrongFieldError as error:
        warn(session, "A change of a notebook", error)
        if notebook is not None:
            _lose(session.documents, notebook)


def did_save(_session: Session, _params: Any) -> None:
    """What is on disk is what the client has; nothing of it is kept here."""


def did_close(session: Session, params: Any) -> None:
    """What is on disk counts again, of all cells; those that the client doesn't name, too."""
    try:
        uri = required(read_field(params, "notebookDocument", an_object), "uri", a_name)
    except WrongFieldError as error:
        warn(session, "A notebook that was closed", error)
        return
    notebook = session.documents.notebook(uri)
    if notebook is None:
        return
    for document in session.documents:
        if document.notebook == notebook.uri:
            close_document(session, document.uri)
    session.documents.close_notebook(uri)


def _change(session: Session, notebook: Notebook, change: Mapping[str, Any]) -> None:
    metadata = optional(change, "metadata", an_object)
    if metadata is not None:
        notebook.metadata = metadata
    cells = optional(change, "cells", an_object) or {}
    structure = optional(cells, "structure", an_object)
    if structure is not None:
        _change_structure(session, notebook, structure)
    for data in optional(cells, "data", a_list) or ():
        changed = _cell(data)
        notebook.cells = tuple(changed if one.uri == changed.uri else one for one in notebook.cells)
    for one in optional(cells, "textContent", a_list) or ():
        content = an_object("textContent", one)
        identifier = required(content, "document", an_object)
        document = session.documents.find(required(identifier, "uri", a_name))
        if document is not None:
            change_document(document, identifier, required(content, "changes", a_list))
            session.completions.document_changed(session, document)


def _change_structure(session: Session, notebook: Notebook, structure: Mapping[str, Any]) -> None:
    """Cells added, removed and moved (LSP's NotebookDocumentCellChangeStructure)."""
    array = required(structure, "array", an_object)
    start = min(max(0, required(array, "start", an_integer)), len(notebook.cells))
    end = start + max(0, required(array, "deleteCount", an_integer))
    new = tuple(map(_cell, optional(array, "cells", a_list) or ()))
    opened: Sequence[Any] = optional(structure, "didOpen", a_list) or ()
    closed: Sequence[Any] = optional(structure, "didClose", a_list) or ()
    notebook.cells = notebook.cells[:start] + new + notebook.cells[end:]
    for identifier in closed:
        close_document(session, required(an_object("didClose", identifier), "uri", a_name))
    for item in opened:
        open_document(session, an_object("didOpen", item), notebook=notebook.uri)
    session.documents.generation += 1


def _lose(documents: Documents, notebook: Notebook) -> None:
    """Nothing of the notebook is sure any more, until it is opened again."""
    for document in documents:
        if document.notebook == notebook.uri:
            document.is_lost = True


def _cell(value: Any) -> Cell:
    """LSP's NotebookCell."""
    cell = an_object("cells", value)
    return Cell(required(cell, "document", a_name), optional(cell, "kind", an_integer) or CODE)
