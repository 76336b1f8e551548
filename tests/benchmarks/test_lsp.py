"""The benchmark of the language server measures all that it promises; how fast is not looked at."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "lsp.py"
FIGURES = (
    "spawn to `initialize` answered: bare pygls",
    "spawn to `initialize` answered: lakewright serve",
    "memory then: bare pygls",
    "memory then: lakewright serve",
    "memory after a run: lakewright serve",
    "cancel to the socket's end",
    '`deliver: "editor"` answered',
    "first reasoning byte to the first partial result",
    "first reasoning byte to the first report for people",
    "completion, miss: added to the model's time",
    "completion, hit",
    "a change and an answer, 20,000 lines, 8 streams",
    "longest step of the loop then (CPU)",
    "longest lateness of the loop then",
    "memory that a run leaves (second half)",
)


@pytest.mark.timeout(120)
def test_every_figure_is_measured() -> None:
    """One table, a row for each, on standard output alone."""
    argv = [sys.executable, str(SCRIPT), "--rounds", "1", "--samples", "2", "--runs", "4", "--changes", "20"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=110, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    _, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines())
    assert tuple(row[0] for row in rows) == FIGURES
    assert all(re.search(r"\d (ms|MB|KB)", row[2]) for row in rows)


def test_help_says_what_is_measured() -> None:
    """`--help` explains the script and ends well."""
    argv = [sys.executable, str(SCRIPT), "--help"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True)
    assert "usage:" in done.stdout
