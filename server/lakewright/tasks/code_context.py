"""What a prompt holds of the code by itself: the target with its surroundings, imports, the enclosing
symbol. The guard of the workspace stands before all of it.
"""

import re
from dataclasses import dataclass

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError
from lakewright.tasks.base import Target
from lakewright.workspace.files import WHOLE_BYTES, SourceFile, Workspace
from lakewright.workspace.parsing import outline_of
from lakewright.workspace.syntax import Symbol, enclosing, imports
from lakewright.workspace.worker import WorkerDiedError

SURROUNDING_LINES = 40
"""Lines shown before and after a selection."""

HEAD_LINES = 400
MAX_HEAD_CHARACTERS = 40_000
MAX_IMPORTS = 40
"""Where imports are looked for, and how many are shown."""


@dataclass(frozen=True, slots=True)
class CodeContext:
    """A readable target. `start` and `end` are 1-based and inclusive, cut to the file; both None for
    the whole file. `symbol` is the definition around a selection, `imported` what the file imports.
    """

    source: SourceFile
    start: int | None = None
    end: int | None = None
    symbol: Symbol | None = None
    imported: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """The target in words, for the sentence of a prompt."""
        if self.start is None:
            return f"the file `{self.source.path}`"
        if self.start == self.end:
            return f"line {self.start} of `{self.source.path}`"
        return f"lines {self.start}-{self.end} of `{self.source.path}`"


def with_text(workspace: Workspace, target: Target) -> Workspace:
    """The workspace in which `target` holds its own text, for prompts and tools alike."""
    if target.text is None:
        return workspace
    overlay = {**workspace.overlay, target.path: target.text}
    return Workspace(workspace.root, ignore=workspace.ignore, overlay=overlay, environ=workspace.environ)


async def read_target(target: Target, workspace: Workspace) -> CodeContext:
    """Read it through the guard, beside the event loop.

    Raises InputError for what is refused, for an empty file and for a range that begins beyond it.
    """
    source = await in_daemon_thread(workspace.read, target.path, ranged=target.start_line is not None)
    if not source.text.strip():
        raise InputError(f"{source.path} is empty: there is nothing to explain.", hint="Name another file.")
    if target.start_line is None:
        return CodeContext(source)
    lines = source.lines
    if target.start_line > lines:
        raise InputError(
            f"{source.path} has {lines} lines; line {target.start_line} is beyond its end.",
            hint="Give a range inside the file, or none for the whole file.",
        )
    start, end = target.start_line, min(target.end_line or target.start_line, lines)
    symbol = enclosing(await _symbols(source), start, end)
    imported = await in_daemon_thread(_imported, source) if start > SURROUNDING_LINES else ()
    return CodeContext(source, start, end, symbol, imported)


def render(context: CodeContext, *, budget: int) -> str:
    """The code as the prompt shows it, with line numbers, in at most about `budget` characters."""
    source = context.source
    lines = source.text.split("\n")[: source.lines]
    first, last = _shown(context, len(lines))
    body, shown_to = _numbered(lines, first, last, context, budget)
    notes = [f"File `{source.path}`, {len(lines)} lines."]
    if context.start is not None:
        notes += _about_selection(context)
    if shown_to < last:
        notes.append(f"Shown up to line {shown_to}; read the rest with `read_file` from line {shown_to + 1}.")
    language = source.language
    fence = "`" * max(3, _longest_run_of_backticks(body) + 1)
    return "\n".join([*notes, "", f"{fence}{language.name if language else ''}", body, fence])


def _shown(context: CodeContext, count: int) -> tuple[int, int]:
    if context.start is None or context.end is None:
        return 1, count
    return max(1, context.start - SURROUNDING_LINES), min(count, context.end + SURROUNDING_LINES)


def _numbered(lines: list[str], first: int, last: int, context: CodeContext, budget: int) -> tuple[str, int]:
    """Lines with their numbers, the selection's marked with `>`; and the last line that fitted."""
    selected = range(context.start or 0, (context.end or -1) + 1)
    width = len(str(last))
    shown: list[str] = []
    for number in range(first, last + 1):
        mark = ">" if number in selected else " "
        line = lines[number - 1].removesuffix("\r")
        row = f"{number:>{width}}{mark} {line}"
        budget -= len(row) + 1
        if budget < 0 and shown:
            return "\n".join(shown), number - 1
        shown.append(row)
    return "\n".join(shown), last


def _about_selection(context: CodeContext) -> list[str]:
    start, end = context.start or 1, context.end or 1
    notes = [f"Lines {start}-{end}, marked with `>`, are the selection; the rest surrounds it."]
    if context.symbol is not None:
        symbol = context.symbol
        notes.append(
            f"It lies in {symbol.kind} `{symbol.name}`, lines {symbol.start_line}-{symbol.end_line}."
        )
    if context.imported:
        notes.append("Imports: " + "; ".join(context.imported))
    return notes


async def _symbols(source: SourceFile) -> list[Symbol]:
    """None for what can't be parsed in time: the selection then stands without its symbol."""
    if source.size > WHOLE_BYTES:
        return []
    try:
        return await outline_of(source)
    except (TimeoutError, WorkerDiedError):
        return []


def _imported(source: SourceFile) -> tuple[str, ...]:
    """What the first lines import."""
    if source.language is None:
        return ()
    head = "\n".join(source.text[:MAX_HEAD_CHARACTERS].split("\n")[:HEAD_LINES])
    return tuple(imports(head, source.language)[:MAX_IMPORTS])


def _longest_run_of_backticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
