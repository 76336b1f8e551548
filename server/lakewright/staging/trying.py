"""One change, tried on the files of a run. It reads the disk and changes nothing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lakewright.edits.bytes_of import bytes_of
from lakewright.edits.values import FileEdits, Kind, NewFile, Refused
from lakewright.errors import InputError
from lakewright.staging.applying import Changed, Result, Unchanged
from lakewright.staging.applying_aside import result_of
from lakewright.staging.near import missing
from lakewright.staging.places import Place, place_of, why_left_alone, why_not_new
from lakewright.staging.values import Change, StagedFile
from lakewright.workspace.atomic_write_file import fingerprint
from lakewright.workspace.background import in_background
from lakewright.workspace.decode import Decoded
from lakewright.workspace.files import Workspace
from lakewright.workspace.listing import Stop
from lakewright.workspace.paths import shown


@dataclass(frozen=True, slots=True)
class Made:
    """A file as it will be, and what the model is told of it. `is_new`: this change creates it."""

    file: StagedFile
    said: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change isn't made; `is_content`: not for the path, but for what the file would hold."""

    refused: Refused
    is_content: bool = False


Tried = Made | Unchanged | Refusal


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a run at one moment: the workspace, how the model sees it, what is staged, and the file
    that the user has named.
    """

    base: Workspace
    view: Workspace
    staged: Mapping[str, StagedFile]
    target: str | None = None

    def place(self, path: str, *, new: bool = False) -> Place | Refused:
        """Where a path leads; `new`: of a file that is to be made."""
        try:
            place = place_of(path, self.base, self.staged, new=new)
            if isinstance(place, Refused):
                return place
            return why_left_alone(place, self.base, self.target) or place
        except OSError as error:
            return Refused(f"{shown(path)} can't be read: {error.strerror}.", Kind.DENIED)

    async def tried(self, place: Place, change: Change) -> Tried:
        """What becomes of the change."""
        try:
            found = await in_background(lambda stop: self._found(place, change, stop))
        except OSError as error:
            reason = f"{shown(place.path)} can't be read: {error.strerror}."
            return Refusal(Refused(reason, Kind.DENIED))
        if isinstance(found, Refusal):
            return found
        if isinstance(found, StagedFile):
            return _of_old(found, change, await result_of(found.path, found.after, change))
        return _of_new(found, await result_of(place.path, None, found))

    def _found(self, place: Place, change: Change, stop: Stop) -> StagedFile | NewFile | Refusal:
        """The file that is to be changed, or the one to be created."""
        if place.exists:
            file = self.staged.get(place.path) or original(place.path, self.base)
            return Refusal(file) if isinstance(file, Refused) else file
        if isinstance(change, FileEdits):
            return Refusal(missing(change.path, self.view, stop))
        refused = why_not_new(change.path, self.base, self.staged)
        return Refusal(refused) if refused else NewFile(place.path, change.content)


def _of_old(file: StagedFile, change: Change, result: Result) -> Tried:
    if isinstance(result, Refused):
        return Refusal(result)
    if isinstance(result, Unchanged):
        return result
    return Made(advanced(file, result, change), f"Edited {shown(file.path)}: {result.said}", is_new=False)


def _of_new(new: NewFile, result: Result) -> Tried:
    if isinstance(result, Refused):
        return Refusal(result, is_content=True)
    if isinstance(result, Unchanged):
        return result
    file = StagedFile(new.path, None, result.after, result.data, None, (new,))
    return Made(file, f"Created {shown(new.path)}: {result.said}", is_new=True)


def advanced(file: StagedFile, result: Changed, change: Change) -> StagedFile:
    """The staged file after one more change; without any once it is what it was at first."""
    is_back = file.before is not None and result.after == file.before
    changes = () if is_back else (*file.changes, replace(change, path=file.path))
    return replace(file, after=result.after, data=result.data, changes=changes)


def original(path: str, workspace: Workspace) -> StagedFile | Refused:
    """A file before any change: a buffer's text over the disk's, in the encoding of the disk's."""
    names = os.lstat(workspace.absolute(path)).st_nlink if on_disk(path, workspace) else 1
    if names > 1:
        reason = (
            f"{shown(path)} has {names} names (hard links), and only one would change: it can't be edited."
        )
        return Refused(reason, Kind.DENIED)
    now = _original(path, workspace)
    if isinstance(now, Refused):
        return now
    data = bytes_of(now, now.text, path)
    if isinstance(data, Refused):
        return data
    return StagedFile(path, now, now, data, fingerprint(data), ())


def disk_of(workspace: Workspace) -> Workspace:
    """The workspace without the buffers of editors."""
    return workspace.without_buffers()


def on_disk(path: str, workspace: Workspace) -> bool:
    return os.path.lexists(workspace.absolute(path))


def _original(path: str, workspace: Workspace) -> Decoded | Refused:
    buffer = workspace.overlay.get(path)
    try:
        disk = disk_of(workspace).decoded(path)
    except InputError as error:
        return Refused(error.message, Kind.DENIED) if buffer is None else Decoded(buffer, "utf-8")
    if buffer is None or buffer == disk.text:
        return disk
    try:
        buffer.encode(disk.encoding)
    except UnicodeEncodeError:
        return Decoded(buffer, "utf-8")
    return Decoded(buffer, disk.encoding, disk.bom)
