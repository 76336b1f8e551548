"""The verify command: what it sees, what it says, and that it ends, whatever it does."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lakewright.errors import InputError
from lakewright.staging import verify_process
from lakewright.staging.verify import MAX_CHARACTERS, Verified, check_verify, verify
from lakewright.staging.verify_output import Tail
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root
from support_verify import private_temporary, seen, staged
from support_workspace import workspace_of, write_tree

_FILES = {"src/a.py": "old\n", "run.sh": "#!/bin/sh\ncat src/a.py\n", ".env": "SECRET=1\n"}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(verify_process, "GRACE", 0.2)
    return private_temporary(tmp_path, monkeypatch)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = write_tree(tmp_path / "shop", _FILES)
    (root / "run.sh").chmod(0o755)
    return workspace_of(root)


async def _verified(command: str, workspace: Workspace, seconds: float = 600) -> Verified:
    return await verify(command, staged({"src/a.py": "new\n"}), workspace, seconds=seconds)


@pytest.mark.parametrize(
    ("command", "code", "output"),
    [
        ("./run.sh", 0, "new\n"),
        ("cat .env; exit 3", 3, "SECRET=1\n"),
        ("echo out; echo err >&2; false", 1, "out\nerr\n"),
        ("cat; echo $?", 0, "0\n"),
        ("echo $LAKEWRIGHT_VERIFY", 0, "1\n"),
        ("kill -9 $$", -9, ""),
        ("exit 125", 125, ""),
        ("printf '\\033[31mred\\377'", 0, "\x1b[31mred�"),
        ("tty; true", 0, "not a tty\n"),
    ],
)
async def test_the_command_is_run_on_the_changed_tree(
    workspace: Workspace, command: str, code: int, output: str
) -> None:
    """By the shell, with nothing to read and no terminal; both streams and the exit code come back."""
    before = seen(workspace.root.path)
    verified = await _verified(command, workspace)
    assert (verified.ok, verified.exit_code, verified.output) == (code == 0, code, output)
    assert not verified.timed_out
    assert seen(workspace.root.path) == before


async def test_what_the_command_does_stays_in_the_copy(workspace: Workspace, temporary: Path) -> None:
    """It may write and delete as it likes; nothing of it is left."""
    before = seen(workspace.root.path)
    verified = await _verified("rm -rf .env src; echo x > new.txt; echo y >> run.sh; ls", workspace)
    assert verified.output == "new.txt\nrun.sh\n"
    assert seen(workspace.root.path) == before
    assert list(temporary.iterdir()) == []


async def test_the_output_names_the_workspace(workspace: Workspace) -> None:
    """Paths of the copy read as those of the files that the user knows, also where the user spelled them."""
    root = workspace.root.path
    verified = await _verified(f"pwd; ls {root}/src/*; cat {root}/src/a.py", workspace)
    assert verified.output == f"{root}\n{root}/src/a.py\nnew\n"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("echo \0", "is empty"),
        ("no-such-command-at-all", "no such command .*no-such-command-at-all"),
        ("./src/a.py", "may not be executed"),
        ("x" * 3_000_000, "can't be started"),
    ],
)
async def test_a_command_that_cannot_run_is_the_users_to_mend(
    workspace: Workspace, temporary: Path, command: str, reason: str
) -> None:
    """It is an error with a hint, not a failure that a model could mend."""
    with pytest.raises(InputError, match=reason) as refused:
        await _verified(command, workspace)
    assert refused.value.hint
    assert len(refused.value.message) < 400
    assert list(temporary.iterdir()) == []


def test_what_cannot_be_verified_is_told_before_the_work(workspace: Workspace, tmp_path: Path) -> None:
    """A front door can ask at once, rather than after a model's work."""
    check_verify("make", workspace)
    for command, root in ((" ", workspace.root), ("make", Root(tmp_path, tmp_path / "a.py"))):
        with pytest.raises(InputError):
            check_verify(command, Workspace(root))


