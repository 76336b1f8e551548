"""Several edits in one call: one reading, or none."""

import pytest

from lakewright.edits.several import apply_edits
from lakewright.edits.values import Applied, Edit, Kind, Refused

TEXT = "alpha = 1\nbeta = 2\ngamma = 3\ndelta = 4\n"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([("alpha = 1", "alpha = 9")], TEXT.replace("1", "9")),
        ([("alpha = 1", "alpha = 9"), ("delta = 4", "delta = 8")], TEXT.replace("1", "9").replace("4", "8")),
        ([("delta = 4", "delta = 8"), ("alpha = 1", "alpha = 9")], TEXT.replace("1", "9").replace("4", "8")),
        ([("alpha = 1\n", "alpha = 9\n"), ("beta = 2\n", "")], "alpha = 9\ngamma = 3\ndelta = 4\n"),
        ([("alpha = 1", "alpha = 9"), ("alpha = 9", "alpha = 10")], TEXT.replace("1", "10")),
        (
            [("beta = 2", "beta = 2\nnew = 5"), ("new = 5", "new = 6")],
            TEXT.replace("beta = 2", "beta = 2\nnew = 6"),
        ),
        ([("alpha = 1", "alpha = 9"), ("alpha = 1", "alpha = 9")], TEXT.replace("1", "9")),
        ([("alpha = 1", "alpha = 1"), ("beta = 2", "beta = 7")], TEXT.replace("2", "7")),
        ([("gamma = 3", "gamma = 3"), ("gamma = 3", "gamma = 3")], TEXT),
        (
            [("alpha", "first"), ("beta", "second"), ("gamma", "third")],
            "first = 1\nsecond = 2\nthird = 3\ndelta = 4\n",
        ),
    ],
)
def test_edits_of_one_reading_are_applied(edits: list[tuple[str, str]], expected: str) -> None:
    """In the original where they are apart, in order where one builds on another."""
    outcome = apply_edits(TEXT, [Edit(*edit) for edit in edits], path="a.py")
    assert isinstance(outcome, Applied)
    assert outcome.text == expected


@pytest.mark.parametrize(
    ("edits", "kind"),
    [
        ([], Kind.FORM),
        ([("alpha = 1", "alpha = 9"), ("nothing = 1", "x")], Kind.NOT_FOUND),
        ([("alpha = 1\nbeta = 2", "a = 1"), ("beta = 2\ngamma = 3", "b = 2")], Kind.OVERLAP),
        ([("alpha = 1", "alpha = 9"), ("alpha = 1", "alpha = 8")], Kind.OVERLAP),
        (
            [("alpha = 1", "alpha = 9"), ("alpha = 1\nbeta = 2\ngamma = 3", "beta = 2\ngamma = 3")],
            Kind.OVERLAP,
        ),
        ([("alpha = 1", "beta = 2"), ("beta = 2", "zeta = 3")], Kind.ORDER),
        ([("alpha", "beta"), ("beta", "alpha")], Kind.ORDER),
        ([("= ", "== "), ("alpha = 1", "alpha = 2")], Kind.AMBIGUOUS),
        ([("", "x"), ("alpha = 1", "alpha = 2")], Kind.EMPTY_SEARCH),
        ([("alpha = 1", 'alpha = "<EMAIL_ADDRESS>"'), ("beta = 2", "beta = 3")], Kind.MASKED),
        ([("alpha = 1", f"alpha = {n}") for n in range(201)], Kind.TOO_LARGE),
    ],
)
def test_edits_of_two_readings_are_refused(edits: list[tuple[str, str]], kind: Kind) -> None:
    """One that is refused refuses all; nothing of the call is applied."""
    outcome = apply_edits(TEXT, [Edit(*edit) for edit in edits], path="a.py")
    assert isinstance(outcome, Refused)
    assert outcome.kind is kind


def test_the_refused_edit_is_named() -> None:
    """The model hears which of its edits was refused."""
    outcome = apply_edits(TEXT, [Edit("alpha", "a"), Edit("missing()", "b")])
    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("Edit 2 of 2: ")


def test_an_edit_that_another_one_draws_to_itself_is_refused() -> None:
    """Located in the original it is one place, in order another: nobody knows which was meant."""
    text = "alpha = 1\nif x:\n        beta_value = compute(2, 3)\n        gamma_value = compute(3, 4)\n"
    both = "\tbeta_value = compute(2, 3)\n\tgamma_value = compute(3, 4)"
    outcome = apply_edits(text, [Edit("alpha = 1", both), Edit(both, both.replace("2", "9"))], path="a.txt")
    assert isinstance(outcome, Refused)
    assert outcome.kind is Kind.ORDER
