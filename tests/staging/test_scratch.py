"""Scratch copies: what is in them, and that the real tree never notices."""

import asyncio
import os
import shutil
import stat
import sys
import time
from pathlib import Path

import pytest

from lakewright.errors import ConfigError, InputError
from lakewright.staging import scratch_copying
from lakewright.staging.scratch import scratch_copy
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root
from support_verify import git, private_temporary, seen, staged
from support_workspace import init_git, workspace_of, write_tree

_IGNORE = ".venv/\nnode_modules/\nvendor\nbuild/\n.env\n*.local.json\n*.log\n*.o\nlib/*.js\ndata/\n/kept/\n"
_TREE = {
    ".gitignore": _IGNORE,
    ".lakewrightignore": "hidden/\n",
    "src/app.py": "x = 1\n",
    "hidden/page.py": "y = 1\n",
    "notes.txt": "untracked",
    ".env": "TOKEN=1",
    "conf/id_rsa": "key",
    "conf/dev.local.json": "{}",
    "run.log": "old",
    "a.o": "old",
    "lib/net.ts": "net",
    "lib/net.js": "made from the old net",
    "lib/other.js": "made",
    "build/out.js": "built",
    "data/big.bin": "0" * 1000,
    "src/__pycache__/app.cpython-311.pyc": "old",
    ".mypy_cache/.gitignore": "*",
    ".mypy_cache/x.json": "{}",
    ".venv/pyvenv.cfg": "home = /usr/bin\n",
    "tools/env/pyvenv.cfg": "home = /usr/bin\n",
    "web/node_modules/left/index.js": "left",
    "vendor/gem/x.rb": "x",
    "kept/a.txt": "ignored, but tracked",
    "kept/b.txt": "ignored",
}


def _kind(path: Path) -> str:
    if path.is_symlink():
        return "link"
    return "folder" if path.is_dir() else "file" if path.exists() else "nothing"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return private_temporary(tmp_path, monkeypatch)


async def test_what_is_copied_linked_and_left_out(tmp_path: Path, temporary: Path) -> None:
    """What git doesn't ignore or tracks, and small ignored files; dependencies linked; output left out."""
    root = write_tree(tmp_path / "shop", _TREE)
    init_git(root)
    git(root, "add", "-f", "src/app.py", "lib/net.ts", "kept/a.txt")
    expected = {
        "src/app.py": "file",
        "hidden/page.py": "file",
        "notes.txt": "file",
        ".env": "file",
        "conf/id_rsa": "file",
        "conf/dev.local.json": "file",
        "lib/other.js": "file",
        "kept/a.txt": "file",
        ".venv": "link",
        "tools/env": "link",
        "web/node_modules": "folder",
        "web/node_modules/left": "link",
        "vendor": "link",
        "run.log": "nothing",
        "a.o": "nothing",
        "lib/net.js": "nothing",
        "build": "nothing",
        "data": "nothing",
        "src/__pycache__": "nothing",
        ".mypy_cache": "nothing",
    }
    before = seen(root)
    async with scratch_copy(workspace_of(root), staged({"lib/net.ts": "new"})) as copy:
        assert {path: _kind(copy.root / path) for path in expected} == expected
        assert copy.root.name == "shop"
        assert (copy.root / "lib/net.ts").read_text() == "new"
        assert (copy.root / "src/app.py").stat().st_ino != (root / "src/app.py").stat().st_ino
        assert stat.S_IMODE(copy.root.parents[1].stat().st_mode) == 0o700
    assert seen(root) == before
    assert list(temporary.iterdir()) == []


async def test_without_git_all_is_copied_but_dependencies(tmp_path: Path, temporary: Path) -> None:
    """Where nothing says what is ignored, only what is surely installed is linked."""
    tree = {"vendor/own.py": "x", "build/out.py": "x", "node_modules/a/b.js": "x", "env/pyvenv.cfg": ""}
    root = write_tree(tmp_path / "shop", tree)
    async with scratch_copy(workspace_of(root), []) as copy:
        kinds = {path: _kind(copy.root / path) for path in ("vendor", "build", "node_modules/a", "env")}
    assert kinds == {"vendor": "folder", "build": "folder", "node_modules/a": "link", "env": "link"}


