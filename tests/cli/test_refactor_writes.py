"""`refactor --write` where it meets others: signals before and after the commit, a second run, a lock."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakewright.sandbox.server import SandboxServer, start_in_thread
from lakewright.workspace.snapshots import open_folder
from support_changes import a_project, bytes_of, state, using
from support_cli import COMMAND, lakewright, result, started
from support_writing import cut_write

FULL = Path("/dev/full")
WRITE = ["refactor", "crlf.py", "-i", "Look at it", "--write", "--format", "json"]


@pytest.fixture(scope="module")
def host() -> Iterator[SandboxServer]:
    """A model that appends a comment to each of five files."""
    with start_in_thread(script="edit-five", pace=0) as server:
        yield server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return a_project(tmp_path / "project")


def test_ctrl_c_before_the_commit_writes_nothing(root: Path, host: SandboxServer) -> None:
    """While it waits for another run's lock, and all edits are accepted, it can still be ended: 130."""
    before, asked = bytes_of(root), len(host.model_requests)
    with (open_folder(state(), root) / "lock").open("a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with started(WRITE, cwd=root, environ=using(host)) as program:
            while len(host.model_requests) < asked + 4:  # the last one is the model's summary
                time.sleep(0.02)
            time.sleep(0.3)  # a shorter time proves less, no more
            program.send_signal(signal.SIGINT)
            out, err = program.communicate()
    found = json.loads(out)
    assert (program.returncode, found["applied"], found["snapshot"]) == (130, False, None), err
    assert (found["finishReason"], found["error"]["kind"]) == ("cancelled", "cancelled")
    assert bytes_of(root) == before
    assert b"nothing to undo" in lakewright("undo", cwd=root).stdout


_INTERRUPTED = """
import os, signal, sys, time
from lakewright.cli import main
from lakewright.workspace import journal
install = journal.install
def interrupted(*arguments, **options):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.4)
    journal.install = install
    return install(*arguments, **options)
journal.install = interrupted
main.main(sys.argv[1:])
"""


def test_ctrl_c_after_the_commit_completes_the_write(root: Path, host: SandboxServer) -> None:
    """Once the first file is replaced all of them are, longer as it may take; the run says so, with 0."""
    before = bytes_of(root)
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED, *WRITE],
        cwd=root,
        env={**os.environ, **using(host)},
        capture_output=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert (done.returncode, found["applied"]) == (0, True), done.stderr
    assert "error" not in found
    assert all(bytes_of(root)[name] != data for name, data in before.items())
    assert lakewright("undo", found["snapshot"], cwd=root).returncode == 0
    assert bytes_of(root) == before


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_what_was_written_is_said_although_the_diff_is_lost(
    form: str, root: Path, host: SandboxServer
) -> None:
    """With standard output on a full disk the failure is told, and also that the files are changed."""
    before = bytes_of(root)
    with FULL.open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *WRITE, "--format", form],
            cwd=root,
            env={**os.environ, **using(host)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    said = done.stderr.decode()
    changed = bytes_of(root) != before
    assert done.returncode == 2
    assert changed == ("Wrote 5 files: " in said) == ("`lakewright undo` takes it back" in said)
    assert changed or form == "ndjson"  # its first line is lost before anything is written
    assert said.splitlines()[-2].startswith("error: Standard output can't be written")


def test_two_writes_at_once_are_one_after_the_other(root: Path, host: SandboxServer) -> None:
    """Each writes all of its files or none; what both did is undone one by one, to the first byte."""
    before = bytes_of(root)
    programs = [started(WRITE, cwd=root, environ=using(host)) for _ in range(2)]
    ended = [(program.communicate(), program.returncode) for program in programs]
    results = [json.loads(out) for (out, _), _ in ended]
    assert {code for _, code in ended} <= {0, 5}
    for found, (_, code) in zip(results, ended, strict=True):
        assert found["applied"] == (code == 0 and found["edits"] != [])  # the other may have done all of it
    written = [found["snapshot"] for found in results if found["snapshot"]]
    assert written
    for _ in written:
        assert result(lakewright("undo", "--format", "json", cwd=root))["state"] == "undone"
    assert bytes_of(root) == before


def test_the_next_run_that_writes_mends_before_the_model_reads(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it writes nothing itself: what it works on is never half of an earlier write."""
    cut_write(monkeypatch, root, state(), {"bom.py": "x = 2\n", "crlf.py": "import re\nimport os\n"}, after=1)
    arguments = ["refactor", "crlf.py", "-i", "Sort the imports", "--write", "--format", "json", "--sandbox"]
    done = lakewright(*arguments, cwd=root)
    assert b"note: A write was cut off" in done.stderr
    assert result(done)["applied"]
    assert (root / "crlf.py").read_bytes() == b"import os\nimport re\n"


def test_a_write_cut_off_is_mended_by_the_next_undo(root: Path, host: SandboxServer) -> None:
    """Killed between two files, the next `undo` puts all of them back and says so."""
    before = bytes_of(root)
    killed = _INTERRUPTED.replace("os.kill(os.getpid(), signal.SIGINT)", "os._exit(9)").replace(
        "def interrupted(*arguments, **options):",
        "calls = []\ndef interrupted(*arguments, **options):\n"
        "    calls.append(1)\n    if len(calls) < 3: return install(*arguments, **options)",
    )
    done = subprocess.run(
        [sys.executable, "-c", killed, *WRITE],
        cwd=root,
        env={**os.environ, **using(host)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 9
    assert 0 < sum(bytes_of(root)[name] != data for name, data in before.items()) < len(before)
    mended = lakewright("undo", cwd=root)
    assert mended.returncode == 0
    assert b"note: A write was cut off" in mended.stderr
    assert bytes_of(root) == before
