"""Snapshots: what files of a root held before and after a written refactor.

Below `snapshots/` of the state folder each root has a folder, each snapshot one in it: a
`snapshot.json` and `images`, a file that only grows and holds all bytes end to end.
"""

import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from lakewright.errors import ConfigError, InputError
from lakewright.workspace.atomic_write_file import fingerprint, flush_folder, write_private
from lakewright.workspace.paths import shown

KEEP_DAYS = 30
KEEP_BYTES = 200_000_000
"""Of one root; the newest snapshot stays, however old and large it is."""

_MANIFEST = "snapshot.json"
_IMAGES = "images"
_ID = re.compile(r"[0-9-]{1,40}")


class UnknownSnapshotError(InputError):
    """No snapshot has this id."""


class State(StrEnum):
    """What the files of a snapshot hold. WRITING: a run is at it, or was cut off; never listed.

    PARTIAL: it was cut off, and a file was changed before that could be put right. PENDING: an editor was
    asked for the change, and hasn't been seen to make it; it may, at any time.
    """

    WRITING = "writing"
    PENDING = "pending"
    APPLIED = "applied"
    UNDONE = "undone"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Image:
    """A file's bytes, at `offset` of a snapshot's images, and its mode; `mode` None: as new files get it."""

    hash: str
    size: int
    mode: int | None
    offset: int


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of a snapshot. `path` is how it was named, `real` what that led to; `before` None: created.

    `seen` is False for a change that an editor was asked for and hasn't been seen to make.
    """

    path: str
    real: str
    before: Image | None
    after: Image
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One refactor. `folders` were made for its files, outer ones first; `time` is in UTC."""

    id: str
    time: datetime
    root: str
    instruction: str
    state: State
    files: tuple[FileChange, ...]
    folders: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """For people and programs: no bytes, no places in files."""
        return {
            "snapshot": self.id,
            "time": self.time.isoformat(timespec="seconds"),
            "instruction": self.instruction,
            "state": str(self.state),
            "files": [change.path for change in self.files],
        }


def list_snapshots(state: Path, root: Path) -> list[Snapshot]:
    """The snapshots of this root, newest first. Raises ConfigError where the folder can't be read."""
    with using(state):
        folders = snapshot_folders(folder_of(state, root))
    found = map(_loaded, folders)
    return sorted(
        (one for one in found if one and one.state is not State.WRITING and one.root == str(root)),
        key=lambda one: one.time,
        reverse=True,
    )


def find_snapshot(state: Path, root: Path, name: str) -> Snapshot:
    """The snapshot of this root with the id `name`; InputError where it is unknown or another root's."""
    places = list(state.glob(f"snapshots/*/{name}")) if _ID.fullmatch(name) else []
    found = [one for one in map(_loaded, places) if one and one.state is not State.WRITING]
    for snapshot in found:
        if snapshot.root == str(root):
            return snapshot
    if found:
        raise InputError(
            f"The snapshot {name} belongs to another workspace root, {shown(found[0].root)}.",
            hint="Run the command there, or name that folder with --root.",
        )
    raise UnknownSnapshotError(
        f"There is no snapshot {shown(name)} of this workspace.",
        hint="`lakewright undo --list` shows those there are.",
    )


def folder_of(state: Path, root: Path) -> Path:
    """Where the snapshots of a root are kept. The root is absolute, with links resolved."""
    return state / "snapshots" / fingerprint(os.fsencode(root))[:16]


def open_folder(state: Path, root: Path) -> Path:
    """`folder_of`, made where it isn't there yet; ConfigError where that can't be."""
    folder = folder_of(state, root)
    with using(state):
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in (folder.parent, folder):
            path.mkdir(exist_ok=True, mode=0o700)
    return folder


