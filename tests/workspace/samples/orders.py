"""Orders."""

import json
from decimal import Decimal as D
from . import tax

RATE = D("0.19")
_LIMIT: int = 3
double = lambda x: 2 * x
Pair = tuple[int, int]


@final
class Order:
    """total in a docstring is no use."""

    STATUS = "new"

    def __init__(self, lines: list[int]) -> None:
        self.lines = lines

    @property
    async def total(
        self,
        rate: D = RATE,
    ) -> D:
        # total in a comment is no use
        def helper(x):
            return x * rate

        return helper(sum(self.lines))


def report(order: Order) -> str:
    return f"total: {order.total}"
