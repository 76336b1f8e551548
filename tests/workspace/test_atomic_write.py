"""Files are written all or none, and stay what they were in everything but their bytes."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lakewright.errors import CancelledRunError, ConfigError, EditError, InputError
from lakewright.workspace import atomic_write, journal
from lakewright.workspace.atomic_write import write_all
from lakewright.workspace.atomic_write_checks import Change
from lakewright.workspace.atomic_write_file import fingerprint
from lakewright.workspace.files import Workspace
from lakewright.workspace.journal import ChangedOnDiskError
from lakewright.workspace.lock import held
from lakewright.workspace.roots import Root
from lakewright.workspace.snapshots import folder_of, list_snapshots
from support_workspace import write_tree
from support_writing import change, tree_of, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "root", {"a.py": "a = 1\n", "src/b.py": b"b = 1\r\n"})


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_changes_and_new_files_are_written(root: Path, state: Path) -> None:
    """Bytes come out as given, new folders are made, and a snapshot names all files."""
    written = write(root, state, {"src/b.py": b"b = 2\r\n", "new/deep/c.py": "c\n", "a.py": ""})
    assert written.files == ("src/b.py", "new/deep/c.py", "a.py")
    assert (root / "src/b.py").read_bytes() == b"b = 2\r\n"
    assert (root / "new/deep/c.py").read_bytes() == b"c\n"
    assert (root / "a.py").read_bytes() == b""
    assert [one.id for one in list_snapshots(state, root)] == [written.snapshot]
    assert not [name for name in tree_of(root) if "lakewright" in name]


def test_nothing_to_change_is_no_snapshot(root: Path, state: Path) -> None:
    """A change to what is there already writes nothing."""
    assert write(root, state, {"a.py": "a = 1\n"}).snapshot is None
    assert list_snapshots(state, root) == []


def test_mode_owner_and_attributes_are_kept(root: Path, state: Path) -> None:
    """A replaced file keeps mode, owner, group and extended attributes; a new one gets the usual mode."""
    path = root / "a.py"
    path.chmod(0o751)
    others = os.geteuid() == 0
    if others:
        os.chown(path, 12, 34)
        path.chmod(0o4751)
    marked = _mark(path)
    before = path.stat()
    write(root, state, {"a.py": "a = 2\n", "new.py": "n\n"})
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert not marked or os.getxattr(path, "user.note") == b"kept"
    usual = root / "usual"
    usual.touch()
    assert (root / "new.py").stat().st_mode == usual.stat().st_mode


def _mark(path: Path) -> bool:
    try:
        os.setxattr(path, "user.note", b"kept")
    except (AttributeError, OSError):  # a system or a disk without them
        return False
    return True


def test_a_link_inside_the_root_is_written_through(root: Path, state: Path) -> None:
    """The link stays a link, and what it leads to has the new bytes."""
    (root / "link.py").symlink_to("src/b.py")
    write(root, state, {"link.py": "through\n"})
    assert (root / "link.py").is_symlink()
    assert (root / "src/b.py").read_bytes() == b"through\n"


def _hard_link(root: Path) -> None:
    os.link(root / "a.py", root / "other.py")


def _protect(root: Path) -> None:
    (root / "a.py").chmod(0o444)


def _protect_folder(root: Path) -> None:
    (root / "src").chmod(0o555)


def _link_out(root: Path) -> None:
    (root.parent / "outside.py").write_text("out\n")
    (root / "a.py").unlink()
    (root / "a.py").symlink_to("../outside.py")


def _link_nowhere(root: Path) -> None:
    (root / "gone.py").symlink_to("nowhere.py")


def _ignore(root: Path) -> None:
    (root / ".gitignore").write_text("a.py\n")


def _nothing(root: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("prepare", "path", "said"),
    [
        (_hard_link, "a.py", "hard links"),
        (_protect, "a.py", "write-protected"),
        (_protect_folder, "src/b.py", "folder is write-protected"),
        (_protect_folder, "src/new/c.py", "folder is write-protected"),
        (_link_out, "a.py", "leads out of the workspace root"),
        (_link_nowhere, "gone.py", "link that leads nowhere"),
        (_ignore, "a.py", "ignored by"),
        (_nothing, ".env", "deny list"),
        (_nothing, "../outside.py", "outside the workspace root"),
        (_nothing, "/etc/passwd", "outside the workspace root"),
        (_nothing, "src", "can't be written"),
        (_nothing, ".", "can't be written"),
        (_nothing, "a.py/b.py", "can't be written"),
        (_nothing, "a\0b", "NUL"),
    ],
    ids=[
        "hard link", "protected", "protected folder", "new in protected folder", "link out",
        "dangling", "ignored", "denied", "outside", "absolute", "folder", "root", "below a file", "NUL",
    ],
)  # fmt: skip
def test_what_may_not_be_written(
    root: Path, state: Path, prepare: Callable[[Path], None], path: str, said: str
) -> None:
    """One refused file refuses all, with the reason, before anything is written."""
    prepare(root)
    before = tree_of(root)
    target = root / path if "\0" not in path else root / "none"
    data = target.read_bytes() if target.is_file() else None
    changes = [
        Change("fine.py", b"fine\n", None),
        Change(path, b"new\n", None if data is None else fingerprint(data)),
    ]
    with pytest.raises(EditError, match=said):
        write_all(Workspace(Root(root)), changes, state=state, instruction="", say=lambda _: None)
    assert tree_of(root) == before
    assert list_snapshots(state, root) == []


def test_creating_over_a_file_is_refused(root: Path, state: Path) -> None:
    """A file that was to be new never replaces one."""
    with pytest.raises(EditError, match="is there already"):
        write_all(
            Workspace(Root(root)),
            [Change("a.py", b"new\n", None)],
            state=state,
            instruction="",
            say=lambda _: None,
        )
    assert (root / "a.py").read_text() == "a = 1\n"


def test_the_same_file_twice_is_refused(root: Path, state: Path) -> None:
    """Two changes of one file, one of them by a link, can't both be meant."""
    (root / "link.py").symlink_to("a.py")
    with pytest.raises(EditError, match=r"same file as a\.py"):
        write(root, state, {"a.py": "one\n", "link.py": "two\n"})


