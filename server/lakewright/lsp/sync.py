"""Documents opened, changed, saved and closed. Read by hand: a change that can't be read isn't passed over,
for every later one would then be made at the wrong place.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lsprotocol import types

from lakewright.lsp import completion_registration, settings_changes
from lakewright.lsp.arguments import (
    WrongFieldError,
    a_name,
    a_range,
    a_text,
    an_integer,
    an_object,
    optional,
    required,
)
from lakewright.lsp.cancelling import document_closed
from lakewright.lsp.documents import Change, Document
from lakewright.lsp.session import Session


def initialized(session: Session, _params: types.InitializedParams) -> None:
    """The client is ready."""
    settings_changes.begin(session)
    completion_registration.begin(session)


def did_open(session: Session, params: Any) -> None:
    """A document's text is the client's from now on."""
    try:
        open_document(session, read_field(params, "textDocument", an_object))
    except WrongFieldError as error:
        warn(session, "A document that was opened", error)


def did_change(session: Session, params: Any) -> None:
    """Changes of one document, in order; those of an unknown one mean nothing."""
    document = None
    try:
        identifier = read_field(params, "textDocument", an_object)
        document = session.documents.find(required(identifier, "uri", a_name))
        if document is not None:
            change_document(document, identifier, read_field(params, "contentChanges", a_list))
            session.completions.document_changed(session, document)
    except WrongFieldError as error:
        warn(session, "A change of a document", error)
        if document is not None:
            document.is_lost = True


def did_save(_session: Session, _params: Any) -> None:
    """What is on disk is what the client has; nothing of it is kept here."""


def did_close(session: Session, params: Any) -> None:
    """What is on disk counts again."""
    try:
        uri = required(read_field(params, "textDocument", an_object), "uri", a_name)
    except WrongFieldError as error:
        warn(session, "A document that was closed", error)
    else:
        close_document(session, uri)


def open_document(session: Session, item: Mapping[str, Any], *, notebook: str | None = None) -> Document:
    """LSP's TextDocumentItem. Raises WrongFieldError."""
    return session.documents.open(
        required(item, "uri", a_name),
        optional(item, "languageId", a_text) or "",
        optional(item, "version", an_integer) or 0,
        required(item, "text", a_text),
        notebook=notebook,
    )


def change_document(document: Document, identifier: Mapping[str, Any], changes: Sequence[Any]) -> None:
    """LSP's TextDocumentContentChangeEvents: all are made, or none. Raises WrongFieldError."""
    version = optional(identifier, "version", an_integer)
    read = [_change(an_object("contentChanges", change)) for change in changes]
    document.change(read, document.version + 1 if version is None else version)


def close_document(session: Session, uri: str) -> None:
    session.documents.close(uri)
    document_closed(session, uri)


def read_field(params: Any, name: str, read: Any) -> Any:
    """A field of a notification's parameters. Raises WrongFieldError."""
    return required(an_object("params", params), name, read)


def a_list(field: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise WrongFieldError(field, "it is no array")
    return value


def warn(session: Session, what: str, error: WrongFieldError) -> None:
    """A line in the client's log; the error names a field, never what it holds."""
    session.client.log(types.MessageType.Warning, f"{what} could not be read: {error}")


def _change(change: Mapping[str, Any]) -> Change:
    return optional(change, "range", a_range), required(change, "text", a_text)
