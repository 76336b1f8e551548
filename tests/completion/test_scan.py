"""What is open at a place: brackets, strings and comments of each language."""

import pytest

from lakewright.tasks.completion.scan import State, scan
from lakewright.tasks.completion.syntaxes import SYNTAXES, syntax_of

TEXTS = [
    ("a.py", "f([{", ("(", "[", "{")),
    ("a.py", "f('(')  # [", ("#",)),
    ("a.py", "x = '''a\n(", ("'''",)),
    ("a.py", "x = 'it\\'s'", ()),
    ("a.py", 'f"{x', ('"',)),
    ("a.ts", "const s = `a ${f(", ("`", "${", "(")),
    ("a.ts", "const s = `a ${f()} b", ("`",)),
    ("a.ts", "return /[)/]\\)/", ()),
    ("a.ts", "x = a / (b", ("(",)),
    ("a.ts", "// (\n{", ("{",)),
    ("a.ts", "/* ( \n", ("/*",)),
    ("a.go", "r := '{'; s := `(\n", ("`",)),
    ("a.rs", "fn f<'a>(x: &'a str", ("(",)),
    ("a.rs", 'let s = r#"(" "#; /* /* ( */', ("/*",)),
    ("A.java", 'String s = """\n(', ('"""',)),
    ("a.c", "char c = '\\'', d = '('; f(", ("(",)),
    ("a.cpp", 's = R"(()"; f(', ("(",)),
    ("a.cs", 's = @"c:\\("; f(', ("(",)),
    ("a.sql", "SELECT 'it''s (' -- (\n, f(", ("(",)),
    ("a.yaml", "a: it's [b", ("[",)),
    ("a.yaml", "a: 'it''s [' # [", ("#",)),
    ("a.md", "a (b\n```py\nx(", ("```",)),
    ("a.md", "```py\nx(\n```\n(", ()),
    ("a.json", '{"a": [1, "]"', ("{", "[")),
    ("Makefile", "a: (", ()),
]


@pytest.mark.parametrize(("path", "text", "stack"), TEXTS)
def test_what_is_open(path: str, text: str, stack: tuple[str, ...]) -> None:
    """Brackets in strings, comments and literals of the language don't count."""
    assert scan(text, State(), syntax_of(path)).stack == stack


@pytest.mark.parametrize(("path", "text", "stack"), TEXTS)
def test_scanning_can_stop_and_go_on(path: str, text: str, stack: tuple[str, ...]) -> None:
    """A text scanned in two pieces, divided at the end of a line, comes to the same."""
    syntax = syntax_of(path)
    for at in (index + 1 for index, character in enumerate(text) if character == "\n"):
        assert scan(text[at:], scan(text[:at], State(), syntax), syntax).stack == stack


def test_what_nothing_opened_is_counted() -> None:
    """Brackets that close nothing are told, in order; so are strings that a line's end cuts."""
    state = scan("a) ]\n'b\n", State(), syntax_of("a.ts"))
    assert (state.missing, state.extra, state.stack) == ((")", "]"), 1, ())


def test_every_extension_has_one_syntax() -> None:
    """No two rows claim an extension."""
    extensions = [extension for syntax in SYNTAXES for extension in syntax.extensions]
    assert len(extensions) == len(set(extensions))
