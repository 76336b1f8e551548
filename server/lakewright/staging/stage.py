"""The staged view of a run: what its model has changed so far, over a workspace that stays as it is."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lakewright.edits.bytes_of import bytes_of
from lakewright.edits.values import FileEdits, Kind, NewFile, Refused, WholeFile
from lakewright.errors import InputError
from lakewright.staging.applying import Changed, Result, Unchanged, created, edited
from lakewright.staging.ledger import MAX_ATTEMPTS, Ledger
from lakewright.staging.places import Place, missing, place_of, why_not_new
from lakewright.staging.values import Change, OpenRefusal, StagedFile, Verdict
from lakewright.workspace.atomic_write_file import fingerprint
from lakewright.workspace.background import in_background
from lakewright.workspace.decode import Decoded
from lakewright.workspace.files import Workspace
from lakewright.workspace.listing import Stop, never
from lakewright.workspace.paths import shown

_MASKED = Refused(
    "A gateway of the company has rewritten this answer: it isn't what was written, and isn't used.",
    Kind.MASKED,
)


class Stage:
    """Changes of one run, used from the event loop; two calls at once wait for each other.

    `masked()` says whether a gateway has rewritten the turn that asks; `turn()` is the number of that
    turn: refusals of one turn count as one attempt. Without it each refusal is an attempt.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        masked: Callable[[], bool] = never,
        turn: Callable[[], int] | None = None,
    ) -> None:
        self.view = Workspace(
            workspace.root, ignore=workspace.ignore, overlay=workspace.overlay, environ=workspace.environ
        )
        self._base = workspace
        self._masked = masked
        self._turn = turn
        self._lock = asyncio.Lock()
        self._ledger = Ledger()
        self._staged: dict[str, StagedFile] = {}
        self._attempted = False

    async def apply(self, change: Change) -> Verdict:
        """Stage a change, or say why not; a refusal is a verdict, never an exception."""
        self._attempted = True
        async with self._lock:
            work = _Work(self._base, self.view, dict(self._staged))
            place = await in_background(lambda _: work.place(change))
            named = place.path if isinstance(place, Place) else change.path
            if self._ledger.is_exhausted(named):
                return self._refused(change.path, place, Refused("No further attempt is taken.", Kind.FORM))
            if self._masked():
                return self._refused(change.path, place, _MASKED)
            if isinstance(place, Refused):
                return self._refused(change.path, place, place)
            outcome = await in_background(lambda stop: work.outcome(place, change, stop))
            if isinstance(outcome, Refused):
                return self._refused(change.path, place, outcome)
            if isinstance(outcome, Unchanged):
                return Verdict(place.path, f"{shown(place.path)}: {outcome.said}")
            return self._accepted(outcome)

    def refuse(self, path: str | None, refused: Refused) -> Verdict:
        """Note a change that can't even be tried: a form begun and not finished, wrong arguments."""
        self._attempted = True
        place = None if path is None else place_of(path, self._base, self._staged)
        return self._refused(path or "", place, refused)

    @property
    def files(self) -> tuple[StagedFile, ...]:
        """Those whose bytes differ from the original, in the order of their first change."""
        return tuple(file for file in self._staged.values() if file.changes)

    @property
    def open_refusals(self) -> tuple[OpenRefusal, ...]:
        """What was refused and not made good: of a file, without a later accepted change of it; of no
        file, while no later change at all was accepted.
        """
        return self._ledger.open

    @property
    def exhausted(self) -> OpenRefusal | None:
        """A path that was refused MAX_ATTEMPTS times since it was last accepted."""
        return self._ledger.exhausted

    @property
    def attempted(self) -> bool:
        """Whether any change came in at all."""
        return self._attempted

    def _refused(self, named: str, place: Place | Refused | None, refused: Refused) -> Verdict:
        path = place.path if isinstance(place, Place) and place.exists else None
        key = place.path if isinstance(place, Place) else named
        attempts = self._ledger.refused(key, path, refused, turn=self._turn() if self._turn else None)
        left = MAX_ATTEMPTS - attempts
        last = "That was the last attempt for it: no further one is taken."
        chances = f"{left} more attempt{'s' if left > 1 else ''} for it." if left > 0 else last
        name = f"{shown(key)} was not changed. " if key else ""
        return Verdict(path, f"{name}{refused.reason} {chances}", refused)

    def _accepted(self, made: "_Made") -> Verdict:
        file = made.file
        self._staged[file.path] = file
        self._ledger.accepted(file.path)
        overlay = {**self.view.overlay, file.path: file.after.text}
        if not file.changes and file.path not in self._base.overlay:
            del overlay[file.path]
        self.view.overlay = overlay  # a new one: a thread may still be walking through the old
        return Verdict(file.path, made.said)


