"""A file that parsed before must parse after, and a broken one must not get worse."""

import pytest

from lakewright.edits.check import check
from lakewright.edits.values import Kind, Refused

BROKEN = [
    ("a.py", "x = 1\ny = 2\n", "x = 1\ny = (2\n"),
    ("a.py", "def f():\n    return 1\n", "def f():\n  x = 1\n    return 1\n"),
    ("a.pyi", "x: int\n", "x: int:\n"),
    ("a.js", "f(1);\n", "f(1;\n"),
    ("a.ts", "const a: number = 1;\n", "const a: number = ;\n"),
    ("a.go", "package a\n\nfunc f() {}\n", "package a\n\nfunc f() {\n"),
    ("a.rs", "fn f() {}\n", "fn f() {\n"),
    ("a.java", "class A { int a; }\n", "class A { int a; \n"),
    ("a.c", "int f(void) { return 1; }\n", "int f(void) { return 1; \n"),
    ("a.json", '{"a": 1}', '{"a": 1,}'),
    ("a.toml", "a = 1\n", "a = \n"),
    ("a.yaml", "a: 1\n", "a: [1\n"),
    ("a.ipynb", '{"cells": []}', '{"cells": [}'),
    ("a.py", "x = (\n", "y = = 1\nx = (\n"),
    ("a.js", "f(1;\n", "g(2;\nf(1;\n"),
    ("a.json", '{"a": 1,\n"b": }', '{"a": ,\n"b": }'),
    ("a.py", None, "def f(:\n"),
    ("a.json", None, "{"),
]


@pytest.mark.parametrize(("path", "before", "after"), BROKEN)
def test_an_edit_that_breaks_the_syntax_is_refused(path: str, before: str | None, after: str) -> None:
    """The reason names the line and shows it."""
    refused = check(path, before, after)
    assert isinstance(refused, Refused)
    assert refused.kind is Kind.SYNTAX
    assert "line " in refused.reason
    assert " | " in refused.reason


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "x = 1\n", "x = 2\n"),
        ("a.py", "x = (\n", "y = 1\nx = (\n"),
        ("a.py", "x = (\ny = 2\n", "x = (3)\ny = 2\n"),
        ("a.py", None, "type A = int\n"),
        ("a.js", "f(1);\n", "f(2);\n"),
        ("a.js", "f(1;\n", "f(2;\n"),
        ("a.json", '{"a": 1}', '{"a": 2}'),
        ("a.json", '{"a": 1,}', '{"b": 1,}'),
        ("a.toml", "a = 1\n", "a = 2\n"),
        ("a.yaml", "a: 1\n---\nb: !tag 2\n", "a: 1\n---\nb: !tag 3\n"),
        ("a.sql", "select 1", "qualify frobnicate"),
        ("a.txt", "anything", "goes ("),
    ],
)
def test_an_edit_that_keeps_the_syntax_passes(path: str, before: str | None, after: str) -> None:
    """Good files stay good, broken ones may stay broken, unknown ones aren't judged."""
    assert check(path, before, after) is None


def test_deep_nesting_is_no_crash() -> None:
    """A parser that gives up is a fault of the new text, not of ours."""
    assert isinstance(check("a.py", "x = 1\n", "x = " + "(" * 5000 + ")" * 5000), Refused)
    assert isinstance(check("a.json", "[]", "[" * 100_000), Refused)
