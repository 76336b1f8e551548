"""The walk that makes a scratch copy: what git tracks or doesn't ignore is copied, the deny list's files
too (nothing leaves the machine); of the rest, what `scratch_kinds` says.
"""

import dataclasses
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakewright.staging.scratch_copying import Copying
from lakewright.staging.scratch_git import GitFolder, copy_git, git_folder, hide
from lakewright.staging.scratch_index import Tracked
from lakewright.staging.scratch_kinds import MIRRORS, SMALL, Fate, fate_of_folder, is_wanted
from lakewright.workspace.ignore import Folder, IgnoreRules

PREFIX = "lakewright-verify-"
"""How the names of the private folders of copies begin."""

TREE = "tree"
"""The folder in it that holds the copy, which is named as its root is."""


@dataclass(frozen=True, slots=True)
class _Repository:
    """The nearest one: `depth` names lead from the top of the rules to it; `copied` is its `.git` in the
    copy, if it has one there.
    """

    tracked: Tracked
    depth: int
    copied: Path | None


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder on the walk: `names` lead from the root to it; `ignored` is what git says of it."""

    names: tuple[str, ...]
    rules: Folder
    repository: _Repository
    ignored: bool


def copy_tree(copying: Copying, changed: Iterable[Sequence[str]], environ: Mapping[str, str]) -> None:
    """Copy the root to `copying.copy`, which doesn't exist yet. `changed` are the paths that get a new
    content: folders on the way to them are copied in any case.
    """
    _Walk(copying, changed, environ).run()


class _Walk:
    def __init__(
        self, copying: Copying, changed: Iterable[Sequence[str]], environ: Mapping[str, str]
    ) -> None:
        self._copying = copying
        self._changed: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for names in changed:
            for index, name in enumerate(names):
                self._changed[tuple(names[:index])].add(name)
        root = copying.root
        self._top = next((up for up in (root, *root.parents) if os.path.lexists(up / ".git")), root)
        self._rules = IgnoreRules(self._top, environ=environ)

    def run(self) -> None:
        """A stack instead of recursion: a tree may be deeper than Python's own."""
        waiting = [self._root()]
        while waiting:
            place = self._entered(waiting.pop())
            for entry in self._entries(place.names):
                inner = self._take(place, entry)
                if inner is not None:
                    waiting.append(inner)

    def _root(self) -> _Place:
        rules = self._rules.top()
        for name in self._copying.root.relative_to(self._top).parts:
            rules = self._rules.child(rules, os.fsencode(name))
        above = None if self._top == self._copying.root else git_folder(self._top)
        return _Place((), rules, _Repository(above.tracked() if above else Tracked(), 0, None), ignored=False)

    def _entered(self, place: _Place) -> _Place:
        """Make the folder; where a repository begins, its git folder, too."""
        source, target = self._both(place.names)
        try:
            target.mkdir()
            target.chmod(source.stat().st_mode & 0o777 | 0o700)
        except OSError as error:
            raise self._copying.failed(error, source) from None
        found = git_folder(source) if os.path.lexists(source / ".git") else None
        if found is None:
            return place
        return dataclasses.replace(
            place, repository=self._repository(found, target / ".git", place), ignored=False
        )

    def _repository(self, found: GitFolder, target: Path, place: _Place) -> _Repository:
        try:
            copy_git(found, target, self._copying)
        except OSError as error:
            raise self._copying.failed(error, found.own) from None
        return _Repository(found.tracked(), len(place.rules.names), target)

    def _entries(self, names: tuple[str, ...]) -> list[os.DirEntry[str]]:
        source, _ = self._both(names)
        try:
            with os.scandir(source) as entries:
                return [entry for entry in entries if entry.name != ".git"]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._copying.failed(error, source) from None

    def _take(self, place: _Place, entry: os.DirEntry[str]) -> _Place | None:
        """Bring one entry over; the place to go on with where it is a folder that is copied."""
        names = (*place.names, entry.name)
        source, target = self._both(names)
        if entry.is_symlink():
            self._copying.link(source, target)
            return None
        is_folder = entry.is_dir(follow_symlinks=False)
        key = b"/".join((*place.rules.names, os.fsencode(entry.name))[place.repository.depth :])
        tracked = place.repository.tracked
        is_tracked = key in tracked.files or key in tracked.folders
        rules = dataclasses.replace(place.rules, own=())
        ignored = not is_tracked and (
            place.ignored or bool(rules.judge(os.fsencode(entry.name), is_folder=is_folder))
        )
        if is_folder:
            fate = Fate.COPY if is_tracked else fate_of_folder(source, ignored=ignored)
            return self._folder(place, names, fate, ignored=ignored)
        if entry.is_file(follow_symlinks=False) and (not ignored or self._is_wanted(place, entry)):
            self._copying.file(source, target)
        return None

    def _folder(self, place: _Place, names: tuple[str, ...], fate: Fate, *, ignored: bool) -> _Place | None:
        source, target = self._both(names)
        if names[-1].startswith(PREFIX):
            return None  # a root that holds the temporary folder
        if names in self._changed or fate is Fate.COPY:
            rules = self._rules.child(place.rules, os.fsencode(names[-1]))
            return _Place(names, rules, place.repository, ignored)
        if fate is Fate.SKIP:
            return None
        if fate is Fate.WHOLE:
            self._whole(source, target)
        elif fate is Fate.LINK:
            self._copying.link_to(source, target)
        else:
            self._mirror(source, target)
        repository = place.repository
        if repository.copied is not None:
            below = (*place.rules.names, os.fsencode(names[-1]))[repository.depth :]
            hide(repository.copied, tuple(map(os.fsdecode, below)))
        return None

    def _is_wanted(self, place: _Place, entry: os.DirEntry[str]) -> bool:
        changed = self._changed.get(place.names, set())
        if entry.name in changed:
            return True
        try:
            size = entry.stat(follow_symlinks=False).st_size
        except OSError:
            return False
        return os.access(entry.path, os.R_OK) and is_wanted(entry.name, size, changed)

    def _mirror(self, source: Path, target: Path) -> None:
        """A folder of links to the entries of the real one. Links of its own that lead into the root
        (packages of the same workspace) lead into the copy; scopes (`@name`) that hold some are mirrored.
        """
        copied, left_out = MIRRORS.get(source.name, (frozenset(), frozenset()))
        self._copying.count(0)
        target.mkdir()
        with os.scandir(source) as entries:
            for entry in entries:
                inner = Path(entry.path), target / entry.name
                if entry.name in left_out:
                    continue
                if entry.is_symlink():
                    self._copying.link(*inner)
                elif entry.is_dir(follow_symlinks=False):
                    if entry.name in copied:
                        self._whole(*inner)
                    elif entry.name.startswith("@") and _holds_links(entry.path):
                        self._mirror(*inner)
                    else:
                        self._copying.link_to(*inner)
                elif entry.is_file() and entry.stat().st_size <= SMALL:
                    self._copying.file(*inner)
                else:
                    self._copying.link_to(*inner)

    def _whole(self, source: Path, target: Path) -> None:
        """All of a folder; a small one, of a tool's own making."""
        for folder, folders, names in os.walk(source):
            there = target / Path(folder).relative_to(source)
            there.mkdir()
            for name in (*folders, *names):
                inner = Path(folder, name)
                if inner.is_symlink():
                    self._copying.link(inner, there / name)
                elif name in names:
                    self._copying.file(inner, there / name)

    def _both(self, names: tuple[str, ...]) -> tuple[Path, Path]:
        return self._copying.root.joinpath(*names), self._copying.copy.joinpath(*names)


def _holds_links(folder: str) -> bool:
    with os.scandir(folder) as entries:
        return any(entry.is_symlink() for entry in entries)
