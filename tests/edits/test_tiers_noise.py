"""Tiers of noise: what tools and models put around a text is taken off alike on both sides, or not at all."""

# ruff: noqa: E501 - a table's row is one line

import json
from collections.abc import Callable

import pytest

from lakewright.edits.locate import locate
from lakewright.edits.values import Kind, Located
from support_edits import edited

OLD = "    for row in rows:\n        if row.size < 3 and row.big_name:\n            skip(row)"
NEW = "    for row in rows:\n        if row.size < 4 and row.big_name:\n            skip(row)"
TEXT = f"def run(rows):\n{OLD}\n    return rows\n"
WANTED = TEXT.replace("< 3", "< 4")
Noise = Callable[[str], str]


def each(form: str, *, first: int = 2) -> Noise:
    """The form around each line, with its number."""
    return lambda text: "\n".join(form.format(n=n, row=row) for n, row in enumerate(text.split("\n"), first))


def around(before: str, after: str) -> Noise:
    return lambda text: before + text + after


def swap(old: str, new: str) -> Noise:
    return lambda text: text.replace(old, new)


FORGIVEN: dict[str, list[Noise]] = {
    "line numbers": [
        each("{n} | {row}"), each("{n}|{row}"), each("{n:>6}\t{row}"), each("{n}: {row}"), each("{n:>5}→{row}"),
        each("L{n}: {row}"), each("line {n}: {row}"), each("[{n}] {row}"), each("{n:>4} │ {row}"),
        each("{n}   │ {row}"), each("{n} -> {row}", first=99),
    ],
    "fence": [
        around("```\n", "\n```"), around("```python\n", "\n```"), around("~~~py\n", "\n~~~"),
        around("````\n", "\n````"), around("\n```python\n", "\n```\n"), around("```python:src/a.py\n", "\n```"),
        around("<code>\n", "\n</code>"), around("<old_str>\n", "\n</old_str>"), around("<search>\n", "\n</search>"),
        around('<parameter name="x">\n', "\n</parameter>"), around("<FILE>\n", "\n</FILE>"),
    ],
    "section": [
        around("<![CDATA[", "]]>"), around("<![CDATA[\n", "\n]]>"), around("\n<![CDATA[", "]]>\n"),
        around("<![CDATA[```\n", "\n```]]>"), around("<search>\n<![CDATA[", "]]>\n</search>"),
        lambda text: around("<![CDATA[", "]]>")(each("{n} | {row}")(text)),
        lambda text: around("<![CDATA[", "]]>")(text.replace("    ", "\t")),
        lambda text: around("<![CDATA[", "]]>")(text + "  "),
    ],
    "backticks": [around("`", "`"), around("`\n", "\n`"), around("\n`", "`\n")],
    "file name": [
        around("# a.py\n", ""), around("a.py\n", ""), around("src/a.py:\n", ""), around("// src/a.py\n", ""),
        around("src/a.py:12-20\n", ""), around("a.py:3\n", ""), around("# src/a.py (lines 2-4)\n", ""),
        around("src/a.py#L2-L4\n", ""), around("<!-- a.html -->\n", ""), around("-- a.sql\n", ""),
    ],
    "quotation": [
        each("> {row}"), each(">{row}"), each("| {row}"), each("» {row}"),
        lambda text: each("> {row}")(text.replace("    ", "\t")),
    ],
    "grep's prefixes": [
        each("a.py:{n}:{row}"), each("src/a.py:{n}:{row}"), each("./src/my-a.py:{n}:{row}"), each("a.py-{n}-{row}"),
        each("C/a.py:{n}:{row}", first=80),
    ],
    "shown line ends": [each("{row}$"), lambda text: each("{row}$")(text.replace("    ", "^I"))],
    "colours": [
        swap("row", "\x1b[31mrow\x1b[0m"), around("\x1b[0m", "\x1b[0m"), each("\x1b[2m\x1b[K{row}"),
        swap("if", "\x1b[1;34mif\x1b[m"),
    ],
    "entities": [
        swap("<", "&lt;"), swap("<", "&LT;"), lambda text: "&nbsp;" * 4 + text.replace("<", "&lt;")[4:],
        lambda text: text.replace("<", "&lt;").replace("    ", "\t"),
    ],
    "hard blanks": [swap("    ", "&nbsp;&nbsp;&nbsp;&nbsp;"), swap("    ", " &nbsp; &nbsp;"), swap("        ", "&nbsp; " * 4)],
    "Markdown escapes": [swap("_", r"\_"), lambda text: each("{n} | {row}")(text.replace("_", r"\_"))],
    "one line": [lambda text: text.replace("\n", "\\n"), lambda text: text.replace("\n", "\\r\\n")],
    "JSON string": [json.dumps, lambda text: "\n" + json.dumps(text) + "\n"],
}  # fmt: skip


