"""`lakewright sandbox` as a process: other programs use it, a signal ends it."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from lakewright.sandbox.faults import FAULTS
from support_cli import lakewright, started

ENDPOINT = "databricks-claude-haiku-4-5"
BODY = {"messages": [{"role": "user", "content": "ping"}], "max_tokens": 16}


@contextmanager
def _serving(*arguments: str, cwd: Path) -> "Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]":
    with started(["sandbox", *arguments], cwd=cwd) as process:
        assert process.stdout is not None
        said = dict(process.stdout.readline().decode().rstrip("\n").split("=", 1) for _ in range(2))
        assert list(said) == ["DATABRICKS_HOST", "DATABRICKS_TOKEN"]
        headers = {"Authorization": f"Bearer {said['DATABRICKS_TOKEN']}"}
        with httpx.Client(base_url=said["DATABRICKS_HOST"], headers=headers, trust_env=False) as client:
            yield process, client
        process.kill()


def _ask(client: httpx.Client) -> httpx.Response:
    return client.post(f"/serving-endpoints/{ENDPOINT}/invocations", json=BODY)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_until_a_signal_ends_it(number: signal.Signals, tmp_path: Path) -> None:
    """Host and token are the first two lines; both signals end it quietly with exit 0."""
    with _serving(cwd=tmp_path) as (process, client):
        assert _ask(client).status_code == 200
        process.send_signal(number)
        output, errors = process.communicate()
    assert (process.returncode, output) == (0, b"")
    assert b"Traceback" not in errors
    assert len(errors.splitlines()) == 2


def test_faults_strike_the_first_requests(tmp_path: Path) -> None:
    """`NAME:2` fails twice, and then no more."""
    with _serving("--fault", "503:2", cwd=tmp_path) as (_, client):
        assert [_ask(client).status_code for _ in range(3)] == [503, 503, 200]


def test_the_program_uses_it_by_its_two_variables(project: Path) -> None:
    """What it prints is all that `lakewright explain` needs."""
    with _serving(cwd=project) as (_, client):
        environ = {
            "DATABRICKS_HOST": str(client.base_url).rstrip("/"),
            "DATABRICKS_TOKEN": client.headers["authorization"].removeprefix("Bearer "),
        }
        done = lakewright("explain", "tax.py", cwd=project, environ=environ)
    assert done.returncode == 0, done.stderr
    assert b"add_tax" in done.stdout


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    """The port asked for is taken or refused, never silently another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = lakewright("sandbox", "--port", str(port), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"Port {port} can't be taken".encode() in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_unknown_fault_is_a_sentence(tmp_path: Path) -> None:
    """With the nearest names; nothing is served."""
    done = lakewright("sandbox", "--fault", "html502", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"html-502" in done.stderr


@pytest.mark.parametrize("option", ["--list-faults", "--help"])
def test_every_fault_is_listed(option: str, tmp_path: Path) -> None:
    """By name with what it does, in the help and as a list."""
    done = lakewright("sandbox", option, cwd=tmp_path)
    shown = " ".join(done.stdout.decode().split())
    assert done.returncode == 0
    for name, description in FAULTS.items():
        assert f" {name} {description[:20]}" in f" {shown}"
