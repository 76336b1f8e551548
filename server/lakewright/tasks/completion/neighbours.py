"""Signatures from other files of the workspace that the code at a cursor may need; what isn't there in
time is left out.
"""

import asyncio
import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lakewright.errors import InputError
from lakewright.tasks.completion.imported import Wanted, wanted
from lakewright.workspace.background import in_background
from lakewright.workspace.files import SourceFile, Workspace
from lakewright.workspace.languages import Language
from lakewright.workspace.listing import Stop
from lakewright.workspace.syntax import Symbol, outline

SECONDS = 0.4
"""How long a completion waits for them."""

MAX_FILE_CHARACTERS = 100_000
MAX_FILES = 10
MAX_SIGNATURES = 40
MAX_CHARACTERS = 4_000
"""Larger files aren't read; so many files and signatures are shown."""

_DEFINITIONS = frozenset(
    ("class", "function", "method", "interface", "struct", "trait", "enum", "type", "constant", "object")
)


@dataclass(frozen=True, slots=True)
class Signatures:
    """Those of one file: its path and a line for each, members indented below what they belong to."""

    path: str
    rows: tuple[str, ...]


async def neighbours(
    imports: Sequence[str], near: str, path: str, language: Language, workspace: Workspace
) -> list[Signatures]:
    """Of what the file imports from this workspace, and of its package; what `near` speaks of comes first."""
    found: list[Signatures] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            modules = wanted(imports, path, language)
            await in_background(lambda stop: _find(found, modules, near, workspace, stop=stop))
    found = [one for one in found if one.path != path]
    return _bounded(found)


def _find(
    found: list[Signatures],
    modules: Sequence[Wanted],
    near: str,
    workspace: Workspace,
    *,
    stop: Stop,
) -> None:
    """Fill `found` until it is full or `stop` says so."""
    seen: set[str] = set()
    for module in modules:
        for candidate in _files(module, workspace):
            if stop() or len(found) == MAX_FILES:
                return
            source = None if candidate in seen else _read(candidate, workspace)
            seen.add(candidate)
            if source is None or source.language is None:
                continue
            rows = tuple(_rows(outline(source.text, source.language), module.names, near))
            if rows:
                found.append(Signatures(source.path, rows))
            if not module.folder:
                break


def _files(module: Wanted, workspace: Workspace) -> Iterator[str]:
    """Its candidates, or the files of its folder; whether they may be read is the guard's to say."""
    if not module.folder:
        yield from module.paths
        return
    for folder in module.paths:
        place = workspace.root.path / folder
        with contextlib.suppress(OSError):
            names = sorted(entry.name for entry in place.iterdir() if entry.name.endswith(module.folder))
            yield from (f"{folder}/{name}" if folder else name for name in names[: 4 * MAX_FILES])


def _read(path: str, workspace: Workspace) -> SourceFile | None:
    try:
        source = workspace.read(path)
    except InputError:
        return None
    return source if len(source.text) <= MAX_FILE_CHARACTERS else None


def _rows(symbols: Sequence[Symbol], names: tuple[str, ...], near: str) -> Iterator[str]:
    """What was imported by name; else what `near` mentions. Members of what is shown, below it."""
    for symbol in symbols:
        if symbol.depth or symbol.parent or symbol.kind not in _DEFINITIONS:
            continue
        if symbol.name not in names and not (not names and _mentions(near, symbol.name)):
            continue
        yield symbol.signature
        members = (one for one in symbols if one.parent == symbol.name and one.kind in _DEFINITIONS)
        yield from (f"    {one.signature}" for one in members if not one.name.startswith("__"))


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _bounded(found: Sequence[Signatures]) -> list[Signatures]:
    shown: list[Signatures] = []
    rows_left, characters_left = MAX_SIGNATURES, MAX_CHARACTERS
    for one in found:
        rows = []
        for row in one.rows:
            rows_left, characters_left = rows_left - 1, characters_left - len(row)
            if rows_left < 0 or characters_left < 0:
                break
            rows.append(row)
        if rows:
            shown.append(Signatures(one.path, tuple(rows)))
    return shown
