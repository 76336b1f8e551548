"""Walking a workspace: every file that may be named, none that may not."""

import os
from collections.abc import Callable, Iterator, Mapping

from lakewright.errors import InputError
from lakewright.workspace.guard import Guard
from lakewright.workspace.ignore import Folder

Stop = Callable[[], bool]


def never() -> bool:
    """A walk that nobody stops."""
    return False


def walk(guard: Guard, overlay: Mapping[str, str], stop: Stop) -> Iterator[str]:
    """Relative paths of allowed files: those of a folder in the order of their names, then those of
    its folders. Links to folders aren't followed. Buffers without a file come last.
    """
    if guard.root.only_file is not None:
        only = guard.root.only_file.relative_to(guard.root.path)
        exists = guard.root.only_file.is_file() or only.as_posix() in overlay
        if exists and guard.why_refused(only.parts) is None:
            yield only.as_posix()
        return
    buffers = set(overlay)
    for path in _below(guard, stop):
        buffers.discard(path)
        yield path
    for path in sorted(buffers):
        if guard.why_refused(path.split("/")) is None:
            yield path


def _below(guard: Guard, stop: Stop) -> Iterator[str]:
    """A stack instead of recursion: a hostile tree may be deeper than Python's own."""
    if guard.why_refused(()) is not None:
        return
    waiting: list[tuple[tuple[str, ...], Folder | None]] = [((), None)]
    while waiting and not stop():
        names, parent = waiting.pop()
        rules = guard.top() if parent is None else guard.child(parent, names[-1])
        folders: list[str] = []
        for entry in _entries(guard, names):
            if not guard.lists(rules, (*names, entry.name), entry):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                yield "/".join((*names, entry.name))
        waiting.extend(((*names, name), rules) for name in reversed(folders))


def _entries(guard: Guard, names: tuple[str, ...]) -> list[os.DirEntry[str]]:
    """The folder's entries by name; none where it can't be read, or has become a link meanwhile."""
    try:
        path = guard.root.path.joinpath(*names)
        if os.path.realpath(path) != str(path):
            return []
        with os.scandir(path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (OSError, InputError):
        return []
