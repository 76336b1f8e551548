"""A kill at any moment leaves every file old or new, and the next run makes it good and says so."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import support_writing
from lakewright.errors import EditError
from lakewright.workspace import journal
from lakewright.workspace.journal_recovery import recover
from lakewright.workspace.snapshots import folder_of, list_snapshots
from lakewright.workspace.undo import undo
from support_workspace import write_tree
from support_writing import Cut, cut_undo, cut_write, tree_of, write

_NEW = {"a.py": "a = 2\n", "b.py": "b = 2\n", "new/c.py": "c\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "root", {"a.py": "a = 1\n", "b.py": "b = 1\n"})


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.mark.parametrize(
    ("what", "count"), [("write", 240), ("fail", 100), ("undo", 100), ("again", 100), ("mend", 100)]
)
def test_killed_at_random_points(tmp_path: Path, what: str, count: int) -> None:
    """Writing, putting back, undoing, applying again and mending are killed at random lines: no file is
    ever torn, the next run leaves all old or all new, nothing else, and undo brings back every byte.
    """

    def children(seed: int) -> dict[str, int]:
        folder = tmp_path / str(seed)
        folder.mkdir()
        process = subprocess.run(
            [sys.executable, support_writing.__file__, str(seed), str(count // 2), what, str(folder)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr.decode()
        counts: dict[str, int] = json.loads(process.stdout)
        return counts

    with ThreadPoolExecutor() as pool:
        for seen in pool.map(children, (1, 2)):
            assert seen["mended old"] + seen["mended new"] == count // 2
            assert seen["killed"] >= count // 8
            assert seen["mended old"]
            assert seen["mended new"]
            for bad in ("at the kill torn", "left behind", "said twice", "wrong state", "not undone"):
                assert not seen.get(bad), f"{bad}: {seen}"


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_cut_write_is_finished(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """After the commit the next run writes what is missing, once, with a sentence that names all files."""
    cut_write(monkeypatch, root, state, _NEW, after=after)
    (sentence,) = recover(state, root)
    assert "was finished" in sentence
    assert all(name in sentence for name in _NEW)
    assert {name: (root / name).read_text() for name in _NEW} == _NEW
    assert recover(state, root) == []
    assert [one.state for one in list_snapshots(state, root)] == ["applied"]


def test_before_the_commit_nothing_has_happened(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut while preparing: temporary files and folders go, no snapshot is listed."""
    before, prepare, calls = tree_of(root), vars(journal)["prepare"], [0]

    def counted(*args: Any, **options: Any) -> object:
        calls[0] += 1
        if calls[0] == 3:
            raise Cut
        return prepare(*args, **options)

    def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(journal, "prepare", counted)
        patch.setattr(journal, "clean_up", cut)
        with pytest.raises(Cut):
            write(root, state, _NEW)
    assert len(tree_of(root)) > len(before)
    (sentence,) = recover(state, root)
    assert "before it changed a file" in sentence
    assert tree_of(root) == before
    assert list_snapshots(state, root) == []


def test_the_next_write_mends_first(root: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writing run finishes the cut one, says so, and then finds its own files changed or not."""
    cut_write(monkeypatch, root, state, _NEW, after=1)
    said: list[str] = []
    write(root, state, {"d.py": "d\n"}, say=said.append)
    assert len(said) == 1
    assert (root / "b.py").read_text() == "b = 2\n"
    assert len(list_snapshots(state, root)) == 2


def test_a_file_edited_since_the_cut_is_left_alone(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the user edited a file meanwhile, the others are put back, that one stays, and it is said."""
    cut_write(monkeypatch, root, state, _NEW, after=1)
    (root / "b.py").write_text("b = 'mine'\n")
    (sentence,) = recover(state, root)
    assert "put back" in sentence
    assert "left alone: b.py" in sentence
    assert tree_of(root).keys() == {"a.py", "b.py"}
    assert (root / "a.py").read_text() == "a = 1\n"
    assert (root / "b.py").read_text() == "b = 'mine'\n"
    assert [one.state for one in list_snapshots(state, root)] == ["partial"]
    assert undo(root, state=state, say=lambda _: None).state == "refused"
    assert (root / "b.py").read_text() == "b = 'mine'\n"


def test_undo_finishes_the_cut_write_and_takes_it_back(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever undoes after a kill gets the files as before that run, not before the one before it."""
    write(root, state, {"a.py": "a = 'first'\n"})
    before = tree_of(root)
    cut_write(monkeypatch, root, state, _NEW, after=2)
    said: list[str] = []
    assert undo(root, state=state, say=said.append).state == "undone"
    assert "was finished" in said[0]
    assert tree_of(root) == before


def test_undo_of_a_cut_undo_is_done_when_it_is_finished(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again after a kill, an undo goes on where it was, and not one snapshot further."""
    write(root, state, {"a.py": "a = 'first'\n"})
    before = tree_of(root)
    write(root, state, _NEW)
    cut_undo(monkeypatch, root, state, after=1)
    said: list[str] = []
    answer = undo(root, state=state, say=said.append)
    assert answer.state == "undone"
    assert answer.message == said[0]
    assert tree_of(root) == before
    assert [one.state for one in list_snapshots(state, root)] == ["undone", "applied"]


def test_a_rollback_that_fails_is_resumed(root: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When even putting back fails, it is said, and the next run goes on putting back."""
    before, install, calls = tree_of(root), vars(journal)["install"], [0]

    def failing(temporary: Path, target: Path, *, is_new: bool) -> None:
        calls[0] += 1
        if calls[0] > 1:
            raise OSError(5, "Input/output error", str(temporary))
        install(temporary, target, is_new=is_new)

    with monkeypatch.context() as patch:
        patch.setattr(journal, "install", failing)
        with pytest.raises(EditError, match="not all files could be put back") as caught:
            write(root, state, _NEW)
    assert "undo" in str(caught.value.hint)
    assert (root / "a.py").read_text() == "a = 2\n"
    (sentence,) = recover(state, root)
    assert "put back" in sentence
    assert tree_of(root) == before
    assert list_snapshots(state, root) == []


def test_damaged_images_dont_stop_later_runs(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be made good is said once; the next run works."""
    cut_write(monkeypatch, root, state, _NEW, after=1)
    (images,) = folder_of(state, root).glob("*/images")
    images.write_bytes(b"")
    (sentence,) = recover(state, root)
    assert "can't be made good" in sentence
    write(root, state, {"d.py": "d\n"})
    assert (root / "d.py").exists()


def test_what_was_killed_before_its_journal_goes_without_a_word(root: Path, state: Path) -> None:
    """A snapshot folder without a manifest is of a run that had written nothing."""
    write(root, state, {"a.py": "a = 2\n"})
    (folder_of(state, root) / "20200101-000000-000000").mkdir()
    assert recover(state, root) == []
    assert len(list((folder_of(state, root)).glob("*/"))) == 1


def test_nothing_to_recover_makes_nothing(root: Path, state: Path) -> None:
    """A root never written has no state."""
    assert recover(state, root) == []
    assert not state.exists()
