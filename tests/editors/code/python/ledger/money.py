"""Amounts in cents: sums of floats drift."""

from collections.abc import Iterable

VAT = 19


def add_tax(net: int, rate: int = VAT) -> int:
    """The gross amount in cents, rounded half up."""
    return net + (net * rate + 50) // 100


def total(amounts: Iterable[int]) -> int:
    """What amounts sum up to."""
    result = 0
    for amount in amounts:
        result += amount
    return result


def show(cents: int) -> str:
    """An amount as people write it: 12.05."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
