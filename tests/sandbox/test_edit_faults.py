"""Faults of edits do to a plan what their names say, and nothing else."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.core.parts import Reasoning, Text, ToolCall
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.edit_faults import EDIT_FAULTS, EditFault, misquoted, say_with_faults
from lakewright.sandbox.edit_faults_window import Room, rooms, widened
from lakewright.sandbox.mind.conversation import Conversation, Offer
from lakewright.sandbox.mind.edits import Plan, PlannedEdit, PlannedFile, say_edits

PATH = "shop/order.py"
FILE = '''class Order:
    """One order."""

    def total(self):
        # The sum of all prices with tax.
        prices = [line.price for line in self.lines]

        rate = self.rate or "0.2"
        return sum(prices) * (1 - float(rate))
'''
SEARCH = '        rate = self.rate or "0.2"'
REPLACE = '        rate = self.rate or "0.3"'
PLAN = Plan((PlannedEdit(PATH, SEARCH, REPLACE),), "Simulated. Another rate.", texts={PATH: FILE})

_ABOVE = """    def total(self):
        # The sum of all prices with tax.
        prices = [line.price for line in self.lines]

"""

_MISQUOTED: Mapping[str, tuple[str, str]] = {
    "edit-trailing-blanks": (f"{SEARCH}  ", f"{REPLACE}  "),
    "edit-dedented": (
        _ABOVE.replace("\n    ", "\n")[4:] + SEARCH[4:],
        _ABOVE.replace("\n    ", "\n")[4:] + REPLACE[4:],
    ),
    "edit-tabs": (
        _ABOVE.replace("    ", "\t") + SEARCH.replace("    ", "\t"),
        _ABOVE.replace("    ", "\t") + REPLACE.replace("    ", "\t"),
    ),
    "edit-first-line": (_ABOVE[4:] + SEARCH, _ABOVE[4:] + REPLACE),
    "edit-quotes": (
        _ABOVE + SEARCH.replace('"0.2"', "\u201c0.2\u201d"),
        _ABOVE + REPLACE.replace('"0.3"', "\u201c0.3\u201d"),
    ),
    "edit-dashes": (
        SEARCH + "\n        return sum(prices) * (1 \u2013 float(rate))",
        REPLACE + "\n        return sum(prices) * (1 \u2013 float(rate))",
    ),
    "edit-line-numbers": (f"8\t{SEARCH}", f"8\t{REPLACE}"),
    "edit-diff-signs": (f"-{SEARCH}", f"+{REPLACE}"),
    "edit-fence": (f"```py\n{SEARCH}\n```", f"```py\n{REPLACE}\n```"),
    "edit-tags": (f"<search>\n{SEARCH}\n</search>", f"<replace>\n{REPLACE}\n</replace>"),
    "edit-entities": (
        _ABOVE + SEARCH.replace('"', "&quot;"),
        _ABOVE + REPLACE.replace('"', "&quot;"),
    ),
    "edit-escapes": (_ABOVE + SEARCH.replace('"', '\\"'), _ABOVE + REPLACE.replace('"', '\\"')),
    "edit-blank-dropped": (
        f'    """One order."""\n{_ABOVE}{SEARCH}',
        f'    """One order."""\n{_ABOVE}{REPLACE}',
    ),
    "edit-blank-added": (
        _ABOVE.replace(":\n", ":\n\n", 1) + SEARCH,
        _ABOVE.replace(":\n", ":\n\n", 1) + REPLACE,
    ),
    "edit-typo": (
        _ABOVE.replace("all prices", "all pirces") + SEARCH,
        _ABOVE.replace("all prices", "all pirces") + REPLACE,
    ),
}


@pytest.mark.parametrize("name", _MISQUOTED)
def test_a_misquoted_edit_reads_as_its_name_says(name: str) -> None:
    """Search and replacement, letter by letter; rows around them where the defect needs a place."""
    assert _struck(name) == PlannedEdit(PATH, *_MISQUOTED[name])


def test_blanks_that_do_not_break_stand_between_words_only() -> None:
    """The indentation stays, on both sides."""
    edit = _struck("edit-nbsp")
    for side, rate in ((edit.search, "0.2"), (edit.replace, "0.3")):
        assert side.endswith(f'        rate\u00a0=\u00a0self.rate\u00a0or\u00a0"{rate}"')


def test_an_elision_stands_for_lines_around_the_edit() -> None:
    """A comment takes the place of lines that both sides keep, never of those the edit itself quotes."""
    elided = "    def total(self):\n    # ... existing code ...\n\n"
    assert _struck("edit-elision") == PlannedEdit(PATH, elided + SEARCH, elided + REPLACE)


@pytest.mark.parametrize(("path", "mark"), [("a.js", "// ..."), ("a.sql", "-- ..."), ("a.html", "<!-- ...")])
def test_an_elision_is_a_comment_of_the_language(path: str, mark: str) -> None:
    """Models write it as the file's language has its comments."""
    plan = Plan((PlannedEdit(path, SEARCH, REPLACE),), "", texts={path: FILE})
    (edit,) = _replanned("edit-elision", plan)
    assert isinstance(edit, PlannedEdit)
    assert mark in edit.search


