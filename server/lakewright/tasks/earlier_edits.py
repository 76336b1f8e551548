"""What has become of the edits of earlier runs: a preview changed nothing, and the model must know it.

Judged by the text that the workspace holds now, not by what a front door says it did: a diff may have
been applied by hand, or a written one taken back.
"""

from collections.abc import Sequence

from lakewright.agent.history import StoredRun
from lakewright.agent.stored import text_hash
from lakewright.errors import InputError
from lakewright.staging.values import StagedFile
from lakewright.workspace.files import Workspace

_HEAD = "(What the workspace holds now of the files that you edited before in this conversation:"
_WRITTEN = "your edits are in it."
_PARTLY = "your earlier edits are in it, the newest ones are not (only shown to the user, or taken back)."
_PREVIEWED = "your edits are not in it (only shown to the user, or taken back): it is as it was before them."
_MISSING = "there is no such file: it was only shown to the user, or taken back."
_CHANGED = "it has changed since; read it again where you need it."
_TAIL = "What shall be changed has to be edited again where it isn't in the file.)"


def hashes_of(
    staged: Sequence[StagedFile], view: Workspace, workspace: Workspace
) -> dict[str, tuple[str | None, str | None]]:
    """What the history keeps of a run's edits: the hashes of each file's text before and after. It reads
    files: call it in a thread.
    """
    return {file.path: (_hash_now(file.path, workspace), _hash_now(file.path, view)) for file in staged}


def edits_now(runs: Sequence[StoredRun], workspace: Workspace) -> str:
    """The words for the model, "" where no run edited anything. It reads files: call it in a thread."""
    states: dict[str, list[tuple[str | None, str | None]]] = {}
    for run in runs:
        for path, (before, after) in run.staged.items():
            states.setdefault(path, []).append((before, after))
    if not states:
        return ""
    rows = [f"- `{path}`: {_said(_hash_now(path, workspace), known)}" for path, known in states.items()]
    return "\n".join([_HEAD, *rows, _TAIL])


def _said(now: str | None, states: Sequence[tuple[str | None, str | None]]) -> str:
    """`states` are the hashes before and after each run that edited the file, oldest first."""
    if now == states[-1][1]:
        return _WRITTEN
    if any(now == after for _, after in states):
        return _PARTLY
    if any(now == before for before, _ in states):
        return _MISSING if now is None else _PREVIEWED
    return _CHANGED


def _hash_now(path: str, workspace: Workspace) -> str | None:
    try:
        return text_hash(workspace.read(path, ranged=True).text)
    except InputError:
        return None
