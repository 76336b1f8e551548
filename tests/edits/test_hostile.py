"""Hostile texts are answered by bounded work: counted, not clocked. `benchmarks/edits.py` shows the times."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.edits import diff_lines, work
from lakewright.edits.diff_lines import opcodes
from lakewright.edits.locate import locate
from lakewright.edits.similar import alike
from lakewright.edits.values import Kind, Located, Refused

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))  # the corpus that the benchmark times
from edits_hostile import CASES

MAX_CALLS = 4_000_000
"""Calls and returns for one edit, of Python's own functions too: a quarter of a second when not counted."""


class _TooManyError(Exception):
    pass


def steps(task: Callable[[], Any], *, most: int) -> int:
    """How many calls and returns a task is made of; beyond `most` it is stopped."""
    count = 0

    def counted(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal count
        count += 1
        if count > most:
            raise _TooManyError

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        task()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_edit_takes_bounded_work(name: str) -> None:
    """Whatever the text, what is done for it has a bound."""
    text, search, replace = CASES[name]()
    assert steps(lambda: locate(text, search, replace, path="a.py"), most=MAX_CALLS) < MAX_CALLS


LINES = [
    "same = 1",
    "same  = 1",
    "    same = 1",
    "",
    "...",
    "# some words of prose here",
    "'''",
    "other(1)",
    "}",
    "/*",
]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=4),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=4),
    st.integers(1, 3_000),
    st.integers(1, 400),
)
def test_repeated_pieces_take_bounded_work(text: list[str], search: list[str], many: int, some: int) -> None:
    """Pieces of text over and over, searched by pieces over and over."""
    whole, sought = "\n".join(text * many) + "\n", "\n".join(search * some) + " \nlast(2)"
    assert steps(lambda: locate(whole, sought, "x", path="a.py"), most=MAX_CALLS) < MAX_CALLS


def test_work_is_bounded_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of compared lines the search is refused, whatever the rest would say."""
    monkeypatch.setattr(work, "MAX_WORK", 50)
    text = "".join(f"first(word)\nsecond({i})\n" for i in range(100))
    outcome = locate(text, "first(word) \nsecond(-1)", "x")
    assert isinstance(outcome, Refused)
    assert outcome.kind is Kind.AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "search"),
    [("a\n" * 2_100_000, "a"), ("a\n", "b" * 500_000), ("\n" * 500_000, "a"), ("\r" * 500_000, "a")],
)
def test_what_is_too_large_is_refused(text: str, search: str) -> None:
    """Files and edits have a size up to which they are looked at."""
    outcome = locate(text, search, "c")
    assert isinstance(outcome, Refused)
    assert outcome.kind is Kind.TOO_LARGE


PIECE = st.sampled_from(["a", "b", "c", "x = 1", "  x", "}", "", "# y"])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECE, max_size=30), st.lists(PIECE, max_size=30), st.sampled_from([0, 20, 10_000]))
def test_opcodes_tell_how_one_becomes_the_other(old: list[str], new: list[str], most: int) -> None:
    """In order and without gaps, equal where they say so; however little work is allowed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diff_lines, "MAX_WORK", most)
        made: list[str] = []
        at_old = at_new = 0
        for tag, a, b, c, d in opcodes(old, new):
            assert (a, c) == (at_old, at_new)
            assert (b > a) == (tag != "insert")
            assert (d > c) == (tag != "delete")
            made += old[a:b] if tag == "equal" else new[c:d]
            at_old, at_new = b, d
        assert (made, at_old, at_new) == (new, len(old), len(new))


def test_lines_that_stand_once_are_matched_when_all_is_too_much() -> None:
    """A large change is told by the lines that are unique, not as one replaced block."""
    old = [f"line {n}" for n in range(20_000)]
    new = [line + "!" if number % 10 == 3 else line for number, line in enumerate(old)]
    codes = opcodes(old, new)
    assert sum(b - a for tag, a, b, _, _ in codes if tag == "equal") == 18_000
    assert {tag for tag, *_ in codes} == {"equal", "replace"}


@pytest.mark.parametrize("size", [10, 200, 5_000])
def test_likeness_of_long_lines_is_bounded(size: int) -> None:
    """Lines of few letters over and over are told by words, and like lines are alike."""
    assert steps(lambda: alike("ab" * size, "ba" * size), most=20_000) < 20_000
    assert alike("call(one, two) " * size, "call(one, two) " * size) == 1.0
    assert alike("call(one, two)", "#") == 0.0


def test_a_search_that_stops_within_a_line_is_refused() -> None:
    """Lines quoted whole but for the end of the last one: the file has changed there."""
    outcome = locate("def f():\n    return a + b\n", "def f():\n    return a", "def f():\n    return c")
    assert isinstance(outcome, Refused)
    assert "line 2" in outcome.reason


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("# go(1)\nstop(2)\n", "go(1)\nstop(2)"),
        ("    // go(1)\n    stop(2)\n", "go(1)\n    stop(2)"),
        ("added()\nfrom a import (\n    b,\n", ")\nfrom a import (\n    b,"),
        ("if x: }\n}\n", "}\n}"),
        ("# one\n# two\n", "one\n# two"),
    ],
)
def test_a_search_that_begins_within_a_line_is_refused(text: str, search: str) -> None:
    """A line that was commented out since, and signs that end another line, are not the lines quoted."""
    outcome = locate(text, search, "x()\ny()")
    assert isinstance(outcome, Refused)
    assert outcome.kind is Kind.NOT_FOUND


@pytest.mark.parametrize(
    ("text", "search", "replace", "expected"),
    [
        ("call(first,\n  second)\n", "first,\n  second", "first,\n  third", "call(first,\n  third)\n"),
        ("static int f(void)\n{\n", "int f(void)\n{", "long f(void)\n{", "static long f(void)\n{\n"),
    ],
)
def test_a_part_of_a_line_may_begin_a_search(text: str, search: str, replace: str, expected: str) -> None:
    """Letter for letter and unique: what stands before it stays."""
    outcome = locate(text, search, replace)
    assert isinstance(outcome, Located)
    assert text[: outcome.start] + outcome.replacement + text[outcome.end :] == expected
