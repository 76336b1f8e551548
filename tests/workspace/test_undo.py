"""Undo brings back every byte and mode, merges what the user did since, or refuses and changes nothing."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.errors import CancelledRunError
from lakewright.workspace.snapshots import folder_of, list_snapshots
from lakewright.workspace.undo import Undone, undo
from support_workspace import write_tree
from support_writing import tree_of, write

_NAMES = st.sampled_from(
    ("a.py", "b c.txt", "ü.md", "src/a.py", "src/deep/b.rs", "src/run.sh", "other/x", "other/y/z/leaf.c")
)
_CONTENTS = st.one_of(
    st.just(b""),
    st.binary(max_size=60),
    st.lists(
        st.sampled_from((b"one\r\n", b"two\n", b"\t\f\n", b"last", b"\xef\xbb\xbf", b"\r")), max_size=6
    ).map(b"".join),
)
_MODES = st.sampled_from((0o644, 0o600, 0o755, 0o640, 0o222 | 0o444, 0o711))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / "root",
        {"a.py": "1\n2\n3\n4\n5\n", "b.py": b"b\r\n"},
    )


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def _undo(root: Path, state: Path, name: str | None = None) -> Undone:
    said: list[str] = []
    answer = undo(root, name, state=state, say=said.append)
    assert said == []
    return answer


@given(
    files=st.dictionaries(_NAMES, st.tuples(_CONTENTS, _MODES), max_size=6),
    changed=st.dictionaries(_NAMES, _CONTENTS, min_size=1, max_size=6),
    linked=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_undo_after_write_is_identity(
    files: dict[str, tuple[bytes, int]], changed: dict[str, bytes], linked: bool
) -> None:
    """Any files, contents, modes and links: undone, all is as it was; applied again, as it was written."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_tree(Path(folder) / "root", {name: data for name, (data, _) in files.items()})
        state = Path(folder) / "state"
        for name, (_, mode) in files.items():
            (root / name).chmod(mode)
        free = files.keys() - changed.keys()
        if linked and free:
            (root / "link").symlink_to(min(free))
            changed = {**changed, "link": b"through the link"}
        before = tree_of(root)
        snapshot = write(root, state, dict(changed)).snapshot
        after = tree_of(root)
        assert all((root / path).read_bytes() == data for path, data in changed.items())
        if snapshot is None:
            assert after == before
            return
        assert _undo(root, state).state == "undone"
        assert tree_of(root) == before
        assert _undo(root, state, snapshot).state == "applied"
        assert tree_of(root) == after
        assert _undo(root, state).state == "undone"
        assert tree_of(root) == before


def test_again_goes_further_back(root: Path, state: Path) -> None:
    """Each undo takes the newest not yet undone; at the end it says that there is none."""
    trees = [tree_of(root)]
    for number in range(3):
        write(root, state, {"a.py": f"{number}\n", f"new/{number}.py": "n\n"})
        trees.append(tree_of(root))
    for tree in trees[-2::-1]:
        assert _undo(root, state).state == "undone"
        assert tree_of(root) == tree
    answer = _undo(root, state)
    assert (answer.state, answer.snapshot, answer.files) == ("nothing", None, ())
    assert "nothing to undo" in answer.message


def test_the_answer_names_what_was_done(root: Path, state: Path) -> None:
    """Snapshot, state, files and a sentence with the instruction, in the shape programs get."""
    name = write(root, state, {"a.py": "x\n", "new.py": "n\n"}, instruction="rename it").snapshot
    answer = _undo(root, state).to_json()
    assert answer.pop("message") == f"Undone: snapshot {name} (rename it)."
    assert answer == {"snapshot": name, "state": "undone", "files": ["a.py", "new.py"]}


def test_an_older_one_by_name(root: Path, state: Path) -> None:
    """A named snapshot is taken back from under a newer one by merging; the newer change stays."""
    name = write(root, state, {"a.py": "one\n2\n3\n4\n5\n"}).snapshot
    write(root, state, {"a.py": "one\n2\n3\n4\nfive\n"})
    assert _undo(root, state, name).state == "undone"
    assert (root / "a.py").read_text() == "1\n2\n3\n4\nfive\n"
    assert _undo(root, state, name).state == "applied"
    assert (root / "a.py").read_text() == "one\n2\n3\n4\nfive\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1"])
