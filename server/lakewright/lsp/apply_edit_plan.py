"""What is asked of the editor, worked out from what a run has staged and what the files hold by now. It reads
and changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lakewright.core.threads import in_daemon_thread
from lakewright.edits.bytes_of import bytes_of
from lakewright.edits.values import Refused
from lakewright.errors import EditError, InputError
from lakewright.lsp.documents import Document, Documents
from lakewright.lsp.folders import Folders
from lakewright.lsp.notebooks import Notebook
from lakewright.lsp.text_edits import Json, TextEdit, json_of, text_edits
from lakewright.staging.applying_aside import relocated
from lakewright.staging.trying import on_disk, original
from lakewright.staging.values import StagedFile
from lakewright.workspace.decode import Decoded
from lakewright.workspace.files import Workspace
from lakewright.workspace.notebooks import read_ipynb
from lakewright.workspace.paths import shown
from lakewright.workspace.undo_keeping import Kept


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a file: its text that the edits were made for, None of a file to be created; and the
    text after them. `version` is that of the open document with this text, None where that isn't known;
    `as_json` are the edits as LSP has them, made beside the event loop: there may be thousands.
    """

    uri: str
    before: str | None
    after: str
    edits: tuple[TextEdit, ...]
    is_open: bool = False
    version: int | None = None
    as_json: tuple[Json, ...] | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """A file of the run, its changes located in what it holds now. For its snapshot: the root that it lies in
    (None where no file is behind it), its path in there, and where that leads.
    """

    staged: StagedFile
    parts: tuple[Part, ...]
    root: Path | None
    within: str
    real: str

    @property
    def path(self) -> str:
        return self.staged.path

    @property
    def is_new(self) -> bool:
        return self.staged.before is None

    def kept(self, *, seen: bool) -> Kept:
        """Its bytes, for the snapshot."""
        before = self.staged.before
        old = None if before is None else bytes_of(before, before.text, self.path)
        assert not isinstance(old, Refused), "staging has made bytes of it already"
        return Kept(self.within, self.real, old, self.staged.data, seen)


@dataclass(frozen=True, slots=True)
class Plan:
    """What files are looked at with. `versions` are those of all open documents, with their texts."""

    workspace: Workspace
    documents: Documents
    folders: Folders
    versions: dict[str, tuple[int, str]]


def plan_of(workspace: Workspace, documents: Documents, folders: Folders) -> Plan:
    """From the event loop: what is open now."""
    versions = {document.uri: (document.version, document.text) for document in documents}
    return Plan(workspace, documents, folders, versions)


async def located(files: Sequence[StagedFile], plan: Plan) -> list[Located]:
    """Each file with its edits, those that have nothing left to do apart.

    Raises EditError with the reason where changes don't fit what a file holds now, or can't be made by an
    editor.
    """
    there = await in_daemon_thread(lambda: [_as_it_is(file, plan) for file in files])
    fitting = [file if now is None else await _fitted(file, now) for file, now in there]
    return await in_daemon_thread(_located, fitting, plan)


def _as_it_is(file: StagedFile, plan: Plan) -> tuple[StagedFile, StagedFile | None]:
    """The file where it is now, and without any change where it isn't what the changes were made for."""
    if file.before is None:
        if on_disk_or_open(file.path, plan.workspace):
            raise _unfit(file.path, "there is a file of that name by now")
        return file, None
    file = _where_it_is(file, plan)
    now = original(file.path, plan.workspace)
    if isinstance(now, Refused):
        raise _unfit(file.path, now.reason.partition("\n")[0].rstrip("."))
    return file, None if now.after == file.before else now


async def _fitted(file: StagedFile, now: StagedFile) -> StagedFile:
    moved = await relocated(file, now)
    if isinstance(moved, str):
        raise _unfit(file.path, moved)
    return moved


def _located(files: Sequence[StagedFile], plan: Plan) -> list[Located]:
    now = [file if file.before is None else _where_it_is(file, plan) for file in files]
    found = [_placed(file, tuple(_parts(file, plan)), plan) for file in now]
    return [one for one in found if one.is_new or any(part.edits for part in one.parts)]


