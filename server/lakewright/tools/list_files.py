"""`list_files`: which files there are."""

from collections import Counter
from itertools import islice

from lakewright.tools.arguments import Arguments, Field
from lakewright.tools.output import MAX_ROWS, bounded
from lakewright.tools.reading import read_tool
from lakewright.workspace.background import in_background
from lakewright.workspace.files import Workspace
from lakewright.workspace.paths import shown

MOST_COUNTED = 100_000
_MOST_FOLDERS = 40

_FIELDS = (
    Field(
        "glob",
        "string",
        "Which files, for example *.py, src/**/*.sql, tests/ or *.{ts,tsx}; all of them if absent.",
        required=False,
    ),
)


async def _list_files(arguments: Arguments, workspace: Workspace) -> str:
    glob = arguments.optional_text("glob")
    paths = await in_background(
        lambda stop: list(islice(workspace.files(glob or None, stop=stop), MOST_COUNTED))
    )
    if not paths:
        return f"[no readable file matches {shown(glob)}]" if glob else "[the workspace has no readable file]"
    rows = bounded(map(shown, paths), most=MAX_ROWS)
    if len(rows) < len(paths):
        rows += ["", *_folders(paths), _cut(len(rows), len(paths))]
    return "\n".join(rows)


def _folders(paths: list[str]) -> list[str]:
    """How many files each top folder has, so that the model knows where to look next."""
    counts = Counter(path.split("/", 1)[0] + "/" for path in paths if "/" in path)
    return [f"{shown(folder)} {count:,} files" for folder, count in counts.most_common(_MOST_FOLDERS)]


def _cut(rows: int, count: int) -> str:
    more = " or more" if count == MOST_COUNTED else ""
    return f"[the first {rows} of {count:,}{more} files are shown; narrow it with glob, for example src/]"


_DESCRIPTION = (
    "List the files of the workspace that can be read, relative to its root, one a line. A glob without"
    " a slash fits names at any depth; a folder stands for everything in it. Ignored files are not"
    " listed."
)

LIST_FILES = read_tool(
    "list_files",
    _DESCRIPTION,
    _FIELDS,
    _list_files,
)
