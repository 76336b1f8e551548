"""What models get wrong: each tier applies what can be meant once only, and refuses the rest."""

# ruff: noqa: RUF001, E501 - look-alikes are tested; a table's row is one line

import pytest

from lakewright.edits.locate import locate
from lakewright.edits.values import AlreadyApplied, Kind, Located, NothingToChange, Refused
from support_edits import CODE, edited

PRICES = "        prices = [line.price for line in self.lines]\n        if rate > 10:"
COSTS = PRICES.replace("prices", "costs")
WANTED = CODE.replace(PRICES, COSTS)


def dedented(text: str, by: int) -> str:
    return "\n".join(line[by:] for line in text.split("\n"))


def each(text: str, form: str) -> str:
    return "\n".join(form.format(number=i, line=line) for i, line in enumerate(text.split("\n"), 12))


APPLIED = {
    "exact": (PRICES, COSTS),
    "with a final newline": (PRICES + "\n", COSTS + "\n"),
    "newline in the search only": (PRICES + "\n", COSTS),
    "newline before": ("\n" + PRICES, "\n" + COSTS),
    "newline before the search only": ("\n" + PRICES, COSTS),
    "CRLF from the model": (PRICES.replace("\n", "\r\n"), COSTS.replace("\n", "\r\n")),
    "trailing blanks": (each(PRICES, "{line}  "), each(COSTS, "{line}  ")),
    "trailing tab on one line": (PRICES.replace("]", "]\t"), COSTS.replace("]", "]\t")),
    "CR left at line ends": (PRICES.replace("\n", " \r\n"), COSTS.replace("\n", " \r\n")),
    "trailing no-break space": (each(PRICES, "{line}\u00a0"), each(COSTS, "{line}\u00a0")),
    "trailing blanks in the search only": (each(PRICES, "{line} "), COSTS),
    "dedented": (dedented(PRICES, 8), dedented(COSTS, 8)),
    "dedented by half": (dedented(PRICES, 4), dedented(COSTS, 4)),
    "dedented by one": (dedented(PRICES, 1), dedented(COSTS, 1)),
    "indented too far": (each(PRICES, "    {line}"), each(COSTS, "    {line}")),
    "indented too far by one": (each(PRICES, " {line}"), each(COSTS, " {line}")),
    "tabs for spaces": (PRICES.replace("    ", "\t"), COSTS.replace("    ", "\t")),
    "first line unindented": (PRICES.lstrip(), COSTS.lstrip()),
    "first line unindented, blanks at ends": (
        each(PRICES.lstrip(), "{line} "),
        each(COSTS.lstrip(), "{line} "),
    ),
    "numbers with |": (each(PRICES, "{number:>4} | {line}"), each(COSTS, "{number:>4} | {line}")),
    "numbers with |, no blank": (each(PRICES, "{number}|{line}"), each(COSTS, "{number}|{line}")),
    "numbers with a tab": (each(PRICES, "{number:>6}\t{line}"), each(COSTS, "{number:>6}\t{line}")),
    "numbers with :": (each(PRICES, "{number}: {line}"), each(COSTS, "{number}: {line}")),
    "numbers with →": (each(PRICES, "{number:>6}→{line}"), each(COSTS, "{number:>6}→{line}")),
    "numbers with L": (each(PRICES, "L{number}: {line}"), each(COSTS, "L{number}: {line}")),
    "numbers in the search only": (each(PRICES, "{number:>4} | {line}"), COSTS),
    "numbers and dedent": (
        each(dedented(PRICES, 8), "{number}| {line}"),
        each(dedented(COSTS, 8), "{number}| {line}"),
    ),
    "signs of a diff": (each(PRICES, "-{line}"), each(COSTS, "+{line}")),
    "signs in the search only": (each(PRICES, "-{line}"), COSTS),
    "a hunk": (
        PRICES.replace("        prices", "-        prices").replace("\n  ", "\n   "),
        COSTS.replace("        costs", "+        costs").replace("\n  ", "\n   "),
    ),
    "fence": (f"```python\n{PRICES}\n```", f"```python\n{COSTS}\n```"),
    "fence without language": (f"```\n{PRICES}\n```\n", f"```\n{COSTS}\n```\n"),
    "fence of tildes": (f"~~~py\n{PRICES}\n~~~", f"~~~py\n{COSTS}\n~~~"),
    "fence in the search only": (f"```python\n{PRICES}\n```", COSTS),
    "fence and numbers": (
        "```\n" + each(PRICES, "{number} | {line}") + "\n```",
        "```\n" + each(COSTS, "{number} | {line}") + "\n```",
    ),
    "tags": (f"<search>\n{PRICES}\n</search>", f"<replace>\n{COSTS}\n</replace>"),
    "tags of another tool": (f"<old_str>\n{PRICES}\n</old_str>", f"<new_str>\n{COSTS}\n</new_str>"),
    "tag and fence": (f"<code>\n```\n{PRICES}\n```\n</code>", f"<code>\n```\n{COSTS}\n```\n</code>"),
    "entities": (PRICES.replace(">", "&gt;"), COSTS.replace(">", "&gt;")),
    "entities and dedent": (
        dedented(PRICES, 8).replace(">", "&gt;"),
        dedented(COSTS, 8).replace(">", "&gt;"),
    ),
    "blank line added": (PRICES.replace("\n", "\n\n"), COSTS.replace("\n", "\n\n")),
    "blank lines before": ("\n\n" + PRICES, "\n\n" + COSTS),
    "no-break spaces": (PRICES.replace("    ", "\u00a0   "), COSTS.replace("    ", "\u00a0   ")),
    "zero-width space": (PRICES.replace("rate", "\u200brate"), COSTS.replace("rate", "\u200brate")),
    "wide brackets": (PRICES.replace("[", "［"), COSTS.replace("[", "［")),
    "two blanks for one": (PRICES.replace(" > ", "  > "), COSTS.replace(" > ", "  > ")),
    "blanks around a sign left out": (PRICES.replace(" = ", "="), COSTS.replace(" = ", "=")),
    "escaped as one line": (PRICES.replace("\n", "\\n"), COSTS.replace("\n", "\\n")),
}