@pytest.mark.parametrize(("tier", "noise"), [(tier, one) for tier, rows in FORGIVEN.items() for one in rows])
def test_noise_on_both_sides_is_taken_off(tier: str, noise: Noise) -> None:
    """The file gets the change alone, and the tier is told."""
    outcome = locate(TEXT, noise(OLD), noise(NEW), path="a.py")
    assert edited(TEXT, noise(OLD), noise(NEW)) == WANTED
    assert isinstance(outcome, Located)
    assert tier in outcome.tier


@pytest.mark.parametrize(
    ("tier", "noise"),
    [(tier, FORGIVEN[tier][0]) for tier in FORGIVEN if tier != "shown line ends"],
)
def test_noise_around_what_changed_since_is_refused(tier: str, noise: Noise) -> None:
    """Taking noise off makes no other name, number or sign of the file forgivable."""
    for old, new in (
        ("size", "sizes"),
        ("< 3", "<= 3"),
        ("< 3", "< 2"),
        ("skip", "drop"),
        ("rows:", "rows[1:]:"),
    ):
        changed = TEXT.replace(old, new)
        assert edited(changed, noise(OLD), noise(NEW)) in (Kind.NOT_FOUND, Kind.AMBIGUOUS), (tier, old)


HUNK = " def run(rows):\n-    for row in rows:\n+    for row in all_rows:\n         if row.size < 3 and row.big_name:"


@pytest.mark.parametrize(
    ("search", "replace", "new"),
    [
        (HUNK, "def run(rows):\n    for row in all_rows:\n        if row.size < 3 and row.big_name:", "all_rows:"),
        (HUNK, " def run(rows):\n+    for row in all_rows:\n         if row.size < 3 and row.big_name:", "all_rows:"),
        ("-    for row in rows:", "+    for row in some:", "some:"),
        ("-    for row in rows:", "    for row in some:", "some:"),
        ("@@ -1,2 +1,2 @@\n-    for row in rows:", "@@ -1,2 +1,2 @@\n+    for row in some:", "some:"),
        ("@@ -1 +1 @@ def run\n    for row in rows:", "    for row in some:", "some:"),
        ("@@ -1 +1 @@\n" + HUNK, "def run(rows):\n    for row in all_rows:\n        if row.size < 3 and row.big_name:", "all_rows:"),
        (" def run(rows):\n-    for row in rows:", " def run(rows):\n+    for row in some:", "some:"),
        ("-def run(rows):\n-    for row in rows:", "+def run(rows):\n+    for row in some:", "some:"),
        ("-    for row in rows:\n", "+    for row in some:\n", "some:"),
    ],
)  # fmt: skip
def test_pieces_of_a_diff_are_read_as_their_sides(search: str, replace: str, new: str) -> None:
    """Removed and context lines are looked for, added and context lines are put there."""
    assert edited(TEXT, search, replace) == TEXT.replace("rows:", new, 1)


