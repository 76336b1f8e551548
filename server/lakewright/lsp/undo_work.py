"""Taking a refactor back: open documents by `workspace/applyEdit`, closed files on disk; all or none.

The editor goes first, for it may decline; a cut-off undo is finished by the next one.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lsprotocol import types

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import LakewrightError
from lakewright.lsp.apply_edit_plan import Part, cell_sources
from lakewright.lsp.apply_edit_seen import Pause, Seen
from lakewright.lsp.apply_edit_send import Answer, Asked, ask, brought_up
from lakewright.lsp.arguments import WrongFieldError
from lakewright.lsp.documents import Document, Documents
from lakewright.lsp.folders_buffers import text_of
from lakewright.lsp.notebooks import Notebook
from lakewright.lsp.session import Session
from lakewright.lsp.text_edits import json_of, text_edits
from lakewright.lsp.uris import path_of
from lakewright.lsp.workspace_edit import support_of
from lakewright.workspace.paths import shown
from lakewright.workspace.snapshots import State, UnknownSnapshotError
from lakewright.workspace.undo import Undone
from lakewright.workspace.undo_buffers import Decided, InEditor, decide, finish

_ROUNDS = 5
"""How often it is worked out anew while the documents change."""

_LABEL = "Lakewright: undo"

_PATIENCE = 0.4
"""Seconds to wait for documents to show the old text: the command's caller waits, too."""

Opened = Mapping[Path, Document | Notebook]


async def take_back(session: Session, name: str | None, *, pause: Pause = asyncio.sleep) -> dict[str, Any]:
    """The command's answer. Raises WrongFieldError for a snapshot that there isn't."""
    async with session.undoing:
        try:
            undone = await _undone(session, name, pause)
        except UnknownSnapshotError as error:
            raise WrongFieldError("snapshot", error.message.rstrip(".")) from None
        except LakewrightError as error:
            undone = Undone(name, "refused", (), f"{error.message} {error.hint or ''}".rstrip())
    return {key: value for key, value in undone.to_json().items() if value is not None}


async def _undone(session: Session, name: str | None, pause: Pause) -> Undone:
    decided, asked = await _decided(session, name)
    if isinstance(decided, Undone):
        return decided
    if asked and not session.client.can("workspace.applyEdit"):
        return _refused(decided, asked, "the editor has no `workspace/applyEdit` to put them back")
    if asked:
        answer = await ask(session, asked, label=_LABEL, preview="never", pause=pause, patience=_PATIENCE)
        if not _is_taken(answer):
            done = [file for file, seen in zip(asked, answer.seen, strict=True) if seen is Seen.YES]
            await _back(session, done, pause)
            return _refused(decided, asked, "the editor did not take the edit")
    try:
        undone = await in_daemon_thread(finish, session.state, decided)
    except LakewrightError:
        await _back(session, asked, pause)
        raise
    if undone.state == "refused":
        await _back(session, asked, pause)
    return undone


def _is_taken(answer: Answer) -> bool:
    """Whether the editor took the edit. It was asked for nothing that a user has to confirm, and may tell of
    the changes only when it has this command's answer (Emacs): what it says counts, but for a document that
    has moved on without them.
    """
    rows = zip(answer.seen, answer.moved, strict=True)
    return answer.applied and not any(seen is Seen.NO and has_moved for seen, has_moved in rows)


async def _decided(session: Session, name: str | None) -> tuple[Undone | Decided, list[Asked]]:
    """What is to be done, and what of it by the editor: fit for the documents until the next `await`."""
    roots = await _roots(session)
    deletes = support_of(session.client.can).deletes
    said: list[str] = []
    for _ in range(_ROUNDS):
        opened = await in_daemon_thread(_opened, session.documents)
        texts = {path: _text_of(one, session.documents) for path, one in opened.items()}
        decided = await in_daemon_thread(
            decide, session.state, roots, name, texts, deletes=deletes, say=said.append
        )
        if isinstance(decided, Undone):
            return decided, []
        files = await in_daemon_thread(_asked, decided, opened, session.documents)
        if isinstance(files, Undone):
            return files, []
        asked = brought_up(session.documents, files)
        if asked is not None:
            return decided, asked
    return Undone(name, "refused", (), "The files are being edited just now; no file was changed."), []


async def _roots(session: Session) -> list[Path]:
    """The client's folders, and those of open documents outside them."""
    roots = await session.folders.roots()
    for document in session.documents:
        path = session.folders.path_of(document.uri)
        if path is not None and not any(path.is_relative_to(root) for root in roots):
            place = await session.folders.place_of(document.uri)
            roots.append(place.workspace.root.path)
    return list(dict.fromkeys(roots))


def _opened(documents: Documents) -> Opened:
    """Open documents and notebooks by their resolved path."""
    alone = [document for document in documents if document.notebook is None]
    found: list[Document | Notebook] = [*alone, *documents.notebooks]
    paths = [(path_of(one.uri), one) for one in found]
    return {Path(os.path.realpath(path)): one for path, one in paths if path is not None}


def _text_of(opened: Document | Notebook, documents: Documents) -> str | None:
    parts = [opened] if isinstance(opened, Document) else documents.cells(opened)
    return None if any(part.is_lost for part in parts) else text_of(opened, documents)


def _asked(decided: Decided, opened: Opened, documents: Documents) -> list[Asked] | Undone:
    """The edits of what is open."""
    files: list[Asked] = []
    for change in decided.changes:
        parts = _parts(change, opened[change.real], documents)
        if parts is None:
            return _refused(decided, (), f"the cells of {shown(change.path)} aren't those it had")
        files.append(Asked(change.path, parts, is_gone=change.then is None))
    return files


def _parts(change: InEditor, opened: Document | Notebook, documents: Documents) -> tuple[Part, ...] | None:
    """The documents that change; None where the cells of a notebook can't be told."""
    if isinstance(opened, Document) or change.then is None:
        return (_part(opened.uri, change.now, change.then or "", documents),)
    cells = cell_sources(opened, change.now, change.then, change.path)
    if cells is None:
        return None
    return tuple(_part(uri, now, then, documents) for uri, now, then in cells)


def _part(uri: str, now: str, then: str, documents: Documents) -> Part:
    edits = tuple(text_edits(now, then, documents.encoding))
    return Part(uri, now, then, edits, is_open=True, as_json=json_of(edits))


async def _back(session: Session, files: list[Asked], pause: Pause) -> None:
    """Give documents the text again that they had: the undo isn't done. As well as that can be had."""
    undone = await in_daemon_thread(_reversed, files, session.documents)
    asked = brought_up(session.documents, undone) if undone else None
    if asked:
        await ask(session, asked, label=_LABEL, preview="never", pause=pause)
    elif files:
        session.client.log(types.MessageType.Warning, "An undo was cut off, and could not be taken back.")


def _reversed(files: Sequence[Asked], documents: Documents) -> list[Asked]:
    """The edits that take edits back, of documents that are still there."""
    rows = [(file, [(part.uri, part.after, part.before or "") for part in file.parts]) for file in files]
    return [
        replace(file, parts=tuple(_part(*part, documents) for part in parts))
        for file, parts in rows
        if not file.is_gone
    ]


def _refused(decided: Decided, files: "list[Asked] | tuple[()]", reason: str) -> Undone:
    verb = "undone" if decided.goal is State.UNDONE else "applied again"
    return Undone(
        decided.name,
        "refused",
        tuple(file.path for file in files),
        f"The snapshot {decided.name} can't be {verb}: {reason}; no file was changed.",
    )
