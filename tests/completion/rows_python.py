"""Answers for holes in Python, as models give them."""

from support_completion import fenced, rows

TAX = """\
import os

RATES = {"de": 0.19, "fr": 0.2}


def tax(net: float, country: str) -> float:
    if net < 0:
        raise ValueError("negative")
    ‸


def total(net: float) -> float:
    return net + tax(net, "de")
"""

PYTHON = rows(
    "shop/tax.py",
    ("bare expression", "def f(x):\n    return ‸\n", "x + 1", "x + 1"),
    ("fenced expression", "def f(x):\n    return ‸\n", fenced("x + 1", "python"), "x + 1"),
    ("leading space doubled", "def f(x):\n    return ‸\n", " x + 1", "x + 1"),
    ("missing space kept as written", "def f(x):\n    return‸\n", " x + 1", " x + 1"),
    ("echo of the line", "def f(x):\n    return ‸\n", fenced("    return x + 1", "python"), "x + 1"),
    ("echo of the line, unindented", "def f(x):\n    return ‸\n", fenced("return x + 1"), "x + 1"),
    (
        "echo of the definition and the line",
        "def f(x):\n    return ‸\n",
        fenced("def f(x):\n    return x + 1", "python"),
        "x + 1",
    ),
    (
        "the whole file again",
        TAX,
        fenced(TAX.replace("‸", "return net * RATES[country]"), "python"),
        "return net * RATES[country]",
    ),
    (
        "statement with the cursor's indentation",
        TAX,
        fenced("    return net * RATES[country]", "python"),
        "return net * RATES[country]",
    ),
    ("statement without it", TAX, fenced("return net * RATES[country]"), "return net * RATES[country]"),
    (
        "lines without their indentation",
        TAX,
        fenced("rate = RATES[country]\nreturn net * rate"),
        "rate = RATES[country]\n    return net * rate",
    ),
    (
        "lines with it but for the first",
        TAX,
        fenced("rate = RATES[country]\n    return net * rate"),
        "rate = RATES[country]\n    return net * rate",
    ),
    (
        "a nested block, unindented",
        TAX,
        fenced("if country in RATES:\n    return net * RATES[country]\nreturn 0.0"),
        "if country in RATES:\n        return net * RATES[country]\n    return 0.0",
    ),
    (
        "a nested block, indented",
        TAX,
        fenced("    if country in RATES:\n        return net * RATES[country]\n    return 0.0"),
        "if country in RATES:\n        return net * RATES[country]\n    return 0.0",
    ),
    (
        "runs into the next function",
        TAX,
        fenced(
            "    return net * RATES[country]\n\n\ndef total(net: float) -> float:\n"
            '    return net + tax(net, "de")\n'
        ),
        "return net * RATES[country]",
    ),
    (
        "a second function of its own",
        TAX,
        "return net * RATES[country]\n\n\ndef gross(net):\n    return net * 1.19",
        "return net * RATES[country]",
    ),
    (
        "talk before and after",
        TAX,
        "Here's the completion:\n\n```python\nreturn net * RATES[country]\n```\n\nThis looks the rate up.",
        "return net * RATES[country]",
    ),
    (
        "a sentence without a colon",
        TAX,
        "The function needs to return the tax.\n\n```python\nreturn net * RATES[country]\n```",
        "return net * RATES[country]",
    ),
    (
        "talk after a bare answer",
        TAX,
        "return net * RATES[country]\n\nThis multiplies the amount by the rate.",
        "return net * RATES[country]",
    ),
    ("one backtick", "def f(x):\n    return ‸\n", "`x + 1`", "x + 1"),
    ("fence on one line", "def f(x):\n    return ‸\n", "```x + 1```", "x + 1"),
    ("tags", "def f(x):\n    return ‸\n", "<completion>x + 1</completion>", "x + 1"),
    ("the marker behind", "def f(x):\n    return ‸\n", "x + 1<CURSOR>", "x + 1"),
    ("the marker before", "def f(x):\n    return ‸\n", "    return <CURSOR>x + 1", "x + 1"),
    ("an empty fence", TAX, "```python\n\n```", ""),
    ("an empty fence, no line", TAX, "```\n```", ""),
    ("said to be nothing", TAX, "Nothing needs to be inserted here.", ""),
    ("no answer", TAX, "", ""),
    ("blanks alone", TAX, "   \n\n\t\n", ""),
    ("header: newline and indentation given", "def f(x):‸\n", fenced("\n    return x"), "\n    return x"),
    ("header: newline lost", "def f(x):‸\n", fenced("    return x"), "\n    return x"),
    ("header: both lost", "def f(x):‸\n", fenced("return x"), "\n    return x"),
    (
        "header: a nested block, both lost",
        "class A:\n    def f(self, x):‸\n",
        fenced("if x:\n    return 1\nreturn 2"),
        "\n        if x:\n            return 1\n        return 2",
    ),
    (
        "header: relative to the header",
        "class A:\n    def f(self, x):‸\n",
        fenced("\n    y = x\n    return y"),
        "\n        y = x\n        return y",
    ),
    ("arguments: bracket closed already", "print(‸)\n", "name, end='')", "name, end=''"),
    ("arguments: bracket not closed", "print(‸\n", "name)", "name)"),
    ("arguments: own brackets stay", "print(‸)\n", "len(name)", "len(name)"),
    ("arguments: too many closed", "print(‸\n", "name))", "name)"),
    ("a colon that is there", "def f(‸):\n    pass\n", "self, x):", "self, x"),
    ("an annotation that is there", "def f(‸) -> int:\n    return 1\n", "x: int) -> int:", "x: int"),
    ("inside of a string", "name = 'hello ‸'\n", "world'", "world"),
    ("inside of a string, brackets", "name = 'f(‸'\n", "x)'", "x)"),
    ("inside of an f-string", 'print(f"total {‸}")\n', 'net:.2f}")', "net:.2f"),
    (
        "inside of a docstring",
        'def f():\n    """Return ‸\n    """\n    return 1\n',
        "the number one, always.",
        "the number one, always.",
    ),
    ("inside of a comment", "# the number of ‸\nn = 1\n", "orders\nn = 1", "orders"),
    ("a name half written", "amount = 3\nprint(am‸)\n", "amount", "ount"),
    ("an attribute half written", "class A:\n    def f(self):\n        return self.na‸\n", "self.name", "me"),
    ("the object again", "import os\nprint(os.‸)\n", "os.getcwd()", "getcwd()"),
    ("a condition above its body", "def f(x):\n    if ‸\n        return 1\n", "x > 3:", "x > 3:"),
    ("a header without a body", TAX, fenced("if country in RATES:"), ""),
    (
        "repeats itself",
        "def f():\n    ‸\n",
        "print('a')\nprint('a')\nprint('a')\nprint('a')\nprint('a')",
        "print('a')",
    ),
    (
        "two lines in turn",
        "def f():\n    ‸\n",
        "a.append(1)\nb.append(1)\n" * 4,
        "a.append(1)\n    b.append(1)\n    a.append(1)\n    b.append(1)",
    ),
    ("the line above again", "import os\nimport sys\n‸\n", "import sys\nimport json", "import json"),
    ("only the line above", "import os\nimport sys\n‸\n", "import sys", ""),
    ("what follows already", "def f():\n    ‸\n    return total\n", "return total", ""),
    (
        "up to what follows",
        "def f(xs):\n    ‸\n    return total\n",
        "total = sum(xs)\nreturn total",
        "total = sum(xs)",
    ),
    ("a comment that stands there", "# sum up\ndef f():\n    # sum up\n    ‸\n", "# sum up", ""),
    ("elision", TAX, "return net\n    # ... rest of the code", "return net"),
    (
        "first function at the top",
        "import os\n\n\n‸\n",
        "def f():\n    return 1\n\n\ndef g():\n    return 2",
        "def f():\n    return 1",
    ),
    (
        "a decorated function is one",
        "import functools\n\n\n‸\n",
        "@functools.cache\ndef f():\n    return 1\n\n\n@functools.cache\ndef g():\n    return 2",
        "@functools.cache\ndef f():\n    return 1",
    ),
    (
        "one method in a class",
        "class A:\n    x = 1\n\n    ‸\n",
        fenced("    def a(self):\n        return 1\n\n    def b(self):\n        return 2"),
        "def a(self):\n        return 1",
    ),
    ("defines again what is there", "def f():\n    return 1\n\n\n‸\n", "def f():\n    return 1", ""),
    (
        "an if's else leaves its block",
        "def f(x):\n    if x:\n        ‸\n",
        "return 1\n    else:\n        return 2",
        "return 1",
    ),
    ("control characters", "x = ‸\n", "1\x00\x1b[31m\u202e\u200b", "1"),
    ("masked", "send_to = ‸\n", '"<EMAIL_ADDRESS>"', ""),
    (
        "a mask that the file has",
        'MASK = "<EMAIL_ADDRESS>"\nsend_to = ‸\n',
        '"<EMAIL_ADDRESS>"',
        '"<EMAIL_ADDRESS>"',
    ),
    ("CRLF", "def f(x):\r\n    ‸\r\n", "y = x\n    return y\n", "y = x\r\n    return y"),
    ("tabs in the file", "def f(x):\n\tif x:\n\t\t‸\n", "y = x\n        return y", "y = x\n\t\treturn y"),
    ("an empty file", "‸", "import os\n", "import os"),
    ("before code on its line", "def f(x):\n    ‸return y\n", "y = x + 1", "y = x + 1\n    "),
    ("an expression before code", "async def f(x):\n    return ‸x\n", "await ", "await "),
    ("a list over lines", "XS = ‸\n", "[\n    1,\n    2,\n]", "[\n    1,\n    2,\n]"),
    ("an open list is not used", "XS = ‸\nY = 1\n", "[\n    1,\n    2,", ""),
    ("a trailing comma inside", "XS = [\n    1,\n    ‸\n]\n", "2,\n    3,\n]", "2,\n    3,"),
    ("indentation too deep", "def f(x):\n    y = x\n    ‸\n", "        return y", "return y"),
    (
        "a string over lines keeps its own",
        "X = ‸\n",
        '"""\nfirst\n  second\n"""',
        '"""\nfirst\n  second\n"""',
    ),
)
