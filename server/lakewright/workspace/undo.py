"""Taking back a written refactor, and applying it again: all files of it or none."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from lakewright.workspace.atomic_write import LOCK_SECONDS, temporary_name
from lakewright.workspace.atomic_write_checks import missing_folders
from lakewright.workspace.atomic_write_file import fingerprint
from lakewright.workspace.journal import ChangedOnDiskError, Journal, Step, carry_out, close
from lakewright.workspace.journal_recovery import Mended, concluded, mend
from lakewright.workspace.listing import Stop, never
from lakewright.workspace.lock import held
from lakewright.workspace.paths import shown
from lakewright.workspace.snapshots import (
    Image,
    Snapshot,
    State,
    append_image,
    find_snapshot,
    flush_images,
    list_snapshots,
    open_folder,
    save,
    using,
    with_seen,
    with_state,
)
from lakewright.workspace.undo_plan import Refusal, Wanted, plan, shows


@dataclass(frozen=True, slots=True)
class Undone:
    """The answer of an undo. `files` are those it changed, or those that kept it from it; `message`
    is for a person and shows conflicts.
    """

    snapshot: str | None
    state: Literal["undone", "applied", "nothing", "refused"]
    files: tuple[str, ...]
    message: str

    def to_json(self) -> dict[str, object]:
        return {
            "snapshot": self.snapshot,
            "state": self.state,
            "files": list(self.files),
            "message": self.message,
        }


NOTHING = Undone(None, "nothing", (), "There is nothing to undo in this workspace.")


def undo(
    root: Path,
    snapshot: str | None = None,
    *,
    state: Path,
    say: Callable[[str], None],
    stop: Stop = never,
    timeout: float = LOCK_SECONDS,
) -> Undone:
    """Take back the snapshot, without a name the newest one not yet undone; one that is undone already
    is applied again. A file changed since is merged; where that isn't clear, no file is changed.

    `root` is a workspace root (absolute, links resolved). `say` hears what was mended first. Blocking.
    Raises InputError for a snapshot that isn't known here and while another run is writing,
    EditError where the system refuses, CancelledRunError before anything is written.
    """
    folder = open_folder(state, root)
    with using(state), held(folder / "lock", timeout=timeout, stop=stop):
        mended = mend(folder, root)
        for cut_off in mended:
            say(cut_off.sentence)
        if snapshot is not None:
            return _taken_back(folder, root, find_snapshot(state, root, snapshot), stop)
        found = answered(mended)
        if found:
            return found
        for one in list_snapshots(state, root):
            if one.state is State.PENDING and not shows(folder / one.id, root, one):
                continue
            if one.state is not State.UNDONE:
                return _taken_back(folder, root, one, stop)
        return NOTHING


def goal_of(snapshot: Snapshot) -> State:
    """What an undo makes of it."""
    return State.APPLIED if snapshot.state is State.UNDONE else State.UNDONE


def answered(mended: Sequence[Mended]) -> Undone | None:
    """What was asked for, where mending has just done it: a cut write put back, or a cut undo finished."""
    for one in mended:
        if one.goal is State.UNDONE and one.state is State.UNDONE:
            return Undone(one.snapshot, "undone", one.touched, one.sentence)
        if one.goal is State.APPLIED and one.state is None:
            return Undone(one.snapshot, "undone" if one.touched else "nothing", one.touched, one.sentence)
    return None


def _taken_back(folder: Path, root: Path, snapshot: Snapshot, stop: Stop) -> Undone:
    goal = goal_of(snapshot)
    decided = plan(folder / snapshot.id, root, snapshot)
    refusals = [one for one in decided if isinstance(one, Refusal)]
    if refusals:
        return refused(snapshot, goal, refusals)
    wanted = [one for one in decided if isinstance(one, Wanted)]
    try:
        carried_out(folder, root, snapshot, wanted, stop)
    except ChangedOnDiskError as error:
        return refused(snapshot, goal, being_changed(error))
    return done(snapshot, goal, tuple(one.path for one in wanted))


def carried_out(folder: Path, root: Path, snapshot: Snapshot, wanted: Sequence[Wanted], stop: Stop) -> None:
    """Write what the files are to hold, all or none, and note that the snapshot is undone (or applied
    again). The lock is held. Raises what `carry_out` does.
    """
    place, goal = folder / snapshot.id, goal_of(snapshot)
    snapshot = with_seen(snapshot, {one.path for one in wanted})
    if not wanted:
        save(place, with_state(snapshot, goal))
        return
    journal = carry_out(place, root, _journal(place, root, snapshot, goal, wanted), stop)
    with suppress(OSError):  # all is written; the next run concludes it
        save(place, concluded(snapshot, journal))
        close(place)


def being_changed(error: ChangedOnDiskError) -> list[Refusal]:
    return [Refusal(path, "it is being changed just now") for path in error.paths]


def _journal(place: Path, root: Path, snapshot: Snapshot, goal: State, wanted: Sequence[Wanted]) -> Journal:
    known = {image.hash: image for one in snapshot.files for image in (one.before, one.after) if image}
    steps = tuple(
        Step(
            one.path,
            one.real,
            _kept(place, known, one.present.data, one.present.mode) if one.present else None,
            _kept(place, known, one.data, one.mode),
            temporary_name(one.real, snapshot.id, index),
        )
        for index, one in enumerate(wanted)
    )
    flush_images(place)
    if goal is State.UNDONE:
        return Journal(goal, steps, remove=snapshot.folders)
    make = sorted({folder for one in wanted for folder in missing_folders(root, one.real)})
    return Journal(goal, steps, make=tuple(make))


def _kept(place: Path, known: Mapping[str, Image], data: bytes | None, mode: int | None) -> Image | None:
    """An image of these bytes: one that the snapshot has already, or a new one."""
    if data is None:
        return None
    image = known.get(fingerprint(data))
    return replace(image, mode=mode) if image else append_image(place, data, mode)


def done(snapshot: Snapshot, goal: State, files: tuple[str, ...]) -> Undone:
    short = textwrap.shorten(snapshot.instruction, 80, placeholder=" …")
    asked = "".join(character if character.isprintable() else "\ufffd" for character in short)
    what = f"snapshot {snapshot.id}" + (f" ({asked})" if asked else "")
    if goal is State.UNDONE:
        text = f"Undone: {what}." if files else f"Nothing had to change: the files are as before {what}."
        return Undone(snapshot.id, "undone", files, text)
    text = f"Applied again: {what}." if files else f"Nothing had to change: the files are as after {what}."
    return Undone(snapshot.id, "applied", files, text)


def refused(snapshot: Snapshot, goal: State, refusals: Sequence[Refusal]) -> Undone:
    verb = "undone" if goal is State.UNDONE else "applied again"
    lines = [f"The snapshot {snapshot.id} can't be {verb}; no file was changed."]
    lines += [
        f"{shown(one.path)}: {one.reason}" + (f"\n{one.lines}" if one.lines else "") for one in refusals
    ]
    return Undone(snapshot.id, "refused", tuple(one.path for one in refusals), "\n".join(lines))
