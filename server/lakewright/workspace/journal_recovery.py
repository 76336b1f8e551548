"""What a killed run has left: finished or put back by the next one, and told."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from lakewright.errors import ConfigError, EditError, InputError
from lakewright.workspace.atomic_write_file import remove_emptied
from lakewright.workspace.journal import (
    Journal,
    Phase,
    clean_up,
    close,
    matches,
    place,
    put_back,
    read_journal,
)
from lakewright.workspace.listing import Stop, never
from lakewright.workspace.lock import held
from lakewright.workspace.paths import shown
from lakewright.workspace.snapshots import (
    Snapshot,
    State,
    folder_of,
    load,
    save,
    snapshot_folders,
    using,
    with_state,
)


@dataclass(frozen=True, slots=True)
class Mended:
    """A change that had been cut off. `state` is what its snapshot is in now, None where it is gone."""

    snapshot: str
    goal: State
    state: State | None
    touched: tuple[str, ...]
    sentence: str


def recover(state: Path, root: Path, *, timeout: float = 10.0, stop: Stop = never) -> list[str]:
    """Finish or put back what killed runs have left in this root; a sentence for each.

    Blocking. Raises InputError while another run is writing.
    """
    folder = folder_of(state, root)
    with using(state):
        if not snapshot_folders(folder):
            return []
        with held(folder / "lock", timeout=timeout, stop=stop):
            return [one.sentence for one in mend(folder, root)]


def cut_off(state: Path, root: Path) -> list[str]:
    """A sentence for each change that `recover` would put right; nothing is changed, nobody waited for."""
    folder = folder_of(state, root)
    try:
        with using(state):
            if not _left_by_killed(folder):
                return []
            with held(folder / "lock", timeout=0, stop=never):
                left = _left_by_killed(folder)
    except (ConfigError, InputError):  # a run that is at it isn't cut off
        return []
    end = "; `lakewright undo`, or the next run that writes, puts it right."
    return [_cut_off(snapshot, journal) + end for snapshot, journal in left]


def mend(folder: Path, root: Path) -> list[Mended]:
    """`recover`, for the holder of the lock; `folder` is that of the root's snapshots."""
    mended: list[Mended] = []
    for one in snapshot_folders(folder):
        try:
            snapshot, journal = load(one), read_journal(one)
        except (OSError, ValueError, KeyError, TypeError):  # killed before it was whole: nothing was written
            if not os.path.lexists(one / "snapshot.json"):
                shutil.rmtree(one, ignore_errors=True)
            continue
        if journal is not None:
            mended.append(_mended(one, root, snapshot, journal))
        elif snapshot.state is State.WRITING:
            shutil.rmtree(one, ignore_errors=True)
    return mended


def _left_by_killed(folder: Path) -> list[tuple[Snapshot, Journal]]:
    """The changes that have a journal: a run is at them, or was killed."""
    found: list[tuple[Snapshot, Journal]] = []
    for one in snapshot_folders(folder):
        with suppress(OSError, ValueError, KeyError, TypeError):  # not whole
            journal = read_journal(one)
            if journal is not None:
                found.append((load(one), journal))
    return found


def concluded(snapshot: Snapshot, journal: Journal) -> Snapshot:
    """The snapshot after its journal was carried out. A write has shown the modes of new files."""
    if snapshot.state is State.WRITING:
        images = {step.real: step.new for step in journal.steps}
        files = tuple(replace(one, after=images[one.real] or one.after) for one in snapshot.files)
        snapshot = replace(snapshot, files=files)
    elif journal.goal is State.APPLIED:
        snapshot = replace(snapshot, folders=journal.make)
    return with_state(snapshot, journal.goal)


def _mended(folder: Path, root: Path, snapshot: Snapshot, journal: Journal) -> Mended:
    touched = tuple(step.path for step in journal.steps)
    begin = _cut_off(snapshot, journal)
    try:
        if journal.phase is Phase.PREPARING:
            clean_up(root, journal)
            touched, end = (), " before it changed a file; its temporary files were removed."
            state = _abandoned(folder, snapshot, is_partial=False)
        elif journal.phase is Phase.WRITING and _is_clear(root, journal):
            end = "; it was finished."
            state = _finished(folder, root, snapshot, journal)
        else:
            left = put_back(folder, root, journal)
            end = "; its files were put back as they were before."
            end += f" Changed since, and left alone: {', '.join(map(shown, left))}." if left else ""
            state = _abandoned(folder, snapshot, is_partial=bool(left))
    except InputError as error:  # damaged images: what can't be mended must not stop every later run
        clean_up(root, journal)
        end = f" and can't be made good. {error.message} {error.hint}"
        state = _abandoned(folder, snapshot, is_partial=True)
    except OSError as error:
        raise EditError(
            f"{begin} and can't be made good now: {error.filename or root}: {error.strerror}.",
            hint="Mend that, then run it again; until then nothing is written here.",
        ) from None
    return Mended(snapshot.id, journal.goal, state, touched, begin + end)


def _cut_off(snapshot: Snapshot, journal: Journal) -> str:
    what = "undo" if journal.goal is State.UNDONE else "write"
    names = ", ".join(shown(step.path) for step in journal.steps)
    return f"A {what} was cut off (snapshot {snapshot.id}, {names})"


def _is_clear(root: Path, journal: Journal) -> bool:
    """Whether every file holds its old or its new bytes: nobody changed one since."""
    return all(matches(root, step, step.old) or matches(root, step, step.new) for step in journal.steps)


def _finished(folder: Path, root: Path, snapshot: Snapshot, journal: Journal) -> State:
    for step in journal.steps:
        if not matches(root, step, step.new):
            place(folder, root, step, step.old, step.new)
    clean_up(root, journal)
    remove_emptied(root, journal.remove)
    save(folder, concluded(snapshot, journal))
    close(folder)
    return journal.goal


def _abandoned(folder: Path, snapshot: Snapshot, *, is_partial: bool) -> State | None:
    """A write that came to nothing has no snapshot; an undone undo leaves its snapshot as it was."""
    if snapshot.state is not State.WRITING:
        close(folder)
        return snapshot.state
    if not is_partial:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    save(folder, with_state(snapshot, State.PARTIAL))
    close(folder)
    return State.PARTIAL
