"""Recorded-like answers in every form: what they change, and what is refused."""

import pytest

from lakewright.edits.forms.registry import FORMS, Answer, read_answer
from lakewright.edits.values import FileEdits, NewFile
from support_forms import CASES, Case, flat


def described(answer: Answer) -> list[str]:
    """An answer in the words of the tables, without its notes and prose."""
    lines = []
    for change in answer.changes:
        if isinstance(change, FileEdits):
            lines += [f"edit {change.path} | {edit.search!r} -> {edit.replace!r}" for edit in change.edits]
        else:
            word = "new" if isinstance(change, NewFile) else "whole"
            lines.append(f"{word} {change.path} | {change.content!r}")
    lines += [f"refused {one.path or '-'} {one.refused.kind}" for one in answer.refused]
    return lines


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_recorded_answer_changes_what_its_table_says(case: Case) -> None:
    """An answer gives exactly the changes, refusals, notes and words of its row, in order."""
    answer = read_answer(case.answer)
    assert described(answer) == [line for line in case.expected if not line.startswith(("said ", "note"))]
    assert bool(answer.notes) == ("note" in case.expected)
    said = [line.removeprefix("said ") for line in case.expected if line.startswith("said ")]
    assert all(words in answer.prose.split("\n") for words in said)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(case: Case) -> None:
    """The same answer with CRLF and a BOM, as some gateways send it, reads the same."""
    assert flat(read_answer("\ufeff" + case.answer.replace("\n", "\r\n"))) == flat(read_answer(case.answer))


@pytest.mark.parametrize("case", [case for case in CASES if not case.expected], ids=str)
def test_an_answer_without_a_form_is_shown_as_it_is(case: Case) -> None:
    """What fits no form changes nothing and loses nothing."""
    assert read_answer(case.answer) == Answer(case.answer.strip())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_refusals_are_sentences_and_the_prose_has_no_markers(case: Case) -> None:
    """Each refusal says what wasn't applied; markers of a form that was read are not shown to a person."""
    answer = read_answer(case.answer)
    assert all(one.refused.reason.startswith("Not applied: ") for one in answer.refused)
    assert all(one.refused.reason.endswith(".") for one in answer.refused)
    if answer.changes and not answer.refused:
        assert not {"SEARCH", "updated_files", "@@"} & set(answer.prose.split())


def test_every_form_has_its_table() -> None:
    """Each form of the registry has at least ten recorded-like answers, good and broken."""
    tables = {case.table for case in CASES}
    assert len(tables) == len(FORMS)
    for table in tables:
        rows = [case for case in CASES if case.table == table]
        broken = [case for case in rows if any(line.startswith("refused") for line in case.expected)]
        assert len(rows) >= 10
        assert len(broken) >= 5


def test_forms_of_all_kinds_in_one_answer() -> None:
    """An answer may mix forms; each file's edits are kept together, in the order of the files."""
    answer = read_answer("\n\n".join(case.answer for case in MIXED))
    assert [change.path for change in answer.changes] == ["src/tax.py", "src/new.py", "src/a.ts", "src/b.py"]
    assert not answer.refused


MIXED = [
    next(case for case in CASES if case.name == name)
    for name in (
        "the plain form: name, fence, block, prose around",
        "a new file",
        "language, colon, path; and the path alone",
        "git's form in a fence",
    )
]
