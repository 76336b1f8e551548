"""`lakewright doctor` as a user runs it: green, failing at each hop, interrupted."""

import json
import os
import pty
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from lakewright.sandbox.server import start_in_thread
from support_cli import COMMAND, lakewright, started
from support_doctor import NAMES, examined, failing, lines

SECRET = "dapi-canary-token"


def test_every_hop_of_the_simulated_host_is_sound(tmp_path: Path) -> None:
    """All checks are taken in the order of a request, each with its time and what it found."""
    code, report = examined("--sandbox", cwd=tmp_path)
    assert (code, list(report)) == (0, ["checks"])
    checks = {check["name"]: check for check in report["checks"]}
    assert tuple(checks) == NAMES
    assert all(list(check) == ["name", "ok", "ms", "detail", "hint"] for check in report["checks"])
    assert all(check["ok"] is True and check["ms"] >= 0 and not check["hint"] for check in checks.values())
    assert "sandbox: true (--sandbox)" in checks["settings"]["detail"]
    assert "databricks-claude-opus-5-5" in checks["listed"]["detail"]
    assert "characters of reasoning" in checks["thinking"]["detail"]


def test_text_has_a_line_a_check(tmp_path: Path) -> None:
    """For people: a mark, the name, the time, what was found; nothing on standard error."""
    done = lakewright("doctor", "--sandbox", cwd=tmp_path)
    marked = [line.split()[:2] for line in lines(done) if not line.startswith(" ")]
    assert (done.returncode, done.stderr) == (0, b"")
    assert marked == [*(["ok", name] for name in NAMES), ["ok", "all"]]
    assert b"\x1b" not in done.stdout


def test_ndjson_has_an_event_a_check_and_the_object_last(tmp_path: Path) -> None:
    """Each check is a line as it ends; the last line holds them all."""
    done = lakewright("doctor", "--sandbox", "--format", "ndjson", cwd=tmp_path)
    *events, last = (json.loads(line) for line in lines(done))
    assert [event.pop("event") for event in events] == ["check"] * len(NAMES)
    assert last == {"event": "result", "checks": events}


@pytest.mark.parametrize("model", ["databricks-claude-sonnet-4-5", "databricks-claude-opus-4-6"])
def test_other_families_are_sound_too(model: str, tmp_path: Path) -> None:
    """The walk asks each family in the form that it takes."""
    code, report = examined("--sandbox", "--model", model, cwd=tmp_path)
    assert (code, [check["ok"] for check in report["checks"]]) == (0, [True] * len(NAMES))


