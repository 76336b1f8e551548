"""Snapshots of what an editor is asked to change: pending until the change is seen, whoever ends before."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lakewright.errors import EditError
from lakewright.workspace import journal, undo_buffers
from lakewright.workspace.snapshots import State, list_snapshots
from lakewright.workspace.undo import undo
from lakewright.workspace.undo_buffers import Decided, decide, finish
from lakewright.workspace.undo_keeping import Kept, create_files, forget, keep, note_seen
from support_workspace import write_tree
from support_writing import write

OLD, NEW = b"a\nb\nc\n", b"a\nB\nc\n"


@pytest.fixture
def roots(tmp_path: Path) -> list[Path]:
    """Two roots with a file each."""
    return [write_tree(tmp_path / name, {"f.txt": OLD}) for name in ("one", "two")]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def kept(*, created: str | None = None) -> list[Kept]:
    """The bytes of the change of `f.txt`, and of a file to be created."""
    new = [] if created is None else [Kept(created, created, None, b"new\n")]
    return [Kept("f.txt", "f.txt", OLD, NEW), *new]


def states(state: Path, root: Path) -> list[State]:
    return [one.state for one in list_snapshots(state, root)]


def undone(state: Path, root: Path) -> str:
    return undo(root, state=state, say=print).state


def test_pending_until_seen(roots: list[Path], state: Path) -> None:
    """A change that nobody saw isn't there to undo; once seen it is the newest, whenever it was asked for."""
    name = keep(state, {roots[0]: kept()}, instruction="x")
    assert states(state, roots[0]) == [State.PENDING]
    assert undone(state, roots[0]) == "nothing"
    write(roots[0], state, {"other.txt": "1\n"})
    (roots[0] / "f.txt").write_bytes(NEW)
    note_seen(state, name, {roots[0]: ["f.txt"]})
    assert list_snapshots(state, roots[0])[0].id == name
    assert undone(state, roots[0]) == "undone"
    assert (roots[0] / "f.txt").read_bytes() == OLD


def test_one_that_was_made_unseen_can_be_undone(roots: list[Path], state: Path) -> None:
    """A file that the editor saved after everybody had stopped looking is taken back all the same, merged
    with what was changed since.
    """
    keep(state, {roots[0]: kept()}, instruction="x")
    (roots[0] / "f.txt").write_bytes(b"0\n\n\n\n" + NEW)
    assert undone(state, roots[0]) == "undone"
    assert (roots[0] / "f.txt").read_bytes() == b"0\n\n\n\n" + OLD


def test_what_was_never_made_stands_against_nothing(roots: list[Path], state: Path) -> None:
    """The user's own change of a file that the editor left alone keeps no other from being undone."""
    write_tree(roots[0], {"g.txt": OLD})
    name = keep(state, {roots[0]: [*kept(), Kept("g.txt", "g.txt", OLD, NEW)]}, instruction="x")
    (roots[0] / "f.txt").write_bytes(NEW)
    note_seen(state, name, {roots[0]: ["f.txt"]})
    (roots[0] / "g.txt").write_bytes(b"a\nmine\nc\n")
    assert undone(state, roots[0]) == "undone"
    assert [(roots[0] / file).read_bytes() for file in ("f.txt", "g.txt")] == [OLD, b"a\nmine\nc\n"]


def test_forgotten_leaves_nothing(roots: list[Path], state: Path) -> None:
    """A change that was declined leaves no snapshot in any root."""
    name = keep(state, {root: kept() for root in roots}, instruction="x")
    assert [states(state, root) for root in roots] == [[State.PENDING]] * 2
    forget(state, roots, name)
    assert [states(state, root) for root in roots] == [[], []]


def test_created_files_are_part_of_it(roots: list[Path], state: Path) -> None:
    """New files are written with their folders, never over one that is there, and go with an undo."""
    name = keep(state, {roots[0]: kept(created="deep/er/new.txt")}, instruction="x")
    create_files(state, roots[0], name, ["deep/er/new.txt"])
    assert (roots[0] / "deep/er/new.txt").read_bytes() == b"new\n"
    with pytest.raises(EditError):
        create_files(state, roots[0], name, ["deep/er/new.txt"])
    assert undone(state, roots[0]) == "undone"
    assert not (roots[0] / "deep").exists()


