"""What a prompt holds of the code by itself: the target with its surroundings, imports, the enclosing
symbol, who uses it, what is said of it. The guard of the workspace stands before all of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError
from lakewright.tasks.base import Diagnostic, Target
from lakewright.tasks.code_context_uses import NO_USES, Uses, names_in, told
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

MAX_DIAGNOSTICS = 20
MAX_DIAGNOSTIC = 400
"""How many diagnostics are shown, and the characters of each."""


@dataclass(frozen=True, slots=True)
class CodeContext:
    """A readable target. `start` and `end` are 1-based and inclusive, cut to the file; both None for
    the whole file. `symbol` is the definition around a selection, `imported` what the file imports,
    `names` what others may use of it, `uses` where they do.
    """

    source: SourceFile
    start: int | None = None
    end: int | None = None
    symbol: Symbol | None = None
    imported: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    uses: Uses = NO_USES
    diagnostics: tuple[Diagnostic, ...] = ()

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
    return workspace.over({target.path: target.text})


async def read_target(
    target: Target,
    workspace: Workspace,
    *,
    verb: str = "explain",
    with_names: bool = False,
    diagnostics: Sequence[Diagnostic] = (),
) -> CodeContext:
    """Read it through the guard, beside the event loop; `with_names` finds out what others may use of it.

    Raises InputError for what is refused, for an empty file (`verb` says what can't be done with it) and
    for a range that begins beyond it.
    """
    source = await in_daemon_thread(workspace.read, target.path, ranged=target.start_line is not None)
    if not source.text.strip():
        raise InputError(f"{source.path} is empty: there is nothing to {verb}.", hint="Name another file.")
    start, end = _lines(target, source)
    symbols = await _symbols(source) if start is not None or with_names else []
    symbol = enclosing(symbols, start, end) if start is not None and end is not None else None
    imported: tuple[str, ...] = ()
    if start is not None and start > SURROUNDING_LINES:
        imported = await in_daemon_thread(_imported, source)
    said = tuple(one for one in diagnostics if _concerns(one, start, end))
    names = names_in(symbols, start, end) if with_names else ()
    return CodeContext(source, start, end, symbol, imported, names, diagnostics=said)


def lines_shown(context: CodeContext) -> range:
    """The lines of the file that the prompt shows, as far as they fit."""
    count = context.source.lines
    if context.start is None or context.end is None:
        return range(1, count + 1)
    return range(max(1, context.start - SURROUNDING_LINES), min(count, context.end + SURROUNDING_LINES) + 1)


def render(context: CodeContext, *, budget: int) -> str:
    """The code as the prompt shows it, with line numbers, in at most about `budget` characters."""
    source = context.source
    lines = source.text.split("\n")[: source.lines]
    window = lines_shown(context)
    first, last = window.start, window.stop - 1
    body, shown_to = _numbered(lines, first, last, context, budget)
    notes = [f"File `{source.path}`, {len(lines)} lines."]
    if context.start is not None:
        notes += _about_selection(context)
    if shown_to < last:
        notes.append(f"Shown up to line {shown_to}; read the rest with `read_file` from line {shown_to + 1}.")
    language = source.language
    fence = "`" * max(3, _longest_run_of_backticks(body) + 1)
    block = [f"{fence}{language.name if language else ''}", body, fence]
    return "\n".join([*notes, "", *block, *_about_uses(context), *_about_diagnostics(context)])


def _lines(target: Target, source: SourceFile) -> tuple[int | None, int | None]:
    """The target's lines, cut to the file."""
    if target.start_line is None:
        return None, None
    lines = source.lines
    if target.start_line > lines:
        raise InputError(
            f"{source.path} has {lines} lines; line {target.start_line} is beyond its end.",
            hint="Give a range inside the file, or none for the whole file.",
        )
    return target.start_line, min(target.end_line or target.start_line, lines)


def _concerns(diagnostic: Diagnostic, start: int | None, end: int | None) -> bool:
    if start is None or end is None:
        return True
    return diagnostic.start_line <= end and start <= diagnostic.end_line


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


def _about_uses(context: CodeContext) -> list[str]:
    if not context.uses.rows:
        return []
    more = "" if context.uses.complete else " (not all of them; find_symbol finds the others)"
    return ["", f"Used elsewhere{more}:", *(f"- {told(row)}" for row in context.uses.rows)]


def _about_diagnostics(context: CodeContext) -> list[str]:
    if not context.diagnostics:
        return []
    return ["", "Diagnostics:", *(f"- {_said(one)}" for one in context.diagnostics[:MAX_DIAGNOSTICS])]


def _said(one: Diagnostic) -> str:
    lines = (
        f"line {one.start_line}"
        if one.start_line >= one.end_line
        else f"lines {one.start_line}-{one.end_line}"
    )
    said = " ".join(one.message.split())[:MAX_DIAGNOSTIC]
    return f"{lines}: {one.severity}{f' ({one.source})' if one.source else ''}: {said}"


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