@contextmanager
def using(state: Path) -> Iterator[None]:
    """Work in the state folder: what the system refuses there is a ConfigError."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"The state folder {shown(str(state))} can't be used: {error.strerror or type(error).__name__}.",
            hint="Make room there, or set LAKEWRIGHT_STATE_DIR to a folder you can write.",
        ) from None


def snapshot_folders(folder: Path) -> list[Path]:
    """The folders of a root's snapshots, finished or not, oldest first."""
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and _ID.fullmatch(path.name))
    except FileNotFoundError:
        return []


def load(folder: Path) -> Snapshot:
    """The snapshot kept in `folder`. Raises OSError or ValueError where it can't be read."""
    value: dict[str, Any] = json.loads((folder / _MANIFEST).read_bytes())
    files = tuple(
        FileChange(
            one["path"],
            one["real"],
            image_from(one["before"]),
            Image(**one["after"]),
            one.get("seen", True),
        )
        for one in value["files"]
    )
    return Snapshot(
        id=value["id"],
        time=datetime.fromisoformat(value["time"]),
        root=value["root"],
        instruction=value["instruction"],
        state=State(value["state"]),
        files=files,
        folders=tuple(value["folders"]),
    )


def save(folder: Path, snapshot: Snapshot) -> None:
    """Keep the snapshot in `folder`, whole and flushed."""
    write_private(
        folder / _MANIFEST, json.dumps({**asdict(snapshot), "time": snapshot.time.isoformat()}).encode()
    )


def image_from(value: dict[str, Any] | None) -> Image | None:
    return Image(**value) if value else None


def append_image(folder: Path, data: bytes, mode: int | None) -> Image:
    """Keep bytes with the snapshot in `folder`. They are safe once `flush_images` was called."""
    descriptor = os.open(
        folder / _IMAGES, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600
    )
    with open(descriptor, "ab") as stream:  # noqa: PTH123 - opened with a mode
        offset = stream.tell()
        stream.write(data)
    return Image(fingerprint(data), len(data), mode, offset)


def flush_images(folder: Path) -> None:
    """Make all bytes kept so far survive a power cut."""
    with (folder / _IMAGES).open("ab") as stream:
        os.fsync(stream.fileno())
    flush_folder(folder)
    flush_folder(folder.parent)


def image_bytes(folder: Path, image: Image) -> bytes:
    """The bytes of an image; InputError where the snapshot was damaged."""
    try:
        with (folder / _IMAGES).open("rb") as stream:
            stream.seek(image.offset)
            data = stream.read(image.size)
    except OSError:
        data = b""
    if fingerprint(data) != image.hash:
        raise InputError(
            f"The snapshot {folder.name} is damaged: the bytes it kept aren't there any more.",
            hint="Put the files back from version control.",
        )
    return data


def with_state(snapshot: Snapshot, state: State) -> Snapshot:
    return replace(snapshot, state=state)


def with_seen(snapshot: Snapshot, paths: Collection[str]) -> Snapshot:
    """The snapshot where these files are known to have changed."""
    files = tuple(replace(one, seen=one.seen or one.path in paths) for one in snapshot.files)
    return replace(snapshot, files=files)


def prune(
    state: Path, root: Path, *, now: datetime, days: int = KEEP_DAYS, most_bytes: int = KEEP_BYTES
) -> list[str]:
    """Remove snapshots of the root that are older than `days`, and the oldest beyond `most_bytes`;
    never the newest. The lock is held. Returns the ids.
    """
    folder, total = folder_of(state, root), 0
    removed: list[str] = []
    for index, snapshot in enumerate(list_snapshots(state, root)):
        total += sum(_sizes(folder / snapshot.id))
        too_old = now - snapshot.time.astimezone(UTC) > timedelta(days=days)
        if index and (too_old or total > most_bytes):
            shutil.rmtree(folder / snapshot.id, ignore_errors=True)
            removed.append(snapshot.id)
    return removed


def _sizes(folder: Path) -> Iterator[int]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry.stat(follow_symlinks=False).st_size


def _loaded(folder: Path) -> Snapshot | None:
    try:
        return load(folder)
    except (OSError, ValueError, KeyError, TypeError):  # another version's, or not whole
        return None
