"""The benchmark's own judgement on a few files of this machine: never wrong, whatever the speed."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "edits.py"


def rows(*options: str) -> list[list[str]]:
    """The cells of all tables that the benchmark prints, its rulers left out."""
    argv = [sys.executable, str(SCRIPT), "--files", "3", *options]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=55, check=True)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("|-")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("suite", [[], ["--fresh"]], ids=["known", "fresh"])
def test_no_edit_is_wrong(suite: list[str]) -> None:
    """No generated edit gives another text than meant, and none that must be refused is applied."""
    # Every machine has other files, and with them cases that nobody has judged: those are for the benchmark.
    heads, *measured = rows("--no-speed", "--seed", "3", "--stdlib", "--files", "12", *suite)
    ours = [dict(zip(heads, row, strict=True)) for row in measured if row[0] == "lakewright"]
    kinds = {row["defect"]: row for row in ours}
    assert len(ours) > 10
    assert (kinds["must apply"]["WRONG"], kinds["must refuse"]["WRONG"]) == ("0", "0")
    assert kinds["must refuse"]["refused %"] == "100.0"


def test_two_runs_of_one_seed_say_the_same() -> None:
    """Files, places and slips come from the seed."""
    one, two = rows("--no-speed", "--fresh"), rows("--no-speed", "--fresh")
    assert [row[:-3] for row in one] == [row[:-3] for row in two]


def test_speed_is_shown_for_large_files_and_hostile_edits() -> None:
    """The second table has a row for locating, checking, many edits, and the worst of the hostile ones."""
    whats = [row[0] for row in rows("--quick") if len(row) == 7]
    assert whats[0] == "what"
    assert any(what.startswith("locate, 500 lines of ") for what in whats)
    assert sum(what.startswith("hostile: ") for what in whats) == 3
    assert any(what.endswith("edits in one call") for what in whats)