async def test_a_change_inside_dependencies_stays_in_the_copy(tmp_path: Path, temporary: Path) -> None:
    """A folder on the way to a changed file is never a link to the real one."""
    root = write_tree(tmp_path / "shop", {"node_modules/a/b.js": "old", "node_modules/c/d.js": "old"})
    before = seen(root)
    async with scratch_copy(workspace_of(root), staged({"node_modules/a/b.js": "new"})) as copy:
        assert (copy.root / "node_modules/a/b.js").read_text() == "new"
        assert (copy.root / "node_modules/c/d.js").read_text() == "old"
    assert seen(root) == before


async def test_modes_and_times_are_kept(tmp_path: Path, temporary: Path) -> None:
    """An executable stays one, a read-only file stays so also with a new content; `make` sees old times."""
    root = write_tree(tmp_path / "shop", {"run.sh": "old", "fixed.txt": "old", "same.sh": "same"})
    (root / "run.sh").chmod(0o755)
    (root / "fixed.txt").chmod(0o444)
    (root / "same.sh").chmod(0o750)
    root.chmod(0o777)
    async with scratch_copy(workspace_of(root), staged({"run.sh": "new", "fixed.txt": "new"})) as copy:
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in copy.root.iterdir()}
        assert modes == {"run.sh": 0o755, "fixed.txt": 0o444, "same.sh": 0o750}
        assert stat.S_IMODE(copy.root.stat().st_mode) == 0o777
        assert (copy.root / "fixed.txt").read_text() == "new"
        assert (copy.root / "same.sh").stat().st_mtime_ns == (root / "same.sh").stat().st_mtime_ns


