"""Answers that are cut, hostile or no answers at all: never half an edit, never a crash, linear work."""

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.edits.forms.registry import Answer, read_answer
from support_forms import CASES, Case, flat

# What follows these shows that they can't be trusted; cut right before it, they look whole.
UNKNOWABLE = {
    "a bare fence inside a file: text at once behind its end, then a nameless fence",
    "more than the name behind a marker",
    "bare, and what follows may belong to it",
}
CUTTABLE = [case for case in CASES if case.name not in UNKNOWABLE]
WORDS = st.text(st.sampled_from("abc .,:;!?()'\"`*_#>-+=\n\té0"), max_size=300)
PIECES = st.sampled_from(
    [
        "<<<<<<< SEARCH\n",
        "=======\n",
        ">>>>>>> REPLACE\n",
        "```\n",
        "```python\n",
        "````md path=a.md\n",
        "```python path=a.py\n",
        "```diff\n",
        "~~~\n",
        "src/a.py\n",
        "**b.py**\n",
        "--- a/a.py\n",
        "+++ b/a.py\n",
        "@@ -1,2 +1,2 @@\n",
        "@@\n",
        " a\n",
        "-b\n",
        "+c\n",
        "\n",
        "x = 1\n",
        '{"answer_summary": ',
        '"x", ',
        '"updated_files": [',
        '{"file_name": "a.py", ',
        '"file_content": "x"}',
        "]}\n",
        "null",
        "{}\n",
        "\\ No newline at end of file\n",
        "diff --git a/a.py b/a.py\n",
        "rename from a.py\n",
        "# ... rest\n",
        "The complete file:\n",
        "&lt;" * 7,
        "\r\n",
        "\ufeff",
        "\x0c",
        "\x00",
        "\ud800",
        "[" * 50,
    ]
)
ANSWERS = st.one_of(st.text(max_size=200), st.lists(st.one_of(PIECES, WORDS), max_size=25).map("".join))


def edits_by_path(answer: Answer) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for path, *texts in flat(answer)[0]:
        found.setdefault(path, []).append(tuple(texts))
    return found


