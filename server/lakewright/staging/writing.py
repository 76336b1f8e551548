"""Staged files to disk: all or none, off the event loop, located again where the disk has moved on."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakewright.core.threads import in_daemon_thread
from lakewright.edits.values import Refused
from lakewright.errors import EditError
from lakewright.staging.applying_aside import with_text
from lakewright.staging.relocating import made_again
from lakewright.staging.trying import disk_of, on_disk, original
from lakewright.staging.values import StagedFile
from lakewright.workspace.atomic_write import Written, write_all
from lakewright.workspace.atomic_write_checks import Change
from lakewright.workspace.files import Workspace
from lakewright.workspace.journal import ChangedOnDiskError
from lakewright.workspace.listing import Stop
from lakewright.workspace.paths import shown

ROUNDS = 3
"""How often edits are located again, while something else keeps changing the files."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was written: `files` are as they were, those located again, too; none that was so already.
    `snapshot` is None where nothing had to be written.
    """

    snapshot: str | None
    files: tuple[StagedFile, ...]


async def write_staged(
    files: Sequence[StagedFile],
    workspace: Workspace,
    *,
    state: Path,
    instruction: str,
    say: Callable[[str], None],
    relocate: bool = True,
) -> Delivered:
    """Write all files or none, with a snapshot in the folder `state`.

    Edits of a file that changed on disk meanwhile are located in its new text, which `say` then hears,
    unless `relocate` is False: what was verified was the old text. `say` also hears what earlier writes
    had been cut off. A cancel counts until the commit; one that comes later is dropped, and what was
    written is returned. Raises EditError (nothing was written) and whatever `write_all` does.
    """
    loop = asyncio.get_running_loop()

    def told(sentence: str) -> None:
        loop.call_soon_threadsafe(say, sentence)

    def work(stop: Stop) -> Delivered:
        def write(changes: Sequence[Change]) -> Written:
            return write_all(workspace, changes, state=state, instruction=instruction, say=told, stop=stop)

        return _written(files, workspace, write, told, rounds=ROUNDS if relocate else 0)

    return await _to_the_end(work)


async def _to_the_end(work: Callable[[Stop], Delivered]) -> Delivered:
    """Run in a thread. A cancelled wait asks the thread to stop and waits for what it has done by then;
    a second cancel doesn't wait any more.
    """
    stopped = threading.Event()
    task = asyncio.ensure_future(in_daemon_thread(work, stopped.is_set))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stopped.set()
        await asyncio.wait([task])
        if task.exception() is not None:
            raise
        current = asyncio.current_task()
        if current is not None:
            current.uncancel()
        return task.result()


def _written(
    files: Sequence[StagedFile],
    workspace: Workspace,
    write: Callable[[Sequence[Change]], Written],
    say: Callable[[str], None],
    *,
    rounds: int,
) -> Delivered:
    try:
        written = write([Change(file.path, file.data, file.expected) for file in files])
        return Delivered(written.snapshot, tuple(file for file in files if file.path in written.files))
    except ChangedOnDiskError as error:
        if not rounds:
            raise
        changed = set(error.paths)
    again = [located_again(file, workspace) if file.path in changed else file for file in files]
    for path in sorted(changed):
        say(f"{shown(path)} changed on disk meanwhile: its edits were located in the new text.")
    return _written(again, workspace, write, say, rounds=rounds - 1)


def located_again(file: StagedFile, workspace: Workspace) -> StagedFile:
    """The same changes made to the file as it is on disk by now. Raises EditError where they don't fit.

    A change that the file has by now is done; one that gave the whole file can't be made again.
    """
    if not on_disk(file.path, workspace):
        raise _unfit(file.path, "it is no longer there")
    now = original(file.path, disk_of(workspace))
    if isinstance(now, Refused):
        raise _unfit(file.path, now.reason.rstrip("."))
    after = made_again(file.path, now.after, file.changes)
    if isinstance(after, str):
        raise _unfit(file.path, after)
    return with_text(file, now, after)


def _unfit(path: str, reason: str) -> EditError:
    return EditError(
        f"{shown(path)} changed on disk since it was read, and the edits don't fit any more: {reason}.",
        hint="Nothing was written. Run it again, so that it works on what is there now.",
    )
