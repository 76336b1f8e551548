"""Whole files in text: what a fence doesn't show stays, and a piece is never taken for the file."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.edits.values import Kind, WholeFile
from lakewright.staging.applying import Changed, Unchanged
from lakewright.staging.whole import rewritten
from lakewright.workspace.decode import Decoded
from support_staging import accepted, data_of, refusal, stage_of

_CODE = '''"""Orders."""

import os


def total(lines):
    amount = 0
    for line in lines:
        amount += line
    return amount


def tax(amount):
    return amount * 0.2


def label(order):
    name = os.fspath(order)
    return name.upper()


def tags(order):
    return sorted(order)
'''
_DOS = _CODE.replace("\n", "\r\n")
_NEW = _CODE.replace("0.2", "0.25")
_PIECES = _CODE.split("\n\n\n")


@pytest.mark.parametrize(
    ("before", "content", "after"),
    [
        (_CODE.encode(), _NEW, _NEW.encode()),
        (_CODE.encode(), _NEW.replace("\n", "\r\n"), _NEW.encode()),
        (_DOS.encode(), _NEW, _DOS.replace("0.2", "0.25").encode()),
        (b"\xef\xbb\xbf" + _CODE.encode(), "\ufeff" + _NEW, b"\xef\xbb\xbf" + _NEW.encode()),
        (b"\xff\xfe" + _CODE.encode("utf-16-le"), _NEW, b"\xff\xfe" + _NEW.encode("utf-16-le")),
        (_CODE.rstrip("\n").encode(), _NEW, _NEW.rstrip("\n").encode()),
        (_CODE.encode(), _NEW.rstrip("\n"), _NEW.encode()),
        (_CODE.encode() + b"\n\n", _NEW, _NEW.encode() + b"\n\n"),
        (_CODE.replace("\n\n\n", "\n\n\f\n").encode(), _NEW, _NEW.replace("\n\n\n", "\n\n\f\n").encode()),
        (
            _CODE.replace("amount = 0\n", "amount = 0  \n").encode(),
            _NEW,
            _NEW.replace("amount = 0\n", "amount = 0  \n").encode(),
        ),
        (_CODE.replace("amount = 0\n", "amount = 0  \n").encode(), _CODE, _CODE.encode()),
        (_CODE.encode(), f"# a.py\n{_NEW}", _NEW.encode()),
        (_CODE.encode(), f"# src/a.py\n\n{_NEW}", None),
        (_CODE.encode(), f"# other.py\n{_NEW}", f"# other.py\n{_NEW}".encode()),
        (f"# a.py\n{_CODE}".encode(), f"# a.py\n{_NEW}", f"# a.py\n{_NEW}".encode()),
        (
            _CODE.encode(),
            _CODE.replace("def tags", "def labels"),
            _CODE.replace("def tags", "def labels").encode(),
        ),
        (
            _CODE.encode(),
            _CODE + "\n\ndef more():\n    return 1\n",
            (_CODE + "\n\ndef more():\n    return 1\n").encode(),
        ),
        (
            f"# ... existing code\n{_CODE}".encode(),
            f"# ... existing code\n{_NEW}",
            f"# ... existing code\n{_NEW}".encode(),
        ),
        (b"x = 1\ny = 2\n", "z = 3\n", b"z = 3\n"),
        (b"", "z = 3\n", b"z = 3\n"),
    ],
)
async def test_taken(tmp_path: Path, before: bytes, content: str, after: bytes | None) -> None:
    """The new text with the file's own encoding, line endings, blanks and end."""
    stage = stage_of(tmp_path, {"a.py": before})
    await accepted(stage, WholeFile("a.py", content))
    expected = f"# src/a.py\n\n{_NEW}".encode() if after is None else after
    assert data_of(stage) == {"a.py": expected}


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (_PIECES[2], Kind.VANISHES, "lines"),
        ("", Kind.VANISHES, "keeps 0 of"),
        ("\n\n\n".join(_PIECES[:2]) + "\n", Kind.VANISHES, "looks like a part"),
        ("\n\n\n".join(_PIECES[1:3]) + "\n", Kind.VANISHES, "looks like a part"),
        ("\n\n\n".join(_PIECES[:-1]) + "\n", None, ""),
        ("\n\n\n".join(_PIECES[:-1]).replace("return name.upper()\n", "") + "\n", None, ""),
        ("\n\n\n".join(_PIECES[:3]) + "\n", Kind.VANISHES, "last 5 lines"),
        (_CODE.replace("        amount += line\n", "        # ... existing code ...\n"), Kind.ELISION, "9"),
        (_NEW.replace('"""Orders."""', '"""<EMAIL_ADDRESS>"""'), Kind.MASKED, "gateway"),
        (_NEW.replace("return amount * 0.25", "return (amount"), Kind.SYNTAX, "parses"),
    ],
)
async def test_a_piece_is_not_the_file(tmp_path: Path, content: str, kind: Kind | None, words: str) -> None:
    """An answer that lacks most of the file, its begin or its end is refused, and says what to send."""
    stage = stage_of(tmp_path, {"a.py": _CODE})
    if kind is None:
        await accepted(stage, WholeFile("a.py", content))
        return
    told, path, message = await refusal(stage, WholeFile("a.py", content))
    assert (told, path) == (kind, "a.py")
    assert words in message
    assert stage.files == ()


async def test_a_notebook_is_not_taken_whole(tmp_path: Path) -> None:
    """Neither its JSON nor its cells replace a notebook."""
    book = '{"cells": [{"cell_type": "code", "source": ["x = 1"]}], "nbformat": 4}'
    stage = stage_of(tmp_path, {"a.ipynb": book})
    assert (await refusal(stage, WholeFile("a.ipynb", book.replace("x = 1", "x = 2"))))[0] is Kind.FORM


_WORDS = st.lists(st.sampled_from(("alpha", "beta ", "", "  gamma", "\tdelta", "\f", "beta")), max_size=10)


@settings(max_examples=150, deadline=None)
@given(old=_WORDS, new=_WORDS, ending=st.sampled_from(("\n", "\r\n")), closed=st.booleans())
def test_only_what_a_fence_cannot_show_is_kept(
    old: list[str], new: list[str], ending: str, closed: bool
) -> None:
    """Apart from blanks at line ends and at the end of the file, the result reads as the answer does; line
    endings and the file's last newline are the file's own.
    """
    before = ending.join(old) + (ending if closed else "")
    result = rewritten("a.txt", Decoded(before, "utf-8"), WholeFile("a.txt", "\n".join(new) + "\n"))

    def said(text: str) -> list[str]:
        return (
            "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).rstrip().split("\n")
        )

    if isinstance(result, Changed):
        assert said(result.after.text) == said("\n".join(new))
        if "\n" in before:
            assert result.after.text.count("\n") == result.after.text.count(ending)
        if before and result.after.text:
            assert result.after.text.endswith("\n") == before.endswith("\n")
    elif isinstance(result, Unchanged):
        assert said(before) == said("\n".join(new))
