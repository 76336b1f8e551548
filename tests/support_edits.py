"""Edits as tests write them, and what becomes of a text."""

from lakewright.edits.locate import locate
from lakewright.edits.values import AlreadyApplied, Kind, Located, NothingToChange, Refused


def edited(text: str, search: str, replace: str, path: str = "a.py") -> str | Kind:
    """The text after the edit, the kind of its refusal, or the text itself where there is nothing to do."""
    outcome = locate(text, search, replace, path=path)
    if isinstance(outcome, Located):
        return text[: outcome.start] + outcome.replacement + text[outcome.end :]
    if isinstance(outcome, Refused):
        assert outcome.reason.strip()
        return outcome.kind
    assert isinstance(outcome, AlreadyApplied | NothingToChange)
    return text


CODE = '''"""Orders."""

import os
from pathlib import Path


class Order:
    """One order of a customer with several lines."""

    def total(self, rate: float) -> float:
        # The sum of all prices with the tax of the country.
        prices = [line.price for line in self.lines]
        if rate > 10:
            raise ValueError("rate is 10 at most")

        return sum(prices) * (1 + rate)

    def label(self) -> str:
        name = f"{self.number}-{self.customer}"
        return name.upper() + "\\n"

    def tags(self) -> dict[str, int]:
        return {"a": 1, 'b': 2, "it's": 3}


def load(path: Path) -> list[Order]:
    found = []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            found.append(Order(line))
    return found
'''
