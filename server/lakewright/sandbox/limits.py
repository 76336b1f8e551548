"""Rate limits per model: tokens in and out per minute, queries per hour."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from lakewright.sandbox.refusal import limit_exceeded

_MINUTE, _HOUR = 60.0, 3600.0
_HIGHER_TIER = "Work with your Databricks account team to request a higher FMAPI rate limit tier."


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """None is no limit. `retry_after` in seconds is sent along with a refusal when given."""

    input_tokens_per_minute: int | None = None
    output_tokens_per_minute: int | None = None
    queries_per_hour: int | None = None
    retry_after: int | None = None


@dataclass(slots=True)
class Meter:
    """Counts by model in sliding windows. The answer's whole `max_tokens` is reserved beforehand."""

    limits: RateLimits
    clock: Callable[[], float]
    _spent: dict[tuple[str, str], deque[tuple[float, int]]] = field(default_factory=dict)

    def admit(self, endpoint: str, *, input_tokens: int, output_tokens: int) -> None:
        """Take it into account, or raise the refusal of the first limit it would break."""
        limits = self.limits
        asked = (
            ("QPS", 1, limits.queries_per_hour, _HOUR, ""),
            ("input tokens per minute", input_tokens, limits.input_tokens_per_minute, _MINUTE, _HIGHER_TIER),
            ("output tokens per minute", output_tokens, limits.output_tokens_per_minute, _MINUTE, ""),
        )
        for name, amount, limit, window, advice in asked:
            if limit is not None and self._used(endpoint, name, window) + amount > limit:
                text = f"Exceeded workspace {name} rate limit for {endpoint}. {advice}".strip()
                raise limit_exceeded(text, limits.retry_after)
        for name, amount, _, _, _ in asked:
            self._spent.setdefault((endpoint, name), deque()).append((self.clock(), amount))

    def _used(self, endpoint: str, name: str, window: float) -> int:
        spent = self._spent.setdefault((endpoint, name), deque())
        while spent and spent[0][0] <= self.clock() - window:
            spent.popleft()
        return sum(amount for _, amount in spent)
