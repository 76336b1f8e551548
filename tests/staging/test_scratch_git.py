"""The copy's own git: it works, and the real repository never hears of it."""

import os
from pathlib import Path

import pytest

from lakewright.staging.scratch import scratch_copy
from lakewright.staging.scratch_git import git_folder
from lakewright.staging.scratch_index import Tracked, tracked_by
from support_verify import git, private_temporary, seen, staged
from support_workspace import init_git, workspace_of, write_tree


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return private_temporary(tmp_path, monkeypatch)


def _repository(folder: Path) -> Path:
    root = write_tree(folder, {"a.txt": "a\n", "deep/b.txt": "b\n", ".gitignore": ".venv/\n"})
    init_git(root)
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    git(root, "tag", "v1")
    return root


def _used(root: Path) -> None:
    """All that changes a repository, done in a folder."""
    git(root, "commit", "-qam", "two")
    git(root, "checkout", "-qb", "other")
    git(root, "tag", "v2")
    git(root, "gc", "-q")
    git(root, "config", "x.y", "z")
    (root / "a.txt").write_text("more")
    git(root, "stash")


async def test_git_shows_the_change_and_keeps_it_to_the_copy(tmp_path: Path) -> None:
    """Status, diff and history are those of the real tree with the change; what is done stays there."""
    root = _repository(tmp_path / "shop")
    write_tree(root, {".venv/pyvenv.cfg": ""})
    git(root, "pack-refs", "--all")
    before = seen(root)
    async with scratch_copy(workspace_of(root), staged({"a.txt": "new\n", "c.txt": "c"})) as copy:
        assert git(copy.root, "status", "--short") == " M a.txt\n?? c.txt\n"
        assert "-a\n+new\n" in git(copy.root, "diff")
        assert git(copy.root, "describe", "--tags") == "v1\n"
        _used(copy.root)
        git(copy.root, "fsck", "--strict")
    assert seen(root) == before
    assert git(root, "log", "--oneline").count("\n") == 1


async def test_a_linked_worktree_gets_a_repository_of_its_own(tmp_path: Path) -> None:
    """Its `.git` is a file that names the real one: in the copy it is a folder, on the same branch."""
    main = _repository(tmp_path / "main")
    git(main, "worktree", "add", "-q", "../side", "-b", "side")
    root = (tmp_path / "side").resolve()
    before = seen(tmp_path / "main"), seen(root)
    async with scratch_copy(workspace_of(root), staged({"a.txt": "new\n"})) as copy:
        assert git(copy.root, "status", "--short") == " M a.txt\n"
        assert git(copy.root, "branch", "--show-current") == "side\n"
        assert git(copy.root, "rev-parse", "--absolute-git-dir").strip() == str(copy.root / ".git")
        _used(copy.root)
    assert (seen(tmp_path / "main"), seen(root)) == before


async def test_submodules_and_nested_repositories_are_their_own_too(tmp_path: Path) -> None:
    """Below the root as well, no `.git` of the copy leads to a real one; what it tracks is copied."""
    library = _repository(tmp_path / "library")
    root = _repository(tmp_path / "shop")
    git(root, "submodule", "add", "-q", str(library), "sub")
    git(root, "commit", "-qm", "sub")
    nested = _repository(root / "nested")
    write_tree(nested, {"out/kept.txt": "k", "out/other.txt": "o", ".gitignore": "out/\n"})
    git(nested, "add", "-f", "out/kept.txt")
    before = seen(root)
    async with scratch_copy(
        workspace_of(root), staged({"sub/a.txt": "new\n", "nested/a.txt": "new\n"})
    ) as copy:
        for inner in ("sub", "nested"):
            assert " M a.txt\n" in git(copy.root / inner, "status", "--short")
            assert git(copy.root / inner, "rev-parse", "--absolute-git-dir").startswith(str(copy.root))
            _used(copy.root / inner)
        assert " sub" in git(copy.root, "submodule", "status")
        assert (copy.root / "nested/out/kept.txt").exists()
    assert seen(root) == before


