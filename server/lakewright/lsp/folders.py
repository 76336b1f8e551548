"""The client's folders: which workspace a document belongs to, and what may not leave it."""

import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakewright.core.threads import in_daemon_thread
from lakewright.lsp import uris
from lakewright.lsp.documents import Documents
from lakewright.lsp.folders_buffers import Buffers, Loose, OpenFiles, why_not
from lakewright.lsp.folders_names import file_name

if TYPE_CHECKING:
    from lakewright.workspace.files import Workspace
    from lakewright.workspace.roots import Root

_KEPT_RENAMES = 1_000
_NOTEBOOK = "notebook"

_Standing = tuple["Root", str, Mapping[str, str]]
"""The root that a document stands in, its path there, and the buffers."""

Ignored = Callable[[Path | None], Awaitable[Sequence[str]]]
"""The `ignore` setting of a root; None asks for that of no root."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands: `path` is the one that tasks, tools and edits know it by in the workspace.

    `root` is the client's folder that holds it, links resolved; None where none does.
    """

    workspace: "Workspace"
    path: str
    root: Path | None


@dataclass(frozen=True, slots=True)
class _Subject:
    """A document as the client names it; of a cell, its notebook. `path` is None for what is no file."""

    uri: str
    name: str
    path: Path | None


async def _nothing(_root: Path | None) -> Sequence[str]:
    return ()


class Folders:
    """The client's folders, in its order, as the URIs it gave.

    One that holds everything a person has (the home folder, `/`, the temporary folder) opens nothing: a
    document in it stands alone, as one outside all folders does.
    """

    def __init__(
        self, documents: Documents, folders: Iterable[str] = (), *, ignored: Ignored = _nothing
    ) -> None:
        self.uris = list(dict.fromkeys(folders))
        self._documents = documents
        self._ignored = ignored
        self._open = OpenFiles(documents)
        self._spelled: dict[Path, str] = {}
        self._loose: dict[str, str] = {}
        self._renamed: list[tuple[str, str]] = []

    def changed(self, *, added: Iterable[str], removed: Iterable[str]) -> None:
        """The client has other folders now."""
        gone = {uris.key_of(uri) for uri in removed}
        kept = [uri for uri in self.uris if uris.key_of(uri) not in gone]
        there = {uris.key_of(uri) for uri in kept}
        self.uris = list(dict.fromkeys([*kept, *(uri for uri in added if uris.key_of(uri) not in there)]))

    def renamed(self, old: str, new: str) -> None:
        """A file, or a folder with all that is in it, has another URI now."""
        old, new = (uris.key_of(uri).rstrip("/") for uri in (old, new))
        self.created(new)
        self._renamed = [*(one for one in self._renamed if one[0] != old), (old, new)][-_KEPT_RENAMES:]

    def created(self, uri: str) -> None:
        """What was once renamed away from there is no longer meant by that URI."""
        key = uris.key_of(uri).rstrip("/")
        self._renamed = [one for one in self._renamed if one[0] != key]

    def path_of(self, uri: str) -> Path | None:
        """The file behind a URI, None where it names none (`untitled:` and the like)."""
        path = uris.path_of(uri)
        return None if path is None else Path(path)

    async def root_of(self, uri: str) -> Path | None:
        """The innermost folder of the client's that holds the document, links resolved. Unlike `place_of`
        it needs no settings.
        """
        return await in_daemon_thread(self._root_of, self._subject(uri))

    async def roots(self) -> list[Path]:
        """All folders that tools may read, links resolved."""
        return list(await in_daemon_thread(self._roots))

    async def workspace_for(self, uri: str) -> "Workspace":
        """What a run on the document may read. See `place_of`."""
        return (await self.place_of(uri)).workspace

    async def place_of(self, uri: str) -> Place:
        """Where the document stands, open or not: the root that holds it comes first, then the others; a
        cell stands for its notebook. Raises ConfigError where settings can't be read.

        What the document of a run was when it began is the run's to keep (`Documents.take`); all other open
        documents are read as they are when a tool looks at them.
        """
        subject = self._subject(uri)
        roots, standing = await in_daemon_thread(self._standing, subject)
        asked = dict.fromkeys([_settings_root(standing[0]), *roots])  # each is a look at files
        ignored = {root: await self._ignored(root) for root in asked}
        return await in_daemon_thread(_place, standing, self._open, roots, ignored)

    async def why_excluded(self, uri: str) -> str | None:
        """A sentence that says why nothing of the document may leave; None where it may."""
        subject = self._subject(uri)
        opened = self._documents.notebook(subject.uri) or self._documents.find(subject.uri)
        why = why_not(opened, self._documents) if opened else None
        if why is not None:
            return f"{subject.name} can't be used: {why}."
        place = await self.place_of(uri)
        return await in_daemon_thread(place.workspace.why_refused, place.path)

    def uri_of(self, workspace: "Workspace", path: str) -> str:
        """The URI of a path of the workspace, as the client spells it; that of where the file is now, if the
        user has renamed it in the editor. Raises InputError for a path that lies outside.

        It may look at the disk.
        """
        place = workspace.absolute(path)
        loose = next((uri for uri, name in list(self._loose.items()) if place == _alone(name)), None)
        if loose is not None:
            return loose
        opened = self._open.uri(str(place)) or self._open.uri(os.path.realpath(place))
        return opened or self._moved(self._closed_uri(place))

    def _closed_uri(self, place: Path) -> str:
        """With the client's own spelling of the folder."""
        holding = [root for root in list(self._spelled) if place.is_relative_to(root)]
        if not holding:
            return uris.uri_of(str(place))
        root = max(holding, key=lambda one: len(one.parts))
        return uris.below(self._spelled[root], place.relative_to(root).as_posix())

    def _moved(self, uri: str) -> str:
        """Where a file is by now, that stood there once."""
        key = moved = uris.key_of(uri)
        for old, new in self._renamed:
            if moved == old or moved.startswith(f"{old}/"):
                moved = new + moved[len(old) :]
        document = self._documents.find(moved)
        return uri if moved == key else document.uri if document else moved

    def _subject(self, uri: str) -> _Subject:
        document = self._documents.find(uri)
        spelled = (document.notebook or document.uri) if document else uri
        path = self.path_of(spelled)
        if path is not None:
            return _Subject(spelled, path.name, path)
        if spelled not in self._loose:
            is_notebook = self._documents.notebook(spelled) is not None
            language = _NOTEBOOK if is_notebook else document.language if document else ""
            self._loose[spelled] = file_name(spelled, language, set(self._loose.values()))
        return _Subject(spelled, self._loose[spelled], None)

    def _roots(self) -> dict[Path, Path]:
        """The folders that tools may read, links resolved, and how the client spells them."""
        from lakewright.workspace.roots import is_too_wide  # noqa: PLC0415 - not for the start

        roots: dict[Path, Path] = {}
        for uri in self.uris:
            path = self.path_of(uri)
            real = Path(os.path.realpath(path)) if path is not None else None
            if path is None or real is None or not real.is_dir() or is_too_wide(real):
                continue
            roots.setdefault(real, path)
            self._spelled.setdefault(real, uri)
        return roots

    def _root_of(self, subject: _Subject) -> Path | None:
        if subject.path is None:
            return None
        inside = _inside(subject.path, Path(os.path.realpath(subject.path)), self._roots())
        return None if inside is None else inside[0]

    def _standing(self, subject: _Subject) -> "tuple[dict[Path, Path], _Standing]":
        """The folders, and where a document stands in them."""
        roots = self._roots()
        self._open.refresh()
        return roots, self._stand(subject, roots)

    def _stand(self, subject: _Subject, roots: Mapping[Path, Path]) -> "_Standing":
        """The root that a document stands in, its path there, and the buffers."""
        from lakewright.workspace.roots import Root  # noqa: PLC0415 - not for the start

        if subject.path is None:
            alone = _alone(subject.name)
            return Root(alone.parent, alone), alone.name, Loose(self._documents, subject.uri, alone.name)
        real = Path(os.path.realpath(subject.path))
        inside = _inside(subject.path, real, roots)
        if inside is None:
            return Root(real.parent, real), real.name, Buffers(self._open, real.parent, real.name)
        root, path = inside
        return Root(root), path, Buffers(self._open, root)