def same_change(edit: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether two edits are one; the first may show less of the lines after what changes."""
    if len(edit) != 2 or len(whole) != 2:
        return edit == whole
    after = whole[0].removeprefix(edit[0])
    return edit[0] + after == whole[0] and edit[1] + after == whole[1]


@pytest.mark.parametrize("case", CUTTABLE, ids=str)
def test_a_cut_answer_gives_whole_edits_only(case: Case) -> None:
    """Cut anywhere, an answer gives for each file the first edits of the whole answer, none of them half."""
    whole = edits_by_path(read_answer(case.answer))
    for end in range(len(case.answer)):
        for path, edits in edits_by_path(read_answer(case.answer[:end])).items():
            kept = whole.get(path, [])
            assert len(edits) <= len(kept), case.answer[:end]
            assert all(map(same_change, edits, kept)), case.answer[:end]


@pytest.mark.parametrize("case", CUTTABLE, ids=str)
def test_an_answer_cut_inside_a_form_is_refused(case: Case) -> None:
    """Where the cut loses an edit whose form had begun, that is said."""
    begun = re.search(r'<<<<<<< SEARCH\n|"updated_files": \[|path=src/.*\n|\n@@ -\d+,?\d* \+\d', case.answer)
    whole = flat(read_answer(case.answer))
    if begun is None or len(whole[0]) != 1 or whole[1]:
        return
    for end in range(begun.end(), len(case.answer)):
        edits, refused = flat(read_answer(case.answer[:end]))
        assert edits or refused, case.answer[:end]


@given(ANSWERS)
@settings(max_examples=600, deadline=None)
def test_no_text_makes_the_reader_fail(text: str) -> None:
    """Any text gives an answer; what it changes has a usable path and text that can be written."""
    for path, *texts in flat(read_answer(text))[0]:
        assert path.isprintable()
        assert path
        assert "".join(texts).encode() is not None


@given(st.lists(PIECES, max_size=25).map("".join), st.integers(0, 400))
@settings(max_examples=400, deadline=None)
def test_no_search_is_ever_shortened_by_a_cut(text: str, end: int) -> None:
    """Pieces of forms in any order, cut anywhere: its edits are the whole's first ones or refused there."""
    whole = read_answer(text)
    for path, edits in edits_by_path(read_answer(text[:end])).items():
        kept = edits_by_path(whole).get(path, [])
        refused = path in flat(whole)[1] or None in flat(whole)[1]
        assert edits == kept[: len(edits)] or refused


@given(st.text(st.characters(exclude_characters="<&{`~@"), max_size=400))
@settings(max_examples=300, deadline=None)
def test_prose_without_a_form_changes_nothing(text: str) -> None:
    """Without a marker, a fence, a brace or a hunk there is nothing to change and nothing to refuse."""
    answer = read_answer(text)
    assert (answer.changes, answer.refused) == ((), ())


@given(st.lists(WORDS, max_size=6), st.sampled_from(["", "python", "bash", "text", "json", "console"]))
@settings(max_examples=200, deadline=None)
def test_a_snippet_without_a_name_changes_nothing(parts: list[str], language: str) -> None:
    """Prose with nameless fences of code is an explanation, whatever it says."""
    body = f"\n```{language}\n".join(part.replace("`", "") for part in parts)
    answer = read_answer(body.replace("=", "").replace("<", ""))
    assert answer.changes == ()


def steps(work: Callable[[], Any]) -> int:
    """How many lines of Python a piece of work runs: a measure of time without a clock."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


HOSTILE = {
    "openings of blocks": "<<<<<<< SEARCH\n",
    "names": "src/a.py\n",
    "whole blocks": "a.py\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n",
    "blocks of a file each": "src/a{n}.py\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n",
    "dividers": "=======\n",
    "fences": "```python\n",
    "named fences": "```python path=a.py\n",
    "named files": "```python path=a{n}.py\nx\n```\ny\n",
    "fences of growing length": "{fence}\nx\n",
    "braces": "{{" * 10 + "\n",
    "objects": '{{"updated_files": []}}\n',
    "cut objects": '{{"updated_files": [\n',
    "brackets": "[",
    "a brace and blank lines": "{{\n\n\n\n",
    "hunks": "@@ -1 +1 @@\n-a\n+b\n",
    "names of a diff": "--- a/a.py\n+++ b/a.py\n",
    "bare diffs": "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n\n",
    "escaped markers": "&lt;&lt;&lt;&lt;&lt; SEARCH\n",
    "blank lines": "\n",
    "dots": "...\n\n",
    "comment signs": "# ",
    "marks": "<",
    "backticks": "`",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_work_grows_with_the_size_of_the_answer(unit: str) -> None:
    """Four times as much of the same, in the open and in a fence, is at most six times the work."""
    for before, after in (
        ("", ""),
        ("```diff\n--- a/a.py\n+++ b/a.py\n", "\n```\n"),
        ("```python path=a.py\n", ""),
    ):
        small, large = (
            before + "".join(unit.format(n=n, fence="`" * (3 + n % 50)) for n in range(size)) + after
            for size in (150, 600)
        )
        assert steps(lambda: read_answer(large)) <= 6 * steps(lambda: read_answer(small)) + 2000  # noqa: B023 (called at once)


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_a_megabyte_of_anything_is_read(unit: str) -> None:
    """No regular expression runs away on long input: the test's own time-out would end it."""
    text = "".join(unit.format(n=n, fence="`" * (3 + n % 50)) for n in range(200_000 // max(1, len(unit))))
    read_answer(text)
    read_answer(text.replace("\n", " "))
    read_answer(f"```python path=a.py\n{text}\n```\n")
