"""Writing in tests: trees as values, and, as a program, children killed while they write.

`python support_writing.py SEED COUNT WHAT FOLDER` forks COUNT children that each do WHAT and kill
themselves at a random line of the code under test; what they leave is judged, mended and judged
again. It prints one JSON object. A program of its own, for a test process may have threads.
"""

import errno
import json
import os
import random
import signal
import stat
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from lakewright.errors import EditError
from lakewright.workspace import journal
from lakewright.workspace.atomic_write import Written, write_all
from lakewright.workspace.atomic_write_checks import Change
from lakewright.workspace.atomic_write_file import fingerprint
from lakewright.workspace.files import Workspace
from lakewright.workspace.journal_recovery import recover
from lakewright.workspace.roots import Root
from lakewright.workspace.snapshots import list_snapshots
from lakewright.workspace.undo import undo

Tree = dict[str, tuple[str, bytes, int]]


def tree_of(root: Path) -> Tree:
    """Everything below a folder: kind, bytes (a link's: where it leads) and mode by relative path."""
    found: Tree = {}
    for path in sorted(root.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = ("link", os.fsencode(path.readlink()), 0)
        elif path.is_dir():
            found[name] = ("folder", b"", mode)
        else:
            found[name] = ("file", path.read_bytes(), mode)
    return found


def change(root: Path, path: str, data: bytes | str) -> Change:
    """A change made from what the file holds now."""
    new = data.encode() if isinstance(data, str) else data
    target = root / path
    return Change(path, new, fingerprint(target.read_bytes()) if target.exists() else None)


def write(root: Path, state: Path, files: Mapping[str, bytes | str], **options: Any) -> Written:
    """Write new contents as a run does; sentences go to `say` in `options`, if it is there."""
    changes = [change(root, path, data) for path, data in files.items()]
    options = {"say": _unheard, "instruction": "make it so", **options}
    return write_all(Workspace(Root(root)), changes, state=state, **options)


def _unheard(sentence: str) -> None:
    raise AssertionError(f"nothing was to be said, but: {sentence}")


class Cut(BaseException):
    """Stands for a kill: nobody cleans up after it."""


def cut_write(
    monkeypatch: pytest.MonkeyPatch, root: Path, state: Path, files: Mapping[str, bytes | str], *, after: int
) -> None:
    """A write that ends, as a kill ends it, when `after` files have got their new content."""
    with monkeypatch.context() as patch:
        _cut_after(patch, after)
        with pytest.raises(Cut):
            write(root, state, files)


def cut_undo(monkeypatch: pytest.MonkeyPatch, root: Path, state: Path, *, after: int) -> None:
    """An undo that ends likewise."""
    with monkeypatch.context() as patch:
        _cut_after(patch, after)
        with pytest.raises(Cut):
            undo(root, state=state, say=_unheard)


def _cut_after(patch: pytest.MonkeyPatch, after: int) -> None:
    install, done = vars(journal)["install"], [0]

    def cut(*_: Any, **__: Any) -> None:
        raise Cut

    def counted(temporary: Path, target: Path, *, is_new: bool) -> None:
        if done[0] == after:
            raise Cut
        done[0] += 1
        install(temporary, target, is_new=is_new)

    patch.setattr(journal, "install", counted)
    patch.setattr(journal, "put_back", cut)


_OLD = {"a.py": b"old a\n" * 50, "deep/real.sh": b"#!/bin/sh\r\nold\r\n", "c.txt": b"old c"}
_NEW: dict[str, bytes | str] = {
    "a.py": b"new a\n" * 60,
    "link.sh": b"#!/bin/sh\r\nnew\r\n",
    "new/folder/made.py": b"made\n",
    "c.txt": b"",
    "made.txt": b"made, too\n",
}


def build(root: Path) -> Path:
    """A small tree with an executable, a link and a private file; the path with links resolved."""
    (root / "deep").mkdir(parents=True)
    for name, data in _OLD.items():
        (root / name).write_bytes(data)
    (root / "deep/real.sh").chmod(0o755)
    (root / "c.txt").chmod(0o600)
    (root / "link.sh").symlink_to("deep/real.sh")
    return root.resolve()


def _write(root: Path, state: Path) -> None:
    write(root, state, _NEW)


def _fail(root: Path, state: Path) -> None:
    """A write that the system refuses halfway, so that it is put back."""
    install, calls = vars(journal)["install"], [0]

    def failing(temporary: Path, target: Path, *, is_new: bool) -> None:
        calls[0] += 1
        if calls[0] == 4:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(target))
        install(temporary, target, is_new=is_new)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "install", failing)
        with pytest.raises(EditError):
            write(root, state, _NEW)


