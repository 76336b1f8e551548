"""Snapshots of what an editor is asked to change: the bytes are kept before it is asked, and the snapshot
counts once the change was seen. One of several roots is a snapshot in each, of the same id. All blocking.
"""

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lakewright.workspace.atomic_write import LOCK_SECONDS, moment_after, temporary_name
from lakewright.workspace.atomic_write_checks import examine, missing_folders
from lakewright.workspace.journal import ChangedOnDiskError, Journal, Step, carry_out, close
from lakewright.workspace.journal_recovery import concluded
from lakewright.workspace.listing import Stop, never
from lakewright.workspace.lock import held
from lakewright.workspace.snapshots import (
    FileChange,
    Snapshot,
    State,
    append_image,
    flush_images,
    folder_of,
    list_snapshots,
    load,
    open_folder,
    prune,
    save,
    using,
    with_seen,
    with_state,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file before (None: it is to be created) and after a change; `path` and `real` as in FileChange."""

    path: str
    real: str
    before: bytes | None
    after: bytes
    seen: bool = False


def keep(
    state: Path,
    files: Mapping[Path, Sequence[Kept]],
    *,
    instruction: str,
    stop: Stop = never,
    now: datetime | None = None,
) -> str:
    """Keep the files of each root; the id of the snapshot, which is pending.

    Raises InputError while another run is writing, ConfigError, CancelledRunError.
    """
    with locked(state, files, stop):
        moment = now or datetime.now(UTC)
        for root in files:
            moment = moment_after(moment, next((one.time for one in list_snapshots(state, root)), None))
        while any((folder_of(state, root) / _name(moment)).exists() for root in files):
            moment += timedelta(microseconds=1)
        for root, kept in files.items():
            place = folder_of(state, root) / _name(moment)
            place.mkdir(mode=0o700)
            save(place, _snapshot(place, root, kept, instruction, moment))
        return _name(moment)


def note_seen(state: Path, name: str, seen: Mapping[Path, Collection[str]]) -> None:
    """These files of each root show the new text now: the snapshot can be undone."""
    with locked(state, seen, never):
        for root, paths in seen.items():
            place = folder_of(state, root) / name
            snapshot = with_seen(load(place), paths)
            if any(one.seen for one in snapshot.files):
                moment = moment_after(datetime.now(UTC), _newest_but(state, root, name))
                snapshot = replace(with_state(snapshot, State.APPLIED), time=moment)
            save(place, snapshot)
            with suppress(OSError):  # the next one prunes
                prune(state, root, now=snapshot.time)


def forget(state: Path, roots: Collection[Path], name: str) -> None:
    """The change was not made, and won't be."""
    with locked(state, roots, never):
        for root in roots:
            shutil.rmtree(folder_of(state, root) / name, ignore_errors=True)


def create_files(state: Path, root: Path, name: str, paths: Collection[str]) -> None:
    """Write new files of the snapshot, all or none. Raises EditError where one can't be written."""
    with locked(state, (root,), never) as folders:
        place = folders[root] / name
        snapshot = load(place)
        chosen = [one for one in snapshot.files if one.path in paths]
        there = [one.path for one in chosen if examine(root, one.path, root / one.real)]
        if there:
            raise ChangedOnDiskError(there)
        steps = tuple(
            Step(one.path, one.real, None, one.after, temporary_name(one.real, name, index))
            for index, one in enumerate(chosen)
        )
        journal = carry_out(place, root, Journal(State.APPLIED, steps, make=snapshot.folders), never)
        with suppress(OSError):  # all is written; the next run concludes it
            save(place, concluded(with_seen(snapshot, paths), journal))
            close(place)


@contextmanager
def locked(state: Path, roots: Collection[Path], stop: Stop) -> Iterator[dict[Path, Path]]:
    """Hold the locks of all roots; the folders of their snapshots. Always in the same order."""
    with using(state), ExitStack() as stack:
        folders = {root: open_folder(state, root) for root in sorted(roots)}
        for folder in folders.values():
            stack.enter_context(held(folder / "lock", timeout=LOCK_SECONDS, stop=stop))
        yield folders


def _snapshot(place: Path, root: Path, files: Sequence[Kept], instruction: str, moment: datetime) -> Snapshot:
    changes = []
    for one in files:
        mode = _mode(root / one.real)
        before = None if one.before is None else append_image(place, one.before, mode)
        after = append_image(place, one.after, None if one.before is None else mode)
        changes.append(FileChange(one.path, one.real, before, after, one.seen))
    flush_images(place)
    made = {folder for one in files if one.before is None for folder in missing_folders(root, one.real)}
    state = State.APPLIED if any(one.seen for one in files) else State.PENDING
    return Snapshot(place.name, moment, str(root), instruction, state, tuple(changes), tuple(sorted(made)))


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode & 0o7777
    except OSError:
        return None


def _name(moment: datetime) -> str:
    return f"{moment:%Y%m%d-%H%M%S-%f}"


def _newest_but(state: Path, root: Path, name: str) -> datetime | None:
    return next((one.time for one in list_snapshots(state, root) if one.id != name), None)