_WRONG: Mapping[str, tuple[str, str, str]] = {
    "edit-wrong-path": ("shop/order_module.py", SEARCH, REPLACE),
    "edit-outside": (f"../{PATH}", SEARCH, REPLACE),
    "edit-denied": (".env", SEARCH, REPLACE),
    "edit-ambiguous": (PATH, "self", "self_once"),
    "edit-wrong-name": (
        PATH,
        '        rate_entry = self.rate_entry or "0.2"',
        '        rate_entry = self.rate_entry or "0.3"',
    ),
    "edit-empty-search": (PATH, "", REPLACE),
    "edit-breaks-syntax": (PATH, SEARCH, f"{REPLACE}\n        ([{{"),
    "edit-masked": (PATH, SEARCH, f"{REPLACE} <EMAIL_ADDRESS>"),
}


@pytest.mark.parametrize("name", _WRONG)
def test_a_wrong_edit_is_wrong_as_its_name_says(name: str) -> None:
    """Path, search and replacement, letter by letter."""
    assert _struck(name) == PlannedEdit(*_WRONG[name])


@pytest.mark.parametrize("name", ["edit-stale", "edit-endless"])
def test_a_stale_edit_quotes_a_line_that_the_file_has_not(name: str) -> None:
    """Both sides keep it, so nothing but the search is wrong."""
    edit = _struck(name)
    row = edit.search.partition("\n")[0]
    assert row.strip() not in FILE
    assert (edit.search, edit.replace) == (f"{row}\n{SEARCH}", f"{row}\n{REPLACE}")


def test_edits_that_overlap_want_different_things_of_the_same_lines() -> None:
    """One deletes the lines, the right one changes them: no order does both."""
    assert _replanned("edit-overlap", PLAN) == (PlannedEdit(PATH, SEARCH, ""), *PLAN.edits)


def test_a_line_that_occurs_twice_is_ambiguous() -> None:
    """Where the file has one, a whole line is quoted, not a word."""
    text = "a = 1\nprint(a)\nb = 2\nprint(a)\n"
    plan = Plan((PlannedEdit("a.py", "b = 2", "b = 3"),), "", texts={"a.py": text})
    assert _replanned("edit-ambiguous", plan) == (PlannedEdit("a.py", "print(a)", "print(a)\nprint(a)"),)


def test_creating_over_a_file_takes_the_place_of_its_edits() -> None:
    """The other files' edits stay."""
    other = PlannedEdit("b.py", "x", "y")
    plan = Plan((*PLAN.edits, other), "", texts=PLAN.texts)
    assert _replanned("edit-exists", plan) == (PlannedFile(PATH, f"{REPLACE}\n"), other)


@pytest.mark.parametrize("name", [name for name, fault in EDIT_FAULTS.items() if fault.replan])
@pytest.mark.parametrize("texts", [{}, {PATH: "another text\n"}], ids=["unknown", "another"])
def test_a_fault_strikes_whatever_is_known_of_the_file(name: str, texts: Mapping[str, str]) -> None:
    """A file that wasn't read, or isn't as it was, breaks nothing; new files stay as planned."""
    new = PlannedFile("new.py", "x = 1\n")
    edits = _replanned(name, Plan((new, *PLAN.edits), "", texts=texts))
    assert new in edits
    assert all(isinstance(edit, PlannedEdit | PlannedFile) for edit in edits)
    assert _replanned(name, Plan((new,), "")) == (new,)


_OFFERS = {name: Offer(name, "", {}, ()) for name in ("edit_file", "create_file", "read_file")}


def _spoken(name: str) -> Answer:
    conversation = Conversation("", (), _OFFERS)
    return say_with_faults(PLAN, conversation, say_edits, lambda: (EDIT_FAULTS[name],))


def test_arguments_that_are_no_object() -> None:
    """They are JSON, but a list."""
    (call,) = (part for part in _spoken("edit-malformed").parts if isinstance(part, ToolCall))
    assert isinstance(json.loads(call.arguments), list)


