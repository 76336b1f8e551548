"""The way back from a notebook's text: an edit of what `read_ipynb` shows becomes one of the file's JSON.

Only the sources of changed cells change; outputs stay, as they do in an editor. Cells may be added. They
are never removed: their outputs would go, which the text didn't show.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.errors import InputError
from lakewright.workspace.notebook_json import (
    Piece,
    Span,
    cells_of,
    entries,
    insertions,
    is_ascii_only,
    new_cell,
    source_of,
    spliced,
    written,
)
from lakewright.workspace.notebook_prose import prose_lines
from lakewright.workspace.notebooks import Block, Notebook, read_ipynb
from lakewright.workspace.paths import shown

_MARKER = re.compile(r"(?:#|//|--) %% \[(\w+)\] cell (\d{1,9})")
_MARKER_LIKE = re.compile(r"[ \t]*(?:#|//|--) ?%%(?:[ \t].*)?")
"""A marker in part, or as other tools have it (`# %%`)."""

_NEW_KINDS = ("code", "markdown", "raw")


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands below one marker of a text, without blank lines at its end."""

    kind: str
    number: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """A notebook and its JSON text; where that has the list of cells, and some source that isn't empty."""

    path: str
    raw: str
    notebook: Notebook
    container: Span
    spare: Span | None
    ascii_only: bool


def rewritten_ipynb(raw: str, view_text: str, path: str) -> str:
    """The notebook's JSON text with the sources of its cells as `view_text` has them: the text of
    `read_ipynb`, edited. Everything else keeps its bytes.

    Raises InputError with the reason where the cells can't be told: a marker line is gone, moved or
    renumbered, a new one is incomplete, a line of prose is no comment.
    """
    notebook = read_ipynb(raw, path)
    if view_text == notebook.text:
        return raw
    blocks, parts = notebook.blocks, _parts(view_text, notebook.comment, path)
    as_read = [_Part(block.kind, block.number, block.lines) for block in blocks]
    if _parts(notebook.text, notebook.comment, path) != as_read:
        raise _untold(path, "a line in one of its cells looks like the marker of a cell")
    _check(parts, blocks, path)
    container = cells_of(raw)
    if container is None:
        raise _untold(path, "its format is older than nbformat 4")
    cells = entries(raw, container)
    sources = [source_of(raw, cells[block.number - 1]) for block in blocks]
    spare = next((span for span in sources if span and isinstance(span.value, list) and span.value), None)
    rewriting = _Rewriting(path, raw, notebook, container, spare, ascii_only=is_ascii_only(raw))
    by_number = {part.number: part for part in parts}
    changes = [
        _change(rewriting, block, span, by_number[block.number])
        for block, span in zip(blocks, sources, strict=True)
        if by_number[block.number].lines != block.lines
    ]
    return spliced(raw, changes + _added(rewriting, parts))


def _parts(text: str, comment: str, path: str) -> list[_Part]:
    """The text by its marker lines."""
    parts: list[tuple[str, int, list[str]]] = []
    for line in text.split("\n"):
        match = _MARKER.fullmatch(line)
        if match and line.startswith(comment):
            parts.append((match[1], int(match[2]), []))
        elif parts:
            parts[-1][2].append(line)
        elif line.strip():
            raise _untold(path, "its text must begin with the marker of a cell")
    for _, _, lines in parts:
        while lines and not lines[-1]:
            lines.pop()
    return [_Part(kind, number, tuple(lines)) for kind, number, lines in parts]


def _check(parts: Sequence[_Part], blocks: Sequence[Block], path: str) -> None:
    """Every cell must be there, once, in its place and of its kind; what else there is, is new."""
    known = {block.number: block for block in blocks}
    kept = [part for part in parts if part.number in known]
    numbers = [part.number for part in kept]
    missing = sorted(known.keys() - set(numbers))
    if missing:
        reason = f"cell {missing[0]} would be removed, and its outputs with it; leave its marker line"
        raise _untold(path, f"{reason} ({known[missing[0]].marker})")
    if numbers != [block.number for block in blocks] or len({part.number for part in parts}) < len(parts):
        raise _untold(path, "its cells are not each there once and in their order; keep their marker lines")
    for part in kept:
        if part.kind != known[part.number].kind:
            raise _untold(path, f"cell {part.number} is {known[part.number].kind}; its kind can't be changed")
    for part in parts:
        old = known[part.number].lines if part.number in known else ()
        like = next((line for line in part.lines if _MARKER_LIKE.fullmatch(line) and line not in old), None)
        if like is not None or (part.number not in known and part.kind not in _NEW_KINDS):
            raise _untold(path, f"{(like or part.kind)!r} doesn't say which cell begins")
    _check_numbers(parts, known, path)


def _check_numbers(parts: Sequence[_Part], known: dict[int, Block], path: str) -> None:
    """A source that moved under another number would leave its outputs to the one that took its own."""
    homes = {block.lines: block.number for block in known.values() if block.lines}
    stayed = {
        part.number for part in parts if part.number in known and part.lines == known[part.number].lines
    }
    for part in parts:
        home = homes.get(part.lines, part.number)
        if part.number not in stayed and home != part.number and home not in stayed:
            raise _untold(path, "its cells have got other numbers; keep those of the cells that are there")


def _change(rewriting: _Rewriting, block: Block, span: Span | None, part: _Part) -> Piece:
    """The piece that gives a cell its new source, written as the old one was."""
    if span is None or not _is_text(span.value):
        raise _untold(rewriting.path, f"the source of cell {block.number} is no text")
    own = block.source.rstrip("\n").split("\n") if block.lines else []
    lines = _own_lines(rewriting, part, list(zip(block.lines, own, strict=True)))
    ending = block.source[len(block.source.rstrip("\n")) :] if block.lines and lines else ""
    source = "\n".join(lines) + ending
    return written(rewriting.raw, span, source, rewriting.spare, ascii_only=rewriting.ascii_only)


def _own_lines(rewriting: _Rewriting, part: _Part, old: Sequence[tuple[str, str]] = ()) -> list[str]:
    """The lines of a cell from those of the text; `old` are both as they were."""
    if part.kind == "code":
        return list(part.lines)
    comment = rewriting.notebook.comment
    lines = prose_lines(old, part.lines, comment)
    told = [line for line in lines if line is not None]
    if len(told) < len(lines):
        reason = f"each line of cell {part.number} ({part.kind}) begins with {comment!r} and a blank"
        raise _untold(rewriting.path, reason)
    return told


def _is_text(source: object) -> bool:
    if isinstance(source, list):
        return all(isinstance(line, str) for line in source)
    return isinstance(source, str)


def _added(rewriting: _Rewriting, parts: Sequence[_Part]) -> list[Piece]:
    """The pieces that put new cells behind those that stand before them in the text."""
    known = {block.number for block in rewriting.notebook.blocks}
    behind: dict[int, list[dict[str, object]]] = {}
    before = 0
    for part in parts:
        if part.number in known:
            before = part.number
        else:
            source = "\n".join(_own_lines(rewriting, part))
            behind.setdefault(before, []).append(new_cell(rewriting.raw, part.kind, source, part.number))
    return insertions(rewriting.raw, rewriting.container, behind, ascii_only=rewriting.ascii_only)


def _untold(path: str, reason: str) -> InputError:
    return InputError(
        f"{shown(path)} can't be changed as a notebook: {reason}.",
        hint="Keep the marker lines (# %% [code] cell 3); a new cell gets one with a number that is free.",
    )
