"""When a model is asked: after a pause that fits how fast somebody types, and not while it is of no use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.lsp.debounce import LONGEST, Backoff, Debounce
from support_lsp_progress import FakeClock


def _typed(*intervals: float) -> Debounce:
    clock = FakeClock()
    debounce = Debounce(clock)
    debounce.keystroke()
    for seconds in intervals:
        clock.advance(seconds)
        debounce.keystroke()
    return debounce


def _holds(backoff: Backoff) -> bool:
    return backoff.holds


@pytest.mark.parametrize("interval", [0.06, 0.1, 0.15, 0.19])
def test_a_steady_typist_is_not_interrupted(interval: float) -> None:
    """The pause is longer than the time between two keys, so that nothing is asked between them."""
    assert interval < _typed(*[interval] * 20).wait() <= LONGEST


def test_it_learns_how_fast_somebody_types() -> None:
    """After a dozen keys at another speed only that speed counts."""
    fast, slow = _typed(*[0.08] * 12), _typed(*[0.16] * 12)
    assert fast.wait() < slow.wait()
    assert _typed(*[0.16] * 12, *[0.08] * 12).wait() == pytest.approx(fast.wait())


def test_a_pause_to_think_is_no_typing() -> None:
    """It changes nothing; before anything is known, the pause is a middling one."""
    assert _typed(0.08, 5.0, 0.08).wait() == pytest.approx(_typed(0.08, 0.08).wait())
    assert 0 < Debounce(FakeClock()).wait() < LONGEST


def test_held_keys_are_not_asked_about() -> None:
    """A burst of undo or of one key held down (33 ms apart) passes without a question."""
    assert _typed(*[0.033] * 12).wait() > 0.033


@given(st.lists(st.floats(0, 10)))
def test_the_pause_is_never_long(intervals: list[float]) -> None:
    """Whatever somebody does, it is at most the longest, and never nothing."""
    assert 0 < _typed(*intervals).wait() <= LONGEST


def test_failures_in_a_row_are_further_and_further_apart() -> None:
    """Twice as long each time, up to a bound; a success, or another set-up, ends it."""
    clock = FakeClock()
    backoff = Backoff(clock, first=2, longest=5)
    assert not _holds(backoff)
    for seconds in (2, 4, 5, 5):
        backoff.failed()
        clock.advance(seconds - 0.1)
        assert _holds(backoff)
        clock.advance(0.1)
        assert not _holds(backoff)
    backoff.failed()
    backoff.over()
    assert not _holds(backoff)
    backoff.failed()
    clock.advance(2)
    assert not _holds(backoff)


def test_the_hosts_own_wish_counts() -> None:
    """Where it says when to come again, that is when."""
    clock = FakeClock()
    backoff = Backoff(clock)
    backoff.failed(30)
    clock.advance(29)
    assert _holds(backoff)
    clock.advance(1)
    assert not _holds(backoff)
