"""Long files are edited in the worker process: the same answers, and nothing that holds up the event loop."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lakewright.edits.values import NewFile, WholeFile
from lakewright.staging import applying, applying_aside, whole
from lakewright.staging.applying_aside import relocated, result_of
from lakewright.staging.trying import original
from lakewright.staging.values import Change, StagedFile
from lakewright.workspace import parsing, worker
from lakewright.workspace.decode import Decoded
from support_staging import accepted, data_of, edit, refusal, stage_of
from support_workspace import workspace_of, write_tree

PYTHON = "".join(f"def f{number}(a):\n    return a + {number}\n" for number in range(1_000))
SCRIPT = "".join(f"function f{number}(a) {{ return a + {number}; }}\n" for number in range(2_000))
CELL: dict[str, object] = {
    "cell_type": "code",
    "metadata": {},
    "outputs": [],
    "execution_count": None,
    "source": "x = 1\ny = 2",
}
BOOK = json.dumps({"cells": [CELL] * 800, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)

CASES: list[tuple[str, Decoded | None, Change]] = [
    ("a.py", Decoded(PYTHON, "utf-8"), edit("a.py", ("return a + 7\n", "return a - 7\n"))),
    ("a.py", Decoded(PYTHON, "utf-8"), edit("a.py", ("return a + 7\n", "return (a - 7\n"))),
    ("a.py", Decoded(PYTHON, "utf-8"), edit("a.py", ("return a + 7\n", "return a + 7\n"))),
    ("a.py", Decoded(PYTHON, "utf-8"), edit("a.py", ("return b + 7\n", "x"), ("f3(a)", "f3(b)"))),
    ("a.py", Decoded(PYTHON, "utf-8"), NewFile("a.py", PYTHON)),
    ("a.py", Decoded(PYTHON, "utf-8"), NewFile("a.py", "x = 1\n")),
    ("a.py", Decoded(PYTHON, "utf-8"), WholeFile("a.py", PYTHON.replace("a + 9", "a - 9"))),
    ("a.py", Decoded(PYTHON, "utf-8"), WholeFile("a.py", PYTHON[:5_000])),
    ("a.py", None, NewFile("a.py", PYTHON)),
    ("a.py", None, NewFile("a.py", PYTHON + "def f(:\n")),
    ("a.js", Decoded(SCRIPT.replace("\n", "\r\n"), "utf-8", b"\xef\xbb\xbf"), edit("a.js", ("a + 7;", "(a"))),
    (
        "a.js",
        Decoded(SCRIPT.replace("\n", "\r\n"), "utf-8", b"\xef\xbb\xbf"),
        edit("a.js", ("+ 77;", "- 0;")),
    ),
    ("a.txt", Decoded("caf\xe9\n" * 2_000 + "end\n", "latin-1"), edit("a.txt", ("end", "fin\xe9"))),
    ("a.txt", Decoded("caf\xe9\n" * 2_000 + "end\n", "latin-1"), edit("a.txt", ("end", "\u20ac"))),
    ("a.yaml", Decoded("a: [1]\n" + "# b\n" * 2_000, "utf-8"), edit("a.yaml", ("[1]", "[1"))),
    ("a.ipynb", Decoded(BOOK, "utf-8"), edit("a.ipynb", ("no such", "text"))),
]


@pytest.fixture(autouse=True)
async def _no_worker_left() -> AsyncIterator[None]:
    yield
    worker._workers.clear()
    gc.collect()


def parse_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where anything of a file is parsed in this process."""

    def refuse(*_args: object) -> None:
        pytest.fail("parsed beside the event loop")

    monkeypatch.setattr(applying, "check", refuse)
    monkeypatch.setattr(whole, "outline", refuse)


@pytest.mark.parametrize("case", CASES, ids=[f"{path}-{n}" for n, (path, _, _) in enumerate(CASES)])
async def test_the_worker_says_the_same(
    case: tuple[str, Decoded | None, Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every kind of answer comes back from the worker as it is given without it, bytes and words."""
    path, now, change = case
    monkeypatch.setattr(parsing, "WORKER_LINES", 10**9)
    monkeypatch.setattr(parsing, "WORKER_CHARACTERS", 10**9)
    here = await result_of(path, now, change)
    monkeypatch.undo()
    parse_nothing_here(monkeypatch)
    assert await result_of(path, now, change) == here


async def test_a_long_file_is_staged_without_parsing_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit of it is accepted or refused for what the worker finds in it."""
    parse_nothing_here(monkeypatch)
    stage = stage_of(tmp_path, {"a.py": PYTHON})
    _, _, words = await refusal(stage, edit("a.py", ("return a + 7\n", "return (a\n")))
    assert "With this edit the file no longer parses: line 16" in words
    await accepted(stage, edit("a.py", ("return a + 7\n", "return a - 7\n")))
    assert data_of(stage) == {"a.py": PYTHON.replace("a + 7\n", "a - 7\n").encode()}


async def test_changes_are_located_again_without_parsing_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a long file that has moved on they are made by content; a reason comes back where they don't fit."""
    stage = stage_of(tmp_path, {"a.py": PYTHON})
    await accepted(stage, edit("a.py", ("return a + 7\n", "return a - 7\n")))
    (file,) = stage.files
    parse_nothing_here(monkeypatch)

    def now(text: str) -> StagedFile:
        found = original("a.py", workspace_of(write_tree(tmp_path, {"a.py": text})))
        assert isinstance(found, StagedFile)
        return found

    moved = await relocated(file, now("import os\n" + PYTHON))
    assert isinstance(moved, StagedFile)
    assert moved.data == b"import os\n" + PYTHON.replace("a + 7\n", "a - 7\n").encode()
    assert moved.after.text.encode() == moved.data
    assert moved.changes == file.changes
    gone = await relocated(file, now(PYTHON.replace("+ 7\n", "* 7\n")))
    assert gone == "text that they replace is no longer there"


async def test_cancelling_ends_the_worker(tmp_path: Path) -> None:
    """A cancelled edit leaves no parser behind, and nothing staged; the next one is served."""
    stage = stage_of(tmp_path, {"a.py": PYTHON})
    await accepted(stage, edit("a.py", ("return a + 7\n", "return a - 7\n")))
    held = worker._workers[asyncio.get_running_loop()]
    assert held._child is not None
    process = held._child[0].process
    task = asyncio.create_task(stage.apply(edit("a.py", ("return a + 8\n", "return a - 8\n"))))
    while not held.turn.locked():  # noqa: ASYNC110 - a state, not an event
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert process.poll() is not None
    assert len(stage.files[0].changes) == 1
    await accepted(stage, edit("a.py", ("return a + 8\n", "return a - 8\n")))


async def test_what_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that can't be parsed in time isn't edited, and the model is told so."""
    monkeypatch.setattr(applying_aside, "SECONDS", 0.0)
    stage = stage_of(tmp_path, {"a.py": PYTHON})
    _, _, words = await refusal(stage, edit("a.py", ("return a + 7\n", "return a - 7\n")))
    assert "could not be parsed in time" in words