async def test_settings_that_lead_back_or_outlive_are_overridden(tmp_path: Path) -> None:
    """Neither hooks, nor a working tree elsewhere, nor a daemon are taken over; the rest is."""
    root = _repository(tmp_path / "shop")
    for key, value in (
        ("core.worktree", str(root)),
        ("core.hooksPath", "hooks"),
        ("core.fsmonitor", "true"),
        ("extensions.worktreeConfig", "true"),
        ("alias.st", "status"),
    ):
        git(root, "config", key, value)
    git(root, "config", "--worktree", "core.worktree", str(root))
    write_tree(root, {"hooks/pre-commit": f"#!/bin/sh\ntouch {tmp_path}/hooked\n"})
    (root / "hooks/pre-commit").chmod(0o755)
    async with scratch_copy(workspace_of(root), staged({"a.txt": "new\n"})) as copy:
        assert git(copy.root, "rev-parse", "--show-toplevel").strip() == str(copy.root)
        assert git(copy.root, "config", "core.fsmonitor") == "false\n"
        assert git(copy.root, "config", "alias.st") == "status\n"
        git(copy.root, "commit", "-qam", "two")
    assert not (tmp_path / "hooked").exists()


async def test_borrowed_objects_are_found(tmp_path: Path) -> None:
    """A repository that borrows objects by a relative path can be borrowed from."""
    _repository(tmp_path / "origin")
    git(tmp_path, "clone", "-q", "--shared", "origin", "shop")
    root = (tmp_path / "shop").resolve()
    borrowed = root / ".git/objects/info/alternates"
    borrowed.write_text(os.path.relpath(tmp_path / "origin/.git/objects", root / ".git/objects") + "\n")
    async with scratch_copy(workspace_of(root), []) as copy:
        git(copy.root, "fsck", "--strict")
        assert git(copy.root, "log", "--format=%s") == "one\n"


async def test_a_root_below_its_repository(tmp_path: Path) -> None:
    """The ignore rules above it count, and what git tracks in spite of them."""
    top = _repository(tmp_path / "top")
    write_tree(top, {".gitignore": "out/\n", "app/out/kept.txt": "k", "app/x.py": "x", "app/gen/out/y": "y"})
    git(top, "add", "-f", "app/out/kept.txt")
    async with scratch_copy(workspace_of(top / "app"), []) as copy:
        files = sorted(str(path.relative_to(copy.root)) for path in copy.root.rglob("*") if path.is_file())
    assert files == ["out/kept.txt", "x.py"]


@pytest.mark.parametrize("broken", ["", "gitdir: ../nowhere\n", "gitdir:", "\0"])
async def test_a_git_file_that_leads_nowhere(tmp_path: Path, broken: str) -> None:
    """It is left out: the copy is no repository, and the files are there."""
    root = write_tree(tmp_path / "shop", {".git": broken, "a.py": "a"})
    async with scratch_copy(workspace_of(root), []) as copy:
        assert [path.name for path in copy.root.iterdir()] == ["a.py"]


_NAMES = ["a.txt", "deep/er/b.txt", "deep/er/bb.txt", "deep/é.txt", "x" * 200 + "/" + "y" * 200, "z"]


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("more", ["plain", "split", "sha256", "intent"])
def test_the_index_names_what_git_names(tmp_path: Path, version: int, more: str) -> None:
    """Every version, split or not, whatever the hash."""
    root = write_tree(tmp_path, {name: name for name in _NAMES})
    git(root, "init", "-q", f"--object-format={'sha256' if more == 'sha256' else 'sha1'}")
    git(root, "update-index", "--index-version", str(version))
    git(root, "add", ".")
    if more == "split":
        git(root, "update-index", "--split-index")
        write_tree(root, {"later.txt": "l"})
        git(root, "add", "later.txt")
    if more == "intent":
        write_tree(root, {"later.txt": "l"})
        git(root, "add", "--intent-to-add", "later.txt")
    found = git_folder(root)
    assert found is not None
    tracked = found.tracked()
    named = {os.fsencode(name) for name in git(root, "ls-files", "-z").split("\0") if name}
    assert tracked.files == named
    assert {b"deep", b"deep/er"} <= tracked.folders


@pytest.mark.parametrize(
    "data", [b"", b"DIRC", b"DIRC\0\0\0\2\0\0\0\5" + b"\0" * 20, b"DIRC\0\0\0\7\0\0\0\1"]
)
def test_an_index_that_cannot_be_read_names_nothing(tmp_path: Path, data: bytes) -> None:
    """A broken or unknown one is no error."""
    (tmp_path / "index").write_bytes(data)
    assert tracked_by(tmp_path, hash_bytes=20) == Tracked()
