"""The place that a suggestion is asked for: the cursor, what surrounds it, and whether to ask by itself."""

import re
from dataclasses import dataclass

from lakewright.lsp.documents import Document, Documents
from lakewright.lsp.suggestions import AFTER, BEFORE, Surroundings
from lakewright.lsp.text import Position, Span

_LINES = 32
_CLOSING = re.compile(r"[\s)\]}>\"'`,;:]*$")
"""What may follow on the line for a suggestion that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor in a document at one version. A suggestion goes in for `replaced`, an empty span at the
    cursor; where the client has chosen an item of its list, for what that item replaces. It begins with
    `lead`, the item's text.
    """

    uri: str
    version: int
    replaced: Span
    lead: str
    surroundings: Surroundings

    @property
    def invites(self) -> bool:
        """Whether to suggest anything unasked: not within a line, and not in an empty document."""
        around = self.surroundings
        return bool((around.before + around.after).strip()) and bool(_CLOSING.match(around.tail))


def place_in(document: Document, position: Position, chosen: tuple[Span, str] | None = None) -> Place:
    """`chosen` is the item of the client's list, and what of the document it replaces."""
    lines = document.lines
    span, lead = chosen or (Span(position, position), "")
    replaced = Span(lines.clamped(span.start), lines.clamped(span.end))
    around = surroundings(document, replaced, lead)
    return Place(document.uri, document.version, replaced, lead, around)


def surroundings(document: Document, replaced: Span, lead: str = "") -> Surroundings:
    """What stands around a cursor behind `lead`, once that is in the span's place."""
    before = _text_to(document, replaced.start, BEFORE) + lead
    return Surroundings(document.uri, before[-BEFORE:], text_from(document, replaced.end, AFTER))


@dataclass(frozen=True, slots=True)
class Asked:
    """A text, with the chosen item in it, and the cursor as an index into it. `language` is that of a cell,
    whose text then lies between those of the notebook's other cells of that language.
    """

    text: str
    offset: int
    language: str | None = None

    @property
    def line_and_column(self) -> tuple[int, int]:
        """The cursor as tasks count: both from 1, lines ended by LF alone, columns in code points."""
        text, offset = self.text, self.offset
        return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def asked_in(documents: Documents, document: Document, place: Place) -> Asked:
    """What a place is asked about, as the document is now."""
    lines, span, text = document.lines, place.replaced, document.text
    offset = lines.offset(span.start)
    if place.lead or span.start != span.end:
        text = text[:offset] + place.lead + text[lines.offset(span.end) :]
    offset += len(place.lead)
    notebook = documents.notebook(document.notebook or "")
    if notebook is None or not notebook.is_ipynb:
        return Asked(text, offset)
    above, below = documents.beside(document)
    return Asked(above + text + below, len(above) + offset, document.language)


def text_from(document: Document, position: Position, length: int) -> str:
    """So many characters behind a position, or all there are."""
    lines, count = document.lines, _LINES
    while True:
        text = lines.slice(Span(position, Position(position.line + count, 0)))
        if position.line + count >= len(lines) or len(text) >= length:
            return text[:length]
        count *= 4


def _text_to(document: Document, position: Position, length: int) -> str:
    """So many characters before a position, or all there are."""
    lines, count = document.lines, _LINES
    while True:
        first = max(0, position.line - count)
        text = lines.slice(Span(Position(first, 0), position))
        if first == 0 or len(text) >= length:
            return text[-length:]
        count *= 4
