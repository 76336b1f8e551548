"""What must not leave the machine never reaches the host, whatever its model asks for."""

import os
import subprocess
from pathlib import Path

import pytest

from lakewright.sandbox.scripts import SCRIPTS
from lakewright.sandbox.server import SandboxServer
from support_end_to_end import explain, refactor

CANARY = "CANARY-5f1d"


@pytest.fixture
def trapped(project: Path, tmp_path: Path) -> Path:
    """The project with secrets in it, beside it and behind links."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(f"{CANARY}-outside\n")
    (project / ".gitignore").write_text("*nored.txt\nbuild/\n!build/*.txt\n")
    (project / ".lakewrightignore").write_text("private/\n")
    for name in (
        ".env",
        ".env.local",
        "id_rsa",
        "server.pem",
        "ignored.txt",
        "build/kept.txt",
        "private/notes.md",
        "secrets/token.txt",
        ".databrickscfg",
        ".git/config",
        "sub/.ENV",
        "sub/credentials.json",
    ):
        (project / name).parent.mkdir(exist_ok=True, parents=True)
        (project / name).write_text(f"token = {CANARY}-{name.replace('/', '-')}\n")
    (project / "link-outside").symlink_to(outside)
    (project / "link.py").symlink_to(outside / "secret.txt")
    (project / "link-env").symlink_to(project / ".env")
    os.mkfifo(project / "pipe.py")
    return project


HIDDEN_NAMES = (
    "id_rsa",
    "server.pem",
    "ignored.txt",
    "kept.txt",
    "notes.md",
    "credentials.json",
    "secret.txt",
)


@pytest.mark.parametrize(
    "script",
    [
        *SCRIPTS,
        None,
        "read:link.py",
        "read:link-outside/secret.txt",
        "read:link-env",
        "read:../outside/secret.txt",
        "read:build/kept.txt",
        "read:private/notes.md",
        "read:sub/.ENV",
        "read:sub/../.env",
        "read:pipe.py",
        "read:.git/config",
    ],
)
async def test_no_canary_reaches_the_host(script: str | None, trapped: Path) -> None:
    """Neither their content nor, in a listing, their names are in any request."""
    async with SandboxServer(pace=0, script=script) as server:
        await explain(server, trapped, "orders.py")
        assert server.model_requests
        sent = b"\n".join(record.raw for record in server.log).decode()
        assert "class Order" in sent
        assert CANARY not in sent


async def test_a_refactor_sends_no_canary(trapped: Path) -> None:
    """Neither its prompt, nor the uses that it looks for, nor what the model reads and tries to edit."""
    (trapped / "private" / "uses.py").write_text(f"from orders import Order  # {CANARY}\n")
    for script, faults in ((None, []), ("read:*", []), (None, ["edit-denied:always"])):
        async with SandboxServer(faults, pace=0, script=script) as server:
            await refactor(server, trapped, "orders.py", "Rename Order to Purchase")
            assert server.model_requests
            sent = b"\n".join(record.raw for record in server.log).decode()
            assert "class Order" in sent
            assert CANARY not in sent


async def test_names_of_hidden_files_are_not_listed(trapped: Path) -> None:
    """A model that lists and searches everything learns no name it may not read."""
    async with SandboxServer(pace=0, script="read:*") as server:
        await explain(server, trapped, "orders.py")
        results = [
            str(message.get("content"))
            for record in server.model_requests
            if isinstance(record.body, dict)
            for message in record.body["messages"]
            if message["role"] == "tool"
        ]
        told = "\n".join(results)
        assert "orders.py" in told
        assert [name for name in HIDDEN_NAMES if name in told] == []


async def test_the_deny_list_holds_for_the_target_too(trapped: Path) -> None:
    """A user who names a secret gets the reason; nothing is sent."""
    async with SandboxServer(pace=0) as server:
        for name in (".env", "id_rsa", "ignored.txt", "link.py", "sub/.ENV", "pipe.py"):
            outcome = await explain(server, trapped, name)
            assert outcome.error is not None
            assert outcome.error.kind == "input"
            assert CANARY not in outcome.error.message
        assert server.log == []


def test_the_trap_would_be_found(trapped: Path) -> None:
    """The canaries are really there: a plain search finds all of them."""
    found = subprocess.run(
        ["grep", "-rlI", "--devices=skip", CANARY, "."], cwd=trapped, capture_output=True, check=True
    )
    assert len(found.stdout.splitlines()) >= 12
