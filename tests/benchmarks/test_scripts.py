"""The benchmarks run and measure the same work for everybody; how fast is not looked at."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def run(script: str, *arguments: str) -> list[dict[str, str]]:
    """The rows of the one table that a script prints, by column."""
    argv = [sys.executable, str(BENCHMARKS / script), *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=55, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    header, ruler, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()
    )
    assert set(ruler) == {"---"}
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_every_client_decodes_the_same_stream() -> None:
    """Lakewright, the limit, httpx and OpenAI's SDK get the same reasoning and text out of one stream."""
    rows = run("stream.py", "--chunks", "30", "--rounds", "1")
    names = [row["what"].split(" ")[0] for row in rows]
    assert names == ["raw", "lakewright", "httpx", "OpenAI"]
    assert "not installed" not in {row["CPU to the limit"] for row in rows}
    assert len({row["hash"] for row in rows}) == 1


def test_a_paced_stream_reaches_several_readers_whole() -> None:
    """Stamped chunks of several streams at once are decoded alike, and each one's lateness is counted."""
    rows = run("stream.py", "--chunks", "30", "--rounds", "1", "--pace", "1000", "--streams", "2")
    assert [row["n: chunks x streams x rounds"] for row in rows] == ["30 x 2 x 1"] * 3
    assert len({row["hash"] for row in rows}) == 1
    # 29: the signature has no text, so no stamp.
    assert {row["late p50 / p99 / max ms"].partition("(")[2] for row in rows} == {"n 58)"}


def test_start_measures_every_program_and_import() -> None:
    """The table of start-up has a figure for each command and each import."""
    rows = run("start.py", "--rounds", "1")
    assert {"lakewright --help", "lakewright --version"} < {row["what"] for row in rows}
    assert all(row["ms"].lstrip("-").isdigit() for row in rows)


def test_other_work_is_dropped_loudly() -> None:
    """A client that decoded something else than the limit gets no figure, and standard error says so."""
    code = """if True:
        import argparse, stream
        right, wrong = stream.Sample(6.0, "right", []), stream.Sample(1.0, "wrong", [])
        options = argparse.Namespace(pace=None, chunks=10, streams=1, rounds=1)
        stream._print([{stream.LIMIT: right, stream.OURS: wrong}], options)
    """
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BENCHMARKS, capture_output=True, text=True, timeout=30, check=True
    )
    ours = next(line for line in done.stdout.splitlines() if "lakewright" in line)
    assert "dropped" in ours
    assert "1.0" not in ours.split("|")[4]
    assert done.stderr.startswith("DROPPED: lakewright")


SCRIPTS = ["stream.py", "start.py", "host.py", "clients.py", "edits.py", "lsp.py", "extension.py"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_says_what_is_measured(script: str) -> None:
    """`--help` explains each script and ends well."""
    argv = [sys.executable, str(BENCHMARKS / script), "--help"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True)
    assert "usage:" in done.stdout
