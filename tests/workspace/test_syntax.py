"""Symbols, imports and identifiers in every language, from the files in `samples/`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lakewright.workspace.languages import LANGUAGES, Language, language_named, language_of
from lakewright.workspace.syntax import Symbol, enclosing, imports, occurrences, outline

_SAMPLES = Path(__file__).parent / "samples"
_NAMES = sorted(path.stem for path in _SAMPLES.glob("*.txt"))
_SERVER = Path(__file__).parents[2] / "server"


def sample(name: str) -> tuple[str, Language]:
    language = language_of(name)
    assert language is not None
    return (_SAMPLES / f"{name}.txt").read_text(), language


@pytest.mark.parametrize("source", _NAMES)
def test_outline(source: str) -> None:
    """The outline is the one recorded beside the sample: kind, qualified name, lines, signature."""
    text, language = sample(source)
    rows = [
        f"{symbol.depth} {symbol.kind} {symbol.qualified} {symbol.start_line}-{symbol.end_line}@{symbol.line}"
        f" {symbol.signature}"
        for symbol in outline(text, language)
    ]
    rows += [f"import {one}" for one in imports(text, language)]
    assert rows == (_SAMPLES / f"{source}.expected").read_text().splitlines()


def test_every_language_has_a_sample() -> None:
    """No grammar goes untested."""
    assert {language_of(name) for name in _NAMES} == set(LANGUAGES)


_PROGRAM = """
import sys
from lakewright.workspace.languages import language_of
from lakewright.workspace.syntax import outline
def loaded():
    return sorted(name for name in sys.modules if name.startswith("tree_sitter") and "." not in name)
print(loaded())
outline("x = 1", language_of("a.py"))
print(loaded())
"""


def test_grammars_are_imported_when_needed() -> None:
    """Reading a Python file loads the grammar of Python and no other; languages alone load none."""
    result = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={**os.environ, "PYTHONPATH": str(_SERVER)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split("\n")[:2] == ["[]", "['tree_sitter', 'tree_sitter_python']"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (1, 1, None),
        (7, 7, "RATE"),
        (13, 13, "Order"),
        (20, 20, "Order.__init__"),
        (28, 29, "Order.total.helper"),
        (22, 31, "Order.total"),
        (19, 31, "Order"),
        (30, 35, None),
    ],
)
def test_enclosing(start: int, end: int, expected: str | None) -> None:
    """The smallest symbol that holds all the lines, decorators included."""
    symbol = enclosing(outline(*sample("orders.py")), start, end)
    assert (symbol and symbol.qualified) == expected


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("orders.py", "total", [(23, 15), (35, 28)]),
        ("orders.py", "lines", [(19, 24), (20, 14), (20, 22), (31, 32)]),
        ("orders.py", "tot", []),
        ("cart.ts", "RATE", [(4, 14), (33, 71)]),
        ("view.tsx", "View", [(3, 14), (6, 11)]),
        ("queue.js", "LIMIT", [(4, 14), (16, 32)]),
        ("stack.go", "Stack", [(17, 6), (28, 10), (34, 20), (35, 10)]),
        ("Ledger.java", "Entry", [(8, 24), (10, 24), (16, 43), (21, 12), (22, 9)]),
        ("Jobs.scala", "Limit", [(13, 7), (18, 21)]),
        ("shapes.rs", "Circle", [(14, 12), (18, 24), (22, 9), (24, 9), (28, 15)]),
        ("list.c", "node_t", [(10, 3), (21, 1), (21, 14), (23, 5)]),
        ("matrix.cpp", "Point", [(21, 8), (25, 19), (29, 25)]),
        ("Store.cs", "Limit", [(18, 26), (27, 37)]),
        ("sales.sql", "ORDERS", [(2, 36), (9, 66)]),
    ],
)
def test_identifiers(source: str, name: str, expected: list[tuple[int, int]]) -> None:
    """A name is found where it is an identifier, not in comments, strings or longer names."""
    text, language = sample(source)
    assert [(one.line, one.column) for one in occurrences(text, language, name)] == expected


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
@pytest.mark.parametrize(
    "text", ["", "\n\n", "}{)(", "def class func fn {", "\0\x01", "é日本\ud800", "(((" * 1_000]
)
def test_any_text_has_an_outline(language: Language, text: str) -> None:
    """Broken code is no error."""
    outline(text, language)
    imports(text, language)
    occurrences(text, language, "x")


def test_columns_count_characters() -> None:
    """Characters beyond ASCII before a name don't move it."""
    language = language_named("python")
    assert language is not None
    assert [(one.line, one.column) for one in occurrences("é = '日本😀'; x = 1", language, "x")] == [(1, 12)]
    assert outline("é = 1\nclass Ünï: pass", language)[0].name == "Ünï"


def test_languages_are_known_by_extension_and_by_kernel() -> None:
    """Extensions in any letter case; kernels by the names they give themselves."""
    assert language_of("a/B.PY") == language_named("Python") == language_named("pyspark")
    assert language_of("a.txt") is None
    assert language_of("Makefile") is None
    assert language_named("r") is None


def test_a_symbol_knows_its_full_name() -> None:
    """The parent comes before the name."""
    assert Symbol("method", "b", 1, 1, 1, "", "A", 1).qualified == "A.b"
    assert Symbol("class", "A", 1, 1, 1, "", "", 0).qualified == "A"
