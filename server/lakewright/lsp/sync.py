"""Documents opened, changed and closed."""

from lsprotocol import types

from lakewright.lsp import settings_changes
from lakewright.lsp.cancelling import document_closed
from lakewright.lsp.session import Session
from lakewright.lsp.text import Position, Span


def initialized(session: Session, _params: types.InitializedParams) -> None:
    """The client is ready."""
    settings_changes.begin(session)


def did_open(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    """A document's text is the client's from now on."""
    document = params.text_document
    session.documents.open(document.uri, str(document.language_id), document.version, document.text)


def did_change(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    """Changes of one document, in order."""
    document = session.documents.find(params.text_document.uri)
    if document is None:
        return
    for change in params.content_changes:
        given = getattr(change, "range", None)
        document.change(span_of(given) if given else None, change.text, params.text_document.version)


def did_close(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    """What is on disk counts again."""
    session.documents.close(params.text_document.uri)
    document_closed(session, params.text_document.uri)


def span_of(given: types.Range) -> Span:
    """LSP's range as ours."""
    start, end = given.start, given.end
    return Span(Position(start.line, start.character), Position(end.line, end.character))
