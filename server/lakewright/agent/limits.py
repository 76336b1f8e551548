"""How far a run may go."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`turns` of the model, `tokens` in and out over all of them, `seconds` of wall time."""

    turns: int = 25
    tokens: int = 2_000_000
    seconds: float = 1800.0