@pytest.mark.parametrize(
    ("arguments", "hop", "kind", "code"),
    [
        (["--fault", "html-502"], "answer", "endpoint", 4),
        (["--fault", "429"], "answer", "rate_limit", 4),
        (["--fault", "html-login"], "answer", "network", 4),
        (["--fault", "permission"], "answer", "endpoint", 4),
        # The first answer loses nothing that counts, the second is cut.
        (["--fault", "cut-before-done", "--fault", "cut"], "streaming", "network", 4),
        (["--model", "databricks-claude-sonet-4-5"], "listed", "endpoint", 4),
        (["--model", "team-assistant-starting"], "ready", "endpoint", 4),
        (["--model", "databricks-gte-large-en"], "ready", "endpoint", 4),
        (["--fault", "no-such-fault"], "settings", "input", 2),
        (["--root", "nowhere"], "settings", "input", 2),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_first_failing_hop_is_named(
    arguments: list[str], hop: str, kind: str, code: int, tmp_path: Path
) -> None:
    """The walk ends there, says what to do, and its exit code follows the kind of error."""
    found, report = examined("--sandbox", *arguments, cwd=tmp_path)
    assert (failing(report), report["error"]["kind"], found) == (hop, kind, code)
    assert report["error"]["hint"]
    assert "lakewright doctor" not in report["error"]["hint"]


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_name_that_resolves_nowhere(tmp_path: Path) -> None:
    """A misspelt host fails at DNS, and the sentence holds its name."""
    environ = {"DATABRICKS_HOST": "https://nothing.invalid", "DATABRICKS_TOKEN": SECRET}
    code, report = examined(cwd=tmp_path, environ=environ)
    assert (failing(report), code) == ("dns", 4)
    assert "nothing.invalid" in report["error"]["message"]


@pytest.mark.parametrize("peer", ["host", "proxy"])
def test_a_port_that_refuses(peer: str, tmp_path: Path) -> None:
    """Nobody listens, at the host or at the proxy: the connection fails, and the sentence says whose."""
    port = _closed_port()
    environ = {"DATABRICKS_HOST": f"http://127.0.0.1:{port}", "DATABRICKS_TOKEN": SECRET}
    if peer == "proxy":
        environ["DATABRICKS_HOST"] = "https://host.invalid"
        environ["HTTPS_PROXY"] = f"http://user:hidden-word@127.0.0.1:{port}"
    code, report = examined(cwd=tmp_path, environ=environ)
    assert (failing(report), code) == ("connection", 4)
    assert report["error"]["message"].startswith("The proxy") is (peer == "proxy")
    assert "hidden-word" not in json.dumps(report)


def test_a_proxy_variable_that_is_none(tmp_path: Path) -> None:
    """What can't be a proxy fails as a setting of the environment: exit 3."""
    environ = {
        "DATABRICKS_HOST": "https://host.invalid",
        "DATABRICKS_TOKEN": SECRET,
        "HTTPS_PROXY": "gopher://x",
    }
    code, report = examined(cwd=tmp_path, environ=environ)
    assert (failing(report), code) == ("proxy", 3)
    assert report["checks"][1]["ok"] is None


def test_a_token_that_the_host_refuses(tmp_path: Path) -> None:
    """It is the credentials that fail, with their origin; the token itself is shown nowhere."""
    with start_in_thread(pace=0) as server:
        environ = {"DATABRICKS_HOST": server.host, "DATABRICKS_TOKEN": SECRET}
        done = lakewright("doctor", "-v", cwd=tmp_path, environ=environ)
        code, report = examined(cwd=tmp_path, environ=environ)
    assert (failing(report), code, done.returncode) == ("credentials", 3, 3)
    assert "DATABRICKS_TOKEN" in report["checks"][0]["detail"]
    assert SECRET not in json.dumps(report) + done.stdout.decode() + done.stderr.decode()


def test_nothing_is_set_up(tmp_path: Path) -> None:
    """Without any host the first check fails and says how to set one."""
    done = lakewright("doctor", cwd=tmp_path)
    error, hint = done.stderr.decode().splitlines()
    assert done.returncode == 3
    assert "databricks auth login" in error
    assert "--sandbox" in hint
    assert lines(done)[-1].startswith("-     not run: dns, proxy,")


def test_settings_are_shown_with_their_origin(project: Path) -> None:
    """Without -v what isn't a default; with it everything; what a project may not set is warned of."""
    (project / ".lakewright.yaml").write_text("thinking: low\nhost: https://elsewhere.invalid\n")
    environ = {"LAKEWRIGHT_LIMITS__TURNS": "7"}
    short = lakewright("doctor", "--sandbox", cwd=project, environ=environ).stdout.decode()
    long = lakewright("doctor", "--sandbox", "-v", cwd=project, environ=environ).stdout.decode()
    for shown in (short, long):
        assert "limits.turns: 7 (LAKEWRIGHT_LIMITS__TURNS)" in shown
        assert "thinking: low (" in shown
        assert ".lakewright.yaml:1" in shown
        assert "warning: " in shown
    assert "limits.seconds" not in short
    assert "limits.seconds: 1800 (default)" in long


def test_profiles_are_listed_with_the_one_taken(tmp_path: Path) -> None:
    """The profile that the Databricks tools would take is named, and what they hold is not."""
    file = tmp_path / "cfg"
    with start_in_thread(pace=0) as server:
        file.write_text(
            f"[DEFAULT]\nhost = {server.host}\ntoken = {server.token}\n"
            f"[other]\nhost = https://other.invalid\ntoken = {SECRET}\n"
        )
        environ = {"DATABRICKS_CONFIG_FILE": str(file)}
        code, report = examined("--model", "databricks-claude-haiku-4-5", cwd=tmp_path, environ=environ)
    detail = report["checks"][0]["detail"]
    assert code == 0
    assert f"profiles in {file}: DEFAULT, other; without a choice: DEFAULT" in detail
    assert f"connects to {server.host} (profile DEFAULT" in detail
    assert SECRET not in json.dumps(report)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_check_that_hangs(number: signal.Signals, tmp_path: Path) -> None:
    """The object holds what was found so far and an error of kind cancelled; exit 130."""
    arguments = ["doctor", "--sandbox", "--fault", "hang:always", "--format", "ndjson"]
    with started(arguments, cwd=tmp_path) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if b'"name": "ready"' in line:
                break
        process.send_signal(number)
        last = json.loads(process.stdout.read().splitlines()[-1])
        assert process.wait() == 130
    assert last["error"]["kind"] == "cancelled"
    assert [check["ok"] for check in last["checks"]] == [True] * 8 + [None] * 4


@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}], ids=str)
def test_a_terminal_sees_what_is_waited_for(environ: dict[str, str], tmp_path: Path) -> None:
    """Each check is announced and its line replaced when it ends, in colour; unless NO_COLOR is set."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "doctor", "--sandbox", "--fault", "html-502"],
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm", **environ},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    _, errors = process.communicate()
    assert process.returncode == 4
    assert errors.startswith(b"error: ")
    assert ("…     answer\r\x1b[2K".encode() in shown) is not bool(environ)
    assert (b"\x1b[32mok" in shown) is not bool(environ)
    assert (b"\x1b[31mFAIL" in shown) is not bool(environ)


@pytest.mark.parametrize("command", ["doctor", "models"])
def test_help_is_cheap(command: str, tmp_path: Path) -> None:
    """Examples are in it, and nothing that a walk needs is imported for it."""
    probe = (
        f"import sys; from lakewright.cli.main import run; run([{command!r}, '--help']); print(*sys.modules)"
    )
    done = subprocess.run([COMMAND[0], "-c", probe], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"lakewright {command} --format json | jq" in done.stdout
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"asyncio", "httpx", "pydantic", "rich", "starlette", "lakewright.wiring"}
