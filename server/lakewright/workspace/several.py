"""Several roots as one workspace, so that tools, prompts and edits needn't know how many there are.

Paths of the first root are relative to it. Those of the others begin with their root's label, which is
its folder's name (with folders above it where that isn't clear); without it a path is looked for in the
others when the first root hasn't got it, and is refused where several have.
"""

import copy
import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lakewright.errors import InputError
from lakewright.workspace.decode import Decoded
from lakewright.workspace.files import SourceFile, Workspace
from lakewright.workspace.listing import Stop, never
from lakewright.workspace.paths import outside, shown
from lakewright.workspace.roots import Root


class SeveralRoots(Workspace):
    """`members` are workspaces of one root each; the first has no label, the others have one of `labels_of`.

    `alias` is the first one's label, needed only where a new file of it has a name that others have, too.
    It reads the disk to find out where a path belongs.
    """

    def __init__(self, members: Sequence[Workspace], *, alias: str) -> None:
        first = members[0]
        self.root, self.ignore, self.environ, self.label = first.root, first.ignore, first.environ, ""
        self.members = tuple(members)
        self.alias = alias
        self.overlay = _Merged(self)

    def over(self, texts: Mapping[str, str]) -> Workspace:
        return self._of([member.over(_Within(texts, self._labels(member))) for member in self.members])

    def without_buffers(self) -> Workspace:
        return self._of([member.without_buffers() for member in self.members])

    def member(self, path: str, *, new: bool = False) -> tuple[Workspace, str]:
        first = self.members[0]
        normal = posixpath.normpath(path.replace(os.sep, "/") or ".")
        if Path(path).is_absolute() or normal.startswith("../"):
            return self._holding(Path(os.path.normpath(first.root.path / path))) or (first, path)
        if "\0" in path or _has(first, normal):
            return first, path
        return self._labelled(normal) or self._elsewhere(normal, new=new) or (self._home, path)

    def name_of(self, member: Workspace, within: str) -> str:
        first, *others = self.members
        if member.label or _has(first, within) or not any(_has(one, within) for one in others):
            return member.label + within
        return self.alias + within

    def relative(self, path: str | Path) -> str:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - links stay: they are judged by the guard
        resolved = Path(os.path.realpath(absolute.parent), absolute.name)
        found = self._holding(absolute) or self._holding(resolved)
        if found is None:
            raise outside(str(path))
        return self.name_of(*found)

    def why_refused(self, relative: str) -> str | None:
        try:
            member, within = self.member(relative)
        except InputError as error:
            return error.message
        return member.why_refused(within)

    def read(self, relative: str, *, ranged: bool = False) -> SourceFile:
        member, within = self.member(relative)
        return member.read(within, ranged=ranged)

    def decoded(self, relative: str) -> Decoded:
        member, within = self.member(relative)
        return member.decoded(within)

    def files(self, glob: str | None = None, *, stop: Stop = never) -> Iterator[str]:
        """Those of the first root, then those of the others; of nested roots each file once."""
        for member in self.members:
            hidden = [f"{member.label}{inner}/" for inner in self._inside(member)]
            if member.label and self._is_in_first(member.root.path):
                continue
            for path in member.files(glob, stop=stop):
                if not path.startswith(tuple(hidden)):
                    yield path

    def _of(self, members: Sequence[Workspace]) -> Workspace:
        other = copy.copy(self)
        other.members = tuple(members)
        other.overlay = _Merged(other)
        return other

    @property
    def _home(self) -> Workspace:
        """Where new files are made: in the first root, unless that is one file alone."""
        first, *others = self.members
        return others[0] if first.root.only_file and others else first

    def _labelled(self, path: str) -> tuple[Workspace, str] | None:
        """A path that begins with a label."""
        first, *others = self.members
        for member in others:
            if _begins(path, member.label):
                return self._nested(member, path[len(member.label) :] or ".")
        return (first, path[len(self.alias) :] or ".") if _begins(path, self.alias) else None

    def _elsewhere(self, path: str, *, new: bool) -> tuple[Workspace, str] | None:
        """A path that one of the other roots has; or one that spells out the first root's own name."""
        first, *others = self.members
        found = [] if new else [one for one in others if _has(one, path)]
        if found:
            return self._nested(_only(found, path), path)
        own = f"{first.root.path.name}/"
        is_own = _begins(path, own) and _has(first, path[len(own) :] or ".")
        return (first, path[len(own) :] or ".") if is_own else None

    def _labels(self, member: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What texts of the member may begin with, and what those of the others do."""
        others = tuple(one.label for one in self.members[1:])
        return ((member.label,), ()) if member.label else ((self.alias, ""), others)

    def _holding(self, absolute: Path) -> tuple[Workspace, str] | None:
        """The root that holds a path: the first one if it does, else the innermost."""
        first, *others = self.members
        if self._is_in_first(absolute):
            return first, absolute.relative_to(first.root.path).as_posix()
        holding = [one for one in others if absolute.is_relative_to(one.root.path)]
        if not holding:
            return None
        member = max(holding, key=lambda one: len(one.root.path.parts))
        return member, absolute.relative_to(member.root.path).as_posix()

    def _nested(self, member: Workspace, within: str) -> tuple[Workspace, str]:
        """The same file as the innermost root knows it; the first one has its own for itself."""
        return self._holding(Path(posixpath.normpath(member.root.path / within))) or (member, within)

    def _is_in_first(self, absolute: Path) -> bool:
        root = self.members[0].root
        return absolute == root.only_file if root.only_file else absolute.is_relative_to(root.path)

    def _inside(self, member: Workspace) -> list[str]:
        """The roots that lie in a member's, relative to it; in the first one's they are its own."""
        if not member.label:
            return []
        roots = [one.root.path for one in self.members if one.root.only_file is None]
        outer = member.root.path
        return [
            root.relative_to(outer).as_posix()
            for root in roots
            if root != outer and root.is_relative_to(outer)
        ]


def labels_of(roots: Sequence[Root]) -> list[str]:
    """A label for each root, its folder's name and a slash: with as many of the folders above it as tell it
    from the others, and from what lies in the first root.
    """
    labels: list[str] = []
    for root in roots:
        others = [other.path for other in roots if other is not root]
        labels.append(_label(root.path, others, roots[0], labels))
    return labels


def _label(path: Path, others: Sequence[Path], first: Root, taken: Sequence[str]) -> str:
    names = path.parts[1:] or ("root",)
    for depth in range(1, len(names) + 2):
        tail = names[-depth:]
        if all(other.parts[1:][-depth:] != tail for other in others):
            label = "/".join(tail) + "/"
            if not _is_taken(label, first, taken):
                return label
    number = 2
    while _is_taken(f"{names[-1]}-{number}/", first, taken):
        number += 1
    return f"{names[-1]}-{number}/"


def _is_taken(label: str, first: Root, taken: Sequence[str]) -> bool:
    """Whether paths that begin so could be meant otherwise."""
    if any(label.startswith(one) or one.startswith(label) for one in taken):
        return True
    return first.only_file is None and os.path.lexists(first.path / label.split("/", 1)[0])


def _has(member: Workspace, within: str) -> bool:
    """Whether there is something at a path, on disk or in a buffer."""
    if within in member.overlay:
        return True
    path = member.root.path / within
    only = member.root.only_file
    return os.path.lexists(path) if only is None else path == only and os.path.lexists(path)


def _begins(path: str, label: str) -> bool:
    return path.startswith(label) or path == label[:-1]


def _only(members: Sequence[Workspace], path: str) -> Workspace:
    """The one that may be read; InputError where there are several."""
    allowed = [member for member in members if member.why_refused(path) is None]
    if len(allowed) > 1:
        there = ", ".join(shown(member.label + path) for member in allowed)
        raise InputError(
            f"{shown(path)} is in several folders of the workspace: {there}.",
            hint="Begin the path with the folder's name.",
        )
    return (allowed or members)[0]


class _Merged(Mapping[str, str]):
    """All buffers by the names of the whole workspace."""

    def __init__(self, workspace: SeveralRoots) -> None:
        self._workspace = workspace

    def __getitem__(self, path: str) -> str:
        try:
            member, within = self._workspace.member(path)
        except InputError:
            raise KeyError(path) from None
        return member.overlay[within]

    def __iter__(self) -> Iterator[str]:
        for member in self._workspace.members:
            yield from (self._workspace.name_of(member, within) for within in member.overlay)

    def __len__(self) -> int:
        return sum(len(member.overlay) for member in self._workspace.members)


class _Within(Mapping[str, str]):
    """Of texts by the names of the whole workspace those of one member, by its own."""

    def __init__(self, texts: Mapping[str, str], labels: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        self._texts = texts
        self._own, self._others = labels

    def __getitem__(self, within: str) -> str:
        for label in self._own:
            text = self._texts.get(label + within)
            if text is not None:
                return text
        raise KeyError(within)

    def __iter__(self) -> Iterator[str]:
        for name in list(self._texts):
            label = next((label for label in self._own if name.startswith(label)), None)
            if label is not None and not name.startswith(self._others):
                yield name[len(label) :]

    def __len__(self) -> int:
        return sum(1 for _ in self)
