"""`--continue` without a TARGET: the workspace is the earlier run's, wherever the program stands now."""

from collections.abc import Mapping
from pathlib import Path

from lakewright.agent.history import History, StoredRun
from lakewright.errors import InputError
from lakewright.workspace.roots import Root, find_root


def earlier_root(history: History, reference: str) -> Root:
    """The root of the run `reference`; for `last` the newest run of this workspace, else of one in the
    current folder. Raises InputError for a run that isn't known, or whose folder is gone.
    """
    here = find_root(Path.cwd() / "-")
    if reference != "last":
        return _root_of(history.find(reference, str(here.path))[-1])
    try:
        return _root_of(history.find("last", str(here.path))[-1])
    except InputError:
        below = history.newest_in(Path.cwd())
        return here if below is None else _root_of(below)


def _root_of(run: StoredRun) -> Root:
    """Found as it was for the run's target, so that a lone file stays alone; else what `--root` said."""
    folder, target = Path(run.root), run.prompt.get("target")
    if isinstance(target, Mapping):
        root = find_root(folder / str(target.get("path")))
        if root.path == folder:
            return root
    return find_root(folder / "-", folder)
