"""The worker process: used again, killed in time, without secrets, ended with the program."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lakewright.errors import InputError
from lakewright.workspace import jobs, parsing, worker
from lakewright.workspace.worker import WorkerDiedError, run_job
from support_workspace import workspace_of, write_tree

_SERVER = Path(worker.__file__).parents[2]


@pytest.fixture(autouse=True)
async def _no_worker_left() -> AsyncIterator[None]:
    yield
    worker._workers.clear()
    gc.collect()


def process_id() -> int:
    started = worker._workers[asyncio.get_running_loop()]._child
    assert started is not None
    return started[0].process.pid


def endless(tmp_path: Path) -> jobs.Json:
    """A search that would take longer than anybody lives."""
    folder = write_tree(tmp_path / "endless", {"a.txt": "a" * 60 + "b\n"})
    return jobs.search_job(workspace_of(folder), "^(a+)+$", None, 10)


def outline_of(text: str) -> jobs.Json:
    return jobs.outline_job(text, "python")


async def test_one_process_serves_many_jobs() -> None:
    """The process is started once, for jobs side by side as well, and answers each its own."""
    texts = [f"def f{number}(): pass" for number in range(5)]
    values = await asyncio.gather(*(run_job(outline_of(text), seconds=30) for text in texts))
    first = process_id()
    assert [jobs.outline_from(value)[0].name for value in values] == ["f0", "f1", "f2", "f3", "f4"]
    await run_job(outline_of("x"), seconds=30)
    assert process_id() == first


async def test_a_job_that_never_ends_is_killed(tmp_path: Path) -> None:
    """At its limit the job ends with an error, its process with it, and the next job is served."""
    await run_job(outline_of(""), seconds=30)
    before = process_id()
    with pytest.raises(TimeoutError):
        await run_job(endless(tmp_path), seconds=0.2)
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert (await run_job(outline_of("x"), seconds=30)) == {"symbols": []}
    assert process_id() != before


async def test_a_job_that_never_ends_holds_up_nothing(tmp_path: Path) -> None:
    """While it runs, the event loop goes on; cancelling it kills the process at once."""
    await run_job(outline_of(""), seconds=30)
    before = process_id()
    task = asyncio.create_task(run_job(endless(tmp_path), seconds=1_000))
    for _ in range(20):
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


async def test_a_job_waits_for_the_one_before(tmp_path: Path) -> None:
    """The time of a job begins with its turn, and a killed one before it does it no harm."""
    results = await asyncio.gather(
        run_job(endless(tmp_path), seconds=0.3),
        run_job(outline_of("x"), seconds=30),
        return_exceptions=True,
    )
    assert isinstance(results[0], TimeoutError)
    assert results[1] == {"symbols": []}


async def test_a_process_that_dies_is_replaced() -> None:
    """Death in between goes unnoticed; death in the middle of a job is an error of that job only."""
    await run_job(outline_of(""), seconds=30)
    os.kill(process_id(), signal.SIGKILL)
    os.waitid(os.P_PID, process_id(), os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - it is dead already
    assert (await run_job(outline_of("x"), seconds=30)) == {"symbols": []}
    with pytest.raises(WorkerDiedError):
        await run_job({"job": "unknown"}, seconds=30)
    assert (await run_job(outline_of("x"), seconds=30)) == {"symbols": []}


async def test_a_refusal_keeps_its_words(tmp_path: Path) -> None:
    """What the job says about its input arrives as it was said."""
    with pytest.raises(InputError, match="no regular expression") as caught:
        await run_job(jobs.search_job(workspace_of(tmp_path), "(", None, 1), seconds=30)
    assert caught.value.hint


async def test_the_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment it gets a short list of names; no token is among them."""
    monkeypatch.setenv("DATABRICKS_TOKEN", "canary")
    monkeypatch.setenv("PYTHONPATH", "/canary")
    await run_job(outline_of(""), seconds=30)
    environ = Path(f"/proc/{process_id()}/environ")
    if environ.exists():
        names = {line.split(b"=")[0].decode() for line in environ.read_bytes().split(b"\0") if line}
        assert names <= set(worker._KEPT)


async def test_names_that_are_no_text_travel(tmp_path: Path) -> None:
    """A file name of other bytes than UTF-8 comes back as it is on the disk."""
    name = os.fsdecode(b"caf\xe9 \xf0\x9f\x98\x80.txt")
    workspace = workspace_of(write_tree(tmp_path, {name: "needle\n"}))
    found = jobs.found_from(await run_job(jobs.search_job(workspace, "needle", None, 5), seconds=30))
    assert [row.path for row in found.rows] == [name]


_PROGRAM = """
import asyncio
from lakewright.workspace import jobs, worker
async def main():
    await worker.run_job(jobs.outline_job("x = 1", "python"), seconds=30)
    print(worker._workers[asyncio.get_running_loop()]._child[0].process.pid)
asyncio.run(main())
"""


def test_the_process_ends_with_the_program(tmp_path: Path) -> None:
    """It works from a source tree by `PYTHONPATH`, writes nothing, and is gone when the program is."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROGRAM],
        env={**os.environ, "PYTHONPATH": str(_SERVER)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(result.stdout), 0)


def test_a_killed_program_leaves_no_busy_process(tmp_path: Path) -> None:
    """When nobody is left to kill it, an endless job is ended by the system's alarm."""
    folder = write_tree(tmp_path / "endless", {"a.txt": "a" * 60 + "b\n"})
    program = (
        "import subprocess, sys; from lakewright.workspace import worker, worker_main, jobs\n"
        "from support_workspace import workspace_of; from pathlib import Path\n"
        "process = worker._start(); print(process.pid, flush=True)\n"
        f"job = jobs.search_job(workspace_of(Path({str(folder)!r})), '^(a+)+$', None, 1)\n"
        "worker_main.send(process.stdin, {**job, 'seconds': -1, 'soft_seconds': 60})\n"
        "import os; os._exit(9)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": f"{_SERVER}{os.pathsep}{Path(__file__).parents[1]}"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    descriptor = os.pidfd_open(int(result.stdout)) if hasattr(os, "pidfd_open") else None
    if descriptor is not None:
        import select

        assert select.select([descriptor], [], [], 30)[0], "the worker is still busy"
        os.close(descriptor)


async def test_small_files_are_parsed_here_and_large_ones_there(tmp_path: Path) -> None:
    """Only what could hold up the event loop goes to the process; the symbols are the same."""
    small, large = "def f(): pass\n", "def f(): pass\n" + "x = 1\n" * parsing.WORKER_LINES
    workspace = workspace_of(write_tree(tmp_path, {"small.py": small, "large.py": large, "a.txt": ""}))
    symbols = await parsing.outline_of(workspace.read("small.py"))
    assert asyncio.get_running_loop() not in worker._workers
    assert await parsing.outline_of(workspace.read("large.py")) == symbols
    assert asyncio.get_running_loop() in worker._workers
    assert await parsing.outline_of(workspace.read("a.txt")) == []
