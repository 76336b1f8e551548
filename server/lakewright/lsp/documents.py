"""The client's open documents: what the user sees, ahead of what is on disk."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from lakewright.lsp.text import Encoding, Lines, Position, Span, units

MAX_DOCUMENT_BYTES = 1_000_000
"""Larger documents are synced, and excluded from every feature."""

_KEPT_CHANGES = 1_000
"""How many changes back a range can be carried."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One change: `span` of the text before it became text that ends at `end`, in document `version`."""

    version: int
    span: Span
    end: Position


@dataclass(slots=True)
class Document:
    """One open document, or a cell of an open notebook (`notebook` is then the notebook's URI)."""

    uri: str
    language: str
    version: int
    lines: Lines
    notebook: str | None = None
    changes: deque[Changed] = field(default_factory=lambda: deque(maxlen=_KEPT_CHANGES))

    @property
    def text(self) -> str:
        return self.lines.text

    def change(self, span: Span | None, text: str, version: int) -> None:
        """One change of the client's; without a span `text` is all of it."""
        whole = Span(Position(0, 0), self.lines.clamped(Position(len(self.lines), 0)))
        span = whole if span is None else Span(self.lines.clamped(span.start), self.lines.clamped(span.end))
        self.lines.replace(span, text)
        self.changes.append(Changed(version, span, _end(span.start, text, self.lines.encoding)))
        self.version = version

    def carried(self, span: Span, version: int) -> Span | None:
        """The span of an older version in the present text; None where a change since touched it, or where
        that version is too old to tell.
        """
        since = [change for change in self.changes if change.version > version]
        if version < self.version and (
            len(self.changes) == _KEPT_CHANGES and len(since) == len(self.changes)
        ):
            return None
        for change in since:
            moved = _moved(span, change)
            if moved is None:
                return None
            span = moved
        return span


class Documents:
    """All open documents by URI."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self._open: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._open.values()))

    def open(
        self, uri: str, language: str, version: int, text: str, *, notebook: str | None = None
    ) -> Document:
        """A document was opened; one that was open already is replaced."""
        self._open[uri] = Document(uri, language, version, Lines(text, self.encoding), notebook)
        return self._open[uri]

    def find(self, uri: str) -> Document | None:
        """The open document of this URI."""
        return self._open.get(uri)

    def close(self, uri: str) -> None:
        """It is closed: what is on disk counts again."""
        self._open.pop(uri, None)


def _end(start: Position, text: str, encoding: Encoding) -> Position:
    lines = Lines(text, encoding)
    last = units(lines.line(len(lines) - 1), encoding)
    return Position(start.line + len(lines) - 1, last + (start.character if len(lines) == 1 else 0))


def _moved(span: Span, change: Changed) -> Span | None:
    if span.end <= change.span.start:
        return span
    if change.span.end <= span.start:
        return Span(_shifted(span.start, change), _shifted(span.end, change))
    return None


def _shifted(position: Position, change: Changed) -> Position:
    before, after = change.span.end, change.end
    line = position.line + after.line - before.line
    if position.line > before.line:
        return Position(line, position.character)
    return Position(line, position.character + after.character - before.character)
