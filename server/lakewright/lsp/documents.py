"""The client's open documents: what the user sees, ahead of what is on disk."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lakewright.lsp.notebooks import CellPlace, Content, Notebook, as_ipynb, place_of_cell
from lakewright.lsp.text import Encoding, Lines, Position, Replaced, Span, joined, units
from lakewright.lsp.uris import key_of

MAX_DOCUMENT_BYTES = 1_000_000
"""Larger documents are synced, and excluded from every feature."""

_KEPT_CHANGES = 1_000
"""How many changes back a range can be carried."""

_APART = "\n\n"
"""Between the texts of two cells."""

Change = tuple[Span | None, str]
"""A span and the text in its place; without a span the text is all of the document."""


@dataclass(slots=True)
class Document:
    """One open document, or a cell of an open notebook (`notebook` is then the notebook's URI).

    `size` is in bytes of UTF-8. `is_lost`: a change could not be read, so that the client's text isn't known.
    """

    uri: str
    language: str
    version: int
    lines: Lines
    notebook: str | None = None
    size: int = field(init=False)
    is_lost: bool = False
    _opened: int = field(init=False)
    _changes: deque[tuple[int, Replaced]] = field(default_factory=lambda: deque(maxlen=_KEPT_CHANGES))

    def __post_init__(self) -> None:
        self.size = units(self.lines.text, Encoding.UTF8)
        self._opened = self.version

    @property
    def text(self) -> str:
        """All of it, as the client has it; from any thread."""
        return self.lines.text

    @property
    def is_large(self) -> bool:
        return self.size > MAX_DOCUMENT_BYTES

    def change(self, changes: Sequence[Change], version: int) -> None:
        """The changes of one notification, in order: other threads see all of them or none."""
        lines = self.lines if len(changes) == 1 else self.lines.copy()
        for given, new in changes:
            self.is_lost &= given is not None
            if self.is_lost:
                continue
            if given is None and (self.is_large or len(new) > MAX_DOCUMENT_BYTES):
                lines = self._anew(new, version)
                continue
            span, text = lines.difference(new) if given is None else (given, joined(new))
            self.size += units(text, Encoding.UTF8) - units(lines.slice(span), Encoding.UTF8)
            self._changes.append((version, lines.replace(span, text)))
        self.lines, self.version = lines, version

    def _anew(self, text: str, version: int) -> Lines:
        """All of a large document is another text: to compare both would hold the event loop up, and no range
        is carried in what no feature takes.
        """
        lines = Lines(text, self.lines.encoding)
        self.size = units(lines.text, Encoding.UTF8)
        self._opened = version
        self._changes.clear()
        return lines

    def carried(self, span: Span, version: int) -> Span | None:
        """The span of an older version in the present text; None where a change since touched it, or where
        that version is too old to tell, or never was.
        """
        since = self._since(version)
        if since is None:
            return None
        for change in since:
            moved = _moved(span, change)
            if moved is None:
                return None
            span = moved
        return span

    def _since(self, version: int) -> list[Replaced] | None:
        """The changes after a version: after its own last one, or after that of the version before it."""
        if version == self.version:
            return []
        versions = [one for one, _ in self._changes]
        if len(versions) < _KEPT_CHANGES:
            versions.insert(0, self._opened)
        known = (
            version if version in versions else max((one for one in versions if one < version), default=None)
        )
        if known is None:
            return None
        later = versions[::-1].index(known)
        return [change for _, change in list(self._changes)[len(self._changes) - later :]]


@dataclass(frozen=True, slots=True)
class Taken:
    """A document at one moment. `file_text` is the text of the file that it is, or lies in: for a cell, its
    notebook as an `.ipynb`, `cell` says where in the text of that notebook's cells it stands, and `beside`
    are its other cells of the same language, as text before and after it.
    """

    uri: str
    language: str
    version: int
    text: str
    file_text: str
    cell: CellPlace | None = None
    beside: tuple[str, str] = ("", "")


class Documents:
    """All open documents by URI, whatever spelling of it a request uses; and the open notebooks.

    `generation` counts what is opened and closed.
    """

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.generation = 0
        self._notebooks: dict[str, Notebook] = {}
        self._open: dict[str, Document] = {}
        self._uris: dict[str, str] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._open.values()))

    def open(
        self, uri: str, language: str, version: int, text: str, *, notebook: str | None = None
    ) -> Document:
        """A document was opened; one that was open already is replaced."""
        self.close(uri)
        document = Document(uri, language, version, Lines(text, self.encoding), notebook)
        self._open[uri] = document
        self._uris[key_of(uri)] = uri
        self.generation += 1
        return document

    def find(self, uri: str) -> Document | None:
        """The open document of this URI."""
        return self._open.get(uri) or self._open.get(self._uris.get(key_of(uri), ""))

    def take(self, uri: str) -> Taken | None:
        """An open document as it is now, for a run; None where it isn't open."""
        document = self.find(uri)
        if document is None:
            return None
        notebook = self.notebook(document.notebook or "")
        text = document.text
        if notebook is None or not notebook.is_ipynb:
            return Taken(document.uri, document.language, document.version, text, text)
        contents = self.contents(notebook)
        return Taken(
            document.uri,
            document.language,
            document.version,
            text,
            as_ipynb(notebook, contents),
            place_of_cell(notebook, contents, document.uri),
            self.beside(document),
        )

    def beside(self, cell: Document) -> tuple[str, str]:
        """What the notebook's other cells of the same language hold, before and after a cell."""
        notebook = self.notebook(cell.notebook or "")
        alike = [one for one in self.cells(notebook) if one.language == cell.language] if notebook else []
        at = next((number for number, one in enumerate(alike) if one is cell), 0)
        above = "".join(one.text + _APART for one in alike[:at])
        return above, "".join(_APART + one.text for one in alike[at + 1 :])

    def cells(self, notebook: Notebook) -> list[Document]:
        """The documents of an open notebook's cells, in their order."""
        found = (self._open.get(cell.uri) for cell in notebook.cells)
        return [document for document in found if document is not None]

    def contents(self, notebook: Notebook) -> list[Content]:
        """What the cells of an open notebook hold, in their order; from any thread."""
        documents = [(cell, self._open.get(cell.uri)) for cell in notebook.cells]
        return [
            Content(cell.kind, document.language if document else "", document.text if document else "")
            for cell, document in documents
        ]

    @property
    def notebooks(self) -> tuple[Notebook, ...]:
        """All open notebooks."""
        return tuple(self._notebooks.values())

    def notebook(self, uri: str) -> Notebook | None:
        """The open notebook of this URI."""
        return self._notebooks.get(key_of(uri))

    def open_notebook(self, notebook: Notebook) -> None:
        """A notebook was opened; its cells are opened as documents."""
        self._notebooks[key_of(notebook.uri)] = notebook
        self.generation += 1

    def close_notebook(self, uri: str) -> None:
        """It is closed; its cells are closed as documents."""
        self._notebooks.pop(key_of(uri), None)
        self.generation += 1

    def close(self, uri: str) -> None:
        """It is closed: what is on disk counts again."""
        document = self.find(uri)
        if document is not None:
            del self._open[document.uri], self._uris[key_of(document.uri)]
            self.generation += 1


def _moved(span: Span, change: Replaced) -> Span | None:
    """The span after a change; None where the change touched it."""
    if span.end <= change.span.start:
        return span
    if change.span.end <= span.start:
        return Span(_shifted(span.start, change), _shifted(span.end, change))
    return None


def _shifted(position: Position, change: Replaced) -> Position:
    """A place at or behind the end of what was replaced."""
    before, after = change.span.end, change.end
    line = position.line + after.line - before.line
    if position.line > before.line:
        return Position(line, position.character)
    return Position(line, position.character + after.character - before.character)
