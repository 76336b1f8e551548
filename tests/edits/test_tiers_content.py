"""Tiers of content: look-alikes, quotes, typos in prose and lines left out; the file's form always stays."""

# ruff: noqa: RUF001, E501 - look-alikes are tested; a table's row is one line

import json

import pytest

from lakewright.edits.locate import locate
from lakewright.edits.values import AlreadyApplied, Kind, Located
from support_edits import edited

Row = tuple[str, str, str, str | Kind]
A = 'say("a - b")\nnext(1)\n'
Q = "call('one', \"two\")\nnext(1)\n"
P = "# The number of pieces that are counted here.\nnext(1)\n"
F = "def f():\n    a = 1\n    b = 2\n    c = 3\n    d = 4\n    return a\n\n\ndef g():\n    return 0\n"

LOOKALIKE: list[Row] = [
    (A, "say(“a - b”)\nnext(1)", "say(“a - b”)\nnext(2)", A.replace("1", "2")),
    (A, 'say("a – b")\nnext(1)', 'say("a – b")\nnext(2)', A.replace("1", "2")),
    (A, 'say("a − b")\nnext(1)', 'say("a − b")\nnext(2)', A.replace("1", "2")),
    (A, 'say(\u200b"a - b")\nnext(1)', 'say(\u200b"a - b")\nnext(2)', A.replace("1", "2")),
    (A, 'say（"a - b"）\nnext(1)', 'say（"a - b"）\nnext(2)', A.replace("1", "2")),
    (A, 'say("a\u00a0- b")\nnext(1)', 'say("a\u00a0- b")\nnext(2)', A.replace("1", "2")),
    ("say(“a”)\nnext(1)\n", 'say("a")\nnext(1)', 'say("a")\nnext(2)', "say(“a”)\nnext(2)\n"),
    ("a…b\nnext(1)\n", "a...b\nnext(1)", "a...b\nnext(2)", "a…b\nnext(2)\n"),
    ("e\u0301te()\nnext(1)\n", "\u00e9te()\nnext(1)", "\u00e9te()\nnext(2)", "e\u0301te()\nnext(2)\n"),
    ("# it's — so\nf('x')\n", "# it’s — so\nf(‘x’)", "# it’s — so\nf(‘y’) # — z", "# it's — so\nf('y') # — z\n"),
    ("    a()\n    b()\n", "\u00a0\u00a0\u00a0\u00a0a()\n\u00a0\u00a0\u00a0\u00a0b()", "\u00a0\u00a0\u00a0\u00a0a()\n\u00a0\u00a0\u00a0\u00a0c()", "    a()\n    c()\n"),
    ("a()\nb()\n", "a()\nb()  ", "a()\n\u00a0\u00a0c()", "a()\n  c()\n"),
    ("nаme = 1\nnext(1)\n", "name = 1\nnext(1)", "x", Kind.NOT_FOUND),
    ("say(“a”)\nsay(”a“)\n", 'say("a")', "x", Kind.AMBIGUOUS),
    ("x = 1\u2028y = 2\n", "x = 1 y = 2", "x", Kind.NOT_FOUND),
]  # fmt: skip
QUOTES: list[Row] = [
    (Q, "call(\"one\", 'two')\nnext(1)", "call(\"one\", 'two')\nnext(2)", Q.replace("1", "2")),
    (Q, 'call("one", "two")\nnext(1)', 'call("one", "two")\nnext(2)', Q.replace("1", "2")),
    (Q, "call('one', 'two')\nnext(1)", "call('one', 'two')\nnext(2)", Q.replace("1", "2")),
    ("x = {'a': 1}\ny = 2\n", 'x = {"a": 1}\ny = 2', 'x = {"a": 1}\ny = 3', "x = {'a': 1}\ny = 3\n"),
    ("    x = ''\n    y = 2\n", '    x = ""\n    y = 2', '    x = ""\n    y = 3', "    x = ''\n    y = 3\n"),
    (Q, 'call("one", "two")\nnext(1)', 'call("one", "three")\nnext(1)', Kind.AMBIGUOUS),
    ("f(b'a')\ny = 2\n", 'f(b"a")\ny = 2', "x", Kind.NOT_FOUND),
    ("f('it\\'s')\ny = 2\n", 'f("it\\"s")\ny = 2', "x", Kind.NOT_FOUND),
    ("f('${a}')\ny = 2\n", 'f("${a}")\ny = 2', "x", Kind.NOT_FOUND),
    ("f('a\\n')\ny = 2\n", 'f("a\\n")\ny = 2', "x", Kind.NOT_FOUND),
    ("x = '''\na 'b' c\n'''\n", "a \"b\" c\n'''", "x", Kind.NOT_FOUND),
    ("# it's an 'a'\ny = 2\n", '# it"s an "a"\ny = 2', "x", Kind.NOT_FOUND),
]  # fmt: skip
TYPO: list[Row] = [
    (P, P.replace("number", "numbr"), P.replace("number", "numbr").replace("1", "2"), P.replace("1", "2")),
    (P, P.replace("number", "numbber"), P.replace("number", "numbber").replace("1", "2"), P.replace("1", "2")),
    (P, P.replace("pieces", "peices"), P.replace("pieces", "peices").replace("1", "2"), P.replace("1", "2")),
    (P, P.replace("pieces", "piexes"), P.replace("pieces", "piexes").replace("1", "2"), P.replace("1", "2")),
    (P, P.replace("number", "numbr").replace("counted", "conted"), P.replace("1", "2"), P.replace("1", "2")),
    ('def f():\n    """Sums.\n\n    The sum of all parts.\n    """\n    go(1)\n', '    The sum of all prts.\n    """\n    go(1)', '    The sum of all prts.\n    """\n    go(2)', 'def f():\n    """Sums.\n\n    The sum of all parts.\n    """\n    go(2)\n'),
    ("go(1)  # the sum of all parts\nend()\n", "go(1)  # the sum of all prts\nend()", "go(1)  # the sum of all prts\nend(2)", "go(1)  # the sum of all parts\nend(2)\n"),
    (P, P.replace("number", "numbers"), "x", Kind.NOT_FOUND),
    (P, P.replace("number", "Number"), "x", Kind.NOT_FOUND),
    (P, P.replace("here", "her"), "x", Kind.NOT_FOUND),
    (P + "# numbr of others\n", P.replace("number", "numbr"), "x", Kind.NOT_FOUND),
    ('s = "the number of pieces"\nnext(1)\n', 's = "the numbr of pieces"\nnext(1)', "x", Kind.NOT_FOUND),
    ("number = pieces + counted\nnext(1)\n", "numbr = pieces + counted\nnext(1)", "x", Kind.NOT_FOUND),
    ("# The `number` of pieces that count.\nnext(1)\n", "# The `numbr` of pieces that count.\nnext(1)", "x", Kind.NOT_FOUND),
]  # fmt: skip
ELISION: list[Row] = [
    (F, "def f():\n    a = 1\n    ...\n    return a", "def f():\n    a = 9\n    ...\n    return a", F.replace("a = 1", "a = 9")),
    (F, "    a = 1\n    # ... existing code ...\n    return a", "    a = 1\n    # ... existing code ...\n    return b", F.replace("return a", "return b")),
    (F, "...\n    b = 2\n    c = 3\n...", "...\n    b = 2\n    c = 9\n...", F.replace("c = 3", "c = 9")),
    (F, "    a = 1\n    ...\n    c = 3\n    ...\n    return a", "    a = 1\n    ...\n    c = 9\n    ...\n    return a", F.replace("c = 3", "c = 9")),
    (F, "def f():\n    ...\n    d = 4", "def f():\n    ...\n    d = 4\n    e = 5", F.replace("d = 4", "d = 4\n    e = 5")),
    (F, "    a = 1\n    ...\n    b = 9", "x", Kind.ELISION),
    (F, "def g():\n    ...\n    a = 1", "def g():\n    ...\n    a = 2", Kind.NOT_FOUND),
    (F, "    a = 1\n    ...\n    return 1", "    a = 2\n    ...\n    return 1", Kind.NOT_FOUND),
    (F.replace("b = 2", "..."), "    a = 1\n    ...\n    return a", "    a = 2\n    ...\n    return a", Kind.NOT_FOUND),
    (F + F, "    a = 1\n    ...\n    return a", "    a = 2\n    ...\n    return a", Kind.AMBIGUOUS),
    ("...; log()\none(1)\n...\ntwo(2)\n", "...\none(1)", "...\none(2)", Kind.NOT_FOUND),
    (F, "    a = 1\n    b = 2", "    a = 1\n    # ... rest of the code ...", Kind.ELISION),
]  # fmt: skip
TIERS = {"lookalike": LOOKALIKE, "quotes": QUOTES, "typo": TYPO, "elision": ELISION}


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
    assert min(len(located), len(rows) - len(located)) >= 3
    assert sum(tier in name for name in located) >= len(located) / 2


