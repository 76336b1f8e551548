"""A code base that isn't ours to explain."""

from pathlib import Path

import pytest

TAX = """\
RATE = 0.19


def add_tax(net):
    if net < 0:
        raise ValueError("negative")
    return round(net * (1 + RATE), 2)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one module."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "tax.py").write_text(TAX)
    return root