def _place(
    standing: "_Standing",
    opened: OpenFiles,
    roots: Mapping[Path, Path],
    ignored: Mapping[Path | None, Sequence[str]],
) -> Place:
    from lakewright.workspace.files import Workspace  # noqa: PLC0415 - not for the start
    from lakewright.workspace.roots import Root  # noqa: PLC0415
    from lakewright.workspace.several import SeveralRoots, labels_of  # noqa: PLC0415

    root, path, buffers = standing
    first = Workspace(root, ignore=ignored[_settings_root(root)], overlay=buffers)
    others = [Root(other) for other in roots if other != root.path or root.only_file is not None]
    labels = labels_of([root, *others])
    members = [
        Workspace(one, ignore=ignored[one.path], overlay=Buffers(opened, one.path), label=label)
        for one, label in zip(others, labels[1:], strict=True)
    ]
    workspace = SeveralRoots([first, *members], alias=labels[0]) if members else first
    return Place(workspace, path, _settings_root(root))


def _settings_root(root: "Root") -> Path | None:
    """The root whose settings hold; None for a document that stands alone."""
    return root.path if root.only_file is None else None


def _inside(path: Path, real: Path, roots: Mapping[Path, Path]) -> tuple[Path, str] | None:
    """The innermost root that holds the file, by its real path, else as the client spells both."""
    return _innermost(real, {root: root for root in roots}) or _innermost(path, roots)


def _innermost(path: Path, roots: Mapping[Path, Path]) -> tuple[Path, str] | None:
    """The innermost root, by the paths it is mapped to, that holds the path, and the path in there."""
    holding = [root for root, spelled in roots.items() if path.is_relative_to(spelled)]
    root = max(holding, key=lambda one: len(roots[one].parts), default=None)
    return None if root is None else (root, path.relative_to(roots[root]).as_posix())


def _alone(name: str) -> Path:
    """Where a document that is no file stands, so that nothing stands beside it."""
    return Path(os.path.abspath(os.sep)) / name  # noqa: PTH100


def folders_in(params: Mapping[str, Any]) -> list[str]:
    """The folders that `initialize` names: `workspaceFolders`, else `rootUri`, else `rootPath`."""
    folders = params.get("workspaceFolders")
    if isinstance(folders, list):
        return [one["uri"] for one in folders if isinstance(one, dict) and isinstance(one.get("uri"), str)]
    uri, path = params.get("rootUri"), params.get("rootPath")
    if isinstance(uri, str):
        return [uri]
    return [uris.uri_of(path)] if isinstance(path, str) and Path(path).is_absolute() else []
