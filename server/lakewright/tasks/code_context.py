"""What a prompt holds of the code by itself: the target with its surroundings, imports, the enclosing
symbol. The guard of the workspace stands before all of it.
"""

import re
from dataclasses import dataclass

from lakewright.errors import InputError
from lakewright.tasks.base import Target
from lakewright.workspace.files import SourceFile, Workspace
from lakewright.workspace.syntax import enclosing, imports, outline

SURROUNDING_LINES = 40
"""Lines shown before and after a selection."""


@dataclass(frozen=True, slots=True)
class CodeContext:
    """A readable target. `start` and `end` are 1-based and inclusive, cut to the file; both None for
    the whole file.
    """

    source: SourceFile
    start: int | None
    end: int | None

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


def read_target(target: Target, workspace: Workspace) -> CodeContext:
    """Read it through the guard.

    Raises InputError for what is refused, for an empty file and for a range that begins beyond it.
    """
    source = workspace.read(target.path, ranged=target.start_line is not None)
    if not source.text.strip():
        raise InputError(f"{source.path} is empty: there is nothing to explain.", hint="Name another file.")
    if target.start_line is None:
        return CodeContext(source, None, None)
    lines = source.lines
    if target.start_line > lines:
        raise InputError(
            f"{source.path} has {lines} lines; line {target.start_line} is beyond its end.",
            hint="Give a range inside the file, or none for the whole file.",
        )
    end = min(target.end_line or target.start_line, lines)
    return CodeContext(source, target.start_line, end)


def render(context: CodeContext, *, budget: int) -> str:
    """The code as the prompt shows it, with line numbers, in at most about `budget` characters."""
    source = context.source
    lines = [line.removesuffix("\r") for line in source.text.split("\n")[: source.lines]]
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
        row = f"{number:>{width}}{mark} {lines[number - 1]}"
        budget -= len(row) + 1
        if budget < 0 and shown:
            return "\n".join(shown), number - 1
        shown.append(row)
    return "\n".join(shown), last


def _about_selection(context: CodeContext) -> list[str]:
    source, start, end = context.source, context.start or 1, context.end or 1
    notes = [f"Lines {start}-{end}, marked with `>`, are the selection; the rest surrounds it."]
    language = source.language
    if language is None:
        return notes
    symbol = enclosing(outline(source.text, language), start, end)
    if symbol is not None:
        notes.append(
            f"It lies in {symbol.kind} `{symbol.name}`, lines {symbol.start_line}-{symbol.end_line}."
        )
    imported = imports(source.text, language)
    if imported and start > SURROUNDING_LINES:
        notes.append("Imports: " + "; ".join(imported[:40]))
    return notes


def _longest_run_of_backticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
