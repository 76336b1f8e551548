"""Control characters of models and files become visible, wherever a stream is cut."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.cli.sanitize import visible, visible_line

_ANYTHING = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text\n\twith tab", "plain text\n\twith tab"),
        ("\x1b[2J\x1b]0;title\x07", "␛[2J␛]0;title␇"),
        ("a\x00b\x08c\x0bd\x0ce", "a␀b␈c␋d␌e"),
        ("one\r\ntwo\rthree", "one\ntwothree"),
        ("\x7f \x85 \x9b31m", "␡ \ufffd \ufffd31m"),
        ("if admin\u202e\u2067// check\u2066", "if admin\ufffd\ufffd// check\ufffd"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("a\u2028b\u2029c", "a\ufffdb\ufffdc"),
        ("שלום 👩‍💻 é", "שלום 👩‍💻 é"),
    ],
)
def test_control_characters_become_visible(text: str, shown: str) -> None:
    """Newline and tab stay, carriage returns go, all other controls are shown; real text is untouched."""
    assert visible(text) == shown


def test_a_name_stays_on_its_line() -> None:
    """A file called with a newline or a tab can't start a line of its own."""
    assert visible_line("src/a\nb\tc\x1b.py") == "src/a␊b␉c␛.py"


@given(_ANYTHING)
def test_nothing_that_steers_is_left(text: str) -> None:
    """Whatever comes in, only newline and tab of the control characters come out, and all of it encodes."""
    shown = visible(text)
    shown.encode()
    steering = {character for character in shown if unicodedata.category(character) in ("Cc", "Cs")}
    assert steering <= {"\n", "\t"}
    assert visible(shown) == shown


@given(_ANYTHING, st.integers(0, 60))
def test_it_makes_no_difference_where_a_stream_is_cut(text: str, at: int) -> None:
    """Both halves of a cut text, shown one after the other, are the whole text shown."""
    assert visible(text[:at]) + visible(text[at:]) == visible(text)
