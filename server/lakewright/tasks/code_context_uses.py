"""Who uses what a prompt is about: by name across the workspace, bounded in time and in number."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.errors import InputError
from lakewright.workspace import jobs
from lakewright.workspace.background import in_background
from lakewright.workspace.files import Workspace
from lakewright.workspace.names import Names
from lakewright.workspace.paths import shown
from lakewright.workspace.search import Row, row_at
from lakewright.workspace.syntax import Symbol
from lakewright.workspace.worker import WorkerDiedError, run_job

SECONDS = 2.0
"""The longest that the search may keep a run waiting; soon before, it comes back with what it has."""

LEAST_SECONDS = 0.3
"""Less isn't worth a search: one that is stopped hard costs its worker process."""

MOST_NAMES = 5
MOST_USES = 30
MAX_TEXT = 160
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Uses:
    """Lines that use a name, and whether they are all of them."""

    rows: tuple[Row, ...] = ()
    complete: bool = True


NO_USES = Uses()


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


async def find_uses(names: Sequence[str], workspace: Workspace, *, path: str, seen: range) -> Uses:
    """Where the names are used; without lines `seen` of `path`, which the prompt shows anyway. What can't
    be searched, or not in time, is left out.
    """
    rows: list[Row] = []
    complete = True
    ends = time.monotonic() + SECONDS
    for name in names:
        found = await _find(name, workspace, ends - time.monotonic())
        if found is None:
            complete = False
            break
        complete = complete and not (found.cut or found.unfinished)
        rows += [row for row in found.uses if row.path != path or row.line not in seen]
    distinct = tuple(dict.fromkeys(rows))
    return Uses(distinct[:MOST_USES], complete and len(distinct) <= MOST_USES)


def read_uses(places: Sequence[tuple[str, int]], workspace: Workspace, *, complete: bool) -> Uses:
    """Uses that were found before, as those lines are now. It reads files: call it in a thread."""
    lines: dict[str, list[str]] = {}
    rows: list[Row] = []
    for path, line in places:
        if path not in lines:
            lines[path] = _lines(path, workspace)
        if 0 < line <= len(lines[path]):
            rows.append(row_at(lines[path][line - 1].rstrip("\r"), path, line, 0))
    return Uses(tuple(rows), complete)


def told(row: Row) -> str:
    """A use as the prompt shows it: `path:line: text`."""
    return f"{shown(row.path)}:{row.line}: {row.text.strip()[:MAX_TEXT]}"


async def _find(name: str, workspace: Workspace, seconds: float) -> Names | None:
    if seconds < LEAST_SECONDS:
        return None
    try:
        job = await in_background(lambda _: jobs.names_job(workspace, name, MOST_USES * 2))
        return jobs.names_from(await run_job(job, seconds=seconds))
    except (TimeoutError, WorkerDiedError, InputError):
        return None


def _lines(path: str, workspace: Workspace) -> list[str]:
    try:
        return workspace.read(path, ranged=True).text.split("\n")
    except InputError:
        return []
