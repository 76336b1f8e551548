"""The scripted model at a cursor: what it completes from the document, how it wraps it, when it is silent."""

import ast

import pytest

from lakewright.core.parts import Text
from lakewright.sandbox.mind.completions.hole import Hole, read_hole
from lakewright.sandbox.mind.completions.rules import completion
from lakewright.sandbox.mind.conversation import Conversation, Said
from lakewright.sandbox.mind.think import think
from support_sandbox import answer_of, body_of, client_of, quick_sandbox, text_of, user

_AREA = """\
def area(width, height):
    return width * height


def main():
    width = 3
    height = 4
"""
_INIT = "class A:\n    def __init__(self, name, age=3):\n        "

CASES: tuple[tuple[str, str, str, str], ...] = (
    (
        "a sum by a member",
        "a.py",
        "def total_price(items):\n    |\n\nprint(x.price)\n",
        "return sum(item.price for item in items)",
    ),
    (
        "below a docstring",
        "a.py",
        'def f(values):\n    """Return the average."""\n    |',
        "return sum(values) / len(values)",
    ),
    ("behind the head", "a.py", "def count(rows):|", "\n    return len(rows)"),
    ("an empty line", "a.py", "def is_empty(rows):\n|\n\nx = 1\n", "    return not rows"),
    ("two numbers", "a.py", "def multiply(a: int, b: int) -> int:\n    |", "return a * b"),
    (
        "a property",
        "a.py",
        "class A:\n    def __init__(self):\n        self._size = 1\n\n    def size(self):\n        |",
        "return self._size",
    ),
    ("a setter", "a.py", "class A:\n    def set_size(self, value):\n        |", "self.size = value"),
    ("a constructor", "a.py", f"{_INIT}|", "self.name = name\n        self.age = age"),
    ("a constructor, begun", "a.py", f"{_INIT}self.name = name\n        |\n", "self.age = age"),
    (
        "a member, begun",
        "a.py",
        f"{_INIT}self.name = name\n        self.|\n\n    def f(self):\n        pass\n",
        "age = age",
    ),
    ("a full constructor", "a.py", f"{_INIT}self.name = name\n        self.age = age\n        |\n", ""),
    ("arguments", "a.py", f"{_AREA}    print(area(|\n", "width, height))"),
    ("arguments in brackets", "a.py", f"{_AREA}    print(area(|))\n", "width, height"),
    ("a definition is no call", "a.py", "def area(width):\n    return 1\n\ndef area(|", ""),
    (
        "what is returned",
        "a.py",
        "def f(xs):\n    total = 0\n    for x in xs:\n        y = x\n        total += y\n    return |",
        "total",
    ),
    ("return without a blank", "a.py", "def f(xs):\n    total = 0\n    return|", " total"),
    ("a loop", "a.py", "def f(entries):\n    for entry in |", "entries:"),
    ("a script's end", "a.py", "def main():\n    pass\n\n\nif __name__ |", '== "__main__":\n    main()'),
    ("a line as above", "a.py", "import logging\nlogger = 1\nlogger.info('a')\nlogger.|\n", "info('a')"),
    ("the same words", "a.py", "x = os.path.join(a, b)\nprint(os.path.|)\n", "join(a, b)"),
    ("the rest of a word", "a.py", "configuration = 1\nprint(confi|)\n", "guration"),
    ("inside a word", "a.py", "configuration = 1\nprint(confi|gu)\n", ""),
    ("a comment", "a.py", "configuration = 1\n# confi|\n", ""),
    ("a comment as above", "a.py", "# -----\nx = 1\n# --|\n", "---"),
    ("a string", "a.py", "configuration = 1\nprint('confi|')\n", ""),
    ("behind a string", "a.py", "key = 'x'\nprint('x', ke|)\n", "y"),
    ("nothing", "a.py", "|", ""),
    ("nothing known", "a.txt", "Dear reader, |", ""),
    (
        "TypeScript's sum",
        "a.ts",
        "function totalPrice(items: Item[]): number {\n  |\n}\nx.price;\n",
        "return items.reduce((sum, item) => sum + item.price, 0);",
    ),
    (
        "TypeScript's constructor",
        "a.ts",
        "class A {\n  constructor(a: string, private b = 1) {\n    |\n  }\n}\n",
        "this.a = a;\n    this.b = b;",
    ),
    ("JavaScript's return", "a.js", "function f(a) {\n  const result = a;\n  return |\n}\n", "result;"),
    (
        "Go's way with errors",
        "a.go",
        "func f() error {\n\tif err != nil {\n\t\treturn err\n\t}\n}\n\nfunc g() {\n\tif err |\n}\n",
        "!= nil {\n\t\treturn err\n\t}",
    ),
)


