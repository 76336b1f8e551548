"""Staged files on disk: all or none, edits located again where the disk has moved on, cancel."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from lakewright.edits.values import NewFile, WholeFile
from lakewright.errors import EditError
from lakewright.staging import writing
from lakewright.staging.diffs import diff_bytes_of
from lakewright.staging.stage import Stage
from lakewright.staging.values import Change
from lakewright.staging.writing import Delivered, write_staged
from lakewright.workspace.atomic_write import Written, write_all
from lakewright.workspace.journal import ChangedOnDiskError
from lakewright.workspace.undo import undo
from support_staging import accepted, edit, stage_of
from support_workspace import init_git, workspace_of
from support_writing import tree_of

_FILES: dict[str, str | bytes] = {"a.py": "one = 1\ntwo = 2\nthree = 3\n", "b.py": "x = 1\n"}


async def _staged(folder: Path, *changes: Change) -> Stage:
    stage = stage_of(folder, _FILES)
    for change in changes:
        await accepted(stage, change)
    return stage


async def _write(stage: Stage, folder: Path, *, relocate: bool = True) -> tuple[Delivered, list[str]]:
    said: list[str] = []
    written = await write_staged(
        stage.files,
        workspace_of(folder),
        state=folder.parent / "state",
        instruction="rename",
        say=said.append,
        relocate=relocate,
    )
    return written, said


async def test_written_and_undone(tmp_path: Path) -> None:
    """Edited and created files are what was staged; undo brings back every byte."""
    root = tmp_path / "root"
    stage = await _staged(root, edit("a.py", ("one = 1", "one = 11")), NewFile("pkg/c.py", "z = 1\n"))
    before = tree_of(root)
    written, said = await _write(stage, root)
    assert written.files == stage.files
    assert said == []
    assert (root / "a.py").read_text() == "one = 11\ntwo = 2\nthree = 3\n"
    assert (root / "pkg/c.py").read_text() == "z = 1\n"
    undo(root, state=tmp_path / "state", say=said.append)
    assert tree_of(root) == before


async def test_the_diff_applied_by_git_is_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`git apply` of the shown diffs and the write give the same tree, also for a long file."""
    long = "".join(f"def f{n}():\n    return None\n\n\n" for n in range(2_000))
    monkeypatch.setitem(_FILES, "long.py", long)
    for name in ("one", "two"):
        init_git(tmp_path / name)
    changes = (
        edit("a.py", ("two = 2\n", "")),
        NewFile("pkg/c.py", "z = 1\n"),
        edit("b.py", ("x = 1", "x = 2")),
        edit("long.py", ("def f3():\n", "def g3():\n"), ("def f1800():\n", "def g1800():\n    pass\n")),
    )
    stage = await _staged(tmp_path / "one", *changes)
    other = await _staged(tmp_path / "two", *changes)
    patch = b"".join(diff_bytes_of(file) for file in other.files)
    process = await asyncio.create_subprocess_exec(
        "git", "apply", "-", cwd=tmp_path / "two", stdin=asyncio.subprocess.PIPE
    )
    await process.communicate(patch)
    assert process.returncode == 0
    await _write(stage, tmp_path / "one")
    one, two = (
        {name: kept for name, kept in tree_of(tmp_path / folder).items() if not name.startswith(".git")}
        for folder in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize(
    ("now", "after"),
    [
        ("zero = 0\none = 1\ntwo = 2\nthree = 3\n", "zero = 0\none = 1\ntwo = 22222\nthree = 33\n"),
        ("one = 1\r\ntwo = 2\r\nthree = 3\r\n", "one = 1\r\ntwo = 22222\r\nthree = 33\r\n"),
        ("one = 1\ntwo = 22222\nthree = 3\n", "one = 1\ntwo = 22222\nthree = 33\n"),
        ("one = 1\ntwo = 22222\nthree = 33\n", "one = 1\ntwo = 22222\nthree = 33\n"),
        ("two = 2\nthree = 3\ntwo = 2\n", "more than once"),
        ("one = 1\ntwo = 2000\nthree = 3\n", "don't fit any more"),
        ("one = 1\ntwo = 2\nthree = 3\n\0\0\0\1\2", "can't be read"),
        (None, "no longer there"),
    ],
)
async def test_a_file_that_changed_on_disk(tmp_path: Path, now: str | None, after: str) -> None:
    """Its edits are made in its new text, or nothing at all is written."""
    root = tmp_path / "root"
    stage = await _staged(
        root,
        edit("b.py", ("x = 1", "x = 2")),
        edit("a.py", ("two = 2", "two = 22222")),
        edit("a.py", ("three = 3", "three = 33")),
    )
    if now is None:
        (root / "a.py").unlink()
    else:
        (root / "a.py").write_bytes(now.encode())
    before = tree_of(root)
    if "\n" not in after:
        with pytest.raises(EditError, match=after):
            await _write(stage, root)
        assert tree_of(root) == before
        return
    written, said = await _write(stage, root)
    assert (root / "a.py").read_bytes() == after.encode()
    assert (root / "b.py").read_text() == "x = 2\n"
    assert written.files[0] == stage.files[0]
    assert [file.data for file in written.files[1:]] == ([after.encode()] if after != now else [])
    assert said == ["a.py changed on disk meanwhile: its edits were located in the new text."]


@pytest.mark.parametrize("change", [WholeFile("a.py", "one = 1\ntwo = 2\nthree = 4\n")])
async def test_a_whole_file_is_not_put_over_another(tmp_path: Path, change: Change) -> None:
    """What replaced all of a file's text doesn't replace what came there since."""
    root = tmp_path / "root"
    stage = await _staged(root, change)
    (root / "a.py").write_text("one = 1\ntwo = 2\nthree = 3\nmine = 1\n")
    with pytest.raises(EditError, match="all of its text"):
        await _write(stage, root)
    assert (root / "a.py").read_text().endswith("mine = 1\n")


async def test_what_was_verified_is_not_located_again(tmp_path: Path) -> None:
    """With `relocate=False` any change on disk refuses the whole write."""
    root = tmp_path / "root"
    stage = await _staged(root, edit("a.py", ("two = 2", "two = 22")))
    (root / "a.py").write_text("zero = 0\none = 1\ntwo = 2\nthree = 3\n")
    with pytest.raises(ChangedOnDiskError):
        await _write(stage, root, relocate=False)
    assert "two = 2\n" in (root / "a.py").read_text()


async def test_a_file_that_came_where_one_was_to_be_created(tmp_path: Path) -> None:
    """It stays, and nothing is written."""
    root = tmp_path / "root"
    stage = await _staged(root, edit("b.py", ("x = 1", "x = 2")), NewFile("c.py", "z = 1\n"))
    (root / "c.py").write_text("mine\n")
    with pytest.raises(EditError, match="is there already"):
        await _write(stage, root)
    assert ((root / "c.py").read_text(), (root / "b.py").read_text()) == ("mine\n", "x = 1\n")


async def test_a_file_that_never_holds_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locating again ends: after a few rounds the write is refused."""
    root = tmp_path / "root"
    stage = await _staged(root, edit("a.py", ("two = 2", "two = 22")))
    rounds = 0

    def always_changed(*_: object, **__: object) -> Written:
        nonlocal rounds
        rounds += 1
        raise ChangedOnDiskError(["a.py"])

    monkeypatch.setattr(writing, "write_all", always_changed)
    with pytest.raises(ChangedOnDiskError):
        await _write(stage, root)
    assert rounds == writing.ROUNDS + 1


@pytest.mark.parametrize("commits", [True, False])
async def test_cancelled_while_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: bool
) -> None:
    """Before the commit a cancel ends it with nothing written; after it, what was written is returned."""
    root = tmp_path / "root"
    stage = await _staged(root, edit("a.py", ("two = 2", "two = 22")))
    reached, go_on = threading.Event(), threading.Event()
    real: Callable[..., Written] = write_all

    def slowly(workspace: object, changes: Sequence[object], **options: object) -> Written:
        if commits:
            written = real(workspace, changes, **options)
            reached.set()
            go_on.wait(10)
            return written
        reached.set()
        go_on.wait(10)
        return real(workspace, changes, **options)

    monkeypatch.setattr(writing, "write_all", slowly)
    task = asyncio.create_task(_write(stage, root))
    await asyncio.to_thread(reached.wait, 10)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    if commits:
        written, _ = await task
        assert [file.path for file in written.files] == ["a.py"]
    else:
        with pytest.raises(asyncio.CancelledError):
            await task
    assert ("two = 22\n" in (root / "a.py").read_text()) == commits
