"""A git folder for the copy: the same history and index, nothing of it the real one's.

Objects are read from the real repository (`objects/info/alternates`) and written to the copy; references,
index and configuration are copies. No hooks: they are made for the real tree. gitrepository-layout(5).
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lakewright.staging.scratch_copying import Copying
from lakewright.staging.scratch_index import Tracked, tracked_by

_OF_WORKTREE = re.compile(r"([A-Z_]*HEAD|index|sharedindex\.[0-9a-f]+|config\.worktree|refs|info|reftable)")
_OF_REPOSITORY = re.compile(r"(HEAD|config|description|packed-refs|shallow|refs|info|reftable)")
_POINTER_BYTES = 8_192

_OVERRIDES = """
# The copy is a repository of its own; nothing of it runs or stays after it.
[core]
\tbare = false
\tworktree = ..
\thooksPath = {null}
\tfsmonitor = false
\tuntrackedCache = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
"""
"""Later values win: those of the real repository that would lead back to it, or start what outlives us."""


@dataclass(frozen=True, slots=True)
class GitFolder:
    """Where a working tree keeps its own state, and where its repository keeps what all share: the
    same folder but in a linked worktree.
    """

    own: Path
    common: Path

    def tracked(self) -> Tracked:
        """The files in the index."""
        config = _text(self.common / "config")
        is_sha256 = re.search(r"(?im)^\s*objectformat\s*=\s*\"?sha256", config) is not None
        return tracked_by(self.own, hash_bytes=32 if is_sha256 else 20)


def git_folder(tree: Path) -> GitFolder | None:
    """The git folder of the working tree; `.git` may be a file that names it (worktrees, submodules).
    None where there is none, or none that is whole.
    """
    git = tree / ".git"
    if git.is_file():
        match = re.match(r"gitdir:[ \t]*([^\r\n]+)", _text(git))
        if match is None:
            return None
        git = tree / match[1]
    common = git / (_text(git / "commondir").strip() or ".")
    if not (common / "objects").is_dir() or not (git / "HEAD").exists():
        return None
    return GitFolder(Path(os.path.realpath(git)), Path(os.path.realpath(common)))


def copy_git(found: GitFolder, target: Path, copying: Copying) -> None:
    """Make `target`, the `.git` of the copy."""
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
        (target / folder).mkdir(parents=True, exist_ok=True)
    (target / "objects/info/alternates").write_bytes(_alternates(found.common / "objects"))
    for source, wanted in ((found.common, _OF_REPOSITORY), (found.own, _OF_WORKTREE)):
        for file in _files(source, wanted):
            copying.file(file, target / file.relative_to(source))
    overrides = _OVERRIDES.format(null=os.devnull).encode()
    for config in (target / "config", target / "config.worktree"):
        if config.name == "config" or config.exists():
            config.write_bytes((config.read_bytes() if config.exists() else b"") + overrides)


def hide(target: Path, names: tuple[str, ...]) -> None:
    """Let git in the copy ignore the link at `names`: `.venv/` in an ignore file is of folders only."""
    path = "/".join(names)
    if "\n" in path:
        return
    pattern = re.sub(r"([\\*?\[\] ])", r"\\\1", path)
    with (target / "info/exclude").open("ab") as stream:
        stream.write(os.fsencode(f"\n/{pattern}\n"))


def _alternates(objects: Path) -> bytes:
    """The real objects, and those that they borrow: git takes no relative path in a borrowed list."""
    borrowed = _text(objects / "info/alternates").splitlines()
    paths = (objects, *(objects / line for line in borrowed if line and line[0] not in '#"'))
    return b"".join(os.fsencode(os.path.realpath(path)) + b"\n" for path in paths)


def _files(source: Path, wanted: re.Pattern[str]) -> Iterator[Path]:
    """The regular files of a git folder whose first name is wanted, at any depth; no lock among them."""
    for first in source.iterdir():
        if not wanted.fullmatch(first.name):
            continue
        if first.is_file():
            yield first
            continue
        for folder, _, names in os.walk(first):
            for name in names:
                file = Path(folder, name)
                if not name.endswith(".lock") and file.is_file() and not file.is_symlink():
                    yield file


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return os.fsdecode(stream.read(_POINTER_BYTES))
    except OSError:
        return ""
