"""Open documents as files: the buffers that stand for what is on disk, each as it is when it is read.

Looked up in threads, for a path on disk may have to be resolved; the texts may change meanwhile.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from lakewright.lsp import uris
from lakewright.lsp.documents import MAX_DOCUMENT_BYTES, Document, Documents
from lakewright.lsp.notebooks import Notebook, as_ipynb


class OpenFiles:
    """The client's open documents and notebooks by the path of their file, links resolved.

    One that is too large, or whose text isn't known, doesn't stand for its file.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._real: dict[str, str] = {}
        self._index: tuple[int, Mapping[str, Document | Notebook]] = (-1, {})

    def refresh(self) -> None:
        """Look anew where links lead."""
        self._real = {}
        self._index = (-1, {})

    def paths(self) -> list[str]:
        return list(self._by_path())

    def uri(self, path: str) -> str | None:
        """The URI, as the client spells it, of the file that is open from there."""
        found = self._by_path().get(path)
        return None if found is None else found.uri

    def has(self, path: str) -> bool:
        """Whether something stands for the file at that path."""
        return self._usable(path) is not None

    def text(self, path: str) -> str | None:
        """What stands for the file at that path; of a notebook, its cells as a file."""
        found = self._usable(path)
        return None if found is None else text_of(found, self._documents)

    def _usable(self, path: str) -> Document | Notebook | None:
        found = self._by_path().get(path)
        return None if found is None or why_not(found, self._documents) else found

    def _by_path(self) -> Mapping[str, Document | Notebook]:
        generation = self._documents.generation
        if self._index[0] != generation:
            opened: list[Document | Notebook] = [one for one in self._documents.notebooks if one.is_ipynb]
            opened += [document for document in self._documents if document.notebook is None]
            found = ((self._resolved(one.uri), one) for one in opened)
            self._index = (generation, {path: one for path, one in found if path is not None})
        return self._index[1]

    def _resolved(self, uri: str) -> str | None:
        path = self._real.get(uri) or uris.path_of(uri)
        if path is not None and uri not in self._real:
            path = self._real[uri] = os.path.realpath(path)
        return path


def text_of(opened: Document | Notebook, documents: Documents) -> str:
    """A document's text; a notebook's cells as a file."""
    if isinstance(opened, Document):
        return opened.text
    return as_ipynb(opened, documents.contents(opened))


def why_not(opened: Document | Notebook, documents: Documents) -> str | None:
    """Why an open document can't be used, as the end of a sentence; None where it can."""
    parts = [opened] if isinstance(opened, Document) else documents.cells(opened)
    if any(part.is_lost for part in parts):
        return "a change of it could not be read, so that its text isn't known; close it and open it again"
    if sum(part.size for part in parts) > MAX_DOCUMENT_BYTES:
        return f"it is larger than {MAX_DOCUMENT_BYTES // 1_000_000} MB"
    return None


class Buffers(Mapping[str, str]):
    """Those of the open files that lie below a root, by their relative path; `only` one of them, if named."""

    def __init__(self, files: OpenFiles, root: Path, only: str | None = None) -> None:
        self._files = files
        self._root = root
        self._only = only

    def __getitem__(self, path: str) -> str:
        text = self._files.text(str(self._root / path)) if self._only in (None, path) else None
        if text is None:
            raise KeyError(path)
        return text

    def __contains__(self, path: object) -> bool:
        is_below = isinstance(path, str) and self._only in (None, path)
        return is_below and self._files.has(str(self._root / str(path)))

    def __iter__(self) -> Iterator[str]:
        for path in map(Path, self._files.paths()):
            name = path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else None
            if name is not None and name in self:
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Loose(Mapping[str, str]):
    """A document that is no file (`untitled:` and the like), under the name it goes by."""

    def __init__(self, documents: Documents, uri: str, name: str) -> None:
        self._documents = documents
        self._uri = uri
        self._name = name

    def __getitem__(self, path: str) -> str:
        opened = self._documents.notebook(self._uri) or self._documents.find(self._uri)
        if path != self._name or opened is None or why_not(opened, self._documents):
            raise KeyError(path)
        return text_of(opened, self._documents)

    def __iter__(self) -> Iterator[str]:
        return iter((self._name,))

    def __len__(self) -> int:
        return 1
