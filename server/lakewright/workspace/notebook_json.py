"""The JSON text of an `.ipynb`, changed in places: all else keeps its bytes, its order, its layout."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_BLANKS = re.compile(r"[ \t\n\r]*")
_ESCAPED = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Span:
    """A value in the text: `text[start:end]` is it."""

    start: int
    end: int
    value: Any


@dataclass(frozen=True, slots=True)
class _Layout:
    """The blanks around the entries of a list."""

    opening: str
    between: str
    closing: str


Piece = tuple[int, int, str]
"""`text[start:end]` becomes another text."""


def cells_of(text: str) -> Span | None:
    """The list of cells; None before nbformat 4, which has them elsewhere. The text is a notebook, as
    `read_ipynb` knows.
    """
    return _members(text, _skip(text, 0)).get("cells")


def entries(text: str, found: Span) -> list[Span]:
    """The entries of a list."""
    return list(_entries(text, found.start))


def source_of(text: str, cell: Span) -> Span | None:
    """The source of a cell."""
    members = _members(text, cell.start)
    return members.get("source") or members.get("input")


def written(text: str, old: Span, source: str, spare: Span | None, *, ascii_only: bool) -> Piece:
    """A source as the old one is written: a string, or a list of lines. Lines that are the same keep
    their spelling, and those before and behind the change are divided as they were; where the old list
    is empty, its layout is that of `spare` or a guess.
    """
    if not isinstance(old.value, list):
        return old.start, old.end, _string(source, ascii_only=ascii_only)
    known = {entry.value: text[entry.start : entry.end] for entry in _entries(text, old.start)}
    lines = [known.get(line) or _string(line, ascii_only=ascii_only) for line in _divided(source, old.value)]
    return old.start, old.end, _listed(_layout(text, old, spare), lines)


def spliced(text: str, pieces: Sequence[Piece]) -> str:
    """The text with its pieces replaced; they don't overlap."""
    parts: list[str] = []
    place = 0
    for start, end, piece in sorted(pieces):
        parts += (text[place:start], piece)
        place = end
    return "".join((*parts, text[place:]))


def is_ascii_only(text: str) -> bool:
    """Whether the file writes letters beyond ASCII as escapes."""
    return text.isascii() and _ESCAPED.search(text) is not None


def new_cell(text: str, kind: str, source: str, number: int) -> dict[str, object]:
    """A cell as nbformat 4 has it; its id, since 4.5, is made from what it holds and is no other's."""
    top = _members(text, _skip(text, 0))
    version = [top[key].value if key in top else None for key in ("nbformat", "nbformat_minor")]
    is_code = kind == "code"
    cell: dict[str, object] = {"cell_type": kind, **({"execution_count": None} if is_code else {})}
    if version[0] == 4 and isinstance(version[1], int) and version[1] >= 5:
        name, count = "", 0
        while not name or f'"{name}"' in text:
            seed = f"{number} {count} {source} {text}"
            name = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            count += 1
        cell["id"] = name
    return cell | {"metadata": {}} | ({"outputs": []} if is_code else {}) | {"source": _lines(source)}


def insertions(
    text: str, container: Span, behind: Mapping[int, Sequence[Mapping[str, object]]], *, ascii_only: bool
) -> list[Piece]:
    """The pieces that put new cells behind the n-th one, or before all (0)."""
    layout = _layout(text, container)
    cells = list(_entries(text, container.start))
    pieces: list[Piece] = []
    for number, new in behind.items():
        entries = [_cell_text(text, layout, cell, ascii_only=ascii_only) for cell in new]
        joined = layout.between.join(entries)
        if number:
            end = cells[number - 1].end
            pieces.append((end, end, layout.between + joined))
        elif cells:
            pieces.append((cells[0].start, cells[0].start, joined + layout.between))
        else:
            pieces.append((container.start, container.end, _listed(layout, entries)))
    return pieces


