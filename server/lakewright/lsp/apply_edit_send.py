"""One `workspace/applyEdit`: the edits brought to the present versions of their documents, sent, answered,
and what became of them. There is no time limit on the answer: a preview may stay open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lsprotocol import types

from lakewright.lsp.apply_edit_plan import Part
from lakewright.lsp.apply_edit_seen import PATIENCE, Pause, Seen, look
from lakewright.lsp.client import ClientError
from lakewright.lsp.documents import Document, Documents
from lakewright.lsp.session import Session
from lakewright.lsp.text import Lines, Position, Span, units
from lakewright.lsp.text_edits import TextEdit
from lakewright.lsp.workspace_edit import (
    DocumentEdit,
    FileEdit,
    apply_params,
    support_of,
    workspace_edit,
)

MOST_CARRIED = 200
"""Edits that are brought to the newest versions of their documents on the event loop, at some 30 microseconds
each; where there are more they are located again, beside it.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A file that the editor is asked to change. `parts` fit their documents as they are now."""

    path: str
    parts: tuple[Part, ...]
    is_target: bool = False
    is_new: bool = False
    is_gone: bool = False

    def as_edit(self) -> FileEdit:
        """For the WorkspaceEdit."""
        documents = [
            DocumentEdit(part.uri, part.version if part.is_open else None, part.edits, part.as_json)
            for part in self.parts
        ]
        return FileEdit(self.path, documents, self.is_target, self.is_new, self.is_gone)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client said, and what is seen of each file, in their order. `error` is its own sentence."""

    applied: bool
    error: str | None
    seen: tuple[Seen, ...]
    moved: tuple[bool, ...]
    """Which files have other versions now than those they were asked for."""


async def ask(
    session: Session,
    files: Sequence[Asked],
    *,
    label: str,
    preview: str,
    pause: Pause,
    patience: float = PATIENCE,
    is_refactoring: bool = True,
) -> Answer:
    """Send the edit, which happens before anything else does, and wait for what comes of it: for the answer
    without limit, then `patience` seconds for the text.
    """
    support = support_of(session.client.can)
    edit = workspace_edit([file.as_edit() for file in files], support, preview)
    applied, error = False, None
    try:
        answer = await session.client.request(
            types.WORKSPACE_APPLY_EDIT,
            apply_params(edit, label, is_refactoring=is_refactoring and support.metadata),
        )
        applied = answer.applied
    except ClientError as failure:
        error = str(failure)
    changes = [
        (part.uri, part.before, None if file.is_gone else part.after) for file in files for part in file.parts
    ]
    seen = iter(await look(session.documents, changes, patience=patience if applied else 0.0, pause=pause))
    return Answer(
        applied,
        error,
        tuple(_joined([next(seen) for _ in file.parts]) for file in files),
        tuple(any(_has_moved(session.documents, part) for part in file.parts) for file in files),
    )


def brought_up(documents: Documents, files: Sequence[Asked]) -> list[Asked] | None:
    """The files with edits, versions and texts of their documents as they are now; None where one of them
    has changed in a line that an edit is for, and where too many edits have moved.
    """
    parts = [part for file in files for part in file.parts if part.version is not None]
    if sum(len(part.edits) for part in parts if _has_moved(documents, part)) > MOST_CARRIED:
        return None
    found = [_brought_up(documents, file) for file in files]
    return [file for file in found if file is not None] if None not in found else None


def _brought_up(documents: Documents, file: Asked) -> Asked | None:
    parts = []
    for part in file.parts:
        document = documents.find(part.uri)
        if document is None and part.is_open:
            return None  # it was closed: what is on disk counts
        now = part if document is None else _present(document, part)
        if now is None:
            return None
        parts.append(now)
    return replace(file, parts=tuple(parts))


def _present(document: Document, part: Part) -> Part | None:
    text = document.text
    if document.is_lost or part.before is None:
        return None
    if text == part.before:
        return replace(part, is_open=True, version=document.version)
    if part.version is None:
        return None
    lines, edits = Lines(part.before, document.lines.encoding), []
    for edit in part.edits:
        moved = _carried(document, edit, lines, part.version)
        if moved is None:
            return None
        edits.append(moved)
    after = text_after(text, edits, document.lines)
    return replace(
        part,
        before=text,
        after=after,
        edits=tuple(edits),
        is_open=True,
        version=document.version,
        as_json=None,
    )


def _carried(document: Document, edit: TextEdit, lines: Lines, version: int) -> TextEdit | None:
    """The edit where its lines are now; None unless they are there, whole and unchanged."""
    start, end = edit.span.start, edit.span.end
    moved = document.carried(Span(Position(start.line, 0), _end_of(lines, end.line)), version)
    if moved is None or moved.start.character or moved.end != _end_of(document.lines, moved.end.line):
        return None
    by = moved.start.line - start.line
    span = Span(Position(start.line + by, start.character), Position(end.line + by, end.character))
    return TextEdit(span, edit.text)


def _end_of(lines: Lines, number: int) -> Position:
    return Position(number, units(lines.line(number), lines.encoding))


def text_after(text: str, edits: Sequence[TextEdit], lines: Lines) -> str:
    """A text after its edits, which are in order; `lines` are its own."""
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : lines.offset(edit.span.start)], edit.text]
        done = lines.offset(edit.span.end)
    return "".join([*pieces, text[done:]])


def _has_moved(documents: Documents, part: Part) -> bool:
    document = documents.find(part.uri)
    return part.is_open and (document is None or document.version != part.version)


def _joined(parts: Sequence[Seen]) -> Seen:
    """Of a file in parts: some of the change is the change."""
    if Seen.YES in parts:
        return Seen.YES
    return Seen.NO if all(part is Seen.NO for part in parts) else Seen.UNCLEAR
