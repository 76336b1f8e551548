"""The program as a user runs it, against the simulated host, in processes of its own."""

import json
import os
import re
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lakewright.sandbox.server import SandboxServer, start_in_thread
from support_changes import using
from support_cli import lakewright, result, started

RESULT_KEYS = [
    "run",
    "command",
    "target",
    "endpoint",
    "servedModel",
    "answer",
    "reasoning",
    "toolCalls",
    "edits",
    "completion",
    "applied",
    "snapshot",
    "finishReason",
    "usage",
    "timing",
]


@pytest.fixture(scope="module")
def host() -> Iterator[SandboxServer]:
    """A model that answers at once."""
    with start_in_thread(pace=0) as server:
        yield server


def _events(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_json_is_one_whole_object(project: Path) -> None:
    """Every key is there, in the contract's order, and standard error is silent."""
    done = lakewright("explain", "--sandbox", "tax.py", "--format", "json", cwd=project)
    found = result(done)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(found) == RESULT_KEYS
    assert found["target"] == {"path": "tax.py", "startLine": None, "endLine": None}
    assert found["finishReason"] == "stop"
    assert len(found["toolCalls"]) >= 2
    assert found["answer"].startswith("*Simulated")
    assert found["usage"]["requests"] >= 2
    assert found["timing"]["totalMs"] >= found["timing"]["firstEventMs"] > 0


@pytest.mark.parametrize(
    "faults",
    [
        [],
        ["429"],
        ["cut"],
        ["midstream-error"],
        ["invalid-token-once"],
        ["split-bytes"],
        ["503", "html-502"],
    ],
    ids=str,
)
def test_ndjson_deltas_equal_the_result(faults: list[str], project: Path) -> None:
    """Put end to end, less what a restart voids, the deltas are the answer and the reasoning."""
    with start_in_thread(["retry-after" if fault == "429" else fault for fault in faults], pace=0) as host:
        done = lakewright("explain", "tax.py", "--format", "ndjson", cwd=project, environ=using(host))
    events = _events(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (events[0]["event"], events[-1]["event"]) == ("started", "result")
    final = {"reasoning": "", "text": ""}
    turn = dict(final)
    for event in events:
        if event["event"] in turn:
            turn[event["event"]] += event["text"]
        elif event["event"] == "retry" and event["restart"]:
            turn = {"reasoning": "", "text": ""}
        elif event["event"] == "usage":
            final = {kind: final[kind] + turn[kind] for kind in final}
            turn = {"reasoning": "", "text": ""}
    assert final == {"reasoning": events[-1]["reasoning"], "text": events[-1]["answer"]}
    called = [event["id"] for event in events if event["event"] == "tool_call"]
    answered = [event["id"] for event in events if event["event"] == "tool_result"]
    assert sorted(called) == sorted(answered)


def test_a_restart_shows_the_answer_once(project: Path) -> None:
    """After a cut stream, standard output of the text format still holds each heading once."""
    with start_in_thread(["cut:2"], pace=0) as host:
        done = lakewright("explain", "tax.py", cwd=project, environ=using(host))
    headings = [line for line in done.stdout.decode().splitlines() if line.startswith("#")]
    assert done.returncode == 0, done.stderr
    assert headings
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("permission:always", "endpoint", 4),
        ("budget:always", "rate_limit", 4),
        ("guardrail-input:always", "model", 4),
        ("policy-block:always", "model", 4),
        ("html-login:always", "network", 4),
        ("invalid-token-400:always", "auth", 3),
    ],
)
def test_failures_have_their_kind_and_exit_code(fault: str, kind: str, code: int, project: Path) -> None:
    """What the service refuses for good is one object with message and hint, and the right exit code."""
    done = lakewright("explain", "--sandbox", "tax.py", "--format", "json", "--fault", fault, cwd=project)
    error = result(done)["error"]
    assert (error["kind"], done.returncode) == (kind, code)
    assert error["message"]
    assert error["hint"]
    text = lakewright("explain", "--sandbox", "tax.py", "--fault", fault, cwd=project)
    assert text.returncode == code
    assert text.stdout == b"" or error["message"].endswith(text.stdout.decode().strip())
    lines = text.stderr.decode().splitlines()
    assert lines[-2:] == [f"error: {error['message']}", f"hint: {error['hint']}"]
    assert b"Traceback" not in text.stderr


