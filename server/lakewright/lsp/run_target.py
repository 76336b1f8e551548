"""What a run is about, as tasks name it: a file, lines of it, or a cursor in it; from what the client has
selected. Columns become characters, LSP's lines the tasks' (which LF alone ends).
"""

import re
from dataclasses import dataclass, replace

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError
from lakewright.lsp.code_actions_problems import Problem
from lakewright.lsp.documents import MAX_DOCUMENT_BYTES, Taken
from lakewright.lsp.folders import Place
from lakewright.lsp.jobs import Job
from lakewright.lsp.text import Encoding, Lines, Position, Span, units
from lakewright.tasks.base import Diagnostic, Target
from lakewright.tasks.code_context import with_text
from lakewright.workspace.files import SourceFile
from lakewright.workspace.parsing import outline_of
from lakewright.workspace.paths import shown
from lakewright.workspace.syntax import enclosing
from lakewright.workspace.worker import WorkerDiedError

_CURSOR = re.compile(r"\w*|.|\r\n", re.DOTALL)
"""What is selected where a cursor is meant: nothing, some of a word, or (Helix) the character it is on."""


@dataclass(frozen=True, slots=True)
class Aim:
    """The target, and the name that a person reads: `orders.py:12\N{EN DASH}40`."""

    target: Target
    name: str
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _View:
    """The document as the client counts in it (`lines`), and the file as tasks do."""

    source: SourceFile
    lines: Lines
    taken: Taken | None

    @property
    def is_countable(self) -> bool:
        """Whether a place in the document is one in the file: not where a notebook's JSON was opened."""
        return (self.taken is not None and self.taken.cell is not None) or (
            self.lines.text == self.source.text
        )


async def aim_of(job: Job, place: Place) -> Aim:
    """Raises InputError where nothing of the document may leave, or no place in it can be told."""
    view = await in_daemon_thread(_view, job, place)
    target = Target(place.path, text=None if job.taken is None else job.taken.file_text)
    if job.params.position is not None and job.entry.command == "complete":
        target = _cursor(view, target, job.params.position)
    elif view.is_countable:
        first, last = await _rows(view, job.params.range)
        target = replace(target, start_line=first, end_line=last)
    problems = job.params.diagnostics if view.is_countable else ()
    return Aim(target, _name(target), tuple(_diagnostic(view, one) for one in problems))


def rows_of(lines: Lines, span: Span) -> tuple[int, int]:
    """The lines of a span, from 1, inclusive. One that ends before the first character of a line doesn't
    hold that line.
    """
    text, start, end = lines.text, lines.offset(span.start), lines.offset(span.end)
    first = text.count("\n", 0, start) + 1
    return first, first + text.count("\n", start, max(start, end - 1))


def _view(job: Job, place: Place) -> _View:
    if job.is_lost:
        raise InputError(
            "The document's text isn't known: a change of it could not be read.",
            hint="Close the document and open it again.",
        )
    target = Target(place.path, text=None if job.taken is None else job.taken.file_text)
    source = with_text(place.workspace, target).read(place.path, ranged=True)
    if units(source.text, Encoding.UTF8) > MAX_DOCUMENT_BYTES:
        raise InputError(
            f"{shown(place.path)} is larger than {MAX_DOCUMENT_BYTES // 1_000_000} MB: it is left alone.",
            hint="Divide it, or run `lakewright` on some of its lines.",
        )
    return _View(source, Lines(source.text if job.taken is None else job.taken.text, job.encoding), job.taken)


async def _rows(view: _View, span: Span | None) -> tuple[int | None, int | None]:
    """The file's lines that are meant; None for all."""
    cell = None if view.taken is None else view.taken.cell
    if span is None:
        return (None, None) if cell is None else (cell.line(0), cell.line(len(view.lines) - 1))
    span = Span(view.lines.clamped(span.start), view.lines.clamped(span.end))
    first, last = _rows_in_file(view, span)
    if not _CURSOR.fullmatch(view.lines.slice(span)):
        return first, last
    return await _symbol_rows(view.source, first) or (first, first)


def _rows_in_file(view: _View, span: Span) -> tuple[int, int]:
    """The file's lines of a span that lies inside the document."""
    first, last = rows_of(view.lines, span)
    if view.taken is not None and view.taken.cell is not None:
        first, last = view.taken.cell.line(first - 1), view.taken.cell.line(last - 1)
    end = max(1, view.source.lines)
    return min(first, end), min(last, end)


def _diagnostic(view: _View, problem: Problem) -> Diagnostic:
    clamped = view.lines.clamped
    first, last = _rows_in_file(view, Span(clamped(problem.span.start), clamped(problem.span.end)))
    return Diagnostic(first, last, problem.message, problem.severity, problem.source)


async def _symbol_rows(source: SourceFile, row: int) -> tuple[int, int] | None:
    """The lines of the symbol around a line."""
    try:
        symbol = enclosing(await outline_of(source), row, row)
    except (TimeoutError, WorkerDiedError):
        return None
    return None if symbol is None else (symbol.start_line, symbol.end_line)


def _cursor(view: _View, target: Target, position: Position) -> Target:
    if not view.is_countable:
        raise InputError(
            "A notebook's JSON can't be completed.", hint="Open it as a notebook, with cells as documents."
        )
    offset = view.lines.offset(view.lines.clamped(position))
    text = view.lines.text
    if view.taken is not None and view.taken.cell is not None:
        above, below = view.taken.beside
        text, offset = above + text + below, len(above) + offset
        target = replace(target, text=text, language=view.taken.language)
    row, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    return replace(target, start_line=row, column=column)


def _name(target: Target) -> str:
    name = shown(target.path.rpartition("/")[2])
    if target.start_line is None:
        return name
    if target.end_line in (None, target.start_line):
        return f"{name}:{target.start_line}"
    return f"{name}:{target.start_line}\N{EN DASH}{target.end_line}"
