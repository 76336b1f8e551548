"""Notebooks as text: `.ipynb` files become their cells, Databricks' source notebooks have theirs found."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lakewright.errors import InputError
from lakewright.workspace.paths import shown

_COMMENTS = {
    "python": "#",
    "r": "#",
    "julia": "#",
    "scala": "//",
    "sql": "--",
    "java": "//",
    "rust": "//",
    "go": "//",
}
_HEADER = re.compile(r"(#|--|//) Databricks notebook source\s*$")
_SEPARATOR = re.compile(r"(?:#|--|//) COMMAND -{5,}\s*$")
_MAGIC = re.compile(r"(?:#|--|//) MAGIC %(\w+)")
_CELL = re.compile(r"(?:#|--|//) %% \[(\w+)\] cell (\d+)$")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: number from 1, what it holds (`code`, `markdown`, `sql`, `python` …), lines from 1."""

    number: int
    content: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A cell of an `.ipynb` in the text: its separator, and the lines below it (a blank one follows).

    `source` is the cell's own text. Of prose the lines are comments without blanks at their end; newlines
    at the end of the source, and a source of blanks only, are left out.
    """

    number: int
    kind: str
    marker: str
    lines: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Notebook:
    """An `.ipynb` as text: its cells below separators, outputs left out, prose as comments."""

    text: str
    language: str
    comment: str = "#"
    blocks: tuple[Block, ...] = ()


def read_ipynb(text: str, path: str) -> Notebook:
    """The cells of an `.ipynb` (nbformat 3 and 4). Raises InputError where it isn't one."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise _broken(path, f"it is not JSON (line {line})") from None
    if not isinstance(document, dict) or not isinstance(cells := _cells(document), list):
        raise _broken(path, "it holds no cells")
    language = _language(document)
    comment = comment_of(language)
    blocks = [_block(number, cell, comment) for number, cell in enumerate(cells, 1) if isinstance(cell, dict)]
    text = "\n".join("\n".join((block.marker, *block.lines, "")) for block in blocks)
    return Notebook(text, language, comment, tuple(blocks))


def comment_of(language: str) -> str:
    """What begins a comment in the notebook of a kernel."""
    return _COMMENTS.get(language.lower(), "#")


def shown_lines(source: str) -> list[str]:
    """The lines of a cell that its notebook's text shows: no newlines at the end, nothing of blanks alone."""
    return source.rstrip("\n").split("\n") if source.strip() else []


def is_databricks_source(text: str) -> bool:
    """Whether the text is a Databricks notebook saved as a source file."""
    return _HEADER.match(text.split("\n", 1)[0]) is not None


def cells(text: str) -> list[Cell]:
    """The cells of a notebook in either form of text; [] for any other text."""
    lines = text.split("\n")
    if _HEADER.match(lines[0]):
        return list(_source_cells(lines))
    starts = [(index, match) for index, line in enumerate(lines, 1) if (match := _CELL.match(line))]
    if not starts or starts[0][0] != 1:
        return []
    ends = [index - 1 for index, _ in starts[1:]] + [len(lines)]
    return [
        Cell(int(match[2]), match[1], start, end) for (start, match), end in zip(starts, ends, strict=True)
    ]


def _source_cells(lines: list[str]) -> Iterator[Cell]:
    """Between separators; what a cell holds is said by the magic in its first line of code."""
    bounds = [1, *(index for index, line in enumerate(lines, 1) if _SEPARATOR.match(line)), len(lines) + 1]
    for number, (before, after) in enumerate(pairwise(bounds), 1):
        start = next((index for index in range(before + 1, after) if lines[index - 1].strip()), None)
        if start is None:
            continue
        end = next(index for index in range(after - 1, 0, -1) if lines[index - 1].strip())
        magic = _MAGIC.match(lines[start - 1])
        content = "markdown" if magic and magic[1].startswith("md") else magic[1] if magic else "code"
        yield Cell(number, content, start, end)


def _cells(document: dict[str, object]) -> object:
    if "cells" in document:
        return document["cells"]
    sheets = document.get("worksheets")
    if not isinstance(sheets, list):
        return None
    lists = (sheet.get("cells") for sheet in sheets if isinstance(sheet, dict))
    return [cell for cells_of_sheet in lists if isinstance(cells_of_sheet, list) for cell in cells_of_sheet]


def _language(document: dict[str, object]) -> str:
    """The language of the kernel, in small letters; Python where none is named."""
    metadata = document.get("metadata")
    for section, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(section) if isinstance(metadata, dict) else None
        name = found.get(key) if isinstance(found, dict) else None
        if isinstance(name, str) and name:
            return name.lower()
    return "python"


def _block(number: int, cell: dict[str, object], comment: str) -> Block:
    kind = cell.get("cell_type")
    kind = kind if isinstance(kind, str) and kind.isalnum() else "raw"
    source = cell.get("source", cell.get("input", ""))
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    lines = shown_lines(text)
    if kind != "code":
        lines = [f"{comment} {line}".rstrip() for line in lines]
    return Block(number, kind, f"{comment} %% [{kind}] cell {number}", tuple(lines), text)


def _broken(path: str, reason: str) -> InputError:
    return InputError(
        f"{shown(path)} can't be read as a notebook: {reason}.",
        hint="Save the notebook again in the program that made it.",
    )