def _where_it_is(file: StagedFile, plan: Plan) -> StagedFile:
    """The file under its new name, where the user has renamed it in the editor since."""
    if on_disk_or_open(file.path, plan.workspace):
        return file
    path = plan.folders.path_of(plan.folders.uri_of(plan.workspace, file.path))
    try:
        return file if path is None else replace(file, path=plan.workspace.relative(path))
    except InputError:  # it has left the folders
        return file


def on_disk_or_open(path: str, workspace: Workspace) -> bool:
    return path in workspace.overlay or on_disk(path, workspace)


def _placed(file: StagedFile, parts: tuple[Part, ...], plan: Plan) -> Located:
    member, within = plan.workspace.member(file.path, new=file.before is None)
    if not on_disk(file.path, plan.workspace) and file.before is not None:
        return Located(file, parts, None, within, within)  # open, and never saved
    root = member.root.path
    real = (root / within).resolve()
    return Located(file, parts, root, within, real.relative_to(root).as_posix())


def _parts(file: StagedFile, plan: Plan) -> Iterator[Part]:
    """The documents of a file; a new one is one document."""
    uri = plan.folders.uri_of(plan.workspace, file.path)
    if file.before is None:
        edits = tuple(text_edits("", file.after.text, plan.documents.encoding))
        yield Part(uri, None, file.after.text, edits, as_json=json_of(edits))
        return
    notebook = plan.documents.notebook(uri)
    if notebook is not None:
        yield from _cells(file, notebook, plan)
        return
    document = plan.documents.find(uri)
    if document is None:
        _check_readable(file.path, file.before)
        yield _part(uri, file.before.text, file.after.text, None, plan)
    else:
        yield _part(document.uri, file.before.text, file.after.text, document, plan)


def _cells(file: StagedFile, notebook: Notebook, plan: Plan) -> Iterator[Part]:
    """The cells of an open notebook that change; each is a document."""
    assert file.before is not None, "it is open"
    sources = cell_sources(notebook, file.before.text, file.after.text, file.path)
    if sources is None:
        raise EditError(
            f"{shown(file.path)} would get other cells, which can't be asked of an editor.",
            hint="Add the cell yourself and ask again, or close the notebook and use `lakewright refactor`.",
        )
    for uri, before, after in sources:
        yield _part(uri, before, after, plan.documents.find(uri), plan)


def cell_sources(notebook: Notebook, before: str, after: str, path: str) -> list[tuple[str, str, str]] | None:
    """The cells that change, URI and source before and after, of an open notebook that as a file is
    `before` and becomes `after`; None where these haven't the same cells.
    """
    old, new = (read_ipynb(text, path).blocks for text in (before, after))
    if len(old) != len(notebook.cells) or len(new) != len(old):
        return None
    rows = zip(notebook.cells, old, new, strict=True)
    return [(cell.uri, one.source, two.source) for cell, one, two in rows if one.source != two.source]


def _part(uri: str, before: str, after: str, document: Document | None, plan: Plan) -> Part:
    edits = tuple(text_edits(before, after, plan.documents.encoding))
    if document is None:
        return Part(uri, before, after, edits, as_json=json_of(edits))
    if document.is_lost:
        raise _unfit(uri, "what the editor holds of it isn't known; close it and open it again")
    version, text = plan.versions.get(document.uri, (None, None))
    known = version if text == before else None
    return Part(uri, before, after, edits, is_open=True, version=known, as_json=json_of(edits))


def _check_readable(path: str, before: Decoded) -> None:
    """A closed file goes through the editor, which must read it as we do: it would spoil what it misreads."""
    if before.encoding == "utf-8" or before.bom or before.text.isascii():
        return
    raise EditError(
        f"{shown(path)} isn't UTF-8 ({before.encoding}) and isn't open: an editor could misread it.",
        hint="Open it in the editor in that encoding and ask again, or use `lakewright refactor --write`.",
    )


def _unfit(path: str, reason: str) -> EditError:
    return EditError(
        f"{shown(path)} has changed since it was read, and the edits don't fit any more: {reason}.",
        hint="Ask again, so that it works on what is there now.",
    )
