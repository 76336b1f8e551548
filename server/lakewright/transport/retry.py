"""When a failed request is repeated, and after how long: pure, no clock and no sleep.

Counts are per request of the loop: faults of service or network at most 4 times, 429 at most 6 times and
5 minutes of waiting in all, a gateway's time-out (504) once. Token limits of the service count by the
minute, so a 429 waits at least 15 s unless the service names a time.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lakewright.errors import EndpointError, LakewrightError, NetworkError, RateLimitError
from lakewright.transport.reasons import BlockedError

_FAULTS = frozenset({408, 499, 500, 502, 503})
_GATEWAY_TIMEOUT = 504
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was repeated so far for one request; `waited` is the seconds asked for by 429."""

    faults: int = 0
    gateway_timeouts: int = 0
    rate_limits: int = 0
    waited: float = 0.0

    @property
    def repeats(self) -> int:
        return self.faults + self.gateway_timeouts + self.rate_limits


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long. Waits are in seconds; the number of waits is the number of repeats.

    `RetryPolicy(scale=0)` keeps all decisions and waits for nothing: for tests and simulations.
    `random` gives numbers in [0, 1).
    """

    fault_waits: tuple[float, ...] = (1, 2, 4, 8)
    rate_limit_waits: tuple[float, ...] = (15, 20, 30, 45, 60, 60)
    rate_limit_total: float = 300
    gateway_timeouts: int = 1
    scale: float = 1.0
    random: Callable[[], float] = field(default=random.random, repr=False)

    def next_delay(self, error: LakewrightError, attempts: Attempts) -> tuple[float, Attempts] | None:
        """The wait before the next try and the counts with it; None when the error is final. The
        service's own wish (`error.retry_after`) comes first.
        """
        decision = self._unscaled(error, attempts)
        return decision and (decision[0] * self.scale, decision[1])

    def _unscaled(self, error: LakewrightError, attempts: Attempts) -> tuple[float, Attempts] | None:
        if isinstance(error, RateLimitError) and error.status in {None, _TOO_MANY}:
            return self._after_rate_limit(attempts, error.retry_after)
        if isinstance(error, EndpointError | NetworkError) and error.status == _GATEWAY_TIMEOUT:
            if attempts.gateway_timeouts >= self.gateway_timeouts:
                return None
            return self._jittered(self.fault_waits, 0), replace(
                attempts, gateway_timeouts=attempts.gateway_timeouts + 1
            )
        if _is_fault(error):
            return self._after_fault(attempts, error.retry_after or 0.0)
        return None

    def _after_fault(self, attempts: Attempts, retry_after: float) -> tuple[float, Attempts] | None:
        if attempts.faults >= len(self.fault_waits) or retry_after > self.rate_limit_total:
            return None
        delay = max(self._jittered(self.fault_waits, attempts.faults), retry_after)
        return delay, replace(attempts, faults=attempts.faults + 1)

    def _after_rate_limit(
        self, attempts: Attempts, retry_after: float | None
    ) -> tuple[float, Attempts] | None:
        if attempts.rate_limits >= len(self.rate_limit_waits):
            return None
        left = self.rate_limit_total - attempts.waited
        least = self.rate_limit_waits[attempts.rate_limits] if retry_after is None else retry_after
        if least > left:
            return None
        delay = min(left, least * (1 + 0.25 * self.random()))
        return delay, replace(attempts, rate_limits=attempts.rate_limits + 1, waited=attempts.waited + delay)

    def _jittered(self, waits: tuple[float, ...], index: int) -> float:
        return waits[index] * (0.75 + 0.5 * self.random()) if index < len(waits) else 0.0


def _is_fault(error: LakewrightError) -> bool:
    """A failing status, or none: the network broke. (An answer that is a web page has status 200.)"""
    if isinstance(error, BlockedError) or not isinstance(error, EndpointError | NetworkError):
        return False
    return error.status is None or error.status in _FAULTS
