"""`outline`: the symbols of a file."""

from lakewright.errors import ToolFailedError
from lakewright.tools.arguments import Arguments, Field
from lakewright.tools.output import MAX_LINES, bounded
from lakewright.tools.reading import read_tool
from lakewright.workspace.background import in_background
from lakewright.workspace.files import SourceFile, Workspace
from lakewright.workspace.languages import LANGUAGES
from lakewright.workspace.notebooks import cells
from lakewright.workspace.parsing import outline_of
from lakewright.workspace.paths import shown
from lakewright.workspace.syntax import Symbol
from lakewright.workspace.worker import WorkerDiedError

_FIELDS = (Field("path", "string", "The file, relative to the workspace root, for example src/orders.py."),)


async def _outline(arguments: Arguments, workspace: Workspace) -> str:
    path = arguments.text("path")
    source = await in_background(lambda _: workspace.read(path, ranged=True))
    name = shown(source.path)
    if source.language is None and not source.is_notebook:
        known = ", ".join(language.title for language in LANGUAGES)
        raise ToolFailedError(
            f"{name} has no outline: its language is none of {known}. Use read_file or search_text."
        )
    try:
        symbols = await outline_of(source)
    except (TimeoutError, WorkerDiedError):
        raise ToolFailedError(f"{name} could not be parsed in time. Use read_file or search_text.") from None
    rows = _rows(source, symbols)
    if not rows:
        return f"[{name} has {source.lines:,} lines and no symbols]"
    kept = bounded(rows, most=MAX_LINES)
    if len(kept) < len(rows):
        kept.append(f"[{len(kept)} of {len(rows):,} symbols are shown; find_symbol finds the others by name]")
    return "\n".join(kept)


def _rows(source: SourceFile, symbols: list[Symbol]) -> list[str]:
    """Symbols, indented by what they lie in, and the cells of a notebook, in the order of lines."""
    rows = [
        (symbol.start_line, 1, f"{'  ' * symbol.depth}{_lines(symbol)}  {symbol.kind}  {symbol.signature}")
        for symbol in symbols
    ]
    if source.is_notebook:
        rows += [
            (cell.start_line, 0, f"{cell.start_line}-{cell.end_line}  cell {cell.number}  {cell.content}")
            for cell in cells(source.text)
        ]
    return [row for _, _, row in sorted(rows, key=lambda row: row[:2])]


def _lines(symbol: Symbol) -> str:
    if symbol.start_line == symbol.end_line:
        return str(symbol.start_line)
    return f"{symbol.start_line}-{symbol.end_line}"


_DESCRIPTION = (
    "Show the structure of a source file: classes, functions, methods, types and constants with their"
    " lines and signatures, nested ones indented; for notebooks also the cells. Cheaper than read_file:"
    " call it first on long files."
)

OUTLINE = read_tool(
    "outline",
    _DESCRIPTION,
    _FIELDS,
    _outline,
)
