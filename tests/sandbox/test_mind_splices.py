"""From changed places to edits: unique, in order, and together what was meant."""

from hypothesis import given
from hypothesis import strategies as st

from lakewright.sandbox.mind.splices import Splice, planned_edits, spliced, without_lines

_ROWS = st.lists(
    st.sampled_from(["", "    x = 1", "x = 1", "y", "    return x", "def f():", "}"]), max_size=40
)


@st.composite
def _changes(draw: st.DrawFn) -> tuple[str, list[Splice]]:
    text = "\n".join(draw(_ROWS))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [
        Splice(start, end, draw(st.sampled_from(["", "z", "x = 1", "a\nb"]))) for start, end in pairs
    ]


@given(_changes())
def test_edits_are_unique_and_do_what_the_splices_do(case: tuple[str, list[Splice]]) -> None:
    """Each occurs once when its turn comes; one after the other they give the text that was meant."""
    text, splices = case
    edits = planned_edits("a.py", text, splices)
    assert edits is not None
    now = text
    for edit in edits:
        if edit.search != now:
            assert now.count(edit.search) == 1
        now = now.replace(edit.search, edit.replace, 1)
    assert now == spliced(text, splices)


def test_an_edit_is_as_small_as_it_can_be() -> None:
    """A line that occurs once needs nothing around it; one that doesn't takes its neighbours."""
    rows = [f"line {number}" for number in range(30)]
    rows[20] = rows[10] = "same"
    text = "\n".join(rows)
    at = text.index("line 5")
    assert [edit.search for edit in planned_edits("a", text, [Splice(at, at + 4, "row")]) or ()] == ["line 5"]
    at = text.index("same")
    assert [edit.search for edit in planned_edits("a", text, [Splice(at, at + 4, "other")]) or ()] == [
        "line 9\nsame\nline 11"
    ]


def test_a_line_that_was_shown_cut_is_not_quoted() -> None:
    """Where it is needed there is no edit; elsewhere there is."""
    text = "first line\nsecond line\nthird line"
    at = text.index("second")
    assert planned_edits("a", text, [Splice(at, at + 6, "2nd")], unquotable={2}) is None
    assert planned_edits("a", text, [Splice(0, 5, "1st")], unquotable={2}) is not None


def test_lines_are_taken_out_with_one_line_end() -> None:
    """In the middle, and at the end of a text."""
    assert spliced("a\nb\nc", [without_lines("a\nb\nc", 2, 2)]) == "a\nc"
    assert spliced("a\nb\nc", [without_lines("a\nb\nc", 2, 3)]) == "a"
