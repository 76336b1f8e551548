"""Which file a model means by a path, and whether it may be changed there. It reads the disk."""

import os
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from lakewright.edits.values import Kind, Refused
from lakewright.errors import InputError
from lakewright.workspace.files import Workspace
from lakewright.workspace.paths import parts_below, shown

MAX_NAME = 255
"""Bytes of one name: the limit of common file systems."""

MAX_PATH = 1_000

DECIDING = frozenset({".gitignore", ".lakewrightignore", ".lakewright.yaml"})
"""Files that say what may leave the machine: with one of them changed, the next run reads what the user has
hidden from this one.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A path that may be read and changed: relative to the root, links resolved, as the disk spells it.

    `exists` is True for a file of the workspace: on disk, open in an editor, or made in this run.
    """

    path: str
    exists: bool


def place_of(
    path: str, workspace: Workspace, made: Collection[str] = (), *, new: bool = False
) -> Place | Refused:
    """Where the path leads, or why nothing may be changed there. `made`: files of this run; `new`: the file
    is to be made.

    Links inside the root are followed, so that a file has one name only; those out of it are refused.
    """
    try:
        long = max((len(os.fsencode(part)) for part in path.split("/")), default=0) > MAX_NAME
        member, within = workspace.member(path, new=new)
        parts = parts_below(member.root.path, within)
    except UnicodeEncodeError:
        return Refused("The path holds characters that no file name can have.", Kind.OUTSIDE)
    except InputError as error:
        return Refused(f"{error.message} {error.hint}", Kind.OUTSIDE)
    if long or len(path) > MAX_PATH:
        return Refused("The path is too long for a file name.", Kind.OUTSIDE)
    place = _below("/".join(parts), member, {*member.overlay, *_made_in(member, workspace, made)})
    return replace(place, path=workspace.name_of(member, place.path)) if isinstance(place, Place) else place


def why_left_alone(place: Place, workspace: Workspace, target: str | None) -> Refused | None:
    """Why a file that decides what may be read isn't changed, unless it is the one that the user named."""
    name = place.path.rpartition("/")[2]
    if _fold(name) not in DECIDING:
        return None
    if target is not None and _is_same(place, place_of(target, workspace)):
        return None
    return Refused(
        f"{shown(place.path)} decides which files may be read: it is changed only where the user names it as"
        " the file to be changed. Leave it as it is, and say in your answer what should stand there.",
        Kind.DENIED,
    )


def _is_same(place: Place, other: Place | Refused) -> bool:
    return isinstance(other, Place) and other.path == place.path


def why_not_new(path: str, workspace: Workspace, made: Collection[str]) -> Refused | None:
    """Why no file may be created at a path that `place_of` has passed and where none is; or None."""
    if path.endswith(("/", "/.")) or "\\" in path:
        return Refused("Name a file, with / between folders and none at the end.", Kind.OUTSIDE)
    member, within = workspace.member(path, new=True)
    root, parts = member.root.path, parts_below(member.root.path, within)
    if any(not part.isprintable() or part != part.strip() for part in parts):
        return Refused(
            "The path holds control characters, or blanks at an end of a name: choose another name.",
            Kind.OUTSIDE,
        )
    made = _made_in(member, workspace, made)
    return _blocked("/".join(parts), root, made, member.label) or _twin(parts, root, made, member.label)


def as_spelled(root: Path, path: str) -> str:
    """The path in the spelling of the disk, which may not care for letter case."""
    spelled: list[str] = []
    for part in path.split("/"):
        names = _names(root.joinpath(*spelled))
        spelled.append(part if part in names else _by_fold(names).get(_fold(part), part))
    return "/".join(spelled)


def _made_in(member: Workspace, workspace: Workspace, made: Collection[str]) -> set[str]:
    """The files of this run that lie in a member, by its own names."""
    found = (workspace.member(path, new=True) for path in made)
    return {within for one, within in found if one is member}


def _below(named: str, workspace: Workspace, known: Collection[str]) -> Place | Refused:
    root = workspace.root.path
    real = Path(os.path.realpath(root / named))
    if not real.is_relative_to(root):
        name = shown(workspace.label + named)
        return Refused(f"{name} is a link that leads out of the workspace root.", Kind.OUTSIDE)
    why = workspace.why_refused(named)
    if why:
        return Refused(f"{why} What may not be read may not be changed either.", Kind.DENIED)
    if os.path.isdir(real):  # noqa: PTH112 - Path raises where a folder may not be entered
        name = shown(workspace.label + named or ".")
        return Refused(f"{name} is a folder: name a file.", Kind.MISSING)
    resolved = real.relative_to(root).as_posix()
    if os.path.lexists(root / resolved.swapcase()):  # a disk that doesn't care, most likely
        resolved = as_spelled(root, resolved)
    own = named if named in known and resolved not in known else resolved
    return Place(own, own in known or os.path.lexists(real))


def _blocked(path: str, root: Path, made: Collection[str], label: str) -> Refused | None:
    """Something that stands where the file, or a folder on the way to it, would have to be."""
    if os.path.lexists(root / path):
        return Refused(
            f"{shown(label + path)} is a link that leads nowhere: name another file.", Kind.OUTSIDE
        )
    if any(one.startswith(f"{path}/") for one in made):
        return Refused(f"{shown(label + path)} is a folder: name a file.", Kind.OUTSIDE)
    folders = [parent.as_posix() for parent in Path(path).parents][:-1]
    for folder in reversed(folders):
        is_there = os.path.lexists(root / folder)
        if folder in made or (is_there and not os.path.isdir(root / folder)):  # noqa: PTH112 - as above
            name = shown(label + folder)
            return Refused(f"{name} is a file, not a folder: choose another path.", Kind.OUTSIDE)
    return None


def _twin(parts: tuple[str, ...], root: Path, made: Collection[str], label: str) -> Refused | None:
    """A name that only letter case, or another spelling of its accents, tells from one that is there."""
    for depth, part in enumerate(parts):
        above = "".join(f"{name}/" for name in parts[:depth])
        there = {one[len(above) :].partition("/")[0] for one in made if one.startswith(above)}
        there.update(_names(root / above))
        twin = None if part in there else _by_fold(there).get(_fold(part))
        if twin is not None:
            return Refused(
                f"There is {shown(label + above + twin)} already, and some systems can't tell the two apart:"
                " use that spelling, or another name.",
                Kind.EXISTS,
            )
    return None


def _by_fold(names: Iterable[str]) -> dict[str, str]:
    return {_fold(name): name for name in sorted(names)}


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _names(folder: Path) -> set[str]:
    try:
        return {entry.name for entry in folder.iterdir()}
    except OSError:
        return set()
