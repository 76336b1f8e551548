"""Where a suggestion is asked for: what surrounds it, and how tasks count that place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.lsp.completion_place import asked_in, place_in, text_from
from lakewright.lsp.documents import Document, Documents
from lakewright.lsp.suggestions import AFTER, BEFORE
from lakewright.lsp.text import Encoding, Position, Span
from lakewright.tasks.completion.hole import hole_at

_LINES = st.lists(st.text(st.sampled_from("ab \U0001f600\u00e9\u0301"), max_size=40), max_size=12)
_TEXTS = st.builds(lambda lines, end: end.join(lines), _LINES, st.sampled_from(["\n", "\r\n", "\r"]))


def _opened(text: str, encoding: Encoding) -> tuple[Documents, Document]:
    documents = Documents(encoding)
    return documents, documents.open("file:///w/a.py", "python", 1, text)


@given(_TEXTS, st.sampled_from(Encoding), st.data())
def test_a_place_is_counted_alike_on_both_sides(text: str, encoding: Encoding, data: st.DataObject) -> None:
    """The client's position, in whatever units, is the cursor that the task has between the same texts."""
    documents, document = _opened(text, encoding)
    offset = data.draw(st.integers(0, len(text)))
    position = document.lines.position(offset)
    offset = document.lines.offset(position)  # not between CR and LF
    place = place_in(document, position)
    asked = asked_in(documents, document, place)
    hole = hole_at(asked.text, "a.py", *asked.line_and_column)
    plain = (text[:offset].replace("\r\n", "\n"), text[offset:].replace("\r\n", "\n"))
    assert (hole.prefix, hole.suffix) == plain
    assert (place.surroundings.before, place.surroundings.after) == (text[:offset], text[offset:])


@given(st.integers(0, 20_000), st.integers(1, 300))
def test_only_what_is_near_surrounds_a_cursor(offset: int, width: int) -> None:
    """In a long document, of lines of any length, so many characters on both sides."""
    text = "".join("x" * width + f"{number}\n" for number in range(20_000 // width + 1))
    _, document = _opened(text, Encoding.UTF16)
    around = place_in(document, document.lines.position(offset)).surroundings
    assert around.before == text[max(0, offset - BEFORE) : offset]
    assert around.after == text[offset : offset + AFTER]
    assert text_from(document, document.lines.position(offset), 5000) == text[offset : offset + 5000]


@given(_TEXTS, st.text(max_size=5), st.data())
def test_a_chosen_item_stands_in_the_text(text: str, lead: str, data: st.DataObject) -> None:
    """In the place of what it replaces; the cursor is behind it."""
    documents, document = _opened(text, Encoding.UTF8)
    lines = document.lines
    ends = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    span = Span(lines.position(ends[0]), lines.position(ends[1]))
    start, end = lines.offset(span.start), lines.offset(span.end)
    asked = asked_in(documents, document, place_in(document, span.end, (span, lead)))
    assert asked.text == text[:start] + lead + text[end:]
    assert asked.offset == start + len(lead)


@pytest.mark.parametrize("position", [Position(0, 99), Position(99, 0)])
def test_a_place_beyond_the_text_is_its_end(position: Position) -> None:
    """As LSP has it."""
    _, document = _opened("abc", Encoding.UTF16)
    place = place_in(document, position)
    assert place.replaced == Span(Position(0, 3), Position(0, 3))
    assert place.surroundings.before == "abc"
