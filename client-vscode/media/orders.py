"""Orders of a shop: a sample to try Lakewright on. Change it as you like."""

from dataclasses import dataclass

TAX = 0.2


@dataclass
class Row:
    """One line of an order."""

    name: str
    price: float
    count: int = 1


def total(rows):
    net = 0
    for row in rows:
        if row.count > 0:
            net += row.price * row.count
    return round(net * (1 + TAX), 2)


def cheapest(rows):
    return min(rows, key=lambda row: row.price)


def receipt(rows):
    lines = [f"{row.count} x {row.name}" for row in rows]
    return "\n".join([*lines, f"total {total(rows)}"])
