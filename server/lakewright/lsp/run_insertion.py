"""`complete` in the editor: the text goes in where the cursor stood when it was asked for, or not at all."""

from typing import TYPE_CHECKING

from lsprotocol import types

from lakewright.errors import EditError
from lakewright.lsp.client import ClientError
from lakewright.lsp.documents import Document, Taken
from lakewright.lsp.jobs import Job
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.text import Lines, Position, Span
from lakewright.lsp.text_edits import TextEdit
from lakewright.lsp.workspace_edit import DocumentEdit, FileEdit, apply_params, support_of, workspace_edit

if TYPE_CHECKING:
    from lakewright.tasks.outcome import Outcome


async def insert(session: Session, job: Job, run: Run, outcome: "Outcome") -> None:
    """Hands the run over. Raises EditError where nothing was sent; a failure after it is in the outcome."""
    text = outcome.completion or ""
    if not text:
        if run.hand_over():
            session.client.show(types.MessageType.Info, "Nothing belongs at the cursor.")
        return
    if not session.client.can("workspace.applyEdit"):
        raise EditError(
            "The completion can't be inserted: this editor has no `workspace/applyEdit`.",
            hint='Ask with `deliver: "response"` and insert it.',
        )
    edit = _edit(session, job, text)
    if not run.hand_over():
        return
    support = support_of(session.client.can)
    params = apply_params(workspace_edit([edit], support), support, "Lakewright: complete")
    params.pop("metadata", None)  # it is no refactoring
    try:
        answer = await session.client.request(types.WORKSPACE_APPLY_EDIT, params)
    except ClientError as error:
        outcome.error = EditError(f"The editor could not insert the completion: {error}", hint="Ask again.")
    else:
        outcome.applied = bool(answer.applied)
        if not answer.applied:
            session.client.log(types.MessageType.Info, f"Run {run.id}: the completion was declined.")


def _edit(session: Session, job: Job, text: str) -> FileEdit:
    """The insertion, for the document as it is now."""
    position = job.params.position
    assert position is not None, "a completion has one"
    document = session.documents.find(job.params.uri)
    version = None
    if document is not None and job.taken is not None:
        version = document.version
        position = _carried(position, job.taken, document)
    uri = job.params.uri if document is None else document.uri
    return FileEdit(uri, [DocumentEdit(uri, version, [TextEdit(Span(position, position), text)])])


def _carried(position: Position, taken: Taken, document: Document) -> Position:
    """Where the cursor's place is now. Raises EditError unless its line reads as it did."""
    span = document.carried(Span(position, position), taken.version)
    before = Lines(taken.text, document.lines.encoding)
    if span is None or before.line(position.line) != document.lines.line(span.start.line):
        raise EditError(
            "The line was changed while the completion was being made: it wasn't inserted.",
            hint="Ask again.",
        )
    return span.start
