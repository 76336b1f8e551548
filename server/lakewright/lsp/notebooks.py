"""Open notebooks: their cells are documents of their own, and the file that tools read is made of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakewright.lsp.uris import path_of

CODE = 2
"""LSP's NotebookCellKind of code; 1 is prose."""

_LANGUAGE_PATHS = (
    ("language_info", "name"),
    ("kernelspec", "language"),
    ("metadata", "language_info", "name"),
    ("metadata", "kernelspec", "language"),
    ("custom", "metadata", "language_info", "name"),
    ("custom", "metadata", "kernelspec", "language"),
)
"""Where clients keep the kernel's language in the metadata: as nbformat has it, and as VS Code wraps that."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of an open notebook: the URI of its document, and its NotebookCellKind."""

    uri: str
    kind: int


@dataclass(slots=True)
class Notebook:
    """An open notebook. `metadata` is the client's, as JSON."""

    uri: str
    version: int
    cells: tuple[Cell, ...]
    metadata: Mapping[str, Any]

    @property
    def is_ipynb(self) -> bool:
        """Whether its file is an `.ipynb`, or will be one. Of another file (a `.py` that an editor shows as
        cells) the text can't be made from the cells: each cell is then a document by itself.
        """
        path = path_of(self.uri)
        return path is None or path.lower().endswith(".ipynb")


@dataclass(frozen=True, slots=True)
class Content:
    """What a cell holds."""

    kind: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Where a cell stands in the text of its notebook, as `workspace.notebooks.read_ipynb` shows that:
    behind `above` lines, with `count` lines of its own (blank ones at its end aren't shown), each with
    `prefix` characters in front (prose is shown as comments).
    """

    above: int
    count: int
    prefix: int

    def line(self, number: int) -> int:
        """The line of the notebook's text, from 1, that shows the cell's line `number`, from 0. The blank
        line behind the cell stands for those that aren't shown.
        """
        return self.above + min(number, self.count) + 1


def as_ipynb(notebook: Notebook, contents: Sequence[Content]) -> str:
    """The notebook as a file (nbformat 4), without outputs: a line of its own for each line of a cell, so
    that two changes of it can be merged.
    """
    cells: list[dict[str, Any]] = [
        {"cell_type": _type(one), "metadata": {}, "source": one.text.splitlines(keepends=True)}
        | ({"execution_count": None, "outputs": []} if _type(one) == "code" else {})
        for one in contents
    ]
    language = _language(notebook, contents)
    document = {
        "cells": cells,
        "metadata": {"language_info": {"name": language}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",\n", ": "))


def place_of_cell(notebook: Notebook, contents: Sequence[Content], uri: str) -> CellPlace | None:
    """Where the cell of that URI stands; None where the notebook hasn't got it (any more)."""
    from lakewright.workspace.notebooks import comment_of, shown_lines  # noqa: PLC0415 - not for the start

    at = next((index for index, cell in enumerate(notebook.cells) if cell.uri == uri), None)
    if at is None:
        return None
    counts = [len(shown_lines(one.text)) for one in contents[: at + 1]]
    above = sum(counts[:at]) + 2 * at + 1  # each has its marker, and a blank line behind it
    is_code = _type(contents[at]) == "code"
    return CellPlace(above, counts[at], 0 if is_code else len(comment_of(_language(notebook, contents))) + 1)


def _type(content: Content) -> str:
    """The cell's type in a file; clients show a raw cell as code in the language `raw`."""
    if content.kind != CODE:
        return "markdown"
    return "raw" if content.language == "raw" else "code"


def _language(notebook: Notebook, contents: Sequence[Content]) -> str:
    """The kernel's language; else that of the first cell of code."""
    for path in _LANGUAGE_PATHS:
        found: Any = notebook.metadata
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        if isinstance(found, str) and found:
            return found
    return next((one.language for one in contents if _type(one) == "code" and one.language), "python")