@pytest.mark.parametrize("name", APPLIED)
def test_a_slip_that_carries_no_meaning_is_forgiven(name: str) -> None:
    """The result is what the model meant, letter for letter: indentation and blanks as the file has them."""
    result = edited(CODE, *APPLIED[name])
    expected = WANTED
    if "blanks around" in name:
        expected = CODE.replace("prices = [", "costs = [")
    assert result == expected


OTHER = [
    ("smart quotes", "return name.upper() + “\\n”", "return name.lower() + “\\n”", "upper", "lower"),
    (
        "smart quotes, new line",
        "raise ValueError(“rate is 10 at most”)",
        "raise KeyError(“rate is 10 at most”)",
        "ValueError",
        "KeyError",
    ),
    ("dash", 'name = f"{self.number}–{self.customer}"\n        return name.upper()', None, "", ""),
    (
        "apostrophe",
        'return {"a": 1, \'b\': 2, "it’s": 3}',
        'return {"a": 9, \'b\': 2, "it’s": 3}',
        '"a": 1',
        '"a": 9',
    ),
    (
        "typo in a comment",
        "# The sum of all prices with the tax of the contry.\n        prices = [",
        None,
        "",
        "",
    ),
]


@pytest.mark.parametrize(
    ("search", "replace", "old", "new"),
    [row[1:] for row in OTHER if row[2]],
    ids=[row[0] for row in OTHER if row[2]],
)
def test_misquoted_parts_stay_as_the_file_has_them(search: str, replace: str, old: str, new: str) -> None:
    """Only what the model changed changes; quotes, dashes and words it misquoted are the file's."""
    assert edited(CODE, "        " + search, "        " + replace) == CODE.replace(old, new)


