"""Tiers of blanks: what is forgiven at line ends, in indentation, between words and lines; and what isn't."""

# ruff: noqa: E501 - a table's row is one line

import pytest

from lakewright.edits.locate import locate
from lakewright.edits.values import AlreadyApplied, Kind, Located
from support_edits import edited

TEXT = "def f(a):\n    if a:\n        return gather(a, 1, more=True)\n    return None\n"
NEW = TEXT.replace("gather(a, 1, more=True)", "gather(a, 2, more=True)")
OTHER = TEXT.replace("None", "0")
TABS = TEXT.replace("    ", "\t")
TABS_NEW = NEW.replace("    ", "\t")
GAP = "one(1)\n\n\ntwo(2)\nthree(3)\n\nfour(4)\n"
Row = tuple[str, str, str, str | Kind]

TRAILING: list[Row] = [
    (
        TEXT,
        "    if a:  \n        return gather(a, 1, more=True)",
        "    if a:  \n        return gather(a, 2, more=True)",
        NEW,
    ),
    (
        TEXT,
        "    if a:\n        return gather(a, 1, more=True)\t",
        "    if a:\n        return gather(a, 2, more=True)\t",
        NEW,
    ),
    (
        TEXT,
        "    if a: \n        return gather(a, 1, more=True) \n",
        "    if a: \n        return gather(a, 2, more=True) \n",
        NEW,
    ),
    (
        TEXT,
        "    if a:\n        return gather(a, 1, more=True)   ",
        "    if a:\n        return gather(a, 2, more=True)",
        NEW,
    ),
    (
        TEXT,
        "    if a:\r\n        return gather(a, 1, more=True) \r\n",
        "    if a:\r\n        return gather(a, 2, more=True)\r\n",
        NEW,
    ),
    ("a = 1  \nb = 2\n", "a = 1\nb = 2", "a = 1\nb = 3", "a = 1  \nb = 3\n"),
    ("a = 1\t\nb = 2 \n", "a = 1 \nb = 2", "a = 9 \nb = 2", "a = 9 \nb = 2 \n"),
    ("a = 1\n    \nb = 2\n", "a = 1\n\nb = 2", "a = 1\n\nb = 3", "a = 1\n    \nb = 3\n"),
    ("a = 1\n\nb = 2\n", "a = 1\n    \nb = 2", "a = 1\n    \nb = 3", "a = 1\n\nb = 3\n"),
    ("a = 1\x0c\nb = 2\n", "a = 1\nb = 2", "a = 1\nb = 3", "a = 1\x0c\nb = 3\n"),
    ("a = 1 \nb = 2\na = 1\nb = 2 \n", "a = 1  \nb = 2  ", "x = 1", Kind.AMBIGUOUS),
    ('s = """a\nb"""\n', 's = """a  \nc"""', "x", Kind.NOT_FOUND),
]
INDENT: list[Row] = [
    (TEXT, "if a:\n    return gather(a, 1, more=True)", "if a:\n    return gather(a, 2, more=True)", NEW),
    (
        TEXT,
        "  if a:\n      return gather(a, 1, more=True)",
        "  if a:\n      return gather(a, 2, more=True)",
        NEW,
    ),
    (
        TEXT,
        "        if a:\n            return gather(a, 1, more=True)",
        "        if a:\n            return gather(a, 2, more=True)",
        NEW,
    ),
    (TEXT, "\tif a:\n\t\treturn gather(a, 1, more=True)", "\tif a:\n\t\treturn gather(a, 2, more=True)", NEW),
    (
        TABS,
        "    if a:\n        return gather(a, 1, more=True)",
        "    if a:\n        return gather(a, 2, more=True)",
        TABS_NEW,
    ),
    (
        TABS,
        "  if a:\n    return gather(a, 1, more=True)",
        "  if a:\n    return gather(a, 2, more=True)",
        TABS_NEW,
    ),
    (
        TEXT,
        "  if a:\n    return gather(a, 1, more=True)\n  return None",
        "  if a:\n    return gather(a, 2, more=True)\n  return None",
        NEW,
    ),
    (
        TEXT,
        "if a:\n        return gather(a, 1, more=True)",
        "if a:\n        return gather(a, 2, more=True)",
        NEW,
    ),
    (
        TEXT,
        "return gather(a, 1, more=True)\n    return None",
        "return gather(a, 2, more=True)\n    return None",
        NEW,
    ),
    (
        TEXT,
        "if a:\n\treturn gather(a, 1, more=True)",
        "if a:\n\tb = 1\n\treturn gather(a, 1, more=True)",
        TEXT.replace("return gather", "b = 1\n        return gather"),
    ),
    (
        "a:\n\tb()\n\t  c()\n",
        "a:\n        b()\n          c()",
        "a:\n        b()\n          d()",
        "a:\n\tb()\n\t  d()\n",
    ),
    (TEXT, "    if a:\n            return gather(a, 1, more=True)", "x", Kind.NOT_FOUND),
    (TEXT, "    if a:\n    return gather(a, 1, more=True)", "x", Kind.NOT_FOUND),
    (TEXT, "        return gather(a, 1, more=True)\nreturn None", "x", Kind.NOT_FOUND),
    ("  go(1)\n    go(1)\n", "\tgo(1)", "x", Kind.AMBIGUOUS),
    ("    a()\n    b()\n", "\ta()\n\tb()", "\ta()\n\tif c:\n\t\tb()", "    a()\n    if c:\n        b()\n"),
    ("a()\nb()\nif c:\n    d()\n", "\ta()\n\tb()", "\ta()\n\tif c:\n\t\tb()", Kind.AMBIGUOUS),
    ("f(\n)\n  }\n    }\n", "f(\n)\n}\n", "g(\n)\n}\n", Kind.NOT_FOUND),
]
BLANKS: list[Row] = [
    (TEXT, "        return  gather(a, 1, more=True)", "        return  gather(a, 2, more=True)", NEW),
    (TEXT, "        return gather(a,1, more=True)", "        return gather(a,2, more=True)", NEW),
    (
        TEXT,
        "        return gather( a, 1, more=True )\n    return None",
        "        return gather( a, 1, more=True )\n    return 0",
        OTHER,
    ),
    (TEXT, "def f( a ):\n    if a:", "def f( a ):\n    if b:", TEXT.replace("if a:", "if b:")),
    ("x = a+b\ny = 1\n", "x = a + b\ny = 1", "x = a + b\ny = 2", "x = a+b\ny = 2\n"),
    ("x={a : 1}\ny = 1\n", "x = {a: 1}\ny = 1", "x = {a: 1}\ny = 2", "x={a : 1}\ny = 2\n"),
    ("int  a;\nint b;\n", "int a;\nint b;", "int a;\nint c;", "int  a;\nint c;\n"),
    ("x\t= 1\ny = 2\n", "x = 1\ny = 2", "x = 1\ny = 3", "x\t= 1\ny = 3\n"),
    ("return x\ny = 2\n", "returnx\ny = 2", "x", Kind.NOT_FOUND),
    ('s = "a  b"\ny = 2\n', 's = "a b"\ny = 2', "x", Kind.NOT_FOUND),
    ("x = a - -b\ny = 2\n", "x = a --b\ny = 2", "x", Kind.NOT_FOUND),
    ("x = '''\na  b\n'''\n", "a b\n'''", "x", Kind.NOT_FOUND),
    ("x = a  + b\nx = a +  b\n", "x = a + b", "x", Kind.AMBIGUOUS),
]
BLANK_LINE: list[Row] = [
    (GAP, "one(1)\n\ntwo(2)", "one(1)\n\ntwo(9)", GAP.replace("two(2)", "two(9)")),
    (GAP, "one(1)\ntwo(2)", "one(9)\ntwo(2)", GAP.replace("one(1)", "one(9)")),
    (GAP, "two(2)\n\nthree(3)", "two(2)\n\nthree(9)", GAP.replace("three(3)", "three(9)")),
    (GAP, "three(3)\nfour(4)", "three(3)\nfour(9)", GAP.replace("four(4)", "four(9)")),
    (GAP, "\ntwo(2)\nthree(3)", "\ntwo(9)\nthree(3)", GAP.replace("two(2)", "two(9)")),
    (GAP, "three(3)\n\n\n\nfour(4)", "three(3)\n\n\n\nfour(9)", GAP.replace("four(4)", "four(9)")),
    (GAP, "two(2)\n\nthree(3)\nfour(4)", "two(2)\n\nthree(3)\nfive(5)", GAP.replace("four(4)", "five(5)")),
    (GAP, "two(2)\n\nthree(3)", "two(2)\n\nnew()\nthree(3)", GAP.replace("three", "new()\nthree")),
    (GAP, "one(1)\ntwo(2)", "one(1)", GAP.replace("two(2)\n", "")),
    (GAP, "one(1)\ntwo(2)", "three(9)\nfour(9)\nfive(9)", Kind.VANISHES),
    ("f()\n\ng()\nf()\n\n\ng()\n", "f()\ng()", "x", Kind.AMBIGUOUS),
    (GAP, "one(1)\n\nthree(3)", "x", Kind.NOT_FOUND),
]
TIERS = {"trailing": TRAILING, "indent": INDENT, "blanks": BLANKS, "blank line": BLANK_LINE}