async def test_links_lead_into_the_copy_or_where_they_led(tmp_path: Path, temporary: Path) -> None:
    """No link to a place in the root leads back to the real tree; others keep their target."""
    outside = write_tree(tmp_path / "outside", {"x.txt": "x"})
    root = write_tree(tmp_path / "shop", {"src/real.py": "old", "deep/down/z.py": "z"})
    links = {
        "relative.py": "src/real.py",
        "deep/absolute.py": str(root / "src/real.py"),
        "deep/around.py": "../../shop/src/real.py",
        "folder": "src",
        "out.txt": "../outside/x.txt",
        "out2.txt": str(outside / "x.txt"),
        "dangling": "nowhere/at/all",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    async with scratch_copy(
        workspace_of(root), staged({"relative.py": "new", "folder/more.py": "m"})
    ) as copy:
        led = {name: os.path.realpath(copy.root / name) for name in links}
        real = str(copy.root / "src/real.py")
        assert led == {
            "relative.py": real,
            "deep/absolute.py": real,
            "deep/around.py": real,
            "folder": str(copy.root / "src"),
            "out.txt": str(outside / "x.txt"),
            "out2.txt": str(outside / "x.txt"),
            "dangling": str(copy.root / "nowhere/at/all"),
        }
        assert (copy.root / "relative.py").readlink() == Path("src/real.py")
        assert Path(real).read_text() == "new"
        assert (copy.root / "src/more.py").read_text() == "m"
    assert (root / "src/real.py").read_text() == "old"


async def test_a_change_that_leads_out_is_refused(tmp_path: Path, temporary: Path) -> None:
    """A link out of the root is never written through."""
    outside = write_tree(tmp_path / "outside", {"x.txt": "x"})
    root = write_tree(tmp_path / "shop", {"a.py": "a"})
    (root / "out").symlink_to(outside)
    with pytest.raises(InputError, match="leads out of the workspace"):
        async with scratch_copy(workspace_of(root), staged({"out/x.txt": "new"})):
            pass
    assert (outside / "x.txt").read_text() == "x"
    assert list(temporary.iterdir()) == []


async def test_packages_of_the_same_workspace_are_those_of_the_copy(tmp_path: Path, temporary: Path) -> None:
    """`node_modules` leads to the copy's own packages; what tools keep in it stays out."""
    root = write_tree(
        tmp_path / "shop",
        {
            ".gitignore": "node_modules",
            "packages/a/index.js": "old",
            "node_modules/left/index.js": "left",
            "node_modules/@types/node/index.d.ts": "t",
            "node_modules/.cache/x": "x",
            "node_modules/.package-lock.json": "{}",
            "node_modules/left/cli.js": "cli",
        },
    )
    (root / "node_modules/@x").mkdir()
    (root / "node_modules/@x/a").symlink_to("../../packages/a")
    (root / "node_modules/b").symlink_to(root / "packages/a")
    (root / "node_modules/.bin").mkdir()
    (root / "node_modules/.bin/cli").symlink_to("../left/cli.js")
    (root / "node_modules/.bin/own").symlink_to("../@x/a/index.js")
    before = seen(root)
    async with scratch_copy(workspace_of(root), staged({"packages/a/index.js": "new"})) as copy:
        modules = copy.root / "node_modules"
        for own in ("@x/a/index.js", "b/index.js", ".bin/own"):
            assert (modules / own).read_text() == "new"
        assert (modules / ".bin/cli").read_text() == "cli"
        kinds = {
            name: _kind(modules / name) for name in ("left", "@types", "@x", ".package-lock.json", ".cache")
        }
        (modules / ".cache").mkdir()
    assert kinds == {
        "left": "link",
        "@types": "link",
        "@x": "folder",
        ".package-lock.json": "file",
        ".cache": "nothing",
    }
    assert seen(root) == before


async def test_a_loader_that_knows_its_own_place_is_copied(tmp_path: Path, temporary: Path) -> None:
    """Composer's loader finds the project from where it lies itself: it must lie in the copy."""
    root = write_tree(
        tmp_path / "shop",
        {
            ".gitignore": "/vendor/",
            "vendor/autoload.php": "<?php",
            "vendor/composer/installed.json": "{}",
            "vendor/acme/x.php": "x",
        },
    )
    async with scratch_copy(workspace_of(root), []) as copy:
        led = {
            name: os.path.realpath(copy.root / "vendor" / name)
            for name in ("autoload.php", "composer", "acme")
        }
        assert led == {
            "autoload.php": str(copy.root / "vendor/autoload.php"),
            "composer": str(copy.root / "vendor/composer"),
            "acme": str(root / "vendor/acme"),
        }


async def test_buffers_of_the_editor_are_in_the_copy(tmp_path: Path, temporary: Path) -> None:
    """Unsaved text stands in the copy as it would be saved; a staged file goes before it."""
    root = write_tree(
        tmp_path / "shop", {"a.py": "old", "b.py": b"\xff\xfea\0", "c.py": "same", "d.py": "old"}
    )
    overlay = {"a.py": "buffer", "b.py": "b", "c.py": "same", "d.py": "buffer", "new/e.py": "e"}
    async with scratch_copy(workspace_of(root, overlay=overlay), staged({"d.py": "staged"})) as copy:
        found = {path: (copy.root / path).read_bytes() for path in overlay}
    assert found == {
        "a.py": b"buffer",
        "b.py": b"\xff\xfeb\0",
        "c.py": b"same",
        "d.py": b"staged",
        "new/e.py": b"e",
    }


@pytest.mark.parametrize("only", [True, False])
async def test_a_folder_that_holds_everything_is_not_copied(
    tmp_path: Path, temporary: Path, only: bool
) -> None:
    """The home folder and `/` are refused in words that say what to do."""
    root = write_tree(tmp_path / "home", {"a.py": "a"})
    wide = Root(root, root / "a.py") if only else Root(Path("/"))
    with pytest.raises(InputError, match="too wide") as refused:
        async with scratch_copy(Workspace(wide), []):
            pass
    assert "--root" in (refused.value.hint or "")


@pytest.mark.parametrize(("limit", "value"), [("MAX_FILES", 3), ("MAX_BYTES", 10)])
async def test_a_tree_that_is_too_large_is_refused(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    """The bounds hold, say what to do, and leave nothing behind."""
    root = write_tree(tmp_path / "shop", {f"{index}.txt": "12345" for index in range(9)})
    monkeypatch.setattr(scratch_copying, limit, value)
    with pytest.raises(InputError, match="too large") as refused:
        async with scratch_copy(workspace_of(root), []):
            pass
    assert ".gitignore" in (refused.value.hint or "")
    assert list(temporary.iterdir()) == []


_FAILURES = {
    "a.py can't be copied": (InputError, PermissionError(13, "Permission denied")),
    "There is no room": (ConfigError, OSError(28, "No space left on device")),
}


@pytest.mark.parametrize("message", _FAILURES)
async def test_a_file_that_cannot_be_copied_is_an_error_in_words(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    """What the system refuses is told with what to do."""
    root = write_tree(tmp_path / "shop", {"a.py": "a"})
    kind, error = _FAILURES[message]

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(shutil, "copyfile", refuse)
    with pytest.raises(kind, match=message) as refused:
        async with scratch_copy(workspace_of(root), []):
            pass
    assert refused.value.hint
    assert list(temporary.iterdir()) == []


async def test_a_root_that_holds_the_temporary_folder_is_copied_without_it(
    tmp_path: Path, temporary: Path
) -> None:
    """A copy never copies itself."""
    root = write_tree(tmp_path, {"a.py": "a"})
    async with scratch_copy(workspace_of(root), []) as copy:
        assert sorted(path.name for path in copy.root.iterdir()) == ["a.py", "temporary"]
        assert list((copy.root / "temporary").iterdir()) == []


async def test_cancelled_while_copying(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copying stops between two files, and what was there goes."""
    root = write_tree(tmp_path / "shop", {f"{index}.txt": "x" for index in range(50)})
    copied: list[object] = []
    begun, loop = asyncio.Event(), asyncio.get_running_loop()
    copyfile = shutil.copyfile

    def slow(source: Path, target: Path) -> object:
        copied.append(source)
        loop.call_soon_threadsafe(begun.set)
        time.sleep(0.01)
        return copyfile(source, target)

    monkeypatch.setattr(shutil, "copyfile", slow)

    async def run() -> None:
        async with scratch_copy(workspace_of(root), []):
            raise AssertionError("the copy was not to be finished")

    task = asyncio.create_task(run())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(copied) < 50
    assert list(temporary.iterdir()) == []


async def test_a_copy_goes_whatever_was_done_to_it(tmp_path: Path, temporary: Path) -> None:
    """Folders made read-only and links out of it: the copy is removed, what they lead to stays."""
    outside = write_tree(tmp_path / "outside", {"x.txt": "x"})
    root = write_tree(tmp_path / "shop", {"deep/down/a.py": "a"})
    async with scratch_copy(workspace_of(root), []) as copy:
        (copy.root / "out").symlink_to(outside)
        (copy.root / "deep/down").chmod(0)
        (copy.root / "deep").chmod(0o500)
    assert list(temporary.iterdir()) == []
    assert (outside / "x.txt").exists()


async def test_what_a_kill_left_behind_goes_with_the_next_run(tmp_path: Path, temporary: Path) -> None:
    """The lock of a dead run is free, and its folder goes, as does one of this user a day later; those
    of living runs stay, and other names and links.
    """
    root = write_tree(tmp_path / "shop", {"a.py": "a"})
    long_ago = time.time() - 90_000
    for name in ("lakewright-verify-old", "lakewright-verify-young", "other-old"):
        write_tree(temporary / name, {"tree/a.py": "a"})
    write_tree(temporary / "lakewright-verify-dead", {"lock": "1", "tree/a.py": "a"})
    (temporary / "lakewright-verify-link").symlink_to(root)
    for name in ("lakewright-verify-old", "other-old"):
        os.utime(temporary / name, (long_ago, long_ago))
    async with scratch_copy(workspace_of(root), []) as living, scratch_copy(workspace_of(root), []):
        assert (living.root / "a.py").exists()
    left = {path.name for path in temporary.iterdir()}
    assert left == {"lakewright-verify-young", "lakewright-verify-link", "other-old"}
    assert (root / "a.py").exists()


async def test_a_killed_program_leaves_a_free_lock(tmp_path: Path, temporary: Path) -> None:
    """Also while its command still runs: the next run removes the copy."""
    root = write_tree(tmp_path / "shop", {"a.py": "a"})
    program = (
        "import asyncio, os, signal, sys, tempfile\n"
        "from pathlib import Path\n"
        "from lakewright.staging.verify import verify\n"
        "from lakewright.workspace.files import Workspace\n"
        "from lakewright.workspace.roots import Root\n"
        "tempfile.tempdir = sys.argv[2]\n"
        "asyncio.run(verify(f'kill -9 {os.getpid()}; sleep 5', [], Workspace(Root(Path(sys.argv[1])))))\n"
    )
    server = str(Path(scratch_copying.__file__).parents[2])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(root), str(temporary), env={**os.environ, "PYTHONPATH": server}
    )
    assert await process.wait() == -9
    assert len(list(temporary.iterdir())) == 1
    async with scratch_copy(workspace_of(root), []) as copy:
        assert list(temporary.iterdir()) == [copy.root.parents[1]]
