"""Lines and columns as LSP counts them, against a plain model."""

import sys
from typing import Any

import pytest
from hypothesis import given

from lakewright.lsp.text import Encoding, Lines, Position, Span, index_at, units
from support_lsp_text import HALVES, edited, encodings, offset, positions, spans, texts, whole, width


@given(texts, positions, encodings)
def test_a_position_is_where_the_model_finds_it(text: str, position: Position, encoding: Encoding) -> None:
    """Any position, beyond a line or the text or inside a character too, means the model's place."""
    lines = Lines(text, encoding)
    assert lines.offset(position) == offset(whole(text), position, encoding)
    clamped = lines.clamped(position)
    assert lines.offset(clamped) == lines.offset(position)
    assert lines.clamped(clamped) == clamped


@given(texts, encodings)
def test_every_place_has_one_position(text: str, encoding: Encoding) -> None:
    """An index becomes a position and that the index again; between CR and LF it is the place before both."""
    lines, text = Lines(text, encoding), whole(text)
    for index in range(len(text) + 3):
        inside = text[index - 1 : index + 1] == "\r\n" and index > 0
        assert lines.offset(lines.position(index)) == min(index, len(text)) - inside
    assert lines.position(-1) == Position(0, 0)
    assert lines.position(len(text)) == lines.end == lines.clamped(Position(99, 99))


@given(texts, spans(), encodings)
def test_a_slice_is_the_text_between(text: str, span: Span, encoding: Encoding) -> None:
    """The text of a span lies between the places of its ends."""
    lines = Lines(text, encoding)
    assert lines.slice(span) == whole(text)[lines.offset(span.start) : lines.offset(span.end)]


@given(texts, spans(), texts, encodings, positions)
def test_a_replacement_is_the_models(
    text: str, span: Span, new: str, encoding: Encoding, probe: Position
) -> None:
    """After a replacement text, lines and positions are those of a document opened with the model's text."""
    lines = Lines(text, encoding)
    before = lines.offset(probe)  # whatever was counted before must be counted again
    assert before >= 0
    replaced = lines.replace(span, new)
    model = edited(whole(text), span, new, encoding)
    fresh = Lines(model, encoding)
    assert lines.text == model
    assert [lines.line(number) for number in range(len(lines))] == [
        fresh.line(number) for number in range(len(fresh))
    ]
    assert lines.offset(probe) == fresh.offset(probe)
    assert lines.end == fresh.end
    if not HALVES & {*text, *new}:
        assert lines.clamped(replaced.end) == replaced.end
        assert lines.offset(replaced.span.start) == Lines(text, encoding).offset(replaced.span.start)


@given(texts, texts, encodings)
def test_the_difference_makes_the_new_text(old: str, new: str, encoding: Encoding) -> None:
    """A whole new text as a change leads to that text, and touches no line that both begin or end with."""
    lines = Lines(old, encoding)
    span, text = lines.difference(new)
    kept = lines.slice(Span(Position(0, 0), span.start)), lines.slice(Span(span.end, lines.end))
    assert whole(new).startswith(kept[0])
    assert whole(new).endswith(kept[1])
    lines.replace(span, text)
    assert lines.text == whole(new)


def test_the_difference_is_small() -> None:
    """One changed line of many is all that a whole new text changes."""
    old = "".join(f"line {number}\n" for number in range(100))
    span, text = Lines(old, Encoding.UTF16).difference(old.replace("line 40\n", "line forty\n"))
    assert (span, text) == (Span(Position(40, 0), Position(41, 0)), "line forty\n")


@given(texts, encodings)
def test_units_are_the_sum_of_the_characters(text: str, encoding: Encoding) -> None:
    """A piece of a line is as long as its characters."""
    text = whole(text)
    assert units(text, encoding) == sum(width(char, encoding) for char in text)


@pytest.mark.parametrize(
    ("line", "character", "encoding", "index"),
    [
        ("😀x", 1, Encoding.UTF16, 0),
        ("😀x", 2, Encoding.UTF16, 1),
        ("😀x", 3, Encoding.UTF8, 0),
        ("😀x", 4, Encoding.UTF8, 1),
        ("é\r\n", 9, Encoding.UTF8, 1),
        ("\ude00a\ud83d", 0, Encoding.UTF16, 0),
        ("\ude00a\ud83d", 1, Encoding.UTF16, 1),
    ],
)
def test_a_column_inside_a_character_is_its_start(
    line: str, character: int, encoding: Encoding, index: int
) -> None:
    """Half a character can't be meant: its start is."""
    assert index_at(line, character, encoding) == index


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_only_three_line_ends(end: str) -> None:
    """Form feeds and Unicode's separators are text within a line, whatever Python makes of them."""
    lines = Lines(f"a\fb\u2028c\x85d\x1ce{end}f", Encoding.UTF32)
    assert (len(lines), lines.line(0), lines.line(1)) == (2, "a\fb\u2028c\x85d\x1ce", "f")


def test_halves_typed_one_after_the_other_become_a_character() -> None:
    """A client that sends the two halves of a character in two changes sees one character, and so do we."""
    lines = Lines("x", Encoding.UTF16)
    lines.replace(Span(Position(0, 1), Position(0, 1)), "\ud83d")
    lines.replace(Span(Position(0, 2), Position(0, 2)), "\ude00")
    assert lines.text == "x😀"


def test_a_copy_is_changed_alone() -> None:
    """What is done to a copy isn't done to the original."""
    lines = Lines("a\nb", Encoding.UTF16)
    copy = lines.copy()
    copy.replace(Span(Position(1, 0), Position(1, 1)), "c")
    assert (lines.text, copy.text) == ("a\nb", "a\nc")
    assert copy.offset(Position(1, 1)) == 3


def _steps(lines: Lines, line: int) -> int:
    """How many lines of Python and calls of built-in functions a keystroke takes."""
    count = 0

    def counted(_frame: Any, _event: str, _argument: Any) -> Any:
        nonlocal count
        count += 1
        return counted

    place = Position(line, 3)
    sys.setprofile(counted)
    sys.settrace(counted)
    try:
        lines.replace(Span(place, place), "x")
        lines.offset(place)
    finally:
        sys.settrace(None)
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("encoding", list(Encoding))
def test_a_keystroke_costs_what_it_touches(encoding: Encoding) -> None:
    """Typing takes as many steps in a document of 1 MB as in one of a few lines."""
    row = "    total = price * 3  # é\n"
    small, large = (Lines(row * count, encoding) for count in (10, 40_000))
    for lines, line in ((small, 5), (large, 20_000)):
        lines.offset(Position(line, 0))
    assert _steps(large, 20_000) == _steps(small, 5)
