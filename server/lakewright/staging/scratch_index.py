"""Which files git tracks, from its index: an ignored file that is tracked is as good as any other.

Read without git, which needn't be installed. Format: gitformat-index(5), versions 2 to 4.
"""

from dataclasses import dataclass
from pathlib import Path

_STATUS = 40
"""Bytes of an entry before its hash."""

_EXTENDED, _NAME_LENGTH = 0x4000, 0x0FFF


@dataclass(frozen=True, slots=True)
class Tracked:
    """Paths relative to the repository, as bytes; `folders` are all that hold one of the files."""

    files: frozenset[bytes] = frozenset()
    folders: frozenset[bytes] = frozenset()


def tracked_by(git: Path, *, hash_bytes: int) -> Tracked:
    """What the indexes in the git folder name; nothing where there is none that can be read.

    Of a split index both halves are read: too many names do no harm.
    """
    files: set[bytes] = set()
    for index in (git / "index", *git.glob("sharedindex.*")):
        try:
            files.update(_names(index.read_bytes(), hash_bytes))
        except (OSError, IndexError, ValueError):
            continue
    folders: set[bytes] = set()
    for name in files:
        folder = name.rstrip(b"/").rpartition(b"/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition(b"/")[0]
    return Tracked(frozenset(files), frozenset(folders))


def _names(data: bytes, hash_bytes: int) -> list[bytes]:
    version, count = int.from_bytes(data[4:8]), int.from_bytes(data[8:12])
    if data[:4] != b"DIRC" or version not in (2, 3, 4):
        raise ValueError(version)
    names: list[bytes] = []
    name, place = b"", 12
    for _ in range(count):
        start, place = place, place + _STATUS + hash_bytes
        flags = int.from_bytes(data[place : place + 2])
        place += 4 if flags & _EXTENDED else 2
        if version == 4:
            dropped, place = _number(data, place)
            end = data.index(b"\0", place)
            name = name[: len(name) - dropped] + data[place:end]
            place = end + 1
        else:
            length = flags & _NAME_LENGTH
            end = data.index(b"\0", place) if length == _NAME_LENGTH else place + length
            name = data[place:end]
            place = start + (end - start + 8) // 8 * 8
        names.append(name)
    return [name for name in names if name]


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number in git's own variable-length form, and the place behind it."""
    byte = data[place]
    value = byte & 127
    while byte & 128:
        place += 1
        byte = data[place]
        value = (value + 1 << 7) | (byte & 127)
    return value, place + 1
