"""A copy of the workspace in which a command may do what it likes, with the changed files in place."""

import asyncio
import contextlib
import os
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError, LakewrightError
from lakewright.staging.scratch_copying import Copying, no_room
from lakewright.staging.scratch_environment import current_folder, environment_for, spelled_in_copy
from lakewright.staging.scratch_shared import lead_back
from lakewright.staging.scratch_tree import PREFIX, TREE, copy_tree
from lakewright.staging.settled import settled
from lakewright.staging.values import StagedFile
from lakewright.workspace.decode import decode
from lakewright.workspace.files import Workspace
from lakewright.workspace.layers import as_they_are
from lakewright.workspace.listing import never
from lakewright.workspace.lock import held
from lakewright.workspace.paths import parts_below, shown

_PATIENCE = 5.0
"""Seconds to wait for a cancelled copying to stop: it asks between files."""

_DAY = 86_400.0
"""Seconds after which no command runs any more."""

_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Scratch:
    """A copy (`root`) of the workspace at `real`; where a command starts in it, and with what."""

    real: Path
    root: Path
    current: Path
    environment: dict[str, str]

    def command(self, line: str) -> str:
        """The shell line with the workspace's own path, where it is spelled out, led into the copy."""
        return spelled_in_copy(line, self.real, self.root)

    def real_paths(self, text: str) -> str:
        """What a command says, with paths of the workspace in place of the copy's."""
        return text.replace(str(self.root), str(self.real))


def check_root(workspace: Workspace) -> None:
    """Raise InputError for a root that is no project's: the home folder, `/`, the temporary folder."""
    root = workspace.root.path
    if workspace.root.only_file is not None or root == Path(root.anchor):
        raise InputError(
            f"{shown(str(root))} is too wide a folder to be copied for --verify.",
            hint="Name the project's folder with --root.",
        )


@asynccontextmanager
async def scratch_copy(workspace: Workspace, files: Sequence[StagedFile]) -> AsyncIterator[Scratch]:
    """A scratch copy for the length of a block. It lies in a folder of the temporary one that only its
    owner may read, and is removed in any case: after a kill by the next run.

    Raises InputError for a tree that can't be copied, ConfigError where there is no room.
    """
    check_root(workspace)
    root, stopped = workspace.root.path, threading.Event()
    with _private_folder() as folder:
        copying = Copying(root, folder / TREE / root.name, stopped.is_set)
        try:
            yield await _stoppable(lambda: _made(workspace, files, folder, copying), stopped)
        finally:
            await settled(in_daemon_thread(_unmade, workspace, folder, copying))


async def _stoppable(work: Callable[[], Scratch], stopped: threading.Event) -> Scratch:
    """Work in a thread that a cancelled waiter sees ended, unless the system holds it up."""
    task = asyncio.ensure_future(in_daemon_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stopped.set()
        await settled(_ended(task))
        raise


async def _ended(task: "asyncio.Future[Scratch]") -> None:
    await asyncio.wait({task}, timeout=_PATIENCE)
    if task.done() and not task.cancelled():
        task.exception()  # it was told to stop, and says so


def _made(workspace: Workspace, files: Sequence[StagedFile], folder: Path, copying: Copying) -> Scratch:
    """Copy, put the changed files in place, prepare the environment. In a thread."""
    root = copying.root
    try:
        _sweep(folder.parent)
        copying.copy.parent.mkdir()
        contents = _contents(workspace, files)
        copy_tree(copying, [parts_below(root, path) for path in contents], workspace.environ)
        for path, data in contents.items():
            _put(copying, path, data)
        current = current_folder(root, copying.copy)
        environment = environment_for(
            root, copying.copy, current, workspace.environ, shares_python=bool(copying.environments)
        )
        return Scratch(root, copying.copy, current, environment)
    except OSError as error:
        raise copying.failed(error, Path(error.filename or root)) from None
    finally:
        if copying.stop():
            remove(folder)


def _unmade(workspace: Workspace, folder: Path, copying: Copying) -> None:
    with contextlib.suppress(OSError):
        lead_back(copying.environments, workspace.environ, copying.root, copying.copy)
    remove(folder)


def _contents(workspace: Workspace, files: Sequence[StagedFile]) -> dict[str, bytes]:
    """The new bytes by path: the staged files, and the editor's buffers as they would be saved. Of several
    roots those of the first: it alone is copied.
    """
    contents: dict[str, bytes] = {}
    own, _ = workspace.member(str(workspace.root.path))
    placed = [(*workspace.member(file.path, new=file.before is None), file.data) for file in files]
    staged = {within: data for member, within, data in placed if member is own}
    for path, text in as_they_are(own.overlay).items():
        if path in staged:
            continue
        file = own.root.path.joinpath(*parts_below(own.root.path, path))
        with contextlib.suppress(LakewrightError, UnicodeEncodeError):
            old = decode(file.read_bytes() if file.is_file() else b"", path)
            if old.text != text:
                contents[path] = old.bom + text.encode(old.encoding)
    return contents | staged


def _put(copying: Copying, path: str, data: bytes) -> None:
    """Give a file of the copy its new content; its mode stays. A link is written through, in the copy."""
    target = Path(os.path.realpath(copying.copy.joinpath(*parts_below(copying.root, path))))
    if not target.is_relative_to(copying.copy):
        raise InputError(
            f"{shown(path)} leads out of the workspace; it can't be changed in a copy for --verify.",
            hint="Run without --verify.",
        )
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.write_bytes(data)
    if mode is not None:
        target.chmod(mode)


@contextlib.contextmanager
def _private_folder() -> Iterator[Path]:
    """A new folder that only its owner may enter. The system keeps its lock as long as this program runs."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=os.path.realpath(tempfile.gettempdir())))
    except OSError as error:
        raise no_room(error) from None
    new = folder / f"{_LOCK}.new"
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(LakewrightError, OSError):  # a disk without locks: its age must tell
            stack.enter_context(held(new, timeout=0, stop=never))
            new.rename(folder / _LOCK)
        yield folder


def _sweep(base: Path) -> None:
    """Remove what killed runs have left behind; ours only."""
    with contextlib.suppress(OSError), os.scandir(base) as entries:
        for entry in entries:
            if not entry.name.startswith(PREFIX) or not entry.is_dir(follow_symlinks=False):
                continue
            status = entry.stat(follow_symlinks=False)
            if hasattr(os, "getuid") and status.st_uid != os.getuid():
                continue
            folder = Path(entry.path)
            if _is_free(folder / _LOCK) or status.st_mtime < time.time() - _DAY:
                remove(folder)


def _is_free(lock: Path) -> bool:
    """Whether the run that held the lock has ended, however it ended."""
    try:
        if lock.is_file():
            with held(lock, timeout=0, stop=never):
                return True
    except (LakewrightError, OSError):
        pass
    return False


def remove(folder: Path) -> None:
    """Remove a folder with all in it, also what a command has made read-only; links are not followed."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    for inner, folders, _ in os.walk(folder):
        for name in folders:
            path = os.path.join(inner, name)  # noqa: PTH118 - 200,000 of them
            if not os.path.islink(path):  # noqa: PTH114 - likewise
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)  # noqa: PTH101 - likewise
    shutil.rmtree(folder, ignore_errors=True)