def test_creating_that_is_cut_off(roots: list[Path], state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server killed while it creates a file leaves what the next command puts right."""

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    name = keep(state, {roots[0]: kept(created="new.txt")}, instruction="x")
    with monkeypatch.context() as patched:
        patched.setattr(journal, "_take", killed)
        patched.setattr(journal, "put_back", lambda *_args: [])
        patched.setattr(journal, "close", lambda _folder: None)
        with pytest.raises(KeyboardInterrupt):
            create_files(state, roots[0], name, ["new.txt"])
    said: list[str] = []
    undo(roots[0], state=state, say=said.append)
    assert "was cut off" in said[0]
    assert not list(roots[0].glob(".lakewright*"))


def test_several_roots_go_back_together(
    roots: list[Path], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the second root can't be written the first one has its new text again; the next time both go."""
    name = keep(state, {root: kept() for root in roots}, instruction="x")
    for root in roots:
        (root / "f.txt").write_bytes(NEW)
    note_seen(state, name, {root: ["f.txt"] for root in roots})
    decided = decide(state, roots, None, {}, deletes=True, say=print)
    assert isinstance(decided, Decided)
    real = undo_buffers.carried_out  # type: ignore[attr-defined]
    calls: list[Path] = []

    def second_fails(folder: Path, root: Path, *rest: Any) -> None:
        calls.append(root)
        if len(calls) == 2:
            raise EditError("No room.")
        real(folder, root, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(undo_buffers, "carried_out", second_fails)
        with pytest.raises(EditError):
            finish(state, decided)
    assert [(root / "f.txt").read_bytes() for root in roots] == [NEW, NEW]
    assert [states(state, root) for root in roots] == [[State.APPLIED]] * 2
    assert finish(state, decided).state == "undone"
    assert [(root / "f.txt").read_bytes() for root in roots] == [OLD, OLD]


BUFFERS: Mapping[str, tuple[str, str | None]] = {
    "as the edit left it": ("a\nB\nc\n", "a\nb\nc\n"),
    "as it was": ("a\nb\nc\n", None),
    "changed elsewhere": ("0\n\n\n\na\nB\nc\n", "0\n\n\n\na\nb\nc\n"),
    "with other line ends": ("a\r\nB\r\nc\r\n", "a\r\nb\r\nc\r\n"),
    "other line ends, changed elsewhere": ("0\r\n\r\n\r\na\r\nB\r\nc\r\n", "0\r\n\r\n\r\na\r\nb\r\nc\r\n"),
}


@pytest.mark.parametrize(("now", "then"), BUFFERS.values(), ids=BUFFERS)
def test_what_an_open_file_is_to_hold(roots: list[Path], state: Path, now: str, then: str | None) -> None:
    """The text that an editor shows is what counts, not the file's; its own line ends stay."""
    keep(state, {roots[0]: [Kept("f.txt", "f.txt", OLD, NEW, seen=True)]}, instruction="x")
    decided = decide(state, roots[:1], None, {roots[0] / "f.txt": now}, deletes=True, say=print)
    assert isinstance(decided, Decided)
    assert [change.then for change in decided.changes] == ([] if then is None else [then])
    assert finish(state, decided).state == "undone"
    assert (roots[0] / "f.txt").read_bytes() == OLD


@pytest.mark.parametrize(
    "spoil",
    [lambda text: text.replace("B", "C"), lambda _text: None],
    ids=["changed at the place", "not known"],
)
def test_an_open_file_that_can_t_go_back(
    roots: list[Path], state: Path, spoil: Callable[[str], str | None]
) -> None:
    """An open file changed at the place, or whose text nobody knows, refuses the whole undo."""
    keep(state, {roots[0]: [Kept("f.txt", "f.txt", OLD, NEW, seen=True)]}, instruction="x")
    buffers = {roots[0] / "f.txt": spoil(NEW.decode())}
    refused = decide(state, roots[:1], None, buffers, deletes=True, say=print)
    assert not isinstance(refused, Decided)
    assert (refused.state, refused.files) == ("refused", ("f.txt",))
