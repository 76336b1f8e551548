"""`search_text`: lines that a regular expression fits."""

from lakewright.tools.arguments import Arguments, Field
from lakewright.tools.output import MAX_ROWS, bounded
from lakewright.tools.reading import read_tool
from lakewright.tools.searching import SECONDS, run_search
from lakewright.workspace import jobs
from lakewright.workspace.background import in_background
from lakewright.workspace.files import Workspace
from lakewright.workspace.paths import shown
from lakewright.workspace.search import Found

_ADVICE = "Use a simpler pattern (no repetition inside a repetition), or a glob that leaves fewer files."
_FIELDS = (
    Field("pattern", "string", "A regular expression in Python's syntax, for example def \\w+_tax\\(."),
    Field(
        "glob", "string", "Which files, for example *.py or src/**; all of them if absent.", required=False
    ),
)


async def _search_text(arguments: Arguments, workspace: Workspace) -> str:
    glob = arguments.optional_text("glob") or None
    pattern = arguments.text("pattern")
    job = await in_background(lambda _: jobs.search_job(workspace, pattern, glob, MAX_ROWS))
    return _told(jobs.found_from(await run_search(job, _ADVICE)))


def _told(found: Found) -> str:
    rows = bounded((f"{shown(row.path)}:{row.line}: {row.text}" for row in found.rows), most=MAX_ROWS)
    if found.unfinished:
        rows.append(f"[stopped after {SECONDS:g} seconds and {found.files:,} files; narrow it with glob]")
    elif found.more or len(rows) < len(found.rows):
        rows.append(f"[only the first {len(rows)} lines are shown; narrow it with glob or a longer pattern]")
    elif not rows:
        rows.append(f"[no line of {found.files:,} files matches]")
    return "\n".join(rows)


_DESCRIPTION = (
    "Search the text of the workspace's files with a regular expression. ^ and $ stand for the ends of"
    " a line; letter case counts unless the pattern begins with (?i). Answers with path:line: text, one"
    " line each. Ignored files are not searched."
)

SEARCH_TEXT = read_tool(
    "search_text",
    _DESCRIPTION,
    _FIELDS,
    _search_text,
)
