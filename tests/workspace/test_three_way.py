"""Three versions of a text become one, or nothing is guessed."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.workspace.three_way import Clash, Conflict, merge

_LINES = st.lists(
    st.sampled_from((b"a\n", b"b\n", b"c\n", b"}\n", b"\n", b"a\r\n", b"x", b"\x00\xff\n")), max_size=12
)
_TEXTS = _LINES.map(b"".join)


@st.composite
def _edited(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    """A text and two that a few changes of lines made of it."""
    alphabet = st.sampled_from(
        [b"%c\n" % letter for letter in b"abcdefghijklmnop"[: draw(st.integers(2, 16))]]
    )
    base = draw(st.lists(alphabet, max_size=14))
    versions = [list(base), list(base)]
    for lines in versions:
        for _ in range(draw(st.integers(0, 3))):
            place = draw(st.integers(0, len(lines)))
            lines[place : place + draw(st.integers(0, 2))] = draw(st.lists(alphabet, max_size=2))
    return b"".join(base), b"".join(versions[0]), b"".join(versions[1])


@given(_TEXTS, _TEXTS)
def test_one_side_alone_is_taken(base: bytes, side: bytes) -> None:
    """Where only one side changed, or both did the same, that is the result, byte for byte."""
    assert merge(base, base, side) == side
    assert merge(base, side, base) == side
    assert merge(base, side, side) == side


@given(_edited())
@settings(max_examples=300, deadline=None)
def test_the_sides_can_be_exchanged(versions: tuple[bytes, bytes, bytes]) -> None:
    """Which side is whose doesn't change what comes out."""
    base, mine, theirs = versions
    ours, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert isinstance(ours, Conflict) == isinstance(other, Conflict)
    assert isinstance(ours, Conflict) or ours == other


@given(_edited())
@settings(max_examples=150, deadline=None)
def test_git_comes_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, versions: tuple[bytes, bytes, bytes]
) -> None:
    """Whenever git merges cleanly and we do, the bytes are the same; we never merge where git doesn't."""
    ours = merge(*versions)
    if isinstance(ours, Conflict):
        return
    folder = tmp_path_factory.mktemp("merge")
    for name, data in zip(("base", "mine", "theirs"), versions, strict=True):
        (folder / name).write_bytes(data)
    command = ["git", "merge-file", "-p", "mine", "base", "theirs"]
    process = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert process.returncode == 0
    assert process.stdout == ours


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        (b"a\nb\nc\nd\n", b"A\nb\nc\nd\n", b"a\nb\nc\nD\n", b"A\nb\nc\nD\n"),
        (b"a\r\nb\r\nc\n", b"A\r\nb\r\nc\n", b"a\r\nb\r\nC\n", b"A\r\nb\r\nC\n"),
        (b"a\rb\rc\r", b"A\rb\rc\r", b"a\rb\rC\r", b"A\rb\rC\r"),
        (b"a\nb\nc", b"A\nb\nc", b"a\nb\nc\n", b"A\nb\nc\n"),
        (b"a\nb\nc\n", b"x\na\nb\nc\n", b"a\nb\nc\ny\n", b"x\na\nb\nc\ny\n"),
        (b"a\nb\nc\nd\ne\n", b"a\nB\nc\nd\ne\n", b"a\nB\nc\nD\ne\n", b"a\nB\nc\nD\ne\n"),
    ],
    ids=["two places", "mixed line ends", "old Mac", "final newline", "both ends", "one change shared"],
)
def test_changes_apart_come_together(base: bytes, mine: bytes, theirs: bytes, merged: bytes) -> None:
    """Changes with an unchanged line between them are both taken; line ends stay as they are."""
    assert merge(base, mine, theirs) == merged


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", b"a\nbb\nc\n"),
        (b"a\nb\n", b"A\nb\n", b"a\nB\n"),
        (b"a\nb\n", b"a\nx\nb\n", b"a\ny\nb\n"),
        (b"{\n}\n{\n}\n", b"{\n}\n{\n}\n{\n}\n", b"{\n}\nx\n{\n}\n"),
        (b"a\n", b"", b"b\n"),
    ],
    ids=["same line", "neighbours", "same gap", "a place that could be another", "gone"],
)
def test_changes_that_meet_are_a_conflict(base: bytes, mine: bytes, theirs: bytes) -> None:
    """Where an order or a place would be a guess, there is no result."""
    assert isinstance(merge(base, mine, theirs), Conflict)


def test_a_conflict_shows_its_lines() -> None:
    """Each clash has its place in the file as it is now, and all three texts."""
    result = merge(b"a\nb\nc\nd\n", b"new\na\nb\nc\nmine\n", b"a\nb\nc\ntheirs\n")
    assert result == Conflict((Clash(5, b"d\n", b"mine\n", b"theirs\n"),))


def test_long_texts_are_merged_between_their_single_lines() -> None:
    """In a file of many thousand lines changes are found apart; a repetitive one is refused, not guessed."""
    base = [b"line %d\n" % number for number in range(5000)]
    mine, theirs, both = list(base), list(base), list(base)
    for number in range(0, 4800, 600):
        mine[number] = both[number] = b"mine\n"
        theirs[number + 300] = both[number + 300] = b"theirs\n"
    assert merge(b"".join(base), b"".join(mine), b"".join(theirs)) == b"".join(both)
    same = [b"same\n"] * 2000
    mine, theirs = [*same, b"a\n"], [b"b\n", *same]
    mine[10:11], theirs[1000:1001] = [], []
    assert isinstance(merge(b"".join(same), b"".join(mine), b"".join(theirs)), Conflict)