async def test_the_end_of_a_long_output_is_kept(workspace: Workspace) -> None:
    """Whole lines, the last ones; the beginning is let go of while it comes."""
    verified = await _verified("seq 1 200000", workspace)
    lines = verified.output.splitlines()
    assert lines[-1] == "200000"
    assert lines == [str(number) for number in range(200_001 - len(lines), 200_001)]
    assert MAX_CHARACTERS * 3 / 4 < len(verified.output) <= MAX_CHARACTERS


async def test_a_long_line_is_cut(workspace: Workspace) -> None:
    """Also output without any newline is bounded."""
    verified = await _verified("yes x | head -c 300000 | tr -d '\\n'", workspace)
    assert verified.output == "x" * MAX_CHARACTERS


async def test_a_command_that_prints_for_ever_ends_with_its_time(
    workspace: Workspace, temporary: Path
) -> None:
    """Its life is bounded; the time-out is told, with the end of the output."""
    verified = await _verified("yes", workspace, seconds=0.3)
    assert verified.timed_out
    assert (verified.ok, verified.exit_code) == (False, None)
    assert set(verified.output) <= {"y", "\n"}
    assert list(temporary.iterdir()) == []


async def test_the_memory_of_an_output_is_bounded() -> None:
    """However much comes, in large pieces or small ones, no more is kept than its end needs."""
    tail = Tail(str)
    for piece in (b"x" * 65_536, b"y\n", b""):
        for _ in range(1_000):
            tail.add(piece)
            assert sum(map(len, tail._chunks)) < 200_000
    assert tail.text(10) == "y\n" * 4


_IGNORING = (
    "trap '' TERM INT HUP; echo $$ > {pids}; sleep 1000 & echo $! >> {pids}; echo begun; "
    "while :; do sleep 1; done"
)


def _alive(pid: int) -> bool:
    """Whether the process is there, and not only its entry in the table."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def _pids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


async def test_processes_that_ignore_the_signal_are_killed(workspace: Workspace, tmp_path: Path) -> None:
    """A time-out ends the whole group, also what doesn't listen."""
    pids = tmp_path / "pids"
    verified = await _verified(_IGNORING.format(pids=pids), workspace, seconds=0.5)
    assert verified.timed_out
    assert not any(map(_alive, _pids(pids)))


async def test_cancelled_in_the_middle(workspace: Workspace, tmp_path: Path, temporary: Path) -> None:
    """Cancelling ends the group and removes the copy, also when it is asked for several times."""
    pids = tmp_path / "pids"
    task = asyncio.create_task(verify(_IGNORING.format(pids=pids), staged({}), workspace))
    await _until(lambda: len(_pids(pids)) == 2)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not any(map(_alive, _pids(pids)))
    assert list(temporary.iterdir()) == []


