"""Writing the files of a refactor: all or none, with a snapshot to take it back."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lakewright.workspace.atomic_write_checks import Change, Target, check_changes, missing_folders
from lakewright.workspace.files import Workspace
from lakewright.workspace.journal import Journal, Step, carry_out, close
from lakewright.workspace.journal_recovery import concluded, mend
from lakewright.workspace.listing import Stop, never
from lakewright.workspace.lock import held
from lakewright.workspace.snapshots import (
    FileChange,
    Snapshot,
    State,
    append_image,
    flush_images,
    list_snapshots,
    open_folder,
    prune,
    save,
    using,
)

LOCK_SECONDS = 10.0
"""How long a run waits for another one that is writing."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written; `snapshot` is None where there was nothing to change."""

    snapshot: str | None
    files: tuple[str, ...]


def write_all(
    workspace: Workspace,
    changes: Sequence[Change],
    *,
    state: Path,
    instruction: str,
    say: Callable[[str], None],
    stop: Stop = never,
    timeout: float = LOCK_SECONDS,
    now: datetime | None = None,
) -> Written:
    """Write all changes or none, and keep a snapshot in the folder `state`.

    `say` hears a sentence for each earlier change that had been cut off and is put right first.
    `stop` is asked until the commit; from there all is written. Blocking: call it in a thread.
    Raises ChangedOnDiskError where a file isn't what its change was made from, EditError where one
    may not be written, InputError while another run is writing, CancelledRunError, ConfigError.
    """
    root = workspace.root.path
    folder = open_folder(state, root)
    with using(state), held(folder / "lock", timeout=timeout, stop=stop):
        for one in mend(folder, root):
            say(one.sentence)
        targets = check_changes(workspace, changes)
        if not targets:
            return Written(None, ())
        newest = next((one.time for one in list_snapshots(state, root)), None)
        moment = moment_after(now or datetime.now(UTC), newest)
        with _new_folder(folder, moment) as place:
            snapshot = _taken(place, root, targets, instruction, moment)
            steps = tuple(
                Step(one.path, one.real, one.before, one.after, temporary_name(one.real, place.name, index))
                for index, one in enumerate(snapshot.files)
            )
            journal = Journal(State.APPLIED, steps, make=snapshot.folders)
            journal = carry_out(place, root, journal, stop)
        with suppress(OSError):  # all is written; the next run concludes it, and prunes
            save(place, concluded(snapshot, journal))
            close(place)
            prune(state, root, now=moment)
    return Written(place.name, tuple(target.path for target in targets))


def temporary_name(real: str, token: str, index: int) -> str:
    """A name beside the file that no person or program would choose."""
    return (Path(real).parent / f".lakewright-{token}-{secrets.token_hex(3)}-{index}.tmp").as_posix()


def moment_after(now: datetime, newest: datetime | None) -> datetime:
    """Now, but after the newest snapshot, whatever the clock says: their order is that of the writes."""
    return now if newest is None else max(now, newest + timedelta(microseconds=1))


@contextmanager
def _new_folder(folder: Path, moment: datetime) -> Iterator[Path]:
    """A folder for a new snapshot; gone again when the change fails and nothing is left to make good."""
    place = folder / f"{moment:%Y%m%d-%H%M%S-%f}"
    is_made = False
    try:
        place.mkdir(mode=0o700)
        is_made = True
        yield place
    except BaseException:
        if is_made and not os.path.lexists(place / "journal.json"):
            shutil.rmtree(place, ignore_errors=True)
        raise


def _taken(
    place: Path, root: Path, targets: Sequence[Target], instruction: str, moment: datetime
) -> Snapshot:
    """The snapshot, with all bytes before and after, safe on disk."""
    files: list[FileChange] = []
    for target in targets:
        present = target.present
        before = append_image(place, present.data, present.mode) if present else None
        after = append_image(place, target.data, present.mode if present else None)
        files.append(FileChange(target.path, target.real, before, after))
    flush_images(place)
    folders = sorted({folder for target in targets for folder in missing_folders(root, target.real)})
    snapshot = Snapshot(
        place.name, moment, str(root), instruction, State.WRITING, tuple(files), tuple(folders)
    )
    save(place, snapshot)
    return snapshot