def _bad_inputs() -> dict[str, bytes]:
    return {
        "empty.py": b"",
        "binary.py": b"\x7fELF\x00\x01\x02" * 50,
        "big.py": b"x = 1\n" * 1_000_000,
        "broken.py": b"# caf\xe9 \x81\x8d\x8f\n" * 3,
    }


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("no.py", "no.py"),
        (".", "folder"),
        ("empty.py", "empty"),
        ("binary.py", "binary"),
        ("big.py", "1 MB"),
        ("broken.py", "broken.py"),
        ("tax.py:0", "0"),
        ("tax.py:9-3", "9-3"),
        ("tax.py:12-", "12-"),
        ("tax.py:99", "99"),
        (".env", "deny list"),
    ],
)
def test_bad_input_sends_nothing(target: str, named: str, project: Path) -> None:
    """A target that can't be read is exit 2 with a sentence that names it; no host is needed to say so."""
    for name, data in _bad_inputs().items():
        (project / name).write_bytes(data)
    (project / ".env").write_text("TOKEN=x")
    done = lakewright("explain", target, "--sandbox", "--format", "json", cwd=project)
    error = result(done)["error"]
    assert (done.returncode, error["kind"]) == (2, "input")
    assert named in error["message"] + str(error["hint"])
    assert result(done)["usage"]["requests"] == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("wide.py", "# größe\ndef wide(): return 1\n".encode("utf-16")),
        ("latin.py", "# -*- coding: latin-1 -*-\n# größe\ndef wide(): return 1\n".encode("latin-1")),
        ("with space ä:1.py", b"def wide(): return 1\n"),
    ],
)
def test_encodings_and_odd_names_are_read_right(
    name: str, data: bytes, project: Path, host: SandboxServer
) -> None:
    """UTF-16, a declared Latin-1 and names with spaces, colons and umlauts are explained."""
    (project / name).write_bytes(data)
    found = result(lakewright("explain", name, "--format", "json", cwd=project, environ=using(host)))
    assert found["target"]["path"] == name
    assert "wide" in found["answer"]


def test_standard_input_is_treated_as_the_file(project: Path, host: SandboxServer) -> None:
    """`-` explains the text it is given under the name it is given, existing or not."""
    for name in ("tax.py", "new/other.py"):
        arguments = ["explain", "-", "--stdin-path", name, "--format", "json"]
        piped = b"def piped():\n    pass\n"
        found = result(lakewright(*arguments, cwd=project, stdin=piped, environ=using(host)))
        assert found["target"]["path"] == name
        assert "piped" in found["answer"]


def test_a_conversation_goes_on_in_another_process(project: Path, host: SandboxServer) -> None:
    """`--continue` needs no target and ends up in the same conversation; it never takes FILE as its value."""

    def explained(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return lakewright("explain", *arguments, "--format", "json", cwd=project, environ=using(host))

    first = result(explained("tax.py"))
    again = explained("--continue", "--ask", "Which exceptions?")
    assert again.returncode == 0
    assert result(again)["target"] == first["target"]
    named = explained(f"--continue={first['run']}")
    assert named.returncode == 0
    with_file = explained("--continue", "tax.py")
    assert result(with_file)["target"]["path"] == "tax.py"


def test_state_is_the_owners_only(project: Path) -> None:
    """Nobody else can read what a run left behind; the code itself isn't in it."""
    lakewright("explain", "--sandbox", "tax.py", "--format", "json", cwd=project)
    state = Path(os.environ["LAKEWRIGHT_STATE_DIR"])
    files = list(state.rglob("*"))
    assert files
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in [state, *files])
    kept = "".join(path.read_text() for path in files if path.is_file())
    assert 'ValueError(\\\\"negative' not in kept


