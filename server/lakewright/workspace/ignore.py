"""What git, Lakewright and the settings ignore: files of patterns, folder by folder.

Nearer files go before farther ones, and nothing below an ignored folder can be taken back in.
`.lakewrightignore` and the settings' list are judged on their own: what any of the three hides, is
hidden. Rules are read again when their file changes.
"""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakewright.workspace.gitfolder import exclude_file, git_rules
from lakewright.workspace.rules import Rules, split_lines

_GIT_FILE = ".gitignore"
_OWN_FILE = ".lakewrightignore"

_Chain = tuple[tuple[int, Rules], ...]
"""Rules from the farthest to the nearest; the number is the depth of the folder they stand in."""

_Stamp = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Folder:
    """The rules that speak of a folder's entries. `names` lead from the top to the folder."""

    names: tuple[bytes, ...]
    git: _Chain
    own: _Chain
    stamps: tuple[_Stamp, ...] = ()
    parent: "Folder | None" = None

    def judge(self, name: bytes, *, is_folder: bool) -> str | None:
        """Where the rule stands that ignores the entry, or None. The folder itself isn't judged."""
        names = (*self.names, name)
        return _decide(self.git, names, is_folder=is_folder) or _decide(self.own, names, is_folder=is_folder)


class IgnoreRules:
    """All rules at and below `top`. `extra` are patterns for what lies `depth` folders below it."""

    def __init__(
        self, top: Path, extra: Sequence[str] = (), *, depth: int = 0, environ: Mapping[str, str]
    ) -> None:
        self._top = top
        rules = git_rules(top if os.path.lexists(top / ".git") else None, environ)
        self._ignore_case = rules.ignore_case
        self._folders: dict[tuple[bytes, ...], Folder] = {}
        lists = (self._read(file, "your global git excludes") for file in rules.global_excludes)
        extras = self._rules([os.fsencode(line) for line in extra], "the ignore setting")
        self._base = Folder((), git=_chain((), *lists), own=_chain((), extras, depth=depth))

    def top(self) -> Folder:
        """The rules for the entries of the top folder."""
        return self._enter(self._base, ())

    def child(self, folder: Folder, name: bytes) -> Folder:
        """The rules for the entries of a folder in `folder`."""
        return self._enter(folder, (*folder.names, name))

    def judge(self, names: Sequence[bytes], *, is_folder: bool) -> str | None:
        """Where the rule stands that ignores the path below the top or one of its folders."""
        folder = self.top()
        for index, name in enumerate(names):
            last = index == len(names) - 1
            reason = folder.judge(name, is_folder=is_folder or not last)
            if reason or last:
                return reason
            folder = self.child(folder, name)
        return None

    def _enter(self, parent: Folder, names: tuple[bytes, ...]) -> Folder:
        path = self._top / os.fsdecode(b"/".join(names))
        exclude = exclude_file(path) if os.path.lexists(path / ".git") else None
        files = (exclude, path / _GIT_FILE, path / _OWN_FILE)
        stamps = tuple(_stamp(file) if file else None for file in files)
        known = self._folders.get(names)
        if known and known.stamps == stamps and known.parent is parent:
            return known
        prefix = os.fsdecode(b"".join(name + b"/" for name in names))
        labels = (f"{prefix}.git/info/exclude", prefix + _GIT_FILE, prefix + _OWN_FILE)
        found = [
            self._read(file, label) if file and stamp else None
            for file, label, stamp in zip(files, labels, stamps, strict=True)
        ]
        git = _chain(parent.git, *found[:2], depth=len(names))
        folder = Folder(names, git, _chain(parent.own, found[2], depth=len(names)), stamps, parent)
        self._folders[names] = folder
        return folder

    def _read(self, file: Path, label: str) -> Rules | None:
        """The rules of a file; one that can't be opened hides its whole folder, to be safe."""
        try:
            if not file.is_file():
                return None
            return self._rules(split_lines(file.read_bytes()), label)
        except OSError:
            return self._rules([b"*"], f"{label} (which can't be opened)")

    def _rules(self, lines: list[bytes], label: str) -> Rules:
        return Rules(lines, label, ignore_case=self._ignore_case)


def _chain(before: _Chain, *rules: Rules | None, depth: int = 0) -> _Chain:
    return (*before, *((depth, some) for some in rules if some))


def _decide(chain: _Chain, names: tuple[bytes, ...], *, is_folder: bool) -> str | None:
    """The nearest rules that speak of the path decide."""
    for depth, rules in reversed(chain):
        if len(names) <= depth:
            continue
        reason = rules.judge(b"/".join(names[depth:]), is_folder=is_folder)
        if reason is not None:
            return reason or None
    return None


def _stamp(file: Path) -> _Stamp:
    """What changes when the file does; None where there is no regular file."""
    try:
        status = file.stat()
    except (OSError, ValueError):  # a `.git` file may name anything
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino) if stat.S_ISREG(status.st_mode) else None