REFUSED: dict[str, tuple[str, str]] = {
    "numbers that jump": ("2 |     for row in rows:\n4 |         if row.size < 3 and row.big_name:", "x"),
    "numbers in the replacement only": (OLD, each("{n} | {row}")(NEW)),
    "a fence in the replacement only": (OLD, around("```python\n", "\n```")(NEW)),
    "half a fence": ("```python\n" + OLD, NEW),
    "another closing tag": (f"<old>\n{OLD}\n</new>", NEW),
    "a section that isn't closed": ("<![CDATA[" + OLD, NEW),
    "a section in half of the replacement": (around("<![CDATA[", "]]>")(OLD), "<![CDATA[" + NEW),
    "backticks in the search only": (around("`", "`")(OLD), NEW),
    "a name above the search only": ("# a.py\n" + OLD, NEW),
    "quoted search, plain replacement": (each("> {row}")(OLD), NEW),
    "two files in one search": (
        "a.py:2:    for row in rows:\nb.py:3:        if row.size < 3 and row.big_name:",
        "x",
    ),
    "grep's numbers that jump": (
        "a.py:2:    for row in rows:\na.py:9:        if row.size < 3 and row.big_name:",
        "x",
    ),
    "grep's prefix behind a sign": (each("a.py:{n}:{row}")(OLD), each("+a.py:{n}:{row}")(NEW)),
    "shown ends in the search only": (each("{row}$")(OLD), NEW),
    "colours in the replacement only": (OLD, swap("row", "\x1b[31mrow\x1b[0m")(NEW)),
    "some entities and some signs": (OLD.replace("<", "&lt;") + "  # a < b", NEW),
    "entities twice over": (OLD.replace("<", "&amp;lt;"), NEW),
    "some underscores escaped": (OLD.replace("big_name", r"big\_name") + " + a_b", NEW),
    "a hunk that the replacement denies": (HUNK, "def run(rows):\n    for row in none_at_all:"),
    "removed lines on both sides": (each("-{row}")(OLD), each("-{row}")(NEW)),
    "a hunk's added lines alone": (each("+{row}")(OLD), each("+{row}")(NEW)),
    "signs in the replacement only": (OLD, each("+{row}")(NEW)),
    "a mask in entities": (OLD.replace("<", "&lt;"), NEW.replace("<", "&lt;") + "  # &lt;EMAIL_ADDRESS&gt;"),
    "a mask in Markdown": (OLD.replace("_", r"\_"), NEW.replace("_", r"\_") + r"  # <EMAIL\_ADDRESS>"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_noise_that_is_not_all_there_is_refused(name: str) -> None:
    """Half a sign is none, and what stands in the replacement only may be meant."""
    assert isinstance(edited(TEXT, *REFUSED[name]), Kind)


@pytest.mark.parametrize(
    ("text", "search", "replace", "wanted"),
    [
        ('a = "é"\nb = 1\n', 'a = "\\u00e9"\nb = 1', 'a = "\\u00e9"\nb = 2', 'a = "é"\nb = 2\n'),
        ('a = "é"\nb = 1\n', 'a = "\\u00E9"\nb = 1', 'a = "\\u00E9"\nb = 2', 'a = "é"\nb = 2\n'),
        ('a = "\\u00e9"\nb = 1\n', 'a = "é"\nb = 1', 'a = "é"\nb = 2', 'a = "\\u00e9"\nb = 2\n'),
        ('a = "\\u00E9"\nb = 1\n', 'a = "é"\nb = 1', 'a = "é"\nb = 2', 'a = "\\u00E9"\nb = 2\n'),
        ('a = "日本"\nb = 1\n', 'a = "\\u65e5\\u672c"\nb = 1', 'a = "\\u65e5"\nb = 1', 'a = "日"\nb = 1\n'),
        (
            'a = "é"\nb = 1\n',
            'a = "\\u00e9"\nb = 1',
            'a = "\\u00e9"\nb = "\\u2028"',
            'a = "é"\nb = "\\u2028"\n',
        ),
        ('a = "é"\nb = 1\n', 'a = "\\u00e8"\nb = 1', "x", Kind.NOT_FOUND),
        ('a = "é"\nb = 1\n', 'a = "\\u00e9"\nb = 2', "x", Kind.NOT_FOUND),
        ('a = "\\u00e9"\nb = 1\n', 'a = "è"\nb = 1', "x", Kind.NOT_FOUND),
        ('a = "A"\nb = 1\n', 'a = "\\u0041"\nb = 1', "x", Kind.NOT_FOUND),
    ],
)
def test_characters_and_their_codes_mean_the_same(
    text: str, search: str, replace: str, wanted: str | Kind
) -> None:
    """The file's form stays; a code that the search hasn't stays as the model wrote it."""
    assert edited(text, search, replace) == wanted
