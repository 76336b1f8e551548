"""Taking a refactor back where some of its files are open in an editor: what the editor is to do is decided
first, done by the editor, and only then the rest is written. All blocking.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakewright.errors import InputError
from lakewright.workspace.atomic_write_file import remove_emptied
from lakewright.workspace.decode import decode
from lakewright.workspace.journal import ChangedOnDiskError
from lakewright.workspace.journal_recovery import mend
from lakewright.workspace.listing import Stop, never
from lakewright.workspace.paths import shown
from lakewright.workspace.snapshots import (
    FileChange,
    Image,
    Snapshot,
    State,
    find_snapshot,
    image_bytes,
    list_snapshots,
    load,
    save,
    with_seen,
)
from lakewright.workspace.three_way import Conflict, merge
from lakewright.workspace.undo import (
    NOTHING,
    Undone,
    answered,
    being_changed,
    carried_out,
    done,
    goal_of,
    refused,
)
from lakewright.workspace.undo_keeping import locked
from lakewright.workspace.undo_plan import (
    Refusal,
    Wanted,
    conflict_lines,
    plan,
    shows,
    why_not_merged,
)


@dataclass(frozen=True, slots=True)
class InEditor:
    """An open file that is to hold another text; None: it is to be deleted. `path` is for people."""

    path: str
    real: Path
    now: str
    then: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What is to be done: by the editor `changes`; then the rest, by `finish`."""

    name: str
    goal: State
    roots: tuple[Path, ...]
    changes: tuple[InEditor, ...]
    left: frozenset[Path]
    """Files that the editor has open: none of them is written."""


def decide(
    state: Path,
    roots: Sequence[Path],
    name: str | None,
    buffers: Mapping[Path, str | None],
    *,
    deletes: bool,
    say: Callable[[str], None],
    stop: Stop = never,
) -> Undone | Decided:
    """What taking back a snapshot of these roots comes to: the one named, else the newest not yet undone.

    `buffers` are the texts of open files by their resolved paths, None where that isn't known; `deletes`:
    the editor deletes files, too. An answer where nothing is to be done, or it can't be. Raises as
    `workspace.undo.undo`.
    """
    with locked(state, roots, stop) as folders:
        for root, folder in folders.items():
            mended = mend(folder, root)
            for one in mended:
                say(one.sentence)
            found = answered(mended) if name is None else None
            if found:
                return found
        group = _named(state, roots, name) if name else _newest(state, folders, buffers)
        return _decided(folders, group, buffers, deletes=deletes) if group else NOTHING


def finish(state: Path, decided: Decided, *, stop: Stop = never) -> Undone:
    """Write the files that the editor hasn't open, all or none, and note how the snapshot stands now."""
    with locked(state, decided.roots, stop) as folders:
        snapshots = {root: load(folders[root] / decided.name) for root in decided.roots}
        wanted: dict[Path, list[Wanted]] = {}
        refusals: list[Refusal] = []
        for root, snapshot in snapshots.items():
            if goal_of(snapshot) is not decided.goal:  # another process has done its part
                continue
            found = plan(folders[root] / decided.name, root, snapshot, without=_inside(root, decided.left))
            refusals += [one for one in found if isinstance(one, Refusal)]
            wanted[root] = [one for one in found if isinstance(one, Wanted)]
        first = snapshots[decided.roots[0]]
        if refusals:
            return refused(first, decided.goal, refusals)
        files = [one.path for one in decided.changes]
        written: list[Path] = []
        try:
            for root, ones in wanted.items():
                seen = with_seen(snapshots[root], [one.path for one in decided.changes])
                carried_out(folders[root], root, seen, ones, stop)
                written.append(root)
                if decided.goal is State.UNDONE:
                    remove_emptied(root, snapshots[root].folders)
                files += [_said(root, one.path, decided.roots) for one in ones]
        except BaseException as error:
            _taken_again(folders, decided, snapshots, written)
            if isinstance(error, ChangedOnDiskError):
                return refused(first, decided.goal, being_changed(error))
            raise
        return done(first, decided.goal, tuple(files))


def _named(state: Path, roots: Sequence[Path], name: str) -> dict[Path, Snapshot]:
    group: dict[Path, Snapshot] = {}
    unknown: InputError | None = None
    for root in roots:
        try:
            group[root] = find_snapshot(state, root, name)
        except InputError as error:
            unknown = error
    if not group and unknown is not None:
        raise unknown
    return group


def _newest(
    state: Path, folders: Mapping[Path, Path], buffers: Mapping[Path, str | None]
) -> dict[Path, Snapshot]:
    """The newest snapshot that isn't undone, with its parts in other roots."""
    every = [(root, one) for root in folders for one in list_snapshots(state, root)]
    every.sort(key=lambda item: item[1].time, reverse=True)
    for root, one in every:
        if one.state is State.UNDONE:
            continue
        if one.state is State.PENDING and not _is_there(folders[root], root, one, buffers):
            continue
        return {other: part for other, part in every if part.id == one.id and goal_of(part) is goal_of(one)}
    return {}


