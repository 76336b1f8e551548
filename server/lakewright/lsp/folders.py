"""The client's folders: which workspace a document belongs to."""

from collections.abc import Sequence
from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path

from lakewright.lsp.documents import Documents


class Folders:
    """Roots in the client's order."""

    def __init__(self, roots: Sequence[Path], documents: Documents) -> None:
        self.roots = list(roots)
        self._documents = documents

    def path_of(self, uri: str) -> Path | None:
        """The file behind a URI, None where it names none."""
        if not uri.startswith("file:"):
            return None
        path = to_fs_path(uri)
        return Path(path) if path else None

    def root_of(self, uri: str) -> Path | None:
        """The innermost root that holds the document."""
        path = self.path_of(uri)
        holding = [root for root in self.roots if path is not None and path.is_relative_to(root)]
        return max(holding, key=lambda root: len(root.parts), default=None)

    def uri_of(self, root: Path, relative: str) -> str:
        return from_fs_path(str(root / relative)) or ""