def _cell_text(text: str, layout: _Layout, cell: Mapping[str, object], *, ascii_only: bool) -> str:
    if "\n" not in layout.opening:
        return json.dumps(cell, ensure_ascii=ascii_only)
    newline, _, margin = layout.opening.rpartition("\n")
    dumped = json.dumps(cell, ensure_ascii=ascii_only, indent=_unit(text))
    return dumped.replace("\n", ("\r\n" if newline.endswith("\r") else "\n") + margin)


def _divided(source: str, old: Sequence[str]) -> list[str]:
    """The source in lines: at both ends as it was, also where that wasn't by newlines."""
    head, start = 0, 0
    while head < len(old) and source.startswith(old[head], start):
        start += len(old[head])
        head += 1
    while head and start < len(source) and not old[head - 1].endswith("\n"):
        head -= 1
        start -= len(old[head])
    tail, end = len(old), len(source)
    while tail > head and end - len(old[tail - 1]) >= start and source.endswith(old[tail - 1], start, end):
        tail -= 1
        end -= len(old[tail])
    while tail < len(old) and end > start and source[end - 1] != "\n":
        end += len(old[tail])
        tail += 1
    return [*old[:head], *_lines(source[start:end]), *old[tail:]]


def _listed(layout: _Layout, entries: Sequence[str]) -> str:
    return f"[{layout.opening}{layout.between.join(entries)}{layout.closing}]" if entries else "[]"


def _layout(text: str, span: Span, spare: Span | None = None) -> _Layout:
    """The layout of a list; where it is empty, of the spare one, or a guess."""
    like = span if span.value else spare
    if like is None:
        return _guessed(text, span)
    entries = list(_entries(text, like.start))
    opening = text[like.start + 1 : entries[0].start]
    between = text[entries[0].end : entries[1].start] if len(entries) > 1 else "," + (opening or " ")
    return _Layout(opening, between, text[entries[-1].end : like.end - 1])


def _guessed(text: str, empty: Span) -> _Layout:
    """The layout for the entries of an empty list, from the line that it stands in."""
    start = text.rfind("\n", 0, empty.start) + 1
    if not start:
        return _Layout("", ", ", "")
    line = text[start : empty.start]
    margin = ("\r\n" if text[:start].endswith("\r\n") else "\n") + line[: len(line) - len(line.lstrip())]
    return _Layout(margin + _unit(text), f",{margin}{_unit(text)}", margin)


def _lines(source: str) -> list[str]:
    """A source as notebooks keep it: lines with their newlines."""
    return re.findall(r"[^\n]*\n|[^\n]+", source)


def _unit(text: str) -> str:
    """One step of indentation: what stands before the first key."""
    match = re.match(r"\s*\{[^\S\n]*\n([ \t]+)", text)
    return match[1] if match else " "


def _string(value: str, *, ascii_only: bool) -> str:
    return json.dumps(value, ensure_ascii=ascii_only or _SURROGATE.search(value) is not None)


def _members(text: str, start: int) -> dict[str, Span]:
    """The members of the object at `start`; of a key that comes twice, the last, as parsers have it."""
    members: dict[str, Span] = {}
    place = _skip(text, start + 1)
    while text[place] != "}":
        key, place = _decoder.raw_decode(text, place)
        span = _value(text, _skip(text, place) + 1)
        members[key] = span
        place = _skip(text, _skip_comma(text, span.end))
    return members


def _entries(text: str, start: int) -> Iterator[Span]:
    """The entries of the list at `start`."""
    place = _skip(text, start + 1)
    while text[place] != "]":
        span = _value(text, place)
        yield span
        place = _skip(text, _skip_comma(text, span.end))


def _value(text: str, place: int) -> Span:
    start = _skip(text, place)
    value, end = _decoder.raw_decode(text, start)
    return Span(start, end, value)


def _skip(text: str, place: int) -> int:
    match = _BLANKS.match(text, place)
    assert match is not None  # it matches nothing, too
    return match.end()


def _skip_comma(text: str, place: int) -> int:
    place = _skip(text, place)
    return place + (text[place] == ",")
