"""Which file a model means by a path, and whether it may be changed or created there."""

import os
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from posixpath import basename

from lakewright.edits.values import Kind, Refused
from lakewright.errors import InputError
from lakewright.workspace.files import Workspace
from lakewright.workspace.listing import Stop, never
from lakewright.workspace.paths import parts_below, shown

MAX_NAME = 255
"""Bytes of one name: the limit of common file systems."""

MAX_PATH = 1_000
_MOST_FILES = 50_000
_MOST_NEAR = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A path that may be read and written: relative to the root, links resolved.

    `exists` is True for a file of the workspace, on disk, open in an editor, or made in this run.
    """

    path: str
    exists: bool


def place_of(  # noqa: PLR0911 - one return a reason
    path: str, workspace: Workspace, made: Collection[str] = ()
) -> Place | Refused:
    """Where the path leads, or why nothing may be changed there. `made`: files of this run.

    Links inside the root are followed, so that a file has one name only; those out of it are refused.
    """
    try:
        os.fsencode(path)
        parts = parts_below(workspace.root.path, path)
    except UnicodeEncodeError:
        return Refused("The path holds characters that no file name can have.", Kind.OUTSIDE)
    except InputError as error:
        return Refused(_said(error), Kind.OUTSIDE)
    if any(len(os.fsencode(part)) > MAX_NAME for part in parts) or len(path) > MAX_PATH:
        return Refused("The path is too long for a file name.", Kind.OUTSIDE)
    named = "/".join(parts)
    root = workspace.root.path
    real = Path(os.path.realpath(root.joinpath(*parts)))
    if not real.is_relative_to(root):
        return Refused(f"{shown(named)} is a link that leads out of the workspace root.", Kind.OUTSIDE)
    why = workspace.why_refused(named)
    if why:
        return Refused(f"{why} What may not be read may not be changed either.", Kind.DENIED)
    if real == root or real.is_dir():
        return Refused(f"{shown(named or '.')} is a folder: name a file.", Kind.MISSING)
    known = {*workspace.overlay, *made}
    resolved = real.relative_to(root).as_posix()
    own = named if named in known and resolved not in known else resolved
    return Place(own, own in known or os.path.lexists(real))


def missing(path: str, workspace: Workspace, *, stop: Stop = never) -> Refused:
    """There is no such file: which ones have a name like it, and how a new one is made."""
    near = near_names(path, workspace, stop=stop)
    like = f" Files with a name like it: {', '.join(map(shown, near))}." if near else ""
    return Refused(
        f"There is no file {shown(path)}.{like} Paths are relative to the workspace root; list_files shows"
        " them. A new file is made with create_file.",
        Kind.MISSING,
    )


def near_names(path: str, workspace: Workspace, *, stop: Stop = never) -> list[str]:
    """Files of the workspace that may have been meant, the likeliest first."""
    wanted = path.replace("\\", "/").strip().strip("/").removeprefix("./")
    name = basename(wanted)
    files = list(islice(workspace.files(stop=stop), _MOST_FILES))
    same = [file for file in files if basename(file).casefold() == name.casefold()]
    ends = [file for file in same if wanted.endswith(f"/{file}") or file.endswith(f"/{wanted}")]
    close = get_close_matches(name, sorted({basename(file) for file in files}), n=3, cutoff=0.75)
    alike = [file for file in files if basename(file) in close]
    return list(dict.fromkeys([*ends, *same, *alike]))[:_MOST_NEAR]


def why_not_new(path: str, workspace: Workspace, made: Collection[str]) -> Refused | None:
    """Why no file may be created at a path that leads to none, or None. The guard has passed it."""
    if path.endswith(("/", "/.")) or "\\" in path:
        return Refused("Name a file, with / between folders and none at the end.", Kind.OUTSIDE)
    parts = parts_below(workspace.root.path, path)
    if any(not part.isprintable() or part != part.strip() for part in parts):
        return Refused(
            "The path holds control characters, or blanks at an end of a name: choose another name.",
            Kind.OUTSIDE,
        )
    root = workspace.root.path
    if os.path.lexists(root.joinpath(*parts)):
        return Refused(f"{shown(path)} is a link that leads nowhere: name another file.", Kind.OUTSIDE)
    for count in range(1, len(parts)):
        folder = "/".join(parts[:count])
        is_file = folder in made or (os.path.lexists(root / folder) and not (root / folder).is_dir())
        if is_file:
            return Refused(f"{shown(folder)} is a file, not a folder: choose another path.", Kind.OUTSIDE)
    if any(one.startswith("/".join(parts) + "/") for one in made):
        return Refused(f"{shown(path)} is a folder: name a file.", Kind.OUTSIDE)
    return _twin(parts, root, made)


def _twin(parts: tuple[str, ...], root: Path, made: Collection[str]) -> Refused | None:
    """A name that only letter case, or another spelling of its accents, tells from one that is there."""
    for count in range(1, len(parts) + 1):
        folder = root.joinpath(*parts[: count - 1])
        above = "".join(f"{part}/" for part in parts[: count - 1])
        there = {one[len(above) :].partition("/")[0] for one in made if one.startswith(above)}
        there |= set(_names(folder))
        if parts[count - 1] in there:
            continue
        twin = _by_fold(there).get(_fold(parts[count - 1]))
        if twin is not None:
            return Refused(
                f"There is {shown(above + twin)} already, and some systems can't tell the two apart: use that"
                " spelling, or another name.",
                Kind.EXISTS,
            )
    return None


def _by_fold(names: Collection[str]) -> Mapping[str, str]:
    return {_fold(name): name for name in sorted(names)}


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _said(error: InputError) -> str:
    return error.message if not error.hint else f"{error.message} {error.hint}"