@pytest.mark.parametrize(
    ("path", "text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_completion_fits_its_cursor(path: str, text: str, expected: str) -> None:
    """What is put in; Python files that are whole then parse."""
    prefix, _, suffix = text.partition("|")
    found = completion(Hole(path, prefix, suffix))
    assert found == expected
    if path.endswith(".py") and found and "\n" in suffix:
        ast.parse(prefix + found + suffix)


def test_no_more_lines_than_allowed() -> None:
    """The bound of the prompt holds."""
    assert completion(Hole("a.py", _INIT, "", most_lines=1)) == "self.name = name"


def test_names_of_other_files_are_known() -> None:
    """Their signatures come with the prompt."""
    hole = Hole("a.py", "def f(net):\n    return add_tax(", ")\n", names="# tax.py\ndef add_tax(net): ...")
    assert completion(hole) == "net"


_OWN = (
    "File `src/a.py`, 4 lines. Complete it at `<CURSOR_2>`, line 2, column 5, with at most 3 lines.\n\n"
    "The cursor lies in function `double`, lines 1-2: `def double(x):`\n\n"
    "Names from other files of this workspace:\n\n````Python\n# b.py\ndef b(): ...\n````\n\n"
    "````Python\ndef double(number):\n    <CURSOR_2>\n\nx = '```<CURSOR>```'\n````"
)


def test_our_own_prompt_is_read_whole() -> None:
    """The file around the marker, to the letter, fences in it included."""
    hole = read_hole(_OWN)
    assert hole is not None
    assert (hole.path, hole.prefix) == ("src/a.py", "def double(number):\n    ")
    assert hole.suffix == "\n\nx = '```<CURSOR>```'"
    assert (hole.most_lines, hole.names) == (3, "# b.py\ndef b(): ...")


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (_OWN, "```python\nreturn number * 2\n```"),
        ("<|fim_prefix|>def double(x):\n    <|fim_suffix|>\n<|fim_middle|>", "return x * 2"),
        ("<PRE> def double(x):\n     <SUF>\n <MID>", "return x * 2"),
        ("<prefix>def double(x):\n    </prefix><suffix></suffix>", "return x * 2"),
        (
            "Fill the hole.\n<QUERY>\ndef double(x):\n    {{FILL_HERE}}\n</QUERY>\nWrite <COMPLETION>.",
            "<COMPLETION>return x * 2</COMPLETION>",
        ),
        (
            "Complete `a.py` at the cursor:\n\n```py\ndef double(x):\n    <cursor>\n```",
            "```python\nreturn x * 2\n```",
        ),
        ("Complete at `<CURSOR>`:\n\n```py\nq<CURSOR>\n```", "```\n\n```"),
    ],
)
async def test_the_gap_is_filled_as_the_prompt_wants_it(prompt: str, expected: str) -> None:
    """Nothing around it: no word about a simulation, over a real socket."""
    async with quick_sandbox() as server, client_of(server) as client:
        assert text_of(await answer_of(client, body_of(user(prompt)))) == expected


def test_a_question_about_completion_is_no_gap() -> None:
    """Without a marker it is answered as a question."""
    answer = think(Conversation("", (Said("user", "How do I complete my order?"),)))
    assert any(isinstance(part, Text) and part.text.startswith("*Simulated") for part in answer.parts)
