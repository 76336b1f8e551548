"""What taking back a snapshot (or applying it again) would do to each file as it is now. Writes nothing."""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakewright.errors import InputError
from lakewright.workspace.atomic_write_checks import Present, UnwritableError, examine
from lakewright.workspace.atomic_write_file import fingerprint
from lakewright.workspace.decode import Decoded, decode
from lakewright.workspace.snapshots import FileChange, Image, Snapshot, State, image_bytes
from lakewright.workspace.three_way import Clash, Conflict, merge

_SHOWN_LINES = 40
"""Of a file's conflicts; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file is to hold: None, no file. `present` is what it holds now; `mode` None: a new file's."""

    path: str
    real: str
    present: Present | None
    data: bytes | None
    mode: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file can't be brought back: a reason, and the lines in conflict where there are any."""

    path: str
    reason: str
    lines: str = ""


def plan(
    folder: Path, root: Path, snapshot: Snapshot, *, without: Collection[str] = ()
) -> list[Wanted | Refusal]:
    """For each file of the snapshot in `folder` that isn't yet as wanted, what it is to hold or why not.

    `without`: files, as their `real` names them, that are left alone. A change that nobody saw happen is
    taken back where it has happened, and stands against nothing where that can't be told.
    """
    again = snapshot.state is State.UNDONE
    decided = [
        (one, _file(folder, root, one, again=again))
        for one in snapshot.files
        if one.real not in without and (one.seen or not again)
    ]
    return [found for one, found in decided if found and (one.seen or isinstance(found, Wanted))]


def shows(folder: Path, root: Path, snapshot: Snapshot) -> bool:
    """Whether there is something on disk to take back."""
    return any(isinstance(one, Wanted) for one in plan(folder, root, snapshot))


def _file(folder: Path, root: Path, change: FileChange, *, again: bool) -> Wanted | Refusal | None:
    base, goal = (change.before, change.after) if again else (change.after, change.before)
    real = root / change.real
    if Path(os.path.realpath(root / change.path)) != real:
        return Refusal(change.path, "it leads to another place now")
    try:
        present = examine(root, change.path, real)
    except UnwritableError as error:
        return Refusal(change.path, error.reason)
    now = fingerprint(present.data) if present else None
    if now == (goal.hash if goal else None):
        return None
    mode = _mode(present, base, goal)
    if now == (base.hash if base else None):
        return Wanted(change.path, change.real, present, image_bytes(folder, goal) if goal else None, mode)
    if present and base and goal:
        return _merged(change, present, image_bytes(folder, base), image_bytes(folder, goal), mode)
    return Refusal(change.path, why_not_merged(is_there=present is not None, was_there=base is not None))


def why_not_merged(*, is_there: bool, was_there: bool) -> str:
    """Why there aren't three texts to merge."""
    if not is_there:
        return "it was removed since"
    if not was_there:
        return "there is a file of that name again"
    return "it was created then and changed since; remove it yourself"


def _mode(present: Present | None, base: Image | None, goal: Image | None) -> int | None:
    """The mode the snapshot knows, unless the user has given the file another since."""
    if present and base and base.mode is not None and present.mode != base.mode:
        return present.mode
    return goal.mode if goal else None


def _merged(
    change: FileChange, present: Present, base: bytes, goal: bytes, mode: int | None
) -> Wanted | Refusal | None:
    result = _merge(base, present.data, goal)
    if result is None:
        return Refusal(change.path, "it was changed since, and isn't text that can be merged")
    if isinstance(result, Conflict):
        return Refusal(change.path, "the same lines were changed since", conflict_lines(result.clashes))
    if result == present.data:
        return None
    return Wanted(change.path, change.real, present, result, mode)


def _merge(base: bytes, mine: bytes, theirs: bytes) -> bytes | Conflict | None:
    """Bytes without NUL are merged as they are; wide text through UTF-8, so that a line is a line."""
    if b"\0" not in base + mine + theirs:
        return merge(base, mine, theirs)
    try:
        decoded = [decode(data, "") for data in (base, mine, theirs)]
    except InputError:
        return None
    first = decoded[0]
    if any((one.encoding, one.bom) != (first.encoding, first.bom) for one in decoded):
        return None
    result = merge(*(_narrow(one) for one in decoded))
    if isinstance(result, Conflict):
        return result
    return first.bom + result.decode("utf-8").encode(first.encoding)


def _narrow(decoded: Decoded) -> bytes:
    return decoded.text.encode("utf-8")


def conflict_lines(clashes: Sequence[Clash]) -> str:
    lines: list[str] = []
    for clash in clashes:
        lines += [f"line {clash.line}:", "<<<<<<< the file now", *_lines(clash.mine)]
        lines += ["=======", *_lines(clash.theirs), ">>>>>>> what it would become"]
    more = len(lines) - _SHOWN_LINES
    return "\n".join([*lines[:_SHOWN_LINES], *([f"… {more} more lines"] if more > 0 else [])])


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").splitlines()
