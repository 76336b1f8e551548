"""The client's folders: which workspace a document belongs to, and what may not leave it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakewright.core.threads import in_daemon_thread
from lakewright.lsp import uris
from lakewright.lsp.documents import Documents

if TYPE_CHECKING:
    from lakewright.workspace.files import Workspace

_KEPT_RENAMES = 1_000

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


async def _nothing(_root: Path | None) -> Sequence[str]:
    return ()


class Folders:
    """The client's folders, in its order, as the URIs it gave."""

    def __init__(
        self, documents: Documents, folders: Iterable[str] = (), *, ignored: Ignored = _nothing
    ) -> None:
        self.uris = list(dict.fromkeys(folders))
        self._documents = documents
        self._ignored = ignored
        self._renamed: list[tuple[str, str]] = []

    def changed(self, *, added: Iterable[str], removed: Iterable[str]) -> None:
        """The client has other folders now."""
        gone = {uris.key_of(uri) for uri in removed}
        kept = [uri for uri in self.uris if uris.key_of(uri) not in gone]
        self.uris = list(dict.fromkeys([*kept, *added]))

    def renamed(self, old: str, new: str) -> None:
        """A file, or a folder with all that is in it, has another URI now."""
        old, new = (uris.key_of(uri).rstrip("/") for uri in (old, new))
        self._renamed = [one for one in self._renamed if one[0] != old][-_KEPT_RENAMES + 1 :] + [(old, new)]

    def created(self, uri: str) -> None:
        """What was renamed away from there is no longer meant by that URI."""
        key = uris.key_of(uri).rstrip("/")
        self._renamed = [one for one in self._renamed if one[0] != key]

    def path_of(self, uri: str) -> Path | None:
        """The file behind a URI, None where it names none (`untitled:` and the like)."""
        path = uris.path_of(uri)
        return None if path is None else Path(path)

    async def root_of(self, uri: str) -> Path | None:
        """The innermost folder of the client's that holds the document, links resolved."""
        return (await self.place_of(uri)).root

    async def roots(self) -> list[Path]:
        """All folders that tools may read, links resolved."""
        return await in_daemon_thread(self._roots)

    async def workspace_for(self, uri: str) -> "Workspace":
        """What a run on the document may read. See `place_of`."""
        return (await self.place_of(uri)).workspace

    async def place_of(self, uri: str) -> Place:
        """Where the document stands, open or not. Raises ConfigError where settings can't be read."""
        path = self.path_of(uri)
        assert path is not None
        return await in_daemon_thread(self._place, path)

    async def why_excluded(self, uri: str) -> str | None:
        """A sentence that says why nothing of the document may leave; None where it may."""
        place = await self.place_of(uri)
        return await in_daemon_thread(place.workspace.why_refused, place.path)

    def uri_of(self, workspace: "Workspace", path: str) -> str:
        """The URI of a path of the workspace, as the client spells it."""
        return uris.uri_of(str(workspace.root.path / path))

    def _roots(self) -> list[Path]:
        paths = [self.path_of(uri) for uri in self.uris]
        return [path.resolve() for path in paths if path is not None and path.is_dir()]

    def _place(self, path: Path) -> Place:
        from lakewright.workspace.files import Workspace  # noqa: PLC0415 - not for the start
        from lakewright.workspace.roots import Root  # noqa: PLC0415

        real = path.resolve()
        root = max(
            (r for r in self._roots() if real.is_relative_to(r)), key=lambda r: len(r.parts), default=None
        )
        if root is None:
            return Place(Workspace(Root(real.parent, real)), real.name, None)
        return Place(Workspace(Root(root)), real.relative_to(root).as_posix(), root)


def folders_in(params: Mapping[str, Any]) -> list[str]:
    """The folders that `initialize` names: `workspaceFolders`, else `rootUri`, else `rootPath`."""
    folders = params.get("workspaceFolders")
    if isinstance(folders, list):
        return [one["uri"] for one in folders if isinstance(one, dict) and isinstance(one.get("uri"), str)]
    uri, path = params.get("rootUri"), params.get("rootPath")
    if isinstance(uri, str):
        return [uri]
    return [uris.uri_of(path)] if isinstance(path, str) and Path(path).is_absolute() else []