def _is_there(folder: Path, root: Path, snapshot: Snapshot, buffers: Mapping[Path, str | None]) -> bool:
    """Whether a change that nobody saw happen has happened."""
    place = folder / snapshot.id
    texts = [_open_file(place, root, one, buffers, again=False) for one in snapshot.files]
    return any(isinstance(one, InEditor) for one in texts) or shows(place, root, snapshot)


def _decided(
    folders: Mapping[Path, Path],
    group: Mapping[Path, Snapshot],
    buffers: Mapping[Path, str | None],
    *,
    deletes: bool,
) -> Undone | Decided:
    roots = tuple(group)
    first = group[roots[0]]
    goal = goal_of(first)
    changes: list[InEditor] = []
    refusals: list[Refusal] = []
    left: set[Path] = set()
    for root, snapshot in group.items():
        place = folders[root] / snapshot.id
        again = goal is State.APPLIED
        for one in snapshot.files:
            if root / one.real not in buffers or (again and not one.seen):
                continue
            found = _open_file(place, root, one, buffers, again=again)
            if isinstance(found, InEditor) and found.then is None and not deletes:
                continue  # it is as it was made: it is deleted on disk
            left.add(root / one.real)
            if isinstance(found, InEditor):
                changes.append(found)
            elif found is not None and one.seen:
                refusals.append(found)
        on_disk = plan(place, root, snapshot, without=_inside(root, left))
        refusals += [one for one in on_disk if isinstance(one, Refusal)]
    if refusals:
        return refused(first, goal, refusals)
    return Decided(first.id, goal, roots, tuple(changes), frozenset(left))


def _open_file(
    place: Path, root: Path, change: FileChange, buffers: Mapping[Path, str | None], *, again: bool
) -> InEditor | Refusal | None:
    """What an open file is to hold; None where it does, or isn't open."""
    if root / change.real not in buffers:
        return None
    now = buffers[root / change.real]
    if now is None:
        return Refusal(change.path, "what the editor holds of it isn't known; close it and open it again")
    base, goal = (change.before, change.after) if again else (change.after, change.before)
    try:
        then = _brought(change.path, now, _text(place, base, change.path), _text(place, goal, change.path))
    except InputError as error:
        return Refusal(change.path, error.message.rstrip("."))
    if isinstance(then, Refusal):
        return then
    return None if then == now else InEditor(change.path, root / change.real, now, then)


def _brought(path: str, now: str, old: str | None, new: str | None) -> str | Refusal | None:
    """What a text becomes that is, or has come of, the old one."""
    if now not in (old, new):
        old, new = (None if text is None else _ended_as(now, text) for text in (old, new))
    if now in (old, new):
        return new
    if old is None or new is None:
        return Refusal(path, why_not_merged(is_there=True, was_there=old is not None))
    return _merged(path, old, now, new)


def _merged(path: str, base: str, now: str, then: str) -> str | Refusal:
    result = merge(*(text.encode("utf-8", "surrogatepass") for text in (base, now, then)))
    if isinstance(result, Conflict):
        return Refusal(path, "the same lines were changed since", conflict_lines(result.clashes))
    return result.decode("utf-8", "surrogatepass")


def _text(place: Path, image: Image | None, path: str) -> str | None:
    return None if image is None else decode(image_bytes(place, image), path).text


def _ended_as(now: str, text: str) -> str:
    """The text with the line ends of what the editor shows: some give a file one kind of them."""
    ends = {"\r\n": now.count("\r\n")}
    ends["\n"], ends["\r"] = now.count("\n") - ends["\r\n"], now.count("\r") - ends["\r\n"]
    used = [end for end, count in ends.items() if count]
    if len(used) != 1:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", used[0])


def _inside(root: Path, paths: Collection[Path]) -> set[str]:
    """Paths below a root as snapshots name them."""
    return {path.relative_to(root).as_posix() for path in paths if path.is_relative_to(root)}


def _said(root: Path, path: str, roots: Sequence[Path]) -> str:
    return path if len(roots) == 1 else shown(f"{root.name}/{path}")


def _taken_again(
    folders: Mapping[Path, Path],
    decided: Decided,
    snapshots: Mapping[Path, Snapshot],
    written: Sequence[Path],
) -> None:
    """Bring files of other roots back to where they were: all or none."""
    for root in written:
        snapshot = load(folders[root] / decided.name)
        found = plan(folders[root] / decided.name, root, snapshot, without=_inside(root, decided.left))
        carried_out(folders[root], root, snapshot, [one for one in found if isinstance(one, Wanted)], never)
        save(folders[root] / decided.name, snapshots[root])