def test_a_file_changed_since_is_told_by_name(root: Path, state: Path) -> None:
    """A typed error names all files that aren't what the change was made from, so they can be read again."""
    changes = [change(root, "a.py", "mine\n"), change(root, "src/b.py", "mine\n")]
    (root / "a.py").write_text("the user's\n")
    (root / "src/b.py").unlink()
    with pytest.raises(ChangedOnDiskError) as caught:
        write_all(Workspace(Root(root)), changes, state=state, instruction="", say=lambda _: None)
    assert caught.value.paths == ("a.py", "src/b.py")
    assert (root / "a.py").read_text() == "the user's\n"


def test_a_file_changed_at_the_last_moment(root: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that an editor saves between two renames is left as saved, and the others are put back."""
    install = vars(journal)["install"]

    def saved_meanwhile(temporary: Path, target: Path, *, is_new: bool) -> None:
        install(temporary, target, is_new=is_new)
        (root / "src/b.py").write_text("saved meanwhile\n")

    monkeypatch.setattr(journal, "install", saved_meanwhile)
    with pytest.raises(ChangedOnDiskError):
        write(root, state, {"a.py": "a = 2\n", "src/b.py": "b = 2\n"})
    assert (root / "a.py").read_text() == "a = 1\n"
    assert (root / "src/b.py").read_text() == "saved meanwhile\n"


def test_files_changed_while_preparing(root: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was saved until the commit is noticed before any file is replaced, and all of it is named."""
    prepare, replaced = vars(journal)["prepare"], []

    def saved_meanwhile(temporary: Path, data: bytes, **options: Any) -> Any:
        (root / "a.py").write_text("saved\n")
        (root / "src/b.py").write_text("saved\n")
        return prepare(temporary, data, **options)

    monkeypatch.setattr(journal, "prepare", saved_meanwhile)
    monkeypatch.setattr(journal, "install", lambda *_, **__: replaced.append(1))
    with pytest.raises(ChangedOnDiskError) as caught:
        write(root, state, {"new.py": "n\n", "a.py": "a = 2\n", "src/b.py": "b = 2\n"})
    assert caught.value.paths == ("a.py", "src/b.py")
    assert not replaced
    assert tree_of(root).keys() == {"a.py", "src", "src/b.py"}


@pytest.mark.parametrize("step", ["prepare", "install"])
def test_a_failing_disk_leaves_everything_as_it_was(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whatever the system refuses, halfway: files, folders and snapshots are as before, and it is said."""
    before, calls, real = tree_of(root), [0], getattr(journal, step)

    def failing(first: Path, *args: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(first))
        return real(first, *args, **options)

    monkeypatch.setattr(journal, step, failing)
    with pytest.raises(EditError, match=r"new/c\.py can't be written \(No space left on device\)"):
        write(root, state, {"a.py": "a = 2\n", "src/b.py": "b = 2\n", "new/c.py": "c\n"})
    assert tree_of(root) == before
    assert list_snapshots(state, root) == []
    assert [path.name for path in folder_of(state, root).iterdir()] == ["lock"]


@pytest.mark.parametrize("asked", range(1, 5))
def test_cancelled_before_the_commit(root: Path, state: Path, asked: int) -> None:
    """Cancelling between two files leaves no trace."""
    before, questions = tree_of(root), [0]

    def stop() -> bool:
        questions[0] += 1
        return questions[0] == asked

    with pytest.raises(CancelledRunError):
        write(root, state, {"a.py": "2\n", "src/b.py": "2\n", "new/c.py": "2\n"}, stop=stop)
    assert tree_of(root) == before
    assert list_snapshots(state, root) == []


def test_the_state_folder_is_its_owners(root: Path, state: Path) -> None:
    """Neither folders nor files of the snapshots can be read by others."""
    write(root, state, {"a.py": "a = 2\n"})
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (state, *state.rglob("*"))}
    assert modes == {0}


def test_a_state_folder_that_cant_be_made(root: Path, tmp_path: Path) -> None:
    """Without a place for the journal nothing is written, and the setting is named."""
    (tmp_path / "state").write_text("a file\n")
    with pytest.raises(ConfigError, match="can't be used") as caught:
        write(root, tmp_path / "state", {"a.py": "a = 2\n"})
    assert "LAKEWRIGHT_STATE_DIR" in str(caught.value.hint)
    assert (root / "a.py").read_text() == "a = 1\n"


def test_a_full_state_folder(root: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room for the old bytes: the state folder is named, and nothing is written or left in it."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic_write, "append_image", full)
    with pytest.raises(ConfigError, match=r"state can't be used: No space left on device"):
        write(root, state, {"a.py": "a = 2\n"})
    assert (root / "a.py").read_text() == "a = 1\n"
    assert [path.name for path in folder_of(state, root).iterdir()] == ["lock"]


def test_only_one_run_writes_at_a_time(root: Path, state: Path) -> None:
    """A second one waits, gives up in words that name the first, or is cancelled; other roots go on."""
    write(root, state, {"a.py": "a = 2\n"})
    with held(folder_of(state, root) / "lock", timeout=0, stop=lambda: False):
        with pytest.raises(InputError, match=rf"\(process {os.getpid()}\) is writing"):
            write(root, state, {"a.py": "a = 3\n"}, timeout=0)
        with pytest.raises(CancelledRunError):
            write(root, state, {"a.py": "a = 3\n"}, timeout=60, stop=lambda: True)
        other = write_tree(root.parent / "other", {"a.py": "1\n"})
        write(other, state, {"a.py": "2\n"})
    assert (root / "a.py").read_text() == "a = 2\n"


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    """A holder that dies without a word holds nothing."""
    code = (
        "import sys, time; from pathlib import Path; from lakewright.workspace.lock import held\n"
        "with held(Path(sys.argv[1]), timeout=0, stop=lambda: False): print(flush=True); time.sleep(60)"
    )
    lock = tmp_path / "lock"
    server = str(Path(journal.__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": server},
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(InputError), held(lock, timeout=0, stop=lambda: False):
            pass
        process.kill()
        process.wait()
    with held(lock, timeout=0, stop=lambda: False):
        assert lock.read_text() == str(os.getpid())
