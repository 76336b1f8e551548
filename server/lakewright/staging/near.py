"""A path that leads to no file: which ones may have been meant."""

from difflib import get_close_matches
from itertools import islice
from posixpath import basename

from lakewright.edits.values import Kind, Refused
from lakewright.workspace.files import Workspace
from lakewright.workspace.listing import Stop
from lakewright.workspace.paths import shown

MOST_FILES = 20_000
"""Of a larger workspace only the first are looked through."""

MOST_NAMES = 5
_LIKENESS = 0.75


def missing(path: str, workspace: Workspace, stop: Stop) -> Refused:
    """There is no such file: those with a name like it, and how a new one is made."""
    near = near_names(path, workspace, stop)
    like = f" Files with a name like it: {', '.join(map(shown, near))}." if near else ""
    return Refused(
        f"There is no file {shown(path)}.{like} Paths are relative to the workspace root; list_files shows"
        " them. To make a new file, use create_file.",
        Kind.MISSING,
    )


def near_names(path: str, workspace: Workspace, stop: Stop) -> list[str]:
    """Files of the workspace that may have been meant, the likeliest first."""
    wanted = path.replace("\\", "/").strip().strip("/").removeprefix("./").casefold()
    name = basename(wanted)
    files = list(islice(workspace.files(stop=stop), MOST_FILES))
    names = {file: basename(file).casefold() for file in files}
    same = [file for file in files if names[file] == name]
    ends = [file for file in same if f"/{wanted}".endswith(f"/{file.casefold()}")]
    begins = [file for file in same if f"/{file.casefold()}".endswith(f"/{wanted}")]
    close = get_close_matches(name, set(names.values()), n=3, cutoff=_LIKENESS)
    alike = sorted(
        (file for file in files if names[file] in close), key=lambda file: close.index(names[file])
    )
    return list(dict.fromkeys([*ends, *begins, *same, *alike]))[:MOST_NAMES]
