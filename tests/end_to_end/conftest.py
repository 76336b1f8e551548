"""A small code base that the end-to-end tests explain."""

from pathlib import Path

import pytest

ORDERS = '''\
"""Orders and what they cost."""

from tax import add_tax


class Order:
    """Lines of (article, pieces, net price)."""

    def __init__(self, lines):
        self.lines = lines

    def total(self):
        net = 0
        for _, pieces, price in self.lines:
            if pieces < 0:
                raise ValueError("negative")
            net += pieces * price
        return add_tax(net)
'''

TAX = """\
RATE = 0.19


def add_tax(net):
    return round(net * (1 + RATE), 2)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository of two modules, one calling the other."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "orders.py").write_text(ORDERS)
    (root / "tax.py").write_text(TAX)
    return root
