"""What a completion is asked with: the file around the cursor, and what must be known beyond it."""

import asyncio
import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError
from lakewright.tasks.base import Target
from lakewright.tasks.completion.headers import headers_above
from lakewright.tasks.completion.hole import Hole, counted, hole_at
from lakewright.tasks.completion.indent import indent
from lakewright.tasks.completion.neighbours import Signatures, neighbours
from lakewright.tasks.prompting import fill, sections
from lakewright.workspace.files import WHOLE_BYTES, SourceFile, Workspace
from lakewright.workspace.languages import language_named
from lakewright.workspace.parsing import outline_of
from lakewright.workspace.syntax import Symbol, enclosing, imports
from lakewright.workspace.worker import WorkerDiedError

PREFIX_CHARACTERS = 12_000
SUFFIX_CHARACTERS = 4_000
"""Of the file around the cursor, at most: about 5,000 tokens, which a fast model reads in no time."""

HEAD_LINES = 400
MAX_HEAD_CHARACTERS = 40_000
MAX_IMPORTS = 40
"""Where imports are looked for, and how many are shown."""

OUTLINE_SECONDS = 0.4
"""How long a completion waits for the symbol around its cursor."""


_EXTENSIONS = {"markdown": ".md", "r": ".r", "julia": ".jl", "shellscript": ".sh"}
"""By an editor's word for the language of a cell, where `workspace.languages` doesn't know it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor in a file that may be read. `line` and `column` count from 1. `name` ends as files of the
    text's language do, also where the file is a notebook.
    """

    source: SourceFile
    name: str
    hole: Hole
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beyond the lines at the cursor. `headers` are lines above those that are shown, in
    which definitions around the cursor begin.
    """

    symbol: Symbol | None = None
    headers: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    signatures: tuple[Signatures, ...] = ()


async def place_of(target: Target, workspace: Workspace) -> Place:
    """Read the file through the guard, beside the event loop.

    Raises InputError for what is refused, for a place that isn't in the file, and for a notebook by itself:
    places of its file are none in code.
    """
    line, column = target.start_line, target.column
    if line is None or column is None:
        raise InputError(
            "A completion needs the place of the cursor.",
            hint="Name it: lakewright complete src/orders.py:12:5",
        )
    source = await in_daemon_thread(workspace.read, target.path, ranged=True)
    name = source.path
    if target.language is not None:
        language = language_named(target.language)
        name += language.extensions[0] if language else _EXTENSIONS.get(target.language, "")
        source = replace(source, text=target.text or "", language=language)
    elif source.path.lower().endswith(".ipynb"):
        raise InputError(
            f"{source.path} keeps its cells as JSON: a cursor in it is not a place in code.",
            hint="Complete in a source file, or save the notebook as one.",
        )
    hole = await in_daemon_thread(_known_hole, source, name, line, column)
    return Place(source, name, hole, line, column)


def _known_hole(source: SourceFile, name: str, line: int, column: int) -> Hole:
    """The hole, with what takes time found already, since the filters run beside a stream."""
    hole = hole_at(source.text, name, line, column)
    hole = replace(hole, marker=_marker(source.text))
    assert hole.trouble is not None
    return hole


def _marker(text: str) -> str:
    """What stands for the cursor; it isn't in the file."""
    markers = ("<CURSOR>" if number == 1 else f"<CURSOR_{number}>" for number in count(1))
    return next(marker for marker in markers if marker not in text)


async def around(place: Place, workspace: Workspace, *, quick: bool = False) -> Around:
    """Symbol, imports and signatures, as far as they are there in time; `quick` without parsing the file."""
    language = place.source.language
    if language is None:
        return Around()
    imported = await in_daemon_thread(_imports, place.source)
    before, after = window(place.hole, PREFIX_CHARACTERS, SUFFIX_CHARACTERS)
    looked = _symbol(place) if not quick else _headers(place, before)
    (symbol, headers), signatures = await asyncio.gather(
        looked, neighbours(imported, before + after, place.source.path, language, workspace)
    )
    return Around(symbol, headers, imported, tuple(signatures))


