"""The benchmark's own judgement on a few files of this machine: never wrong, whatever the speed."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "edits.py"


@pytest.mark.parametrize("suite", [[], ["--fresh"]], ids=["known", "fresh"])
def test_no_edit_is_wrong(suite: list[str]) -> None:
    """No generated edit gives another text than meant, and none that must be refused is applied."""
    argv = [sys.executable, str(SCRIPT), "--files", "4", "--seed", "3", *suite]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=55, check=True)
    rows = [[cell.strip() for cell in line.strip("|").split("| ")] for line in done.stdout.splitlines()[2:]]
    ours = [row for row in rows if row[0] == "lakewright"]
    assert len(ours) > 5
    assert {row[6] for row in ours if len(row) > 7 and row[1] in {"must apply", "must refuse"}} == {"0.0"}