@pytest.mark.parametrize("path", ["a.c", "a.go", "a.java", "a.rs", "a.sh", "a.sql", "a.rb", ""])
def test_quotes_mean_something_in_most_languages(path: str) -> None:
    """A character is no string, and a shell's single quotes keep dollars."""
    assert isinstance(edited("f('a')\nnext(1)\n", 'f("a")\nnext(1)', "x", path=path), Kind)


@pytest.mark.parametrize("path", ["a.py", "a.js", "a.ts", "a.tsx"])
def test_quotes_are_free_where_they_mean_the_same(path: str) -> None:
    """Formatters change them behind a model's back."""
    assert edited("f('a')\nnext(1)\n", 'f("a")\nnext(1)', 'f("a")\nnext(2)', path=path) == "f('a')\nnext(2)\n"


def test_a_dash_that_was_quoted_right_stays() -> None:
    """Only the look-alikes that the model put are taken back, not those that the file has as well."""
    text = "log('', msg)\n# so — it is\n"
    assert edited(text, "log(‘’, msg)\n# so — it is", "log(‘’, msg)\n# so — it was") == text.replace(
        "is", "was"
    )


def test_a_string_that_was_misquoted_is_not_changed() -> None:
    """Where search and file differ inside a string, a change of that string can't be told."""
    text = 'say("a - b", 1)\n'
    assert edited(text, 'say("a – b", 1)', 'say("a – c", 1)') == 'say("a - c", 1)\n'
    assert edited(text, 'say("a – b", 1)', 'say("a — b", 1)') is Kind.AMBIGUOUS


