"""The retry policy as a table: which error, how often, how long."""

import itertools
from copy import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.errors import (
    AuthError,
    ConfigError,
    EndpointError,
    InputError,
    LakewrightError,
    ModelError,
    NetworkError,
    RateLimitError,
)
from lakewright.transport.reasons import BlockedError
from lakewright.transport.retry import Attempts, RetryPolicy

LEAST, MOST = RetryPolicy(random=lambda: 0.0), RetryPolicy(random=lambda: 0.999)


def waits(policy: RetryPolicy, error: LakewrightError, retry_after: float | None = None) -> list[float]:
    """The waits of a request that meets the same error for ever."""
    if retry_after is not None:
        error = copy(error)
        error.retry_after = retry_after
    found, attempts = [], Attempts()
    while (decision := policy.next_delay(error, attempts)) is not None:
        delay, attempts = decision
        found.append(delay)
    return found


FAULTS = [EndpointError("x", status=status) for status in (408, 499, 500, 502, 503)]


@pytest.mark.parametrize("error", [*FAULTS, NetworkError("cut"), EndpointError("in a stream")])
def test_faults_wait_a_little_longer_each_time(error: LakewrightError) -> None:
    """Four repeats around 1, 2, 4 and 8 seconds."""
    assert waits(LEAST, error) == [0.75, 1.5, 3.0, 6.0]
    assert waits(MOST, error) == pytest.approx([1.25, 2.5, 5.0, 10.0], rel=0.01)


FINAL = [
    *(EndpointError("x", status=status) for status in (403, 404, 501)),
    *(NetworkError("x", status=status) for status in (200, 302, 407)),
    ModelError("x", status=400),
    RateLimitError("a budget", status=403),
    AuthError("x", status=401),
    ConfigError("x"),
    InputError("x", status=413),
    BlockedError("x"),
]


@pytest.mark.parametrize("error", FINAL, ids=repr)
def test_some_errors_are_final(error: LakewrightError) -> None:
    """What a repeat can't mend isn't repeated, whatever the service wishes."""
    assert waits(LEAST, error) == []
    assert waits(LEAST, error, retry_after=1) == []


def test_a_gateway_timeout_is_repeated_once() -> None:
    """504 after ten minutes of work is tried once more."""
    assert waits(LEAST, EndpointError("x", status=504)) == [0.75]


@given(st.floats(0, 1, exclude_max=True))
def test_rate_limits_wait_long_but_not_for_ever(chance: float) -> None:
    """Six waits of at least 15 s, five minutes at most in all."""
    found = waits(RetryPolicy(random=lambda: chance), RateLimitError("x", status=429))
    assert len(found) == 6
    assert min(found) >= 15
    assert sum(found) <= 300


@pytest.mark.parametrize(
    ("wish", "expected"), [(3, [3.0] * 6), (0, [0.0] * 6), (100, [100.0] * 3), (301, [])]
)
def test_the_services_wish_counts(wish: float, expected: list[float]) -> None:
    """`Retry-After` replaces our own wait, and one beyond what is left of five minutes ends it at once."""
    error = RateLimitError("x", status=429, retry_after=wish)
    assert waits(LEAST, error) == expected
    assert waits(LEAST, RateLimitError("x", status=429), retry_after=wish) == expected


@given(st.floats(0, 400), st.floats(0, 1, exclude_max=True))
def test_never_before_the_time_the_service_named(wish: float, chance: float) -> None:
    """Jitter only ever adds, and the sum stays within five minutes."""
    found = waits(RetryPolicy(random=lambda: chance), RateLimitError("x", status=429, retry_after=wish))
    assert all(delay >= wish for delay in found)
    assert sum(found) <= 300


def test_a_fault_waits_as_long_as_the_service_wishes() -> None:
    """A 503 with `Retry-After` waits at least that long, and not beyond five minutes."""
    error = EndpointError("x", status=503)
    assert waits(LEAST, error, retry_after=5) == [5.0, 5.0, 5.0, 6.0]
    assert waits(LEAST, error, retry_after=301) == []


def test_kinds_are_counted_apart() -> None:
    """A rate limit between faults takes nothing from their four repeats."""
    attempts, count = Attempts(), 0
    for error in itertools.cycle([NetworkError("x"), RateLimitError("x", status=429)]):
        decision = LEAST.next_delay(error, attempts)
        if decision is None:
            break
        count, attempts = count + 1, decision[1]
    assert (count, attempts.faults, attempts.rate_limits, attempts.repeats) == (8, 4, 4, 8)


def test_without_waits() -> None:
    """`scale=0` keeps every decision and waits for nothing."""
    immediate = RetryPolicy(scale=0)
    assert waits(immediate, NetworkError("x")) == [0.0] * 4
    assert waits(immediate, RateLimitError("x", status=429)) == [0.0] * 6
    assert waits(immediate, RateLimitError("x", status=429, retry_after=301)) == []