@pytest.mark.parametrize(
    ("tier", "row"),
    [(tier, row) for tier, rows in TIERS.items() for row in rows],
    ids=lambda part: str(part)[:60],
)
def test_each_row_of_a_tier_comes_out_as_it_says(tier: str, row: Row) -> None:
    """The text after the edit letter for letter, or why it is refused."""
    text, search, replace, expected = row
    assert edited(text, search, replace) == expected


@pytest.mark.parametrize("tier", TIERS)
def test_every_tier_has_ten_rows_and_is_named(tier: str) -> None:
    """A tier's table has applied and refused rows, and most of the applied ones tell the tier."""
    rows = TIERS[tier]
    outcomes = [locate(text, search, replace, path="a.py") for text, search, replace, _ in rows]
    located = [outcome.tier for outcome in outcomes if isinstance(outcome, Located)]
    assert len(rows) >= 10
    assert len(rows) - len(located) >= 2
    assert sum(tier in name for name in located) >= len(located) / 2


@pytest.mark.parametrize(
    ("text", "search", "replace"),
    [
        ("    if a:\n        b()\n", "b()", "if a:\n    b()"),
        ("    if x:\n        a()\n    b()\n", "    a()\n    b()", "    if x:\n        a()\n    b()"),
        ("\tlog()\n\tgo()\n\tend()\n", "go()\nend()", "log()\ngo()\nend()"),
        ("if one:\n    two()\nthree()\n", "two()\nthree()", "if one:\n    two()\nthree()"),
    ],
)
def test_lines_that_stand_there_deeper_are_not_added_again(text: str, search: str, replace: str) -> None:
    """An edit that was applied before isn't applied to its own result."""
    assert isinstance(locate(text, search, replace, path="a.py"), AlreadyApplied)


NEAR = "class A:\n    def run(self):\n        load(1)\n        save(2)\n        done(3)\n\n\ndef run():\n    load(1)\n    save(2)\n    done(4)\n"


@pytest.mark.parametrize(
    "search",
    ["\tload(1)\n\tsave(2)\n\tdone(4)", "            load(1)\n            save(2)\n            done(3)"],
)
def test_a_near_miss_at_any_depth_is_a_rival(search: str) -> None:
    """Where the search's depth is neither place's, all lines but one stand for what was meant, too."""
    assert edited(NEAR, search, "x()") is Kind.AMBIGUOUS
