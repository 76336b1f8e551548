"""Spellings of a path: as people and models write it, as the root names it, as text that can be shown."""

import json
import os
import posixpath
from pathlib import Path

from lakewright.errors import InputError

_HINT = "Name a file below the workspace root, relative to it and with / between folders."


def parts_below(root: Path, path: str) -> tuple[str, ...]:
    """The names from `root` (absolute, resolved) down to `path`, `..` taken out; () is the root itself.

    An absolute path is understood when it lies below the root. Raises InputError when it doesn't.
    """
    if "\0" in path:
        raise InputError(f"{shown(path)} is no path: it holds a NUL character.", hint=_HINT)
    if os.sep != "/":
        path = path.replace(os.sep, "/")
    if Path(path).is_absolute():
        path = _below(root, path)
    normal = posixpath.normpath(path) if path else "."
    parts = tuple(part for part in normal.split("/") if part not in ("", "."))
    if ".." in parts or normal.startswith("/"):
        raise outside(path)
    return parts


def outside(path: str) -> InputError:
    """The refusal of a path that leads out of the root."""
    return InputError(f"{shown(path)} can't be read: it lies outside the workspace root.", hint=_HINT)


def shown(path: str) -> str:
    """The path as it may stand in a sentence or a list: quoted, with escapes, where it holds control
    characters, bytes that are no text, or blanks at an end.
    """
    plain = path.isprintable() and path == path.strip() and not path.startswith('"')
    return path if plain and path else json.dumps(path)


def _below(root: Path, path: str) -> str:
    """An absolute path as one relative to the root, or InputError.

    The folder is resolved when the spelling doesn't begin with the root's own (`/tmp` is a link on
    macOS); the last name never is, for a link is judged by the guard.
    """
    normal = posixpath.normpath(path)
    for spelling in (
        normal,
        posixpath.join(os.path.realpath(posixpath.dirname(normal)), posixpath.basename(normal)),
    ):
        relative = posixpath.relpath(spelling, root.as_posix())
        if relative != ".." and not relative.startswith("../"):
            return relative
    raise outside(path)
