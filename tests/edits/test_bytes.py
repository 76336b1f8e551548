"""Bytes outside an edit stay as they are: line endings, marks, encodings, tabs, form feeds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.edits.bytes_of import bytes_of
from lakewright.edits.locate import locate
from lakewright.edits.values import Kind, Located, Refused
from lakewright.workspace.decode import decode
from support_edits import edited


@pytest.mark.parametrize(
    ("text", "search", "replace", "expected"),
    [
        ("a\r\nb\r\nc\r\n", "b", "x\ny", "a\r\nx\r\ny\r\nc\r\n"),
        ("a\r\nb\nc\r\n", "b\nc", "b\nnew\nc", "a\r\nb\nnew\nc\r\n"),
        ("a\nb\r\nc\n", "a\nb\nc", "a\nb\nd", "a\nb\r\nd\n"),
        ("a\rb\rc\r", "b\nc", "b\nx\nc", "a\rb\rx\rc\r"),
        ("a\nlast", "last", "final\nlines", "a\nfinal\nlines"),
        ("a\nlast", "last\n", "final\n", "a\nfinal"),
        ("a\nlast", "a\nlast\n", "a\nlast\nmore\n", "a\nlast\nmore"),
        ("a\r\nlast", "last", "x\nlast", "a\r\nx\r\nlast"),
        ("a\n\x0c\nb\n", "b", "c", "a\n\x0c\nc\n"),
        ("\tif a:\n\t\tb()\n", "\tif a:\n\t\tb()", "\tif a:\n\t\tc()", "\tif a:\n\t\tc()\n"),
        ("a  \nb\t\nc\n", "a\nb\nc", "a\nb\nd", "a  \nb\t\nd\n"),
        ("a\u2028b = 1\nc = 2\n", "c = 2", "c = 3", "a\u2028b = 1\nc = 3\n"),
        ("f(one,\r\n  two)\r\n", "one,\n  two", "one,\n  three", "f(one,\r\n  three)\r\n"),
        ("one()\ntwo()\nthree()\n", "two()", "", "one()\nthree()\n"),
        ("one()\n  two()\nthree()\n", "two()", "", "one()\nthree()\n"),
        ("one()\ntwo()", "two()", "", "one()\n"),
    ],
)
def test_what_the_edit_does_not_name_stays(text: str, search: str, replace: str, expected: str) -> None:
    """Each line keeps its own ending; new lines take their neighbour's; the final newline stays as it was."""
    assert edited(text, search, replace) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfa = 1\n",
        "a = 1\n".encode("utf-16"),
        b"\xfe\xff" + "a = 1\n".encode("utf-16-be"),
        b"# coding: latin-1\nx = 'caf\xe9'\na = 1\n",
        "# café\na = 1\n".encode("latin-1"),
        b"# -*- coding: cp1251 -*-\nx = '\xf4'\na = 1\n",
    ],
)
def test_bytes_keep_their_encoding(data: bytes) -> None:
    """The edited bytes differ by the edit only."""
    before = decode(data, "a.py")
    text = edited(before.text, "a = 1", "a = 2")
    assert isinstance(text, str)
    wanted = data.replace("1\n".encode(before.encoding), "2\n".encode(before.encoding))
    assert bytes_of(before, text, "a.py") in {wanted, data.replace(b"a = 1", b"a = 2")}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"# coding: latin-1\nx = 1\n", "# coding: latin-1\nx = '€'\n"),
        (b"# coding: latin-1\nx = 'caf\xe9'\n", "# coding: cp1251\nx = 'café'\n"),
        (b"x = 1\n", "x = '\ud800'\n"),
    ],
)
def test_what_the_encoding_cannot_say_is_refused(data: bytes, text: str) -> None:
    """A character that the file's encoding hasn't, and a changed declaration, lose nothing silently."""
    refused = bytes_of(decode(data, "a.py"), text, "a.py")
    assert isinstance(refused, Refused)
    assert refused.kind is Kind.ENCODING


LINE = st.sampled_from(["a = 1", "    b(2)", "", "\tc", "  # d e f", "}", "x" * 30, "“q”", "\x0c", "é = 'ü'"])
ENDING = st.sampled_from(["\n", "\r\n"])
TEXT = st.lists(st.tuples(LINE, ENDING), min_size=1, max_size=12)


@settings(max_examples=300, deadline=None)
@given(text=TEXT, first=st.integers(0, 11), length=st.integers(1, 5), new=st.lists(LINE, max_size=4))
def test_nothing_outside_the_edit_changes(
    text: list[tuple[str, str]], first: int, length: int, new: list[str]
) -> None:
    """Whatever is applied, the text before and after the place is the same, and kept lines are the file's."""
    whole = "".join(line + ending for line, ending in text)
    search = "\n".join(line for line, _ in text[first : first + length])
    outcome = locate(whole, search, "\n".join(new))
    if isinstance(outcome, Located):
        result = whole[: outcome.start] + outcome.replacement + whole[outcome.end :]
        assert result.startswith(whole[: outcome.start])
        assert result.endswith(whole[outcome.end :])
        before = "".join(line + ending for line, ending in text[:first])
        after = "".join(line + ending for line, ending in text[first + length :])
        assert result.startswith(before.rstrip())
        assert result.endswith(after.lstrip())