def test_later_edits_are_merged(root: Path, state: Path, encoding: str) -> None:
    """What the user did elsewhere in the file since stays; the bytes are of the file's own encoding."""

    def text(first: str, last: str) -> bytes:
        return f"{first} größe\r\nsecond line\r\nthird line\r\n{last}\n".encode(encoding)

    path = root / "w.txt"
    path.write_bytes(text("old", "end"))
    write(root, state, {"w.txt": text("new", "end")})
    path.write_bytes(text("new", "the user's end"))
    assert _undo(root, state).state == "undone"
    assert path.read_bytes() == text("old", "the user's end")


def test_a_conflict_is_shown_and_changes_nothing(root: Path, state: Path) -> None:
    """One file in conflict keeps all as they are; the lines of both sides are in the message."""
    write(root, state, {"a.py": "1\nTWO\n3\n4\n5\n", "b.py": b"B\r\n", "new.py": "n\n"})
    (root / "a.py").write_text("1\nmine\n3\n4\n5\n")
    before = tree_of(root)
    answer = _undo(root, state)
    assert (answer.state, answer.files) == ("refused", ("a.py",))
    for line in ("line 2:", "mine", "2", "<<<<<<< the file now", ">>>>>>> what it would become"):
        assert line in answer.message.splitlines()
    assert tree_of(root) == before
    assert [one.state for one in list_snapshots(state, root)] == ["applied"]


def _edit_created(root: Path) -> None:
    (root / "new.py").write_text("the user's\n")


def _remove(root: Path) -> None:
    (root / "b.py").unlink()


def _link_away(root: Path) -> None:
    (root / "b.py").unlink()
    (root / "b.py").symlink_to("a.py")


def _second_name(root: Path) -> None:
    os.link(root / "b.py", root / "c.py")


def _protect(root: Path) -> None:
    (root / "b.py").chmod(0o444)


def _make_binary(root: Path) -> None:
    (root / "b.py").write_bytes(b"\0\1\2")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (_edit_created, "new.py: it was created then and changed since"),
        (_remove, "b.py: it was removed since"),
        (_link_away, "b.py: it leads to another place now"),
        (_second_name, "b.py: it has 2 names (hard links)"),
        (_protect, "b.py: it is write-protected"),
        (_make_binary, "b.py: it was changed since, and isn't text that can be merged"),
    ],
)
def test_what_cant_be_brought_back(root: Path, state: Path, act: Callable[[Path], None], said: str) -> None:
    """The reason is given by file, and no file is changed, not those that could be."""
    write(root, state, {"a.py": "x\n", "b.py": "y\n", "new.py": "n\n"})
    act(root)
    before = tree_of(root)
    answer = _undo(root, state)
    assert answer.state == "refused"
    assert said in answer.message
    assert tree_of(root) == before


def test_what_the_user_has_undone_by_hand(root: Path, state: Path) -> None:
    """Files that are as before already need nothing; the snapshot counts as undone."""
    write(root, state, {"a.py": "x\n", "new.py": "n\n"})
    (root / "a.py").write_text("1\n2\n3\n4\n5\n")
    (root / "new.py").unlink()
    answer = _undo(root, state)
    assert (answer.state, answer.files) == ("undone", ())
    assert _undo(root, state).state == "nothing"


def test_folders_in_use_stay(root: Path, state: Path) -> None:
    """A folder made for a new file goes with it, unless something else is in it by now."""
    write(root, state, {"one/two/new.py": "n\n"})
    (root / "one/mine.txt").write_text("mine\n")
    _undo(root, state)
    assert (root / "one/mine.txt").exists()
    assert not (root / "one/two").exists()


def test_a_mode_given_since_stays(root: Path, state: Path) -> None:
    """Making a file executable after the refactor is the user's change, not the run's."""
    write(root, state, {"a.py": "x\n"})
    (root / "a.py").chmod(0o755)
    _undo(root, state)
    assert (root / "a.py").stat().st_mode & 0o777 == 0o755


def test_undoing_needs_no_room_for_what_is_kept(root: Path, state: Path) -> None:
    """Back and forth, the snapshot grows by nothing."""
    name = write(root, state, {"a.py": "x\n" * 1000}).snapshot
    assert name
    images = folder_of(state, root) / name / "images"
    size = images.stat().st_size
    for _ in range(4):
        _undo(root, state, name)
    assert images.stat().st_size == size


def test_a_cancelled_undo_changes_nothing(root: Path, state: Path) -> None:
    """Until the commit, cancelling leaves files and snapshot as they are."""
    write(root, state, {"a.py": "x\n"})
    with pytest.raises(CancelledRunError):
        undo(root, state=state, say=lambda _: None, stop=lambda: True)
    assert (root / "a.py").read_text() == "x\n"
    assert _undo(root, state).state == "undone"