TYPO = "        # The sum of all prices with the tax of the contry.\n        prices = ["


def test_a_typo_in_a_comment_is_forgiven_and_the_comment_kept() -> None:
    """The comment comes out as the file has it."""
    search = TYPO + "line.price for line in self.lines]"
    assert edited(CODE, search, search.replace("prices = [", "costs = [")) == CODE.replace(
        "prices = [", "costs = ["
    )


REFUSED = {
    "another name": PRICES.replace("prices", "price"),
    "another number": PRICES.replace("10", "11"),
    "another operator": PRICES.replace(">", ">="),
    "another operator of one sign": PRICES.replace(">", "<"),
    "another keyword": PRICES.replace("if", "while"),
    "another letter case": PRICES.replace("rate", "Rate"),
    "letter case everywhere": PRICES.upper(),
    "another string": '            raise ValueError("rate is 20 at most")\n',
    "a blank more in a string": '            raise ValueError("rate  is 10 at most")\n',
    "a blank less in a string": '            raise ValueError("rateis 10 at most")\n',
    "a typo in a string": '            raise ValueError("rate is 10 at mosst")\n',
    "a typo in a name": PRICES.replace("prices", "prcies"),
    "a foreign letter in a name": PRICES.replace("rate", "r\u0430te"),
    "a line left out": "        prices = [line.price for line in self.lines]\n\n        return sum(prices) * (1 + rate)",
    "a line too many": PRICES.replace("\n", "\n        prices.sort()\n"),
    "lines swapped": "\n".join(reversed(PRICES.split("\n"))),
    "a line of another depth": PRICES.replace("\n        if", "\n            if"),
    "a line less deep": PRICES.replace("\n        if", "\n    if"),
    "blanks between words left out": PRICES.replace("for line", "forline"),
    "the end of a word": PRICES.replace("prices", "rices").lstrip(),
    "a wrong entity": PRICES.replace(">", "&lt;"),
    "numbers not in a row": f"12| {PRICES.replace(chr(10), chr(10) + '17| ')}",
    "number in a comment": "        # The sum of all prices with the tax of 2 country.\n" + PRICES,
    "a word for another in a comment": "        # The sum of all prices with the tax of the county.\n".replace(
        "sum", "list"
    )
    + PRICES,
    "a name in a docstring": '    """One order of a customers with several lines."""\n\n    def total(self, rate: float) -> float:',
    "nothing alike": "completely()\ndifferent()",
    "only part of a fence": f"```python\n{PRICES}",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_carries_meaning_is_never_guessed(name: str) -> None:
    """A search that says something else than the file is refused, with a reason."""
    assert edited(CODE, REFUSED[name], "        pass  # something else altogether\n") is Kind.NOT_FOUND


def test_all_candidates_are_told() -> None:
    """An ambiguous search is answered with every line where it stands."""
    outcome = locate("a = 1\nb = 2\na = 1\n", "a = 1", "a = 3")
    assert isinstance(outcome, Refused)
    assert outcome.kind is Kind.AMBIGUOUS
    assert "1, 3" in outcome.reason


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("x = 1\nx = 1\n", "x = 1"),
        ("x, x, x", "x, x"),
        ("    x = 1\n        x = 1\n", "\tx = 1"),
        ("    go(1)\n    stop()\n  go(1)\n  stop()\n", "go(1)\nstop()"),
        ("say(“a”)\nsay(”a“)\n", 'say("a")'),
        ("a =  1\na   = 1\n", "a = 1"),
        ("# The numbers are right.\n# The nimbers are right.\n", "# The nmbers are right."),
        ("def f():\n    return go(1)\n\ndef g():\n    return go(1)\n", "    return  go(1)"),
        ("f()\n\ng()\nf()\n\n\ng()\n", "f()\ng()"),
        (
            "class A:\n    def f(self):\n        go(1)\n        halt(2)\n        run(4)\nclass B:\n  class C:\n        def f(self):\n            go(1)\n            halt(2)\n            run(3)\n",
            "    def f(self):\n        go(1)\n        halt(2)\n        run(3)",
        ),
    ],
)
def test_a_tier_is_unique_or_refused(text: str, search: str) -> None:
    """Where two places fit a tier, or another place is as near, nothing is changed."""
    assert edited(text, search, "other()") is Kind.AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "search", "replace", "expected"),
    [
        ("retries = 10\n", "retries = 1", "retries = 2", Kind.NOT_FOUND),
        ("retries = 10\n", "retries = 1", "max_retries = 1", "max_retries = 10\n"),
        ("x = 1.5\n", "x = 1", "x = 2", Kind.NOT_FOUND),
        ("x = 1e-5\n", "x = 1e", "x = 2e", Kind.NOT_FOUND),
        ("x = 15\n", "5", "6", Kind.NOT_FOUND),
        ("names = []\n", "name", "item", Kind.NOT_FOUND),
        ("my_name = 1\n", "name = 1", "item = 1", Kind.NOT_FOUND),
        ("my_name = 1\n", "name = 1", "name = 2", "my_name = 2\n"),
        ("$name = 1\n", "name = 1", "item = 1", Kind.NOT_FOUND),
        ("background-color: red\n", "color: red", "colour: red", Kind.NOT_FOUND),
        ('say("a\\n")\n', 'say("a\\', 'say("b\\', Kind.NOT_FOUND),
        ("e\u0301te = 1\n", "e", "a", Kind.NOT_FOUND),
        ("total = price * 2\n", "price * 2", "price * 3", "total = price * 3\n"),
        ("call(a, b)\n", "(a, ", "(c, ", "call(c, b)\n"),
        ("return a + b\n", "return a", "return b", "return b + b\n"),  # letter for letter, as told
    ],
)
def test_a_match_that_cuts_a_word_or_number_is_none(
    text: str, search: str, replace: str, expected: str | Kind
) -> None:
    """A part of a line is replaced, a part of a word is not, unless the word stays whole."""
    assert edited(text, search, replace) == expected