async def test_a_background_process_ends_with_the_command(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the command leaves behind in its group is asked to end; the exit code is the command's own."""
    monkeypatch.setattr(verify_process, "GRACE", 50)
    pids, ready = tmp_path / "pids", tmp_path / "ready"
    left = f"trap 'echo asked; exit' TERM; sleep 1000 & echo > {ready}; wait"
    command = f"({left}) & echo $! > {pids}; until [ -e {ready} ]; do sleep 0.01; done; exit 4"
    verified = await _verified(command, workspace)
    assert (verified.exit_code, verified.output) == (4, "asked\n")
    assert not any(map(_alive, _pids(pids)))


async def test_a_process_of_another_session_holds_nobody_up(
    workspace: Workspace, tmp_path: Path, temporary: Path
) -> None:
    """A daemon that keeps the output open is left alone, and not waited for."""
    pids = tmp_path / "pids"
    daemon = (
        f"import os, time; os.setsid(); open({str(pids)!r}, 'w').write(str(os.getpid())); time.sleep(1000)"
    )
    command = f'python3 -c "{daemon}" & while ! [ -s {pids} ]; do sleep 0.01; done; echo done'
    verified = await _verified(command, workspace)
    (daemon_pid,) = _pids(pids)
    try:
        assert (verified.exit_code, verified.output) == (0, "done\n")
        assert _alive(daemon_pid)
        assert list(temporary.iterdir()) == []
    finally:
        os.kill(daemon_pid, signal.SIGKILL)


async def test_no_zombie_is_left(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process has been waited for, however it ended."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*args: Any, **options: Any) -> "subprocess.Popen[bytes]":
        started.append(subprocess.Popen(*args, **options))
        return started[-1]

    monkeypatch.setattr(verify_process, "subprocess", SimpleNamespace(**{**vars(subprocess), "Popen": start}))
    await _verified("exit 3", workspace)
    await _verified("sleep 1000", workspace, seconds=0.1)
    assert [process.returncode for process in started] == [3, -signal.SIGTERM]


async def test_secrets_of_the_environment_stay_here(tmp_path: Path) -> None:
    """The output goes to the model: what variables hold that are secrets by their names isn't in it, also
    where it was cut; the command itself has them.
    """
    secrets = {
        "DATABRICKS_TOKEN": "dapi0123456789",
        "DB_PASSWORD": "hunter2hunter2",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUt/nFE",
        "OPENAI_API_KEY": "sk-0123456789",
        "AZURE_DEVOPS_EXT_PAT": "pat0123456789",
    }
    plain = {"TOKENIZERS_PARALLELISM": "false", "PATHEXT": "long enough", "PATH": os.environ["PATH"]}
    root = write_tree(tmp_path / "shop", _FILES)
    workspace = Workspace(Root(root), environ={**secrets, **plain})
    verified = await _verified("env; [ ${#DATABRICKS_TOKEN} = 14 ]", workspace)
    assert verified.ok
    assert not [name for name, value in secrets.items() if value in verified.output]
    assert "DATABRICKS_TOKEN=***\n" in verified.output
    assert "TOKENIZERS_PARALLELISM=false\n" in verified.output
    assert "PATHEXT=long enough\n" in verified.output
    command = 'printf %s%07990d "$DATABRICKS_TOKEN" 0; printf %s "$DATABRICKS_TOKEN"'
    verified = await _verified(f"{command}; false", workspace)
    assert "789" not in verified.output


async def test_two_at_once(workspace: Workspace) -> None:
    """Each has a copy of its own."""
    command = "echo $$ > src/a.py; sleep 0.2; [ $$ = $(cat src/a.py) ]"
    both = await asyncio.gather(*(_verified(command, workspace) for _ in range(3)))
    assert [one.ok for one in both] == [True, True, True]


async def test_a_program_that_leaves_at_once_takes_its_commands_along(
    workspace: Workspace, tmp_path: Path, temporary: Path
) -> None:
    """A second Ctrl-C doesn't wait for the grace of a command that ignores the first; nor is it left."""
    pids = tmp_path / "pids"
    program = (
        "import sys, tempfile\n"
        "from pathlib import Path\n"
        "from lakewright.cli.running import run_until_ended\n"
        "from lakewright.staging import verify_process\n"
        "from lakewright.staging.verify import verify\n"
        "from lakewright.workspace.files import Workspace\n"
        "from lakewright.workspace.roots import Root\n"
        "tempfile.tempdir = sys.argv[2]\n"
        "verify_process.GRACE = 50\n"
        "run_until_ended(verify(sys.argv[3], [], Workspace(Root(Path(sys.argv[1])))), grace=100)\n"
    )
    command = [program, str(workspace.root.path), str(temporary), _IGNORING.format(pids=pids)]
    server = str(Path(verify_process.__file__).parents[2])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", *command, env={**os.environ, "PYTHONPATH": server}
    )
    await _until(lambda: len(_pids(pids)) == 2)
    ended = asyncio.ensure_future(process.wait())
    while not ended.done():
        process.send_signal(signal.SIGINT)
        await asyncio.wait({ended}, timeout=0.1)
    assert ended.result() == 130
    await _until(lambda: not any(map(_alive, _pids(pids))))


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - another process brings it about
        await asyncio.sleep(0.01)