@settings(max_examples=300, deadline=None)
@given(search=st.text(max_size=60), replace=st.text(max_size=60), text=st.text(max_size=200))
def test_any_texts_are_answered(text: str, search: str, replace: str) -> None:
    """Every input has an outcome, and a place lies inside the text."""
    outcome = locate(text, search, replace)
    if isinstance(outcome, Located):
        assert 0 <= outcome.start <= outcome.end <= len(text)


SLIPS = [
    lambda rows: rows,
    lambda rows: [row + "  " for row in rows],
    lambda rows: [row[4:] for row in rows] if all(row.startswith("    ") for row in rows) else rows,
    lambda rows: ["    " + row if row else row for row in rows],
    lambda rows: [f"{n:>4} | {row}" for n, row in enumerate(rows, 7)],
    lambda rows: ["```", *rows, "```"],
    lambda rows: [row.replace(" = ", "  = ") for row in rows],
    lambda rows: [row.replace("-", "\u2013") for row in rows],
]


@st.composite
def true_edits(draw: st.DrawFn) -> tuple[str, str, str, list[str], int, int, list[str]]:
    """A text of different lines with endings of any kind, and an edit of some of them with a known slip."""
    depth = draw(st.sampled_from(["", "    ", "        "]))
    size = draw(st.integers(3, 12))
    rows = [f"{depth}value_of_line_{n} = compute({n}) - {n}" for n in range(size)]
    endings = draw(st.lists(ENDING, min_size=size, max_size=size))
    if draw(st.booleans()):
        endings[-1] = ""
    first = draw(st.integers(0, size - 3))
    last = draw(st.integers(first + 2, size - 1))
    old = rows[first : last + 1]
    at = draw(st.integers(1, len(old) - 1))
    added = draw(st.sampled_from([[], [depth + "added(1)"], [depth + "one(1)", depth + "    two(2)"]]))
    new = [*old[:at], *added, *old[at + draw(st.sampled_from([0, 1])) :]]
    slip = draw(st.sampled_from(SLIPS))
    text = "".join(row + ending for row, ending in zip(rows, endings, strict=True))
    whole = [row + ending for row, ending in zip(rows, endings, strict=True)]
    return text, "\n".join(slip(old)), "\n".join(slip(new)), whole, first, last, new


@settings(max_examples=400, deadline=None)
@given(true_edits())
def test_bytes_outside_and_lines_kept_are_the_files(
    edit: tuple[str, str, str, list[str], int, int, list[str]],
) -> None:
    """Before the first and after the last quoted line every byte stays; lines the edit keeps keep theirs."""
    text, search, replace, whole, first, last, new = edit
    outcome = locate(text, search, replace, path="a.py")
    if not isinstance(outcome, Located):
        assert not isinstance(outcome, Refused) or outcome.kind in (Kind.AMBIGUOUS, Kind.NOT_FOUND)
        return
    before, after = "".join(whole[:first]), "".join(whole[last + 1 :])
    assert outcome.start >= len(before)
    assert outcome.end <= len(text) - len(after)
    result = text[: outcome.start] + outcome.replacement + text[outcome.end :]
    assert result.startswith(before)
    assert result.endswith(after)
    middle = result[len(before) : len(result) - len(after)]
    assert middle.replace("\r\n", "\n").rstrip("\n").split("\n") == new
    kept = [line for line in whole[first:last] if line.rstrip("\r\n") in new[:-1]]
    assert all(line in middle for line in kept)
    assert middle.endswith(("\n", "\r\n")) == whole[last].endswith("\n")


_ODD = (
    " |   |\t|```|```py|@@ -1 +1 @@|-a|+a| a|a|> a|1: a|a.py:1:a|<x>|</x>|...|\ufeff|a$|`a`|<![CDATA[|]]>"
    '|"a"|\\n|&lt;|\x1b[0m|\r|\u2028|\x00|\ud800|#|'
)
ODD = st.sampled_from(_ODD.split("|"))
ODD_TEXT = st.lists(ODD, max_size=6).map("\n".join)


@settings(max_examples=1_500, deadline=None)
@given(text=ODD_TEXT, search=ODD_TEXT, replace=ODD_TEXT, path=st.sampled_from(["", "a.py", "a.md", "a.c"]))
def test_odd_lines_are_answered(text: str, search: str, replace: str, path: str) -> None:
    """Signs of every tier, in any order on any side, raise nothing."""
    outcome = locate(text, search, replace, path=path)
    if isinstance(outcome, Located):
        assert 0 <= outcome.start <= outcome.end <= len(text)
