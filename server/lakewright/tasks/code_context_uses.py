"""Who uses what a prompt is about: by name across the workspace, bounded in time and in number."""

import time
from collections.abc import Sequence

from lakewright.errors import InputError
from lakewright.workspace import jobs
from lakewright.workspace.files import Workspace
from lakewright.workspace.names import Names
from lakewright.workspace.paths import shown
from lakewright.workspace.search import Row
from lakewright.workspace.syntax import Symbol
from lakewright.workspace.worker import WorkerDiedError, run_job

SECONDS = 2.0
"""The longest that the search may keep a run waiting; soon before, it comes back with what it has."""

MOST_NAMES = 5
MOST_USES = 30
MAX_TEXT = 160
"""Characters of a line that are shown."""


def names_in(symbols: Sequence[Symbol], start: int | None, end: int | None) -> tuple[str, ...]:
    """The names whose uses matter: of what is defined in the lines, outermost only; where nothing is, of
    the definition around them. Of a whole file (no lines) those that others may know.
    """
    if start is None or end is None:
        chosen = [symbol for symbol in symbols if symbol.depth == 0 and not symbol.name.startswith("_")]
    else:
        inside = [symbol for symbol in symbols if start <= symbol.start_line and symbol.end_line <= end]
        outermost = min((symbol.depth for symbol in inside), default=0)
        chosen = [symbol for symbol in inside if symbol.depth == outermost]
        if not chosen:
            around = [one for one in symbols if one.start_line <= start and end <= one.end_line]
            chosen = sorted(around, key=lambda one: one.end_line - one.start_line)[:1]
    names = (symbol.name for symbol in chosen if not symbol.name.startswith("__"))
    return tuple(dict.fromkeys(names))[:MOST_NAMES]


async def uses_of(
    names: Sequence[str], workspace: Workspace, *, path: str, seen: range
) -> tuple[tuple[str, ...], bool]:
    """Lines that use the names, as `path:line: text`, and whether these are all of them.

    Lines `seen` of `path` are left out: the prompt shows them. What can't be searched is left out, too.
    """
    rows: list[Row] = []
    complete = True
    ends = time.monotonic() + SECONDS
    for name in names:
        found = await _find(name, workspace, ends - time.monotonic())
        if found is None:
            return _told(rows), False
        complete = complete and not (found.cut or found.unfinished)
        rows += [row for row in found.uses if row.path != path or row.line not in seen]
    distinct = list(dict.fromkeys(rows))
    return _told(distinct), complete and len(distinct) <= MOST_USES


async def _find(name: str, workspace: Workspace, seconds: float) -> Names | None:
    if seconds <= 0:
        return None
    try:
        return jobs.names_from(await run_job(jobs.names_job(workspace, name, MOST_USES * 2), seconds=seconds))
    except (TimeoutError, WorkerDiedError, InputError):
        return None


def _told(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(
        f"{shown(row.path)}:{row.line}: {row.text.strip()[:MAX_TEXT]}"
        for row in dict.fromkeys(rows[:MOST_USES])
    )
