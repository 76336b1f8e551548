"""What follows once an edit is handed to the editor: its answer, what is seen then, what is left to do."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lsprotocol import types

from lakewright.errors import EditError, LakewrightError
from lakewright.lsp.apply_edit_plan import Located
from lakewright.lsp.apply_edit_ready import Order, Ready, ready_of
from lakewright.lsp.apply_edit_seen import Seen
from lakewright.lsp.apply_edit_send import Answer, ask
from lakewright.lsp.progress_words import one_line, shortened
from lakewright.lsp.workspace_edit import label_of, needs_word, support_of
from lakewright.staging.values import StagedFile
from lakewright.workspace.paths import shown

if TYPE_CHECKING:
    from lakewright.tasks.outcome import Outcome

_MOST_WORDS = 400
"""Characters of what an editor says."""


async def carried_through(order: Order, ready: Ready, outcome: "Outcome") -> None:
    """Ask the editor; a second time for what was stale. Raises LakewrightError."""
    course = _Course(ready)
    answer = await _answer(order, ready)
    stale = _stale(order, ready, answer)
    course.heard(answer)
    if stale:
        rest, earlier = course.split(stale)
        try:
            ready = await ready_of(order, rest, *earlier)
        except LakewrightError as error:
            course.failure = error
        else:
            first, course.ready = course.ready, ready
            answer = await _answer(order, ready)
            await first.keeping.drop()
            course.heard(answer)
            if _stale(order, ready, answer):
                course.failure = _stale_twice(stale)
    await _noted(order, course, answer, outcome)
    doubts = course.doubts
    if course.failure is not None:
        raise course.failure if not doubts else _with_doubts(course.failure, doubts)
    if doubts:
        raise EditError(doubts, hint="Look there; the editor's own undo takes the edit back, if it came.")
    await _create(order, course, answer, outcome)


@dataclass(slots=True)
class _Course:
    """How far it has come: what is seen of each file that the editor was asked for, by its path."""

    ready: Ready
    seen: dict[str, Seen] = field(default_factory=dict)
    applied: set[str] = field(default_factory=set)
    """What the editor says it has changed."""
    failure: LakewrightError | None = None

    def heard(self, answer: Answer) -> None:
        paths = [file.path for file in self.ready.asked]
        self.seen.update(zip(paths, answer.seen, strict=True))
        self.applied.update(paths if answer.applied else ())
        if answer.error is not None:
            said = shortened(one_line(answer.error), _MOST_WORDS)
            self.failure = EditError(f"The editor could not apply the edit: {said}", hint="Ask again.")

    def split(self, stale: Collection[str]) -> tuple[list[StagedFile], tuple[list[Located], list[Located]]]:
        """What is still to be done, and the files that show it already, or aren't clear."""
        rest = [one.staged for one in self.ready.files if one.path in stale or one.path not in self.seen]
        there = [one for one in self.ready.files if one.path not in stale]
        yes, unclear = (
            [one for one in there if self.seen.get(one.path) is seen] for seen in (Seen.YES, Seen.UNCLEAR)
        )
        return rest, (yes, unclear)

    def paths(self, seen: Seen) -> set[str]:
        return {path for path, one in self.seen.items() if one is seen}

    @property
    def doubts(self) -> str:
        """An edit that came between the user's own, so that nobody can tell, isn't kept quiet."""
        new = {file.path for file in self.ready.asked if file.is_new}
        names = [shown(path) for path in sorted(self.paths(Seen.UNCLEAR) & self.applied - new)]
        said = f"It can't be told whether {', '.join(names)} changed as asked: it was being edited."
        return said if names else ""


def _with_doubts(failure: LakewrightError, doubts: str) -> LakewrightError:
    return EditError(f"{failure.message} {doubts}", hint=failure.hint)


def _stale_twice(paths: Collection[str]) -> EditError:
    names = ", ".join(map(shown, paths))
    return EditError(
        f"{names} changed while the edit was being applied, twice: it was not applied there.",
        hint="Ask again when you have paused typing.",
    )


async def _answer(order: Order, ready: Ready) -> Answer:
    if not ready.asked:
        return Answer(applied=True, error=None, seen=(), moved=())
    return await ask(
        order.session,
        ready.asked,
        label=label_of(order.instruction),
        preview=order.preview,
        pause=order.pause,
    )


def _stale(order: Order, ready: Ready, answer: Answer) -> list[str]:
    """The files to ask for again: their documents had moved on. Of an edit that was applied these are only
    those that nobody could have declined.
    """
    if answer.error is not None:
        return []
    rows = list(zip(ready.asked, answer.seen, answer.moved, strict=True))
    if not answer.applied:
        rest = [(file.path, has_moved) for file, seen, has_moved in rows if seen is not Seen.YES]
        return [path for path, _ in rest] if any(has_moved for _, has_moved in rest) else []
    asks = support_of(order.session.client.can).annotations
    return [
        file.path
        for file, seen, has_moved in rows
        if has_moved and seen is Seen.NO and not (asks and needs_word(file.as_edit(), order.preview))
    ]


async def _noted(order: Order, course: _Course, answer: Answer, outcome: "Outcome") -> None:
    """Say and record what is seen, and no more than that. What isn't clear is part of the snapshot: an undo
    that leaves it as it is would be half of one.
    """
    keeping, paths = course.ready.keeping, course.paths(Seen.YES)
    log, run = order.session.client.log, order.run.id
    if paths:
        await keeping.seen(paths | course.paths(Seen.UNCLEAR))
        outcome.applied, outcome.snapshot = True, keeping.name
        log(types.MessageType.Info, f"Run {run}: {len(paths)} of {len(course.seen)} files changed.")
    elif answer.applied or answer.error is not None:
        if course.seen:
            log(types.MessageType.Info, f"Run {run}: no changed text was seen; nothing is recorded.")
    else:
        await keeping.drop()
        log(types.MessageType.Info, f"Run {run}: the edit was declined.")


async def _create(order: Order, course: _Course, answer: Answer, outcome: "Outcome") -> None:
    """Write the new files that the client can't create, once the edits they belong with are there."""
    new = [one.path for one in course.ready.files if one.path not in course.seen]
    if not new or not answer.applied or (course.seen and not course.paths(Seen.YES)):
        return
    names = ", ".join(map(shown, new))
    if course.paths(Seen.NO):
        raise EditError(
            f"{names} was not created: not all of the edits that belong with it were applied.",
            hint="Undo what was applied, then ask again.",
        )
    await course.ready.keeping.create(new)
    outcome.applied, outcome.snapshot = True, course.ready.keeping.name
    order.session.client.show(types.MessageType.Info, f"Created {names}.")
