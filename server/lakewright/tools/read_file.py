"""`read_file`: lines of a file, with their numbers."""

from lakewright.errors import ToolFailedError
from lakewright.tools.arguments import Arguments, Field
from lakewright.tools.output import MAX_LINE, MAX_LINES, bounded, shortened
from lakewright.tools.reading import read_tool
from lakewright.workspace.background import in_background
from lakewright.workspace.files import SourceFile, Workspace
from lakewright.workspace.paths import shown

_FIELDS = (
    Field("path", "string", "The file, relative to the workspace root, for example src/orders.py."),
    Field(
        "startLine",
        "integer",
        "The first line wanted, counted from 1; the file's first if absent.",
        required=False,
    ),
    Field(
        "endLine", "integer", "The last line wanted, inclusive; the file's last if absent.", required=False
    ),
)


async def _read_file(arguments: Arguments, workspace: Workspace) -> str:
    path = arguments.text("path")
    start, end = arguments.number("startLine") or 1, arguments.number("endLine")
    if end is not None and end < start:
        raise ToolFailedError(f"`endLine` ({end}) of read_file lies before `startLine` ({start}).")
    source = await in_background(lambda _: workspace.read(path, ranged=True))
    return _numbered(source, start, end)


def _numbered(source: SourceFile, start: int, end: int | None) -> str:
    name, count = shown(source.path), source.lines
    if not count:
        return f"[{name} is empty]"
    if start > count:
        raise ToolFailedError(f"{name} has {count:,} lines; `startLine` {start} is beyond its end.")
    last = min(end or count, count)
    lines = [line.removesuffix("\r") for line in source.text.split("\n", last)[start - 1 : last]]
    width = len(str(last))
    numbered = (f"{number:>{width}}\t{shortened(line, MAX_LINE)}" for number, line in enumerate(lines, start))
    rows = bounded(numbered, most=MAX_LINES)
    reached = start + len(rows) - 1
    if reached < last:
        rows.append(
            f"[cut after line {reached:,} of {count:,}; call read_file with startLine {reached + 1} for more]"
        )
    elif last < count:
        rows.append(f"[{name} has {count:,} lines]")
    return "\n".join(rows)


_DESCRIPTION = (
    "Read a text file of the workspace, or some of its lines. Each line comes with its number and a tab"
    f" before it; those are not part of the file. At most {MAX_LINES} lines at a time: the last line of"
    " the answer says when there are more. Notebooks come as their cells, without outputs."
)

READ_FILE = read_tool(
    "read_file",
    _DESCRIPTION,
    _FIELDS,
    _read_file,
)
