"""A small repository that tasks change: a function, who calls it, and a text file."""

from pathlib import Path

import pytest

from lakewright.tasks.refactor import Refactor
from support_tasks import Bench

TAX = """\
import os


def tax(net: float) -> float:
    if net < 0:
        raise ValueError
    return net * 0.19


def unrelated() -> int:
    return 1
"""

ORDERS = """\
from tax import tax


def total(net: float) -> float:
    return net + tax(net)
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Refactor over `tax.py`, `orders.py` and `notes.md`."""
    return Bench(tmp_path, Refactor(), {"tax.py": TAX, "orders.py": ORDERS, "notes.md": "# Notes\n"})
