"""Snapshots are listed, found and pruned per workspace root."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lakewright.errors import InputError
from lakewright.workspace.snapshots import find_snapshot, folder_of, list_snapshots, prune
from lakewright.workspace.undo import undo
from support_workspace import write_tree
from support_writing import write

_NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "root", {"a.py": "0\n"})


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def _written(root: Path, state: Path, count: int, *, days_apart: int = 0) -> list[str]:
    """So many snapshots, ids newest first; the newest is of now."""
    found: list[str] = []
    for number in range(count, 0, -1):
        now = _NOW - timedelta(days=days_apart * (number - 1))
        written = write(root, state, {"a.py": f"{number}\n"}, now=now, instruction=f"step {number}")
        assert written.snapshot
        found.insert(0, written.snapshot)
    return found


def test_the_list_is_newest_first(root: Path, state: Path) -> None:
    """Also where several are written within one tick of the clock, or it was set back."""
    ids = _written(root, state, 3)
    earlier = write(root, state, {"a.py": "x\n"}, now=_NOW - timedelta(days=1)).snapshot
    assert [one.id for one in list_snapshots(state, root)] == [earlier, *ids]


def test_an_entry_says_what_it_was(root: Path, state: Path) -> None:
    """Time, instruction, files and state are there for people and programs; no content is."""
    (name,) = _written(root, state, 1)
    write(root, state, {"b.py": "secret\n"})
    undo(root, name, state=state, say=lambda _: None)
    entry = list_snapshots(state, root)[1].to_json()
    assert entry == {
        "snapshot": name,
        "time": "2026-11-21T12:00:00+00:00",
        "instruction": "step 1",
        "state": "undone",
        "files": ["a.py"],
    }
    assert "secret" not in json.dumps([one.to_json() for one in list_snapshots(state, root)])


def test_only_snapshots_of_this_root_count(root: Path, state: Path) -> None:
    """Another root's are neither listed nor undone, and one named is refused with that root's name."""
    (name,) = _written(root, state, 1)
    other = write_tree(root.parent / "other", {"a.py": "0\n"})
    assert list_snapshots(state, other) == []
    assert undo(other, state=state, say=lambda _: None).state == "nothing"
    with pytest.raises(InputError, match=str(root)):
        undo(other, name, state=state, say=lambda _: None)


@pytest.mark.parametrize("name", ["20200101-000000-000000", "", "..", "../../x", "*", "lock", "a\nb"])
def test_an_unknown_snapshot_is_an_input_error(root: Path, state: Path, name: str) -> None:
    """A name is an id or nothing: no pattern, no path; the list is pointed to."""
    _written(root, state, 1)
    with pytest.raises(InputError, match="no snapshot") as caught:
        find_snapshot(state, root, name)
    assert "--list" in str(caught.value.hint)


def test_old_ones_are_pruned_by_age(root: Path, state: Path) -> None:
    """A write removes what is older than a month."""
    ids = _written(root, state, 4, days_apart=14)
    assert [one.id for one in list_snapshots(state, root)] == ids[:3]
    assert {path.name for path in folder_of(state, root).iterdir()} == {"lock", *ids[:3]}


def test_the_newest_is_never_pruned(root: Path, state: Path) -> None:
    """However old and large the last one is, it can be undone."""
    ids = _written(root, state, 3)
    removed = prune(state, root, now=_NOW + timedelta(days=1000), most_bytes=0)
    assert removed == ids[1:]
    assert [one.id for one in list_snapshots(state, root)] == ids[:1]
    assert undo(root, state=state, say=lambda _: None).state == "undone"


def test_the_oldest_go_when_all_are_too_large(root: Path, state: Path) -> None:
    """Beyond the total size the oldest are removed, the others stay."""
    for number in range(4):
        write(root, state, {"a.py": str(number) * 100_000})
    ids = [one.id for one in list_snapshots(state, root)]
    assert prune(state, root, now=datetime.now(UTC), most_bytes=450_000) == ids[2:]


def test_a_foreign_or_broken_manifest_is_passed_over(root: Path, state: Path) -> None:
    """A snapshot that can't be read hides no other."""
    ids = _written(root, state, 2)
    (folder_of(state, root) / ids[1] / "snapshot.json").write_text('{"version": 99}')
    assert [one.id for one in list_snapshots(state, root)] == ids[:1]


def test_lost_bytes_are_noticed(root: Path, state: Path) -> None:
    """What a snapshot kept is checked before it is written anywhere."""
    (name,) = _written(root, state, 1)
    (folder_of(state, root) / name / "images").write_bytes(b"zz\n1\n")
    with pytest.raises(InputError, match="damaged"):
        undo(root, state=state, say=lambda _: None)
    assert (root / "a.py").read_text() == "1\n"
