"""Names in code: which scope a Python name means, which words of other languages are code."""

import pytest

from lakewright.sandbox.reading.code_words import code_words
from lakewright.sandbox.reading.languages import language_of
from lakewright.sandbox.reading.python_modules import is_file
from lakewright.sandbox.reading.python_scopes import uses_of
from lakewright.sandbox.reading.python_trees import parse_python

SCOPES: tuple[tuple[str, str, list[list[int]]], ...] = (
    ("a function's own", "x = 1\ndef f():\n    x = 2\n    return x\n", [[1], [3, 4]]),
    ("global", "x = 1\ndef f():\n    global x\n    x = 2\n", [[1, 3, 4]]),
    ("nonlocal", "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n", [[2, 4, 5]]),
    (
        "a class is seen by itself only",
        "x = 1\nclass A:\n    x = 2\n    def f(self):\n        return x\n",
        [[1, 5], [3]],
    ),
    ("a default lies outside", "x = 1\ndef f(x=x): return x\n", [[1, 2], [2, 2]]),
    ("a comprehension's own", "x = [1]\ny = [x for x in x]\n", [[1, 2], [2, 2]]),
    ("a walrus escapes it", "y = [x := 1 for z in ()]\nprint(x)\n", [[1, 2]]),
    (
        "errors and patterns",
        "try:\n    pass\nexcept E as x:\n    x\nmatch 1:\n    case [x, *_] | {'a': x}:\n        x\n",
        [[3, 4, 6, 6, 7]],
    ),
    ("quoted annotations", "class x: ...\ndef f(a: 'list[x]') -> \"x\": ...\nb: Literal['x']\n", [[1, 2, 2]]),
    ("all", "def x(): ...\n__all__ = ['x', 'y']\n", [[1, 2]]),
    ("lambda", "x = 1\nf = lambda x: x\n", [[1], [2, 2]]),
    ("imports", "from a import x\nfrom b import y as x\nimport c as x\n", [[1, 2, 3]]),
    ("wide letters before", "x = 'ä' + x\n", [[1, 1]]),
)


@pytest.mark.parametrize(
    ("text", "expected"), [case[1:] for case in SCOPES], ids=[case[0] for case in SCOPES]
)
def test_a_name_means_the_variable_of_its_scope(text: str, expected: list[list[int]]) -> None:
    """The lines on which it stands, scope by scope."""
    parsed = parse_python(text)
    assert parsed is not None
    uses = uses_of(parsed, "x")
    places = [uses.places_of(scope) for scope in uses.scopes if scope.binds and uses.meaning(scope) is scope]
    assert [[parsed.line_at(at) for at in own] for own in places if own] == expected
    assert all(text[at] == "x" for own in places for at in own)
    assert not uses.lost


@pytest.mark.parametrize(
    ("module", "level", "importer", "path", "means"),
    [
        ("shop.tax", 0, "run.py", "src/shop/tax.py", True),
        ("shop", 0, "run.py", "shop/__init__.py", True),
        ("tax", 1, "shop/cart.py", "shop/tax.py", True),
        ("", 1, "shop/cart.py", "shop/__init__.py", True),
        ("tax", 2, "shop/in/cart.py", "shop/tax.py", True),
        ("tax", 1, "shop/in/cart.py", "shop/tax.py", False),
        ("shop.tax", 0, "run.py", "shop/taxes.py", False),
        ("types", 0, "run.py", "src/shop/types.py", False),
        ("types", 0, "run.py", "types.py", True),
    ],
)
def test_an_import_means_a_file(module: str, level: int, importer: str, path: str, *, means: bool) -> None:
    """By the path; Python's own modules are never those of the workspace's folders."""
    assert is_file(module, level, importer, path) is means


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("a.js", "a('b', \"c\", `d ${e + `f${g}`} h`) // i\n/* j */ k", "a e g k"),
        ("a.js", "x = /['\"]a/g.test(b) / c / d", "x test b c d"),
        ("a.js", "don't(x)", "don t x"),
        ("a.ts", "return /x/.test(y)", "return test y"),
        ("a.js", "`${{a: 1}.a}` + b", "a a b"),
        ("a.go", "x := `y` + 'z' + \"w\" // v\nu", "x u"),
    ],
)
def test_words_are_those_of_the_code(path: str, text: str, words: str) -> None:
    """Without strings, comments, regular expressions; with what stands in a template's holes."""
    language = language_of(path, text)
    assert language is not None
    found = code_words(language, text)
    assert " ".join(word.text for word in found) == words
    assert all(text.startswith(word.text, word.at) for word in found)
