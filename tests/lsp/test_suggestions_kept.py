"""What was suggested is known again by what surrounds the cursor, and by nothing less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.lsp.suggestions import AFTER, BEFORE, Suggestion, Suggestions, Surroundings
from support_lsp_progress import FakeClock

URI = "file:///w/a.py"
LONG = "".join(f"line {number}\n" for number in range(1000))


def around(before: str, after: str = "", uri: str = URI) -> Surroundings:
    """The surroundings of a cursor between two texts."""
    return Surroundings(uri, before[-BEFORE:], after[:AFTER])


def left(kept: Suggestions, before: str, after: str = "", uri: str = URI) -> str | None:
    """What is left of a suggestion between two texts."""
    found = kept.find(around(before, after, uri))
    return None if found is None else found.text


def one(before: str, text: str, after: str = "") -> Suggestions:
    """With a single suggestion."""
    kept = Suggestions()
    kept.add(around(before, after), text)
    return kept


@pytest.mark.parametrize("above", ["", LONG], ids=["short", "long"])
@pytest.mark.parametrize("below", ["", LONG], ids=["at the end", "within"])
def test_along_and_back(above: str, below: str) -> None:
    """Every beginning of the suggestion leaves its rest, in documents of every size."""
    text = "if ok:\n        return 1"
    kept = one(above + "    ", text, below)
    for count in (*range(len(text)), *range(len(text) - 1, -1, -1)):
        assert left(kept, above + "    " + text[:count], below) == text[count:]


@pytest.mark.parametrize(
    ("before", "after", "uri"),
    [
        ("x = ", "!", URI),
        ("x =", "", URI),
        ("y = ", "", URI),
        ("x = 3", "", URI),
        ("x = 12 + y", "", URI),
        ("\nx = ", "", URI),
        ("x = ", "", URI + "x"),
    ],
    ids=["behind", "less before", "other", "another key", "typed to its end", "more before", "elsewhere"],
)
def test_anything_else_is_another_place(before: str, after: str, uri: str) -> None:
    """A suggestion is for its own surroundings, in its own document."""
    assert left(one("x = ", "12 + y"), before, after, uri) is None


@pytest.mark.parametrize(
    ("text", "typed", "closed", "rest", "after"),
    [
        ("f(x)", "f(", ")", "x)", "\n"),
        ("{'a': [1]}", "{'a': [", "]}", "1]}", ""),
        ("f(x)", "f(x", ")", ")", ")\n"),
        ("say('hi')", "say('", "')", "hi')", ""),
    ],
)
def test_what_the_editor_closed_is_replaced(
    text: str, typed: str, closed: str, rest: str, after: str
) -> None:
    """Closing brackets and quotes that came with the opening ones belong to the suggestion."""
    found = one("x = ", text, after).find(around("x = " + typed, closed + after))
    assert found is not None
    assert (found.text, found.replaces) == (rest, len(closed))


@pytest.mark.parametrize(
    ("text", "typed", "behind"),
    [("f(x", "f(", ")"), ("f(x)", "", ")"), ("f(x)", "f(", "))"), ("f(x)", "f", "(")],
)
def test_brackets_that_the_suggestion_lacks_are_the_users(text: str, typed: str, behind: str) -> None:
    """They aren't overwritten: nothing is suggested from memory."""
    assert left(one("x = ", text), "x = " + typed, behind) is None


def test_nothing_is_known_where_it_was_asked() -> None:
    """That nothing belongs somewhere is remembered for that very place."""
    kept = one("x = ", "")
    assert left(kept, "x = ") == ""
    assert left(kept, "x = 1") is None


def test_the_newest_counts() -> None:
    """Of two suggestions that fit, the one that came last; a new one for a place is the only one there."""
    kept = one("x", " = 12")
    kept.add(around("x ="), " 13")
    assert left(kept, "x = ") == "13"
    kept.add(around("x ="), " 14")
    assert left(kept, "x = ") == "14"
    assert len(kept) == 2


def test_an_offer_is_new_once() -> None:
    """However much of it was typed when it was shown first."""
    kept = one("x = ", "12")
    assert kept.find(around("x = 1")) == Suggestion("2", is_new=True)
    assert kept.find(around("x = ")) == Suggestion("12", is_new=False)


def test_it_is_bounded_in_number_size_and_age() -> None:
    """What wasn't used for longest goes first, the newest stays whatever its size, old ones are forgotten."""
    clock = FakeClock()
    kept = Suggestions(clock=clock, entries=3, size=50, age=60)
    for name in "abc":
        kept.add(around(name), "1")
    assert left(kept, "a") == "1"
    kept.add(around("d"), "1")
    assert [left(kept, name) for name in "abcd"] == ["1", None, "1", "1"]
    kept.add(around("e"), "1" * 60)
    assert (len(kept), left(kept, "e")) == (1, "1" * 60)
    clock.advance(61)
    assert left(kept, "e") is None
    kept.clear()
    assert len(kept) == 0


_texts = st.text(st.sampled_from("ab(\n)\U0001f600"), max_size=12)


@given(_texts, _texts, _texts, _texts, _texts)
def test_whatever_is_found_makes_the_text_that_was_suggested(
    before: str, text: str, after: str, now_before: str, now_after: str
) -> None:
    """With what is left put in at the cursor, the document is as if the suggestion had been taken at once."""
    found = one(before, text, after).find(around(now_before, now_after))
    if found is not None:
        made = now_before + found.text + now_after[found.replaces :]
        assert made == before + text + after
        assert now_before.startswith(before)


@given(_texts, _texts, _texts, st.data())
def test_every_beginning_is_found(before: str, text: str, after: str, data: st.DataObject) -> None:
    """Typing along never loses a suggestion, as long as there is something to see of it."""
    count = data.draw(st.integers(0, len(text)))
    found = left(one(before, text, after), before + text[:count], after)
    assert found == (text[count:] if text[count:].strip() or not text else None)
