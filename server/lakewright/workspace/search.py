"""Searching the text of all allowed files. Runs in the worker process: a pattern may never end."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from lakewright.errors import InputError
from lakewright.workspace.files import Workspace
from lakewright.workspace.listing import Stop

MAX_ROW = 300
"""Characters of a line that a row shows; what is found farther right is shown from there."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line that holds something: where it is, and its text, bounded."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. `more`: there were more rows than wanted; `unfinished`: time ran out."""

    rows: list[Row]
    files: int
    more: bool
    unfinished: bool


def search(workspace: Workspace, pattern: str, glob: str | None, *, most: int, stop: Stop) -> Found:
    """Lines in which the pattern begins to match, at most `most`. `stop` is asked between files.

    `^` and `$` are the ends of a line; a match may span lines. Raises InputError for a pattern or
    glob that can't be understood.
    """
    expression = compiled(pattern)
    rows: list[Row] = []
    files = 0
    for path in workspace.files(glob, stop=stop):
        files += 1
        for row in _rows(expression, path, text_of(workspace, path)):
            if len(rows) == most:
                return Found(rows, files, more=True, unfinished=False)
            rows.append(row)
        if stop():
            break
    return Found(rows, files, more=False, unfinished=stop())


def compiled(pattern: str) -> re.Pattern[str]:
    """The expression, or InputError with what Python says of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # hints for who writes Python, not for a model
            return re.compile(pattern, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(
            f"`pattern` is no regular expression: {error}.",
            hint="Use Python's syntax, and a backslash before what shall stand for itself, as in foo\\(.",
        ) from None


def text_of(workspace: Workspace, path: str) -> str:
    """The file's text with plain newlines, "" for what is no text or went away meanwhile."""
    try:
        return workspace.read(path, ranged=True).text.replace("\r\n", "\n")
    except InputError:
        return ""


def row_at(text: str, path: str, line: int, start: int) -> Row:
    """The row for a match at `start`."""
    begin, end = text.rfind("\n", 0, start) + 1, text.find("\n", start)
    shown = text[begin : end if end >= 0 else len(text)]
    if len(shown) > MAX_ROW:
        offset = max(0, start - begin - MAX_ROW // 3)
        shown = ("…" if offset else "") + shown[offset : offset + MAX_ROW] + "…"
    return Row(path, line, shown)


def _rows(expression: re.Pattern[str], path: str, text: str) -> Iterator[Row]:
    """One row a line, however often it matches."""
    at, line, counted = 0, 1, 0
    while at <= len(text) and (match := expression.search(text, at)):
        if match.start() == len(text) and (not text or text.endswith("\n")):
            return
        line += text.count("\n", counted, match.start())
        counted = match.start()
        yield row_at(text, path, line, match.start())
        end = text.find("\n", match.start())
        if end < 0:
            return
        at = end + 1
