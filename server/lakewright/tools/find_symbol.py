"""`find_symbol`: where a name is defined and used."""

from lakewright.tools.arguments import Arguments, Field
from lakewright.tools.output import MAX_ROWS, bounded
from lakewright.tools.reading import read_tool
from lakewright.tools.searching import SECONDS, run_search
from lakewright.workspace import jobs
from lakewright.workspace.background import in_background
from lakewright.workspace.files import Workspace
from lakewright.workspace.names import Definition, Names
from lakewright.workspace.paths import shown

_ADVICE = "Use search_text with a glob that leaves fewer files."
_MOST_MENTIONS = 20
_FIELDS = (
    Field(
        "name", "string", "The name of a function, class, method, type or constant; Order.total for a member."
    ),
)


async def _find_symbol(arguments: Arguments, workspace: Workspace) -> str:
    name = arguments.text("name")
    job = await in_background(lambda _: jobs.names_job(workspace, name, MAX_ROWS))
    return _told(jobs.names_from(await run_search(job, _ADVICE)), name)


def _told(found: Names, name: str) -> str:
    rows = [
        f"Definitions of {shown(name)}:" if found.definitions else f"[no definition of {shown(name)} found]"
    ]
    rows += bounded(map(_definition, found.definitions), most=MAX_ROWS // 2)
    if found.uses:
        uses = bounded(
            (f"{shown(row.path)}:{row.line}: {row.text.strip()}" for row in found.uses), most=MAX_ROWS
        )
        rows += ["Uses:", *uses]
        if found.cut or len(uses) < len(found.uses):
            rows.append(
                f"[only the first {len(uses)} uses are shown; search_text with a glob finds the others]"
            )
    elif found.definitions:
        rows.append("[no use found]")
    if found.mentions:
        rows.append(f"Also in: {', '.join(map(shown, found.mentions[:_MOST_MENTIONS]))}")
    if found.unfinished:
        rows.append(f"[stopped after {SECONDS:g} seconds; there may be more. {_ADVICE}]")
    return "\n".join(rows)


def _definition(one: Definition) -> str:
    symbol = one.symbol
    inside = f" in {symbol.parent}" if symbol.parent else ""
    return (
        f"{shown(one.path)}:{symbol.start_line}-{symbol.end_line}: {symbol.kind}{inside}: {symbol.signature}"
    )


_DESCRIPTION = (
    "Find where a name is defined and where it is used in all source files of the workspace. Comments"
    " and strings don't count. Answers with definitions (path:lines: kind: signature) and uses"
    " (path:line: text)."
)

FIND_SYMBOL = read_tool(
    "find_symbol",
    _DESCRIPTION,
    _FIELDS,
    _find_symbol,
)