BLOCK = "def f():\n    a = 1\n    b = 2\n    c = 3\n    d = 4\n    return a\n\n\ndef g():\n    return 0\n"


@pytest.mark.parametrize(
    "mark",
    [
        "    ...",
        "...",
        "    …",
        "    # ...",
        "    # ... existing code ...",
        "    # ... rest of the function ...",
        "    // ... existing code ...",
        "    /* ... */",
        "    <!-- ... existing code ... -->",
        "    # (unchanged)",
        "    -- ... same as before ...",
        "    # [rest of the code unchanged]",
    ],
)
def test_an_elision_keeps_what_it_leaves_out(mark: str) -> None:
    """Lines that search and replacement leave out alike stay."""
    search = f"def f():\n    a = 1\n{mark}\n    return a"
    assert edited(BLOCK, search, search.replace("a = 1", "a = 9")) == BLOCK.replace("a = 1", "a = 9")


@pytest.mark.parametrize(
    ("search", "replace"),
    [
        ("def f():\n    a = 1\n    ...\n    return a", "def f():\n    return 9"),
        ("def f():\n    ...\n    return a", "def f():\n    ...\n    x()\n    ...\n    return a"),
        ("    a = 1\n    b = 2\n    c = 3", "    a = 9\n    # ... existing code ..."),
        ("    a = 1\n    b = 2\n    c = 3", "    a = 9\n    # rest unchanged"),
        ("    a = 1\n    b = 2\n    c = 3", "    a = 9\n    ..."),
        ("def f():\n    a = 1", "def f():\n    # ... existing code ...\n    new()"),
        ("    a = 1\n    b = 2", "    a = 9\n    // ... rest of the code ..."),
        ("    a = 1\n    b = 2", "    a = 9\n    /* ... same as before ... */"),
        ("    a = 1\n    b = 2", "    a = 9\n    <!-- existing code -->"),
        ("    a = 1\n    b = 2", "    a = 9\n    ... rest of the function ..."),
    ],
)
def test_what_is_left_out_never_vanishes(search: str, replace: str) -> None:
    """An elision on one side only is refused: text that nobody quoted would go."""
    assert edited(BLOCK, search, replace) is Kind.ELISION


