"""When a model is asked: not between two keystrokes, and not while the last try says that it is of no use.

Pure: times are given by a clock, in seconds.
"""

import time
from collections import deque

from lakewright.lsp.timers import Clock

LONGEST = 0.3
"""Seconds after the last keystroke at most."""

_SHORTEST = 0.05
_AT_FIRST = 0.15
_PAUSE = 1.0
"""A longer interval is no typing."""

_SAMPLES = 12
_FACTOR = 1.5
"""Of the usual interval between two keystrokes: a longer silence is the end of a word or a thought."""


class Debounce:
    """How long to wait for the next keystroke, by how fast the last ones came."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._last: float | None = None
        self._intervals: deque[float] = deque(maxlen=_SAMPLES)

    def keystroke(self) -> None:
        """A key was pressed."""
        now = self._clock()
        if self._last is not None and 0 < now - self._last < _PAUSE:
            self._intervals.append(now - self._last)
        self._last = now

    def wait(self) -> float:
        """Seconds from the last keystroke to the question."""
        if not self._intervals:
            return _AT_FIRST
        usual = sum(self._intervals) / len(self._intervals)
        return min(LONGEST, max(_SHORTEST, _FACTOR * usual))


class Backoff:
    """A pause after failures, twice as long after each one in a row."""

    def __init__(self, clock: Clock = time.monotonic, *, first: float = 2.0, longest: float = 60.0) -> None:
        self._clock = clock
        self._first, self._longest = first, longest
        self._next = first
        self._until = float("-inf")

    @property
    def holds(self) -> bool:
        """Whether it is too early to try again."""
        return self._clock() < self._until

    def failed(self, seconds: float | None = None) -> None:
        """A try failed; `seconds` is when the host wants to be asked again, where it said so."""
        self._until = self._clock() + (self._next if seconds is None else max(0.0, seconds))
        self._next = min(self._longest, 2 * self._next)

    def over(self) -> None:
        """A try succeeded, or what it depends on has changed."""
        self._next, self._until = self._first, float("-inf")