async def _headers(place: Place, shown: str) -> tuple[None, tuple[str, ...]]:
    hidden = len(place.hole.above) - shown.count("\n")
    return None, await in_daemon_thread(headers_above, place.hole, hidden)


async def _symbol(place: Place) -> tuple[Symbol | None, tuple[str, ...]]:
    if place.source.size > WHOLE_BYTES:
        return None, ()
    with contextlib.suppress(TimeoutError, WorkerDiedError):
        async with asyncio.timeout(OUTLINE_SECONDS):
            return _enclosing(await outline_of(place.source), place), ()
    return None, ()


def _enclosing(symbols: Sequence[Symbol], place: Place) -> Symbol | None:
    """The symbol around the cursor; an indented blank line belongs to what stands above it."""
    hole = place.hole
    if (hole.head + hole.tail).strip() or not hole.head:
        return enclosing(symbols, place.line, place.line)
    above = hole.above
    line = next((number for number in range(len(above), 0, -1) if above[number - 1].strip()), 0)
    deeper = [
        one
        for one in symbols
        if one.start_line <= line and indent(above[one.start_line - 1]) < len(hole.head)
    ]
    return enclosing(deeper, line, line)


def _imports(source: SourceFile) -> tuple[str, ...]:
    head = "\n".join(source.text[:MAX_HEAD_CHARACTERS].split("\n")[:HEAD_LINES])
    return tuple(imports(head, source.language)[:MAX_IMPORTS]) if source.language else ()


def window(hole: Hole, before: int, after: int) -> tuple[str, str]:
    """The text around the cursor in at most so many characters, whole lines where they fit."""
    prefix, suffix = hole.prefix, hole.suffix
    if len(prefix) > before:
        prefix = prefix[-before:]
        prefix = prefix[prefix.find("\n") + 1 :] if "\n" in prefix else prefix
    if len(suffix) > after:
        suffix = suffix[:after]
        suffix = suffix[: suffix.rfind("\n")] if "\n" in suffix else suffix
    return prefix, suffix


def prompt(place: Place, known: Around, *, lines: int, characters: int) -> str:
    """The message to the model, with at most about so many `characters` of the file."""
    templates, hole, source = sections("complete"), place.hole, place.source
    whole = PREFIX_CHARACTERS + SUFFIX_CHARACTERS
    share = min(1.0, characters / whole)
    before, after = window(hole, int(PREFIX_CHARACTERS * share), int(SUFFIX_CHARACTERS * share))
    request = fill(
        templates["request"],
        path=source.path,
        count=counted(source.lines, "line"),
        marker=hole.marker,
        line=str(place.line),
        column=str(place.column),
        lines=counted(lines, "line"),
    )
    notes = []
    if known.symbol is not None:
        notes.append(_lies_in(known.symbol, templates["enclosing"]))
    if known.headers:
        notes.append(fill(templates["headers"], lines=_fenced("\n".join(known.headers), source)))
    if known.imported and len(before) < len(hole.prefix):
        notes.append(fill(templates["imports"], imports="; ".join(known.imported)))
    if known.signatures and share == 1.0:
        names = _fenced(_names(known.signatures, source), source)
        notes.append(fill(templates["names"], names=names))
    return "\n\n".join([request, *notes, _fenced(before + hole.marker + after, source)])


def _lies_in(symbol: Symbol, template: str) -> str:
    return fill(
        template,
        kind=symbol.kind,
        name=symbol.name,
        start=str(symbol.start_line),
        end=str(symbol.end_line),
        signature=symbol.signature,
    )


def _names(signatures: tuple[Signatures, ...], source: SourceFile) -> str:
    comment = source.language.comment if source.language else "#"
    return "\n".join(line for one in signatures for line in (f"{comment} {one.path}", *one.rows))


def _fenced(code: str, source: SourceFile) -> str:
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    return f"{ticks}{source.language.name if source.language else ''}\n{code}\n{ticks}"
