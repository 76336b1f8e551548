"""What holds for every answer at every cursor, shown with generated ones."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.tasks.completion.filters import filtered, is_complete, settled
from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.syntaxes import SYNTAXES, syntax_of
from lakewright.tasks.completion.taking import Bounds
from support_completion import fenced

PIECES = (
    "return total", "def f(x):", "class A:", "x = 1", "y", "items", "if x:", "else:", "function f() {", "};",
    "{", "}", "(", ")", "[", "]", "'", '"', "`", '"""', "// note", "# note", "/*", "*/", "${", "/", "\\", ";",
    ",", ":", ".", " ", "    ", "\t", "\n", "\n\n", "\n    ", "```", "```python", "<CURSOR>", "- a: b",
    "SELECT a", "Here is the code:", "é", "\u202e", "\x1b[0m", "\r\n", "<EMAIL_ADDRESS>",
)  # fmt: skip
scraps = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
anything = st.one_of(scraps, st.text(max_size=60))
holes = st.builds(
    lambda prefix, suffix, syntax: Hole(prefix.replace("\r", ""), suffix.replace("\r", ""), syntax),
    anything,
    anything,
    st.sampled_from(SYNTAXES),
)
bounds = st.builds(Bounds, lines=st.integers(1, 6))

_words = st.text(string.ascii_lowercase, min_size=1, max_size=5)
_code = st.recursive(
    st.one_of(_words, st.sampled_from((" ", ", ", ";\n", "\n", "\n  ", " = "))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.tuples(st.sampled_from(("()", "[]", "{}")), inner).map(lambda pair: pair[1].join(pair[0])),
    ),
    max_leaves=12,
)
"""Code in which every bracket is closed."""


def is_balanced(text: str) -> bool:
    """By the simplest rule, for text without strings and comments."""
    open_ones: list[str] = []
    for character in text:
        if character in "([{":
            open_ones.append({"(": ")", "[": "]", "{": "}"}[character])
        elif character in ")]}" and (not open_ones or open_ones.pop() != character):
            return False
    return not open_ones


@given(anything, holes, bounds)
@settings(max_examples=250, deadline=None)
def test_no_answer_is_too_strange(raw: str, hole: Hole, limit: Bounds) -> None:
    """Whatever the answer and the file: text within the bound comes out, without hidden characters."""
    text = filtered(raw, hole, limit)
    own = text.removesuffix("\n" + hole.head) if text.endswith("\n" + hole.head) and hole.head else text
    assert own.count("\n") <= limit.lines
    assert not set(text) & {"\x1b", "\u202e", "\r", "\x00"}
    settled(raw, hole, limit)
    is_complete(raw, hole, limit)


@given(anything, holes, bounds)
@settings(max_examples=250, deadline=None)
def test_growing_answers_only_grow(raw: str, hole: Hole, limit: Bounds) -> None:
    """What was sure stays, and once an answer is complete no more of it matters."""
    before, complete = "", False
    for end in range(len(raw) + 1):
        sure = settled(raw[:end], hole, limit)
        assert sure.startswith(before.rstrip())
        assert not complete or sure == before
        before, complete = sure, is_complete(raw[:end], hole, limit)
    assert filtered(raw, hole, limit).startswith(before.rstrip())


@given(anything, anything, holes, bounds)
@settings(max_examples=250, deadline=None)
def test_a_complete_answer_is_complete(raw: str, more: str, hole: Hole, limit: Bounds) -> None:
    """Cutting the stream there loses nothing, whatever would have followed."""
    if is_complete(raw, hole, limit):
        assert filtered(raw + more, hole, limit) == filtered(raw, hole, limit)


@given(_code, st.data(), _code, st.sampled_from(("a.ts", "a.go", "a.java", "a.sql", "a.css")))
@settings(max_examples=250, deadline=None)
def test_a_balanced_file_stays_balanced(code: str, data: st.DataObject, raw: str, path: str) -> None:
    """An answer, torn anywhere and closing too much, never opens or closes a bracket of the file."""
    at = data.draw(st.integers(0, len(code)))
    torn = raw[data.draw(st.integers(0, len(raw))) :][: data.draw(st.integers(0, len(raw)))] + ")"
    hole = Hole(code[:at], code[at:], syntax_of(path))
    for answer in (raw, torn, fenced(torn), raw + code[at:], code[:at] + raw + code[at:]):
        assert is_balanced(code[:at] + filtered(answer, hole) + code[at:])


@given(_code, st.data(), _code)
@settings(max_examples=250, deadline=None)
def test_an_open_file_is_never_closed_too_much(code: str, data: st.DataObject, raw: str) -> None:
    """At the end of a torn file, no more is closed than is open, and no more is left open."""
    prefix = code[: data.draw(st.integers(0, len(code)))]
    closing = data.draw(st.text(")]};", max_size=5))
    text = filtered(raw + closing, Hole(prefix, "", syntax_of("a.ts")))
    left: list[str] = []
    for character in prefix + text:
        if character in "([{":
            left.append({"(": ")", "[": "]", "{": "}"}[character])
        elif character in ")]}":
            assert left.pop() == character


@given(_code, st.data(), _code)
@settings(max_examples=250, deadline=None)
def test_what_follows_is_not_said_again(code: str, data: st.DataObject, raw: str) -> None:
    """No completion on a line of its own ends in the line that follows it."""
    prefix = "".join(code.rpartition("\n")[:2])
    suffix = "\n" + data.draw(_words) + ";\n"
    hole = Hole(prefix, suffix, syntax_of("a.ts"))
    if hole.head.strip():
        return
    last = (hole.head + filtered(raw + suffix, hole)).rpartition("\n")[2]
    assert last.rstrip() != suffix.strip() or len(suffix.strip()) < 3
    assert filtered(suffix.lstrip("\n"), hole) == "" or len(suffix.strip()) < 3


@given(_code, st.data(), _code, st.sampled_from(("a.ts", "a.py", "a.sql", "a.go")))
@settings(max_examples=250, deadline=None)
def test_a_completion_is_its_own(code: str, data: st.DataObject, raw: str, path: str) -> None:
    """Filtering twice is filtering once, where no indentation was left out and only brackets follow."""
    at = data.draw(st.integers(0, len(code)))
    hole = Hole(code[:at], code[at:], syntax_of(path))
    if hole.head[:1].isspace() or set(hole.tail) - set(")]}"):
        return
    once = filtered(raw, hole)
    assert filtered(once, hole) == once
