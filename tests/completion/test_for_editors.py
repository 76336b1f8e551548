"""What an editor needs beyond the completion itself: what is being written, and what the cursor lies in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from completion.test_filters import ROWS
from lakewright.tasks.completion.filters import filtered, settled, written
from lakewright.tasks.completion.headers import headers_above
from support_completion import Row, hole_in


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_being_written_begins_with_what_is_sure(row: Row) -> None:
    """At every point of every answer; so whoever types the beginning of a completion types along."""
    hole = row.hole
    for end in range(len(row.raw) + 1):
        assert written(row.raw[:end], hole).startswith(settled(row.raw[:end], hole).rstrip())
    assert written(row.raw, hole).startswith(filtered(row.raw, hole).rstrip())


@given(st.text(st.sampled_from("ab(\n `'\"<CURSOR>#"), max_size=60), st.sampled_from(ROWS))
def test_any_answer_can_be_looked_at(raw: str, row: Row) -> None:
    """Whatever the model begins with, there is a text, and a part of a line shows."""
    assert isinstance(written(raw, row.hole), str)


def test_a_line_shows_while_it_is_written() -> None:
    """Also inside of a fence, without the indentation that is there already, with the file's newlines."""
    hole = hole_in("def f(a):\r\n    ‸\r\n", "a.py")
    assert written("```python\n    retu", hole) == "retu"
    assert written("```python\n    if a:\n        re", hole) == "if a:\r\n        re"
    assert written("```pyth", hole) == ""


@pytest.mark.parametrize(
    ("path", "text", "hidden", "wanted"),
    [
        (
            "a.py",
            "class A(B):\n    x = 1\n\n    def f(self):\n        ‸",
            4,
            ("class A(B):", "    def f(self):"),
        ),
        ("a.py", "class A(B):\n    x = 1\n\n    def f(self):\n        ‸", 3, ("class A(B):",)),
        ("a.py", "class A:\n    def f(self):\n        pass\n\n    ‸", 3, ("class A:",)),
        ("a.py", "def f():\n    if a:\n        return ‸", 2, ("def f():",)),
        ("a.py", "def f():\n    pass\n\n\nx = ‸", 4, ()),
        ("a.py", "def f():\n    pass\n‸", 2, ()),
        ("a.ts", "export class A {\n  f(): void {\n    ‸\n  }\n}\n", 1, ("export class A {",)),
        ("a.xyz", "def f():\n    ‸", 1, ()),
    ],
)
def test_the_headers_around_a_cursor(path: str, text: str, hidden: int, wanted: tuple[str, ...]) -> None:
    """Definitions that the cursor lies in, outermost first, as far as they begin in the hidden lines."""
    assert headers_above(hole_in(text, path), hidden) == wanted