def test_nothing_set_up_is_said_in_two_lines(project: Path) -> None:
    """Without host and profile: how to set one, and that the sandbox tries it without."""
    done = lakewright("explain", "tax.py", cwd=project)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 3
    assert len(lines) == 2
    assert "databricks auth login" in lines[0]
    assert "--sandbox" in lines[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("form", ["text", "json"])
def test_signals_end_a_run(number: signal.Signals, form: str, project: Path) -> None:
    """A signal in the middle of the answer ends it with 130 and what is known by then."""
    with start_in_thread(["silent"]) as host:
        program = started(["explain", "tax.py", "--format", form], cwd=project, environ=using(host))
        while not host.model_requests and program.poll() is None:
            time.sleep(0.01)
        program.send_signal(number)
        out, err = program.communicate(timeout=30)
    assert program.returncode == 130, err
    if form == "json":
        found = json.loads(out)
        assert found["finishReason"] == "cancelled"
        assert found["error"]["kind"] == "cancelled"
    else:
        assert out == b""
        assert b"Traceback" not in err
        assert b"cancelled" in err


def test_a_hang_up_under_nohup_ends_nothing(project: Path) -> None:
    """Started with SIGHUP ignored, a run outlives it."""
    program = started(["explain", "--sandbox", "tax.py", "--format", "ndjson"], cwd=project, under=["nohup"])
    assert program.stdout is not None
    assert b"started" in program.stdout.readline()
    program.send_signal(signal.SIGHUP)
    out, _ = program.communicate(timeout=30)
    assert program.returncode == 0
    assert json.loads(out.splitlines()[-1])["finishReason"] == "stop"


def test_a_reader_that_goes_away_ends_it_quietly(project: Path) -> None:
    """`| head -1`: exit 0, nothing on standard error, and the run is over."""
    program = started(["explain", "--sandbox", "tax.py", "--format", "ndjson"], cwd=project)
    assert program.stdout is not None
    assert b"started" in program.stdout.readline()
    program.stdout.close()
    assert program.wait(timeout=30) == 0
    assert program.stderr is not None
    assert program.stderr.read() == b""
    program.stderr.close()


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain"],
        ["explain", "tax.py", "--thinking", "some"],
        ["nope"],
        ["explain", "tax.py", "--fault", "cut"],
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_usage_errors(arguments: list[str], form: str, project: Path) -> None:
    """Exit 2: click's own words as text, one error object as JSON."""
    done = lakewright(*arguments, "--format", form, cwd=project)
    assert done.returncode == 2
    if form == "text":
        assert b"Error:" in done.stderr
        assert done.stdout == b""
        return
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["error"]["kind"] == "input"
    assert (form == "ndjson") == (json.loads(line).get("event") == "result")


def test_the_model_cannot_reach_the_terminal(project: Path) -> None:
    """Escape sequences of the model are no bytes of the text format, on either channel."""
    (project / "esc.py").write_text("# \x1b[2J\x1b]0;owned\x07\ndef f():\n    '''\x9b31m'''\n")
    done = lakewright("explain", "--sandbox", "esc.py", cwd=project)
    assert done.returncode == 0
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", done.stdout + done.stderr)
    assert "\x9b" not in (done.stdout + done.stderr).decode()


@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_a_masked_answer_is_said(form: str, project: Path) -> None:
    """What a guardrail rewrote isn't passed off as the model's: a note on standard error in every format."""
    done = lakewright(
        "explain", "--sandbox", "tax.py", "--fault", "masked:always", "--format", form, cwd=project
    )
    assert done.returncode == 0
    assert b"guardrail" in done.stderr
    assert b"guardrail of your company" not in done.stdout


def test_a_range_of_a_huge_file_is_quick_to_end(project: Path, host: SandboxServer) -> None:
    """Some lines of a file above the whole-file limit are explained without parsing all of it."""
    (project / "big.py").write_text("x = 1\n" * 400_000)
    done = lakewright("explain", "big.py:7-9", "--format", "json", cwd=project, environ=using(host))
    assert result(done)["target"] == {"path": "big.py", "startLine": 7, "endLine": 9}