def _undo(root: Path, state: Path) -> None:
    undo(root, state=state, say=_unheard)


def _again(root: Path, state: Path) -> None:
    undo(root, list_snapshots(state, root)[0].id, state=state, say=_unheard)


def _mend(root: Path, state: Path) -> None:
    recover(state, root)


_MODULES = (
    "atomic_write.py", "atomic_write_file.py", "journal.py", "journal_recovery.py", "snapshots.py",
    "undo.py", "undo_plan.py",
)  # fmt: skip
_Act = Callable[[Path, Path], None]
_BEFORE: dict[str, tuple[_Act, ...]] = {
    "write": (), "fail": (), "undo": (_write,), "again": (_write, _undo), "mend": (),
}  # fmt: skip
_ACTS: dict[str, _Act] = {"write": _write, "fail": _fail, "undo": _undo, "again": _again, "mend": _mend}


def _killed_at(line: int, act: _Act, root: Path, state: Path) -> bool:
    """Do it in a child that kills itself when it has come to its n-th line; whether it was killed."""
    child = os.fork()
    if not child:
        left = [line]

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            if not frame.f_code.co_filename.endswith(_MODULES):
                return None
            if event == "line":
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        act(root, state)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _lines_of(act: _Act, folder: Path, before: tuple[_Act, ...]) -> int:
    """How many lines of the code under test it takes."""
    root, state = _prepared(folder, before)
    count = [0]

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.endswith(_MODULES):
            return None
        count[0] += event == "line"
        return trace

    sys.settrace(trace)
    act(root, state)
    sys.settrace(None)
    return count[0]


def _prepared(folder: Path, before: tuple[_Act, ...]) -> tuple[Path, Path]:
    root, state = build(folder / "root"), folder / "state"
    for act in before:
        act(root, state)
    return root, state


def _judge(tree: Tree, old: Tree, new: Tree) -> str:
    """Whether the files are all old or all new; "mixed" where each is one of them; else "torn"."""
    files = {name: entry for name, entry in tree.items() if ".lakewright-" not in name}
    if files in (old, new):
        return "old" if files == old else "new"
    whole = all(
        entry in (old.get(name), new.get(name)) for name, entry in files.items() if entry[0] != "folder"
    )
    kept = all(name in files for name in old.keys() & new.keys())
    return "mixed" if whole and kept else "torn"


def main(seed: int, count: int, what: str, folder: Path) -> Counter[str]:
    """Kill `count` children; how the trees stood at the kill and how after mending, counted."""
    chance, act = random.Random(seed), _ACTS[what]
    os.fsync = lambda fd: None  # the page cache outlives a process
    before = _BEFORE[what]
    old = tree_of(_prepared(folder / "old", ())[0])
    new = tree_of(_prepared(folder / "new", (_write,))[0])
    writing = _lines_of(_write, folder / "writing", ())
    lines = 250 if what == "mend" else _lines_of(act, folder / "lines", before)
    seen: Counter[str] = Counter()
    for index in range(count):
        root, state = _prepared(folder / str(index), before)
        if what == "mend":  # most of the time in the middle of the renames
            _killed_at(chance.randint(writing // 2, writing), _write, root, state)
        seen["killed"] += _killed_at(chance.randint(1, lines), act, root, state)
        seen[f"at the kill {_judge(tree_of(root), old, new)}"] += 1
        said = recover(state, root)
        seen["said"] += bool(said)
        after = tree_of(root)
        seen[f"mended {_judge(after, old, new)}"] += 1
        seen["left behind"] += any(".lakewright-" in name for name in after)
        seen["said twice"] += bool(recover(state, root))
        applied = any(one.state == "applied" for one in list_snapshots(state, root))
        seen["wrong state"] += applied != (after == new)
        _undo(root, state)
        seen["not undone"] += tree_of(root) != old
    return seen


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))))  # noqa: T201