def test_arguments_of_other_names() -> None:
    """An object, whose keys no schema has."""
    (call,) = (part for part in _spoken("edit-fields").parts if isinstance(part, ToolCall))
    assert list(json.loads(call.arguments)) == ["file", "changes"]


def test_an_answer_that_ends_in_mid_edit() -> None:
    """The arguments are cut, and the finish reason says length."""
    answer = _spoken("edit-length")
    call = answer.parts[-1]
    assert isinstance(call, ToolCall)
    assert answer.finish_reason == "length"
    assert call.arguments.startswith('{"path":"shop/order.py"')
    assert not call.arguments.endswith("}")


@pytest.mark.parametrize("name", ["edit-malformed", "edit-fields", "edit-length"])
def test_an_edit_in_text_breaks_off_instead(name: str) -> None:
    """Where the model has no call to break, its text ends in the middle."""
    answer = say_with_faults(PLAN, Conversation("", ()), say_edits, lambda: (EDIT_FAULTS[name],))
    text = answer.parts[-1]
    assert isinstance(text, Text)
    assert "<<<<<<< SEARCH" in text.text
    assert ">>>>>>> REPLACE" not in text.text


def test_a_fault_waits_until_edits_are_made() -> None:
    """An answer that only reads is not struck, and the faults are not asked for."""
    reading = Answer((Reasoning("first"), ToolCall("", "read_file", "{}")))

    def never() -> tuple[EditFault, ...]:
        raise AssertionError

    assert say_with_faults(PLAN, Conversation("", ()), lambda _plan, _at: reading, never) is reading


def _struck(name: str) -> PlannedEdit:
    (edit,) = _replanned(name, PLAN)
    assert isinstance(edit, PlannedEdit)
    return edit


def _replanned(name: str, plan: Plan) -> tuple[PlannedEdit | PlannedFile, ...]:
    replan = EDIT_FAULTS[name].replan
    assert replan is not None
    return replan(plan).edits


@st.composite
def _several(draw: st.DrawFn) -> tuple[str, list[PlannedEdit]]:
    """A text of numbered lines and edits of some that don't touch."""
    size = draw(st.integers(3, 60))
    rows = [f"{'    ' * draw(st.integers(0, 2))}row {number}." for number in range(size)]
    edits, at = [], 0
    while at < size:
        end = at + draw(st.integers(1, 3))
        if draw(st.booleans()):
            search = "\n".join(rows[at:end])
            edits.append(PlannedEdit("a.py", search, f"{search} changed"))
        at = end
    return "\n".join(rows), draw(st.permutations(edits))


@given(_several())
def test_edits_of_one_file_never_quote_the_same_rows(case: tuple[str, list[PlannedEdit]]) -> None:
    """However far each one is widened, and wherever in the plan it stands."""
    text, edits = case
    found = rooms(edits, text)
    taken: set[int] = set()
    for edit, room in zip(edits, found, strict=True):
        assert room is not None
        assert edit.search in "\n".join(room.rows)
        own = set(range(room.first, room.first + len(room.rows)))
        assert not own & taken
        taken |= own


@given(_several())
def test_widening_keeps_what_an_edit_does(case: tuple[str, list[PlannedEdit]]) -> None:
    """The wider edit gives the same file, and is numbered by its first row."""
    text, edits = case
    for edit, room in zip(edits, rooms(edits, text), strict=True):
        wide = widened(edit, room, lambda one: len(one.search) >= 4)
        if wide is not None:
            own = wide.edit()
            assert text.replace(own.search, own.replace) == text.replace(edit.search, edit.replace)
            assert text.split("\n")[wide.line - 1] == wide.search[0]


def test_every_edit_of_a_plan_is_misquoted() -> None:
    """A model that misquotes does so in all files, and in all places of one."""
    edits = tuple(PlannedEdit(path, "x", "y") for path in ("a.py", "b.py"))
    plan = misquoted(Plan(edits, ""), lambda edit, _room: PlannedEdit(edit.path, "-", "-"))
    assert [edit.path for edit in plan.edits] == ["a.py", "b.py"]
    assert {edit.search for edit in plan.edits if isinstance(edit, PlannedEdit)} == {"-"}


def test_a_room_has_the_numbers_of_its_rows() -> None:
    """One edit may quote all of its file."""
    assert rooms([PlannedEdit("a", "b", "c")], "a\nb") == [Room("a\nb", 1, ("a", "b"))]