@dataclass(frozen=True, slots=True)
class _Made:
    file: StagedFile
    said: str


@dataclass(frozen=True, slots=True)
class _Work:
    """What blocks: files are read, text is searched and parsed. Runs in a thread, on values of its own."""

    base: Workspace
    view: Workspace
    staged: Mapping[str, StagedFile]

    def place(self, change: Change) -> Place | Refused:
        return place_of(change.path, self.base, self.staged)

    def outcome(  # noqa: PLR0911 - one return a reason
        self, place: Place, change: Change, stop: Stop
    ) -> _Made | Unchanged | Refused:
        if not place.exists:
            if isinstance(change, FileEdits):
                return missing(change.path, self.view, stop=stop)
            new = NewFile(place.path, change.content)
            refused = why_not_new(change.path, self.base, self.staged)
            return refused or self._made(place, None, created(place.path, new), new)
        file = self.staged.get(place.path) or original(place.path, self.base)
        if isinstance(file, Refused):
            return file
        if isinstance(change, FileEdits):
            return self._made(place, file, edited(place.path, file.after, change), change)
        if _same(change.content, file.after.text):
            return Unchanged("Already applied: the file is there, with this very text.")
        if isinstance(change, WholeFile):
            return Refused("Whole files aren't taken here: use search and replace.", Kind.FORM)
        return Refused(
            f"{shown(place.path)} exists already: use edit_file to change it.",
            Kind.EXISTS,
        )

    def _made(
        self, place: Place, file: StagedFile | None, result: Result, change: Change
    ) -> _Made | Unchanged | Refused:
        if not isinstance(result, Changed):
            return result
        verb = "Created" if file is None else "Edited"
        said = f"{verb} {shown(place.path)}: {result.said}"
        change = replace(change, path=place.path)
        if file is None:
            return _Made(StagedFile(place.path, None, result.after, result.data, None, (change,)), said)
        back = file.before is not None and result.after == file.before
        changes = () if back else (*file.changes, change)
        return _Made(replace(file, after=result.after, data=result.data, changes=changes), said)


def original(path: str, workspace: Workspace) -> StagedFile | Refused:
    """A file as it is before any change: an open buffer's text over the disk's, in the disk's encoding."""
    try:
        disk: Decoded | None = replace_overlay(workspace).decoded(path)
    except InputError as error:
        if path not in workspace.overlay:
            return Refused(error.message, Kind.DENIED)
        disk = None
    now = disk or Decoded("", "utf-8")
    buffer = workspace.overlay.get(path)
    if buffer is not None and buffer != now.text:
        now = Decoded(buffer, now.encoding, now.bom)
    data = bytes_of(now, now.text, path)
    if isinstance(data, Refused):
        now = Decoded(now.text, "utf-8")
        data = bytes_of(now, now.text, path)
    if isinstance(data, Refused):
        return data
    return StagedFile(path, now, now, data, fingerprint(data), ())


def replace_overlay(workspace: Workspace) -> Workspace:
    """The same workspace as it is on disk."""
    return Workspace(workspace.root, ignore=workspace.ignore, environ=workspace.environ)


def _same(one: str, other: str) -> bool:
    a, b = one.replace("\r\n", "\n"), other.replace("\r\n", "\n")
    return a == b or a + "\n" == b