def test_a_stub_is_no_elision() -> None:
    """Three dots may be the body of a function."""
    assert edited("def f():\n    pass\n", "    pass", "    ...") == "def f():\n    ...\n"


@pytest.mark.parametrize(
    ("text", "search", "replace"),
    [
        (CODE.replace("prices", "costs"), PRICES, COSTS),
        ("import a\nimport b\n", "import a", "import a\nimport b"),
        ("import b\nimport a\n", "import a", "import b\nimport a"),
        ("f(1, more=True)\n", "f(1)", "f(1, more=True)"),
        ("def f():\n    log()\n    go()\n", "    go()", "    log()\n    go()"),
        ("    value = compute(2)\n", "value = compute(1)", "value = compute(2)"),
        ("if x:\n    one(1)\n    two(2)\n", "one(1)\ntwo(1)", "one(1)\ntwo(2)"),
        ("alpha()\ngamma()\n", "alpha()\nbeta()\ngamma()", "alpha()\ngamma()"),
        ("alpha()\r\nbeta()\r\n", "alpha()", "alpha()\nbeta()"),
        ("say(one, two)\n", "one", "one, two"),
    ],
)
def test_already_applied_is_said(text: str, search: str, replace: str) -> None:
    """A file that has the replacement already is left alone, and the model hears so."""
    assert isinstance(locate(text, search, replace), AlreadyApplied)


def test_nothing_to_change_is_said() -> None:
    """Search and replacement alike, by whatever line ending, change nothing."""
    assert isinstance(locate("a\n", "a\r\n", "a\n"), NothingToChange)


@pytest.mark.parametrize("search", ["", "\n", "  ", "\t\n \n"])
def test_an_empty_search_is_refused(search: str) -> None:
    """Blanks alone name no place."""
    assert edited("a\n\nb\n", search, "x") is Kind.EMPTY_SEARCH


@pytest.mark.parametrize(
    "mask",
    [
        "<EMAIL_ADDRESS>",
        "[CREDIT_CARD]",
        "<PHONE_NUMBER>",
        "[US_SSN]",
        "<PERSON>",
        "<PERSON_1>",
        "[IP_ADDRESS]",
        "<URL>",
        "[EMAIL]",
        "<UK_NHS>",
    ],
)
def test_what_a_gateway_masked_is_not_written(mask: str) -> None:
    """A mask that the file hasn't isn't the model's text; one that it has is text."""
    assert edited("a = 1\n", "a = 1", f'a = "{mask}"') is Kind.MASKED
    assert edited(f"a = '{mask}'\n", "a =", "b =") == f"b = '{mask}'\n"


@pytest.mark.parametrize("text", ["list[URL]", "Promise<URL>", "dict[PERSON]", "[PEOPLE]", "<Person>"])
def test_generics_are_no_masks(text: str) -> None:
    """Type parameters look like masks and are code."""
    assert edited("a = 1\n", "a = 1", text) == text + "\n"


def test_the_nearest_lines_are_shown_with_their_numbers() -> None:
    """A refused model sees what the file really has."""
    outcome = locate(CODE, PRICES.replace("10", "20"), "x")
    assert isinstance(outcome, Refused)
    assert "    12 |         prices = [" in outcome.reason
    assert "Line 13 differs first" in outcome.reason


def test_the_tier_is_named() -> None:
    """What was forgiven can be told and counted."""
    outcome = locate(CODE, dedented(PRICES, 8), dedented(COSTS, 8))
    assert isinstance(outcome, Located)
    assert outcome.tier == "indent"
