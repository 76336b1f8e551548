"""The staged view of a run: what its model has changed so far, over a workspace that stays as it is."""

import asyncio
from collections.abc import Callable

from lakewright.edits.values import Kind, NewFile, Refused
from lakewright.staging.applying import Unchanged
from lakewright.staging.ledger import MAX_ATTEMPTS, Ledger, Named
from lakewright.staging.places import Place
from lakewright.staging.trying import Files, Made, Refusal
from lakewright.staging.values import Change, OpenRefusal, StagedFile, Verdict
from lakewright.staging.words import no_further, not_changed
from lakewright.workspace.background import in_background
from lakewright.workspace.files import Workspace
from lakewright.workspace.listing import never
from lakewright.workspace.paths import shown

MAX_SHOWN = 200
"""Characters of a path that leads nowhere."""

MASKED_TURN = Refused(
    "A gateway of the company has rewritten this answer: it isn't what was written, and isn't used.",
    Kind.MASKED,
)


class Stage:
    """The changes of one run, used from the event loop; two at once wait for each other.

    `target` is the path that the user named: a file that decides what may be read is changed only as that.
    `masked()` says whether a gateway has rewritten the turn that asks; `turn()` is a number of that
    turn: its refusals of one path are one attempt. Without it each refusal is an attempt.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        target: str | None = None,
        masked: Callable[[], bool] = never,
        turn: Callable[[], int] | None = None,
    ) -> None:
        self._texts: dict[str, str] = {}
        self.view = workspace.over(self._texts)
        self._base = workspace
        self._target = target
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
            files = Files(self._base, self.view, dict(self._staged), self._target)
            place = await in_background(lambda _: files.place(change.path, new=isinstance(change, NewFile)))
            if isinstance(place, Refused):
                return self._refused(Named(change.path[:MAX_SHOWN]), place)
            named = _named(place)
            if self._masked() or self._ledger.spent(named):
                return self._refused(named, MASKED_TURN)
            tried = await files.tried(place, change)
            match tried:
                case Made():
                    return self._accepted(tried)
                case Unchanged(said):
                    return Verdict(place.path, f"{shown(place.path)}: {said}")
                case Refusal(refused, is_content):
                    is_new = is_content and not place.exists
                    new = Named(place.path, place.path, is_new=True)
                    return self._refused(new if is_new else named, refused)

    def refuse(self, path: str | None, refused: Refused) -> Verdict:
        """Note a change that can't even be tried: a form begun and not finished, wrong arguments."""
        self._attempted = True
        place = Files(self._base, self.view, self._staged, self._target).place(path) if path else None
        named = _named(place) if isinstance(place, Place) else Named((path or "")[:MAX_SHOWN])
        return self._refused(named, refused)

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

    def _refused(self, named: Named, refused: Refused) -> Verdict:
        spent = self._ledger.spent(named)
        if spent:
            return Verdict(named.path, no_further(named.key, MAX_ATTEMPTS), spent.refused)
        turn = self._turn() if self._turn else None
        left = self._ledger.refused(named, refused, turn=turn)
        return Verdict(named.path, not_changed(named.key, refused, left), refused)

    def _accepted(self, made: Made) -> Verdict:
        file = made.file
        self._staged[file.path] = file
        self._ledger.accepted(file.path, is_new=made.is_new)
        if file.changes:
            self._texts[file.path] = file.after.text
        else:
            self._texts.pop(file.path, None)
        return Verdict(file.path, made.said)


def _named(place: Place) -> Named:
    return Named(place.path, place.path if place.exists else None)