def test_a_mask_inside_of_escapes_is_found() -> None:
    """What a gateway masked isn't written in whatever wrapping it comes."""
    text = "a = 1\nb = 2\n"
    search, replace = json.dumps("a = 1\nb = 2"), '"a = 1\\nb = \\"\\u003cEMAIL_ADDRESS\\u003e\\""'
    assert edited(text, search, replace) is Kind.MASKED
    assert edited("a = '&lt;URL&gt;'\n", "a = '&lt;URL&gt;'", "b = '&lt;URL&gt;'") == "b = '&lt;URL&gt;'\n"


@pytest.mark.parametrize(
    ("search", "replace", "wanted"),
    [
        ("\t\ta()\n\t\tb()", "\t\ta()\n\t\tif c:\n\t\t\tb()", Kind.AMBIGUOUS),
        ("\ta()\n\tb()", "\ta()\n\tif c:\n\t\tb()", "if x:\n    a()\n    if c:\n        b()\n"),
    ],
)
def test_a_depth_that_one_pair_cannot_tell_is_asked_for(
    search: str, replace: str, wanted: str | Kind
) -> None:
    """Two tabs for four blanks may be a unit of two, or a level too deep."""
    assert edited("if x:\n    a()\n    b()\n", search, replace) == wanted


def test_a_first_line_in_other_blanks_is_not_an_unindented_one() -> None:
    """A tab in the search beside blanks in the file, and a tab that is another depth further down."""
    text = "    assert err < eps\n\ndef check_alternating():\n        places = 17\n    rest = []\n"
    search = "\tassert err < eps\n\ndef check_alternating():\n\tplaces = 17"
    assert edited(text, search, search + "\n\tmore()") is Kind.NOT_FOUND


def test_a_few_signs_at_another_depth_are_no_evidence() -> None:
    """What is left of a block may fit a copy of it, deeper."""
    assert edited("if a:\n        go()\n        }\n", "    go()\n    }", "    x()\n    }") is Kind.AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "search", "replace"),
    [
        ("    first = one(1)\n    if second:\n        go_on(2)\n    third = 3\n", "first = one(1)\nthird = 3", "first = one(1)\nif second:\n    go_on(2)\nthird = 3"),
        ("...\none(1)\ntwo(2)\nthree(3)\n", "one(1)\n# ... existing code ...\nthree(3)", "one(1)\n# ... existing code ...\nthree(3)\n"),
    ],
)  # fmt: skip
def test_what_was_added_before_is_not_added_again(text: str, search: str, replace: str) -> None:
    """A search that lacks what the edit adds is refused or already applied, never applied twice."""
    outcome = locate(text, search, replace, path="a.py")
    assert not isinstance(outcome, Located)


def test_an_addition_is_seen_through_a_typo() -> None:
    """The search has a slip, its lines stand there, and so does the line to be added."""
    text = "# All parts of the order are counted.\nadded(1)\nnext(1)\n"
    search = "# All prts of the order are counted.\nadded(1)"
    assert isinstance(locate(text, search, search + "\nnext(1)", path="a.py"), AlreadyApplied)


def test_an_addition_is_seen_at_another_depth() -> None:
    """The added line stands there already and put the first line deeper; a typo keeps it from being exact."""
    text = (
        "if not old:\n    if x:\n        return new\n# Neither new nor old is empty here.\nreturn join(old)\n"
    )
    search = "    return new\n# Neither new nor old is emty here."
    replace = "    if x:\n        return new\n# Neither new nor old is emty here."
    assert isinstance(locate(text, search, replace, path="a.py"), AlreadyApplied)
