"""Hostile texts are answered by bounded work; how fast is measured by `benchmarks/edits.py`."""

import pytest

from lakewright.edits import work
from lakewright.edits.locate import locate
from lakewright.edits.values import Kind, Located, Refused

HOSTILE = {
    "one line many times": ("same = 1\n" * 20_000, "same = 1\n" * 300 + "other = 2"),
    "a long line": ("ab " * 300_000, "ab  " * 1000),
    "blank lines": ("\n" * 100_000 + "word\n", "\n" * 1000 + "word  \n" + "\n" * 1000),
    "quotes": ("'\"`" * 100_000, "'\" `" * 1000),
    "backslashes": ("\\" * 200_000, "\\\\ " * 2000),
    "brackets": ("{" * 100_000 + "}" * 100_000, "{ " * 1000),
    "comment marks": ("/*" * 100_000, "/* *" * 100 + "word"),
    "elisions": ("word\n" * 5_000, "word\n...\n" * 19 + "word"),
    "triple quotes": ('"""\n' * 20_000, '"""  x\n' * 10),
    "near misses": ("".join(f"value{i} = {i % 7}\n" for i in range(20_000)), "value7 = 9\nvalue8 = 9"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused(name: str) -> None:
    """None of them is guessed at, and each is answered."""
    text, search = HOSTILE[name]
    assert isinstance(locate(text, search, "replacement()"), Refused | Located)


def test_work_is_bounded_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of compared lines the search is refused, whatever the rest would say."""
    monkeypatch.setattr(work, "MAX_WORK", 50)
    text = "".join(f"first(word)\nsecond({i})\n" for i in range(100))
    outcome = locate(text, "first(word) \nsecond(-1)", "x")
    assert isinstance(outcome, Refused)
    assert outcome.kind is Kind.AMBIGUOUS


@pytest.mark.parametrize(("text", "search"), [("a\n" * 2_100_000, "a"), ("a\n", "b" * 500_000)])
def test_what_is_too_large_is_refused(text: str, search: str) -> None:
    """Files and edits have a size up to which they are looked at."""
    outcome = locate(text, search, "c")
    assert isinstance(outcome, Refused)
    assert outcome.kind is Kind.TOO_LARGE


def test_a_search_that_stops_within_a_line_is_refused() -> None:
    """Lines quoted whole but for the end of the last one: the file has changed there."""
    outcome = locate("def f():\n    return a + b\n", "def f():\n    return a", "def f():\n    return c")
    assert isinstance(outcome, Refused)
    assert "line 2" in outcome.reason
