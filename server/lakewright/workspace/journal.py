"""All files or none: the steps of a change, noted before they are taken.

A change is first prepared (new contents beside their targets), then committed by one rename of the
journal, then carried out; only cancelling before the commit leaves no trace. Whoever finds a journal
and holds the lock knows that its writer is gone, and in which phase: PREPARING, clean up; WRITING, go
on to the end; REVERTING, put everything back.
"""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from lakewright.errors import CancelledRunError, EditError
from lakewright.workspace.atomic_write_file import (
    content_of,
    discard,
    fingerprint,
    flush_folder,
    install,
    make_folders,
    prepare,
    remove_emptied,
    write_private,
)
from lakewright.workspace.listing import Stop
from lakewright.workspace.paths import shown
from lakewright.workspace.snapshots import Image, State, image_bytes, image_from

_JOURNAL = "journal.json"


class Phase(StrEnum):
    """How far a change has come."""

    PREPARING = "preparing"
    WRITING = "writing"
    REVERTING = "reverting"


@dataclass(frozen=True, slots=True)
class Step:
    """One file: from `old` to `new`, None where there is none. Paths are relative to the root."""

    path: str
    real: str
    old: Image | None
    new: Image | None
    temporary: str


@dataclass(frozen=True, slots=True)
class Journal:
    """A change of several files. `make` and `remove` are folders, outer ones first; `goal` is the
    snapshot's state once all is done.
    """

    goal: State
    steps: tuple[Step, ...]
    make: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    phase: Phase = Phase.PREPARING


class ChangedOnDiskError(EditError):
    """Files aren't what they were when they were read; locate the edits again. `paths` names them."""

    def __init__(self, paths: Sequence[str], message: str | None = None) -> None:
        names = ", ".join(shown(path) for path in paths)
        super().__init__(
            message or f"Changed on disk since it was read: {names}; nothing was written.",
            hint="Run it again, so that it works on what is there now.",
        )
        self.paths = tuple(paths)


def carry_out(folder: Path, root: Path, journal: Journal, stop: Stop) -> Journal:
    """Take all steps or none. The images are flushed, the lock is held.

    Returns the journal with the modes that new files got; it stays on disk until `close` is called.
    Raises CancelledRunError before the commit, ChangedOnDiskError, or EditError with the system's
    reason; then every file is as it was.
    """
    try:
        note(folder, journal)
        journal = _prepared(folder, root, journal, stop)
        _check_unchanged(root, journal.steps)
        _check_wanted(stop)
        journal = replace(journal, phase=Phase.WRITING)
        note(folder, journal)
    except BaseException as error:
        clean_up(root, journal)
        close(folder)
        if isinstance(error, OSError):
            raise _failed(root, error, journal) from None
        raise
    try:
        _take(root, journal.steps)
    except BaseException as error:
        put_back(folder, root, journal)
        close(folder)
        if isinstance(error, OSError):
            raise _failed(root, error, journal) from None
        raise
    remove_emptied(root, journal.remove)
    return journal


def note(folder: Path, journal: Journal) -> None:
    """Write the journal of the snapshot in `folder`, flushed: from now on a kill can be made good."""
    write_private(folder / _JOURNAL, json.dumps(asdict(journal)).encode())


def close(folder: Path) -> None:
    """The change is done, or wholly undone: nothing is left to make good."""
    discard(folder / _JOURNAL)
    flush_folder(folder)


def read_journal(folder: Path) -> Journal | None:
    """The journal a cut change has left; None where there is none."""
    try:
        value: dict[str, Any] = json.loads((folder / _JOURNAL).read_bytes())
    except FileNotFoundError:
        return None
    steps = tuple(
        Step(one["path"], one["real"], image_from(one["old"]), image_from(one["new"]), one["temporary"])
        for one in value["steps"]
    )
    return Journal(
        State(value["goal"]), steps, tuple(value["make"]), tuple(value["remove"]), Phase(value["phase"])
    )


def clean_up(root: Path, journal: Journal) -> None:
    """Remove temporary files and made folders of a change; what has been put in place stays."""
    for step in journal.steps:
        with contextlib.suppress(OSError):  # a folder that can't be written any more
            discard(root / step.temporary)
    remove_emptied(root, journal.make)


def put_back(folder: Path, root: Path, journal: Journal) -> list[str]:
    """Give every file that holds its new content its old one. Returns the paths of those that hold
    neither and were left alone. Raises EditError where the system refuses; the journal then stays.
    """
    note(folder, replace(journal, phase=Phase.REVERTING))
    left: list[str] = []
    try:
        for step in journal.steps:
            if matches(root, step, step.old):
                continue
            if not matches(root, step, step.new):
                left.append(step.path)
                continue
            place(folder, root, step, step.new, step.old)
    except OSError as error:
        raise EditError(
            f"{_reason(root, error, journal)}, and not all files could be put back as they were.",
            hint="Mend that, then run `lakewright undo`: it goes on from here.",
        ) from None
    clean_up(root, journal)
    return left


def place(folder: Path, root: Path, step: Step, old: Image | None, new: Image | None) -> None:
    """Bring one file from `old` to `new`, anew from the images: what was prepared may be gone."""
    target, temporary = root / step.real, root / step.temporary
    discard(temporary)
    if new is None:
        target.unlink()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        prepare(temporary, image_bytes(folder, new), like=target, mode=new.mode)
        install(temporary, target, is_new=old is None)
    flush_folder(target.parent)


def matches(root: Path, step: Step, image: Image | None) -> bool:
    """Whether the file holds exactly these bytes now (None: isn't there)."""
    try:
        data = content_of(root / step.real)
    except OSError:
        return False
    return data is None if image is None else data is not None and fingerprint(data) == image.hash


def _prepared(folder: Path, root: Path, journal: Journal, stop: Stop) -> Journal:
    make_folders(root, journal.make)
    steps: list[Step] = []
    for step in journal.steps:
        _check_wanted(stop)
        if step.new is None:
            steps.append(step)
            continue
        data = image_bytes(folder, step.new)
        mode = prepare(root / step.temporary, data, like=root / step.real, mode=step.new.mode)
        steps.append(replace(step, new=replace(step.new, mode=mode)))
    return replace(journal, steps=tuple(steps))


def _check_wanted(stop: Stop) -> None:
    if stop():
        raise CancelledRunError("Cancelled; nothing was written.")


def _check_unchanged(root: Path, steps: Sequence[Step]) -> None:
    changed = [step.path for step in steps if not matches(root, step, step.old)]
    if changed:
        raise ChangedOnDiskError(changed)


def _take(root: Path, steps: Sequence[Step]) -> None:
    for step in steps:
        _check_unchanged(root, (step,))
        target = root / step.real
        if step.new is None:
            target.unlink()
            continue
        try:
            install(root / step.temporary, target, is_new=step.old is None)
        except FileExistsError:
            raise ChangedOnDiskError((step.path,)) from None
    for parent in {(root / step.real).parent for step in steps}:
        flush_folder(parent)


def _failed(root: Path, error: OSError, journal: Journal) -> EditError:
    return EditError(
        f"{_reason(root, error, journal)}; nothing was written.",
        hint="Mend that, then run it again; every file is as it was.",
    )


def _reason(root: Path, error: OSError, journal: Journal) -> str:
    name = str(error.filename2 or error.filename or root)
    spoken = {str(root / step.temporary): step.path for step in journal.steps}
    spoken |= {str(root / step.real): step.path for step in journal.steps}
    return f"{shown(spoken.get(name, name))} can't be written ({error.strerror or type(error).__name__})"
