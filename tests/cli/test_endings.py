"""How the program ends: signals at any time, pipes that close or stand still, streams that are closed."""

import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from support_cli import COMMAND, lakewright

PROGRAM = shlex.join(COMMAND)
FULL = Path("/dev/full")


def _shell(line: str, *, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run `line` with `lakewright` for the program; the status is that of the pipe's first failure."""
    script = f'set -o pipefail; lakewright() {{ {PROGRAM} "$@"; }}; {line}'
    return subprocess.run(["bash", "-c", script], cwd=cwd, capture_output=True, check=False)


def _events(output: bytes) -> list[str]:
    return [json.loads(line)["event"] for line in output.splitlines()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_the_run_is_an_outcome_too(number: signal.Signals, project: Path) -> None:
    """While standard input is still being read, a signal ends it with 130 and the whole object."""
    arguments = ["explain", "-", "--stdin-path", "a.py", "--sandbox", "--format", "ndjson", "-v"]
    with subprocess.Popen(
        [sys.executable, "-c", _REPORTING, *arguments],
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stderr is not None
        assert program.stderr.readline() == b"reading\n"
        program.send_signal(number)
        assert program.stdout is not None
        lines = program.stdout.read().splitlines()
    assert program.returncode == 130
    assert _events(b"\n".join(lines)) == ["started", "result"]
    outcome = json.loads(lines[-1])
    assert (outcome["finishReason"], outcome["error"]["kind"]) == ("cancelled", "cancelled")
    assert outcome["run"] == json.loads(lines[0])["run"]


_REPORTING = """
import sys
from lakewright.cli import main, target
class Reported:
    def __init__(self, stream): self.buffer = self; self.stream = stream
    def isatty(self): return False
    def read(self, size):
        print("reading", file=sys.stderr, flush=True)
        return self.stream.buffer.read(size)
sys.stdin = Reported(sys.stdin)
main.main(sys.argv[1:])
"""

_STUBBORN = """
import asyncio, os, signal, sys
from lakewright.cli.running import run_until_ended
from lakewright.errors import CancelledRunError
async def stubborn():
    while True:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            {then}
try:
    run_until_ended(stubborn())
except CancelledRunError as error:
    sys.exit(7)
"""


@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("await asyncio.sleep(60)", 7),  # it never ends: nobody waits for it
        ("continue", 130),  # a second signal
        ("raise", 7),
        ("os.kill(os.getpid(), signal.SIGTERM)", 130),
    ],
)
def test_what_does_not_let_itself_be_cancelled_is_left(then: str, code: int) -> None:
    """The first signal is given a moment, the second none."""
    script = _STUBBORN.format(then=then)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can make a pipe small")
def test_a_reader_that_stands_still_cannot_hold_up_ctrl_c(project: Path) -> None:
    """With its pipe full, the program ends at the first signal."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    arguments = [*COMMAND, "explain", "tax.py", "--sandbox", "--format", "ndjson"]
    with subprocess.Popen(arguments, cwd=project, stdout=writer, stderr=subprocess.DEVNULL) as program:
        os.close(writer)
        try:
            assert os.read(reader, 10) == b'{"event":"'
            time.sleep(1.5)  # the pipe fills; a shorter time would prove less, no more
            program.send_signal(signal.SIGINT)
            assert program.wait(timeout=30) == 130
        finally:
            program.kill()
            os.close(reader)


@pytest.mark.parametrize(
    "line",
    [
        "lakewright explain tax.py --sandbox --format ndjson | true",
        "lakewright explain tax.py --sandbox --format json | true",
        "lakewright explain tax.py --sandbox --no-reasoning 2>/dev/null | head -1",
        "lakewright models --sandbox | head -1",
        "lakewright --help | true",
        "lakewright sandbox --list-faults | head -1",
    ],
)
def test_a_closed_pipe_is_a_quiet_end(line: str, project: Path) -> None:
    """Whatever is piped into a reader that has enough: exit 0 and not a word."""
    done = _shell(line, cwd=project)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("redirection", ["2>&-", "2> >(true)", "2>/dev/full"])
def test_the_answer_does_not_depend_on_standard_error(redirection: str, project: Path) -> None:
    """Nobody has to listen to what stands beside the answer."""
    if "full" in redirection and not FULL.exists():
        pytest.skip("this system has no /dev/full")
    done = _shell(f"lakewright explain tax.py --sandbox {redirection}", cwd=project)
    assert done.returncode == 0
    assert b"add_tax" in done.stdout


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", "tax.py", "--sandbox", "--no-reasoning"],
        ["explain", "tax.py", "--sandbox", "--format", "json"],
        ["explain", "tax.py", "--sandbox", "--format", "ndjson"],
        ["models", "--sandbox"],
        ["--help"],
    ],
    ids=" ".join,
)
def test_a_full_disk_is_exit_2_and_a_sentence(arguments: Sequence[str], project: Path) -> None:
    """Output that was lost is never exit 0, and never a traceback."""
    done = _shell(f"lakewright {shlex.join(arguments)} >{FULL}", cwd=project)
    assert done.returncode == 2
    assert b"error: Standard output can't be written: No space left on device." in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("closed", [">&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_are_no_trap(closed: str, project: Path) -> None:
    """A parent that closed standard streams gets no traceback, and no socket in their place."""
    done = _shell(f"lakewright explain tax.py --sandbox --format json {closed}", cwd=project)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_locale_without_umlauts_changes_nothing(project: Path) -> None:
    """Output is UTF-8 whatever LC_ALL says."""
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    arguments = ["explain", "größe.py", "--format", "json"]
    done = lakewright(*arguments, cwd=project, environ=plain)
    assert done.returncode == 2
    assert "größe.py" in json.loads(done.stdout)["error"]["message"]


@pytest.mark.parametrize(
    "arguments", [["no.py"], ["tax.py:9-3"], ["tax.py", "--root", "nowhere"], ["tax.py"]]
)
def test_every_stream_of_events_begins_with_the_start(arguments: Sequence[str], project: Path) -> None:
    """Also that of a run which fails before its first request: started, then the result."""
    done = lakewright("explain", *arguments, "--format", "ndjson", cwd=project)
    assert done.returncode in (2, 3)
    assert _events(done.stdout) == ["started", "result"]


def test_names_with_newlines_stay_on_the_line(project: Path) -> None:
    """One line for the error and one for the hint, whatever the file is called."""
    done = lakewright("explain", "no\nsuch\x1b[31m.py", cwd=project)
    lines = done.stderr.decode().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["error", "hint"]
    assert "\x1b" not in lines[0]


def test_warnings_are_heard_beside_json(project: Path) -> None:
    """A project's unsafe key is left out with a warning, and the object on standard output stays alone."""
    (project / ".lakewright.yaml").write_text("host: https://elsewhere.example\n")
    done = lakewright("explain", "tax.py:1-2", "--sandbox", "--format", "json", cwd=project)
    assert json.loads(done.stdout)["finishReason"] == "stop"
    assert done.stderr.startswith(b"note: ")
    assert b".lakewright.yaml" in done.stderr
