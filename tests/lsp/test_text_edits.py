"""Text edits: only what differs, in places that every editor has, and exact under every encoding."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lakewright.lsp.text import Encoding, Lines, Position, Span
from lakewright.lsp.text_edits import TextEdit, text_edits

TEXT = st.lists(
    st.sampled_from(["a", "b", "a b", "x = 1", "é", "e\u0301", "😀", "\n", "\r\n", "\r", "\n", "\t", "\x0c"]),
    max_size=14,
).map("".join)
NEAR = st.tuples(TEXT, TEXT, TEXT, TEXT)


def applied(text: str, edits: Sequence[dict[str, Any]], encoding: Encoding) -> str:
    """The text after the edits, by LSP's words: all positions are of the text before them."""
    lines = Lines(text, encoding)
    for edit in reversed(edits):
        start, end = (_offset(lines, edit["range"][name]) for name in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def _offset(lines: Lines, at: dict[str, int]) -> int:
    return lines.offset(Position(at["line"], at["character"]))


def spans(edits: Sequence[TextEdit]) -> list[tuple[tuple[int, int], tuple[int, int], str]]:
    return [
        (
            (edit.span.start.line, edit.span.start.character),
            (edit.span.end.line, edit.span.end.character),
            edit.text,
        )
        for edit in edits
    ]


@example("\n\r\n", "\n", Encoding.UTF8)
@given(TEXT, TEXT, st.sampled_from(Encoding))
def test_applied_to_the_old_text_they_give_the_new_one(old: str, new: str, encoding: Encoding) -> None:
    """Whatever the texts and the encoding, a client that follows LSP ends up with exactly the new text."""
    edits = text_edits(old, new, encoding)
    assert applied(old, [edit.to_json() for edit in edits], encoding) == new


@given(NEAR, st.sampled_from(Encoding))
def test_in_order_and_apart(parts: tuple[str, str, str, str], encoding: Encoding) -> None:
    """Edits come in the order of the text; none overlaps, touches or repeats another, or changes nothing."""
    head, old, new, tail = parts
    edits = text_edits(head + old + tail, head + new + tail, encoding)
    assert all(one.span.end < other.span.start for one, other in pairwise(edits))
    lines = Lines(head + old + tail, encoding)
    assert all(lines.slice(edit.span) != edit.text for edit in edits)


@given(TEXT, TEXT, st.sampled_from(Encoding))
def test_positions_are_inside_the_text(old: str, new: str, encoding: Encoding) -> None:
    """No position in a text has to be cut to it, or lies within a character or a line end."""
    assume(old)
    lines = Lines(old, encoding)
    for edit in text_edits(old, new, encoding):
        assert edit.span == Span(lines.clamped(edit.span.start), lines.clamped(edit.span.end))


CASES = {
    "a word": ("a = counter + 1\n", "a = count + 1\n", [((0, 4), (0, 11), "count")]),
    "more text": ("return x\n", "return x + 1\n", [((0, 8), (0, 8), " + 1")]),
    "two lines": ("a\nb\nc\n", "x\nb\ny\n", [((0, 0), (0, 1), "x"), ((2, 0), (2, 1), "y")]),
    "as many lines": ("f(1)\ng(1)\n", "f(2)\ng(2)\n", [((0, 2), (0, 3), "2"), ((1, 2), (1, 3), "2")]),
    "a line between": ("a\nc\n", "a\nb\nc\n", [((1, 0), (1, 0), "b\n")]),
    "a line at the end": ("a\n", "a\nb\n", [((0, 1), (0, 1), "\nb")]),
    "a line at the end, CRLF": ("a\r\n", "a\r\nb\r\n", [((0, 1), (0, 1), "\r\nb")]),
    "a line at the end, CR": ("a\r", "a\rb\r", [((0, 1), (0, 1), "\rb")]),
    "the last line goes": ("a\nb\n", "a\n", [((0, 1), (1, 1), "")]),
    "blank lines at the end go": ("a\n\n\n", "a\n", [((0, 1), (2, 0), "")]),
    "a final newline comes": ("a", "a\n", [((0, 1), (0, 1), "\n")]),
    "a final newline goes": ("a\n", "a", [((0, 1), (1, 0), "")]),
    "line ends change": ("a\nb\n", "a\r\nb\n", [((0, 1), (1, 0), "\r\n")]),
    "all goes": ("a\nb\n", "", [((0, 0), (2, 0), "")]),
    "all is new": ("", "a\n", [((0, 0), (0, 1), "a\n")]),
    "a made character is whole": ("e\u0301", "e\u0300", [((0, 0), (0, 2), "e\u0300")]),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_only_what_differs(old: str, new: str, expected: list[Any]) -> None:
    """An edit holds whole words and nothing that stays; at the end it hangs on the line before."""
    assert spans(text_edits(old, new, Encoding.UTF32)) == expected


def test_columns_count_the_units_of_the_session() -> None:
    """Behind an astral character the columns are those of the negotiated encoding."""
    columns = {
        encoding: text_edits("😀 = a\n", "😀 = b\n", encoding)[0].span.start.character
        for encoding in Encoding
    }
    assert columns == {Encoding.UTF8: 7, Encoding.UTF16: 5, Encoding.UTF32: 4}


def test_much_text_that_differs_everywhere() -> None:
    """A large file that is new in every line is still a handful of work."""
    old = "".join(f"value_{number} = {number}\n" for number in range(20_000))
    new = old.replace("value", "item")
    edits = text_edits(old, new, Encoding.UTF16)
    assert len(edits) == 20_000
    assert applied(old[:200], [edit.to_json() for edit in edits[:5]], Encoding.UTF16)[:6] == "item_0"
