"""`refactor` in the editor: what was staged becomes one `workspace/applyEdit`, with a snapshot beside it, and
the outcome says what the documents show afterwards.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import EditError, LakewrightError
from lakewright.lsp.apply_edit_kept import Keeping
from lakewright.lsp.apply_edit_plan import Located, located, plan_of
from lakewright.lsp.apply_edit_seen import Pause, Seen
from lakewright.lsp.apply_edit_send import Answer, Asked, ask, brought_up
from lakewright.lsp.progress_words import one_line, shortened
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.workspace_edit import Json, label_of, needs_word, support_of, workspace_edit
from lakewright.staging.values import StagedFile
from lakewright.workspace.files import Workspace
from lakewright.workspace.paths import shown

if TYPE_CHECKING:
    from lakewright.tasks.outcome import Outcome

_ROUNDS = 5
"""How often edits are located again, before they are sent, while the very lines they are for change."""

_MOST_WORDS = 400
"""Characters of what the model says when it changes nothing."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be delivered, and how: `preview` as the setting has it, `target` the document's path."""

    session: Session
    run: Run
    workspace: Workspace
    instruction: str
    preview: str
    target: str | None
    pause: Pause


@dataclass(frozen=True, slots=True)
class Ready:
    """`files` are all that change, `asked` those that the editor is asked to change."""

    files: tuple[Located, ...]
    asked: tuple[Asked, ...]
    keeping: Keeping


async def deliver(
    session: Session,
    run: Run,
    outcome: "Outcome",
    *,
    workspace: Workspace,
    instruction: str,
    preview: str,
    pause: Pause = asyncio.sleep,
) -> None:
    """Hand the staged files of a run that succeeded to the editor; `outcome.snapshot` and `applied` are set
    once the new text was seen.

    Raises LakewrightError where nothing has left yet. Once the run is handed over a failure is in
    `outcome.error`, to be told in one message.
    """
    target = outcome.target.path if outcome.target else None
    order = Order(session, run, workspace, instruction, preview, target, pause)
    if not outcome.staged:
        if run.hand_over():
            session.client.show(types.MessageType.Info, _unchanged(outcome))
        return
    if not session.client.can("workspace.applyEdit"):
        raise EditError(
            "The edit can't be applied: this editor has no `workspace/applyEdit`.",
            hint='Ask with `deliver: "response"` and apply it, or use `lakewright refactor --write`.',
        )
    ready = await _ready(order, outcome.staged)
    if not run.hand_over():
        await ready.keeping.drop()
        return
    if not ready.files:
        session.client.show(types.MessageType.Info, "Nothing is left to change: the files read so by now.")
        return
    try:
        await _carried_through(order, ready, outcome)
    except LakewrightError as error:
        outcome.error = error


async def edit_of(session: Session, outcome: "Outcome", *, workspace: Workspace, preview: str) -> Json | None:
    """The WorkspaceEdit for a client that applies it itself; it fits the documents until the next `await`.
    None where nothing is to be changed. Raises LakewrightError where it doesn't fit.
    """
    files, target = outcome.staged, outcome.target.path if outcome.target else None
    for _ in range(_ROUNDS):
        found = await in_daemon_thread(located, files, plan_of(workspace, session.documents, session.folders))
        asked = brought_up(session.documents, [_asked(one, target) for one in found])
        if asked is not None:
            support = support_of(session.client.can)
            return workspace_edit([one.as_edit() for one in asked], support, preview) if asked else None
    raise _busy()


def _unchanged(outcome: "Outcome") -> str:
    said = shortened(one_line(outcome.answer or ""), _MOST_WORDS)
    return f"Nothing was changed. {said}".rstrip()


async def _ready(order: Order, staged: Sequence[StagedFile], earlier: Sequence[Located] = ()) -> Ready:
    """Everything that can fail before the editor is asked. What it returns fits the documents until the next
    `await`. `earlier`: files of the run that show their new text already.
    """
    documents, folders = order.session.documents, order.session.folders
    creates = support_of(order.session.client.can).creates
    for _ in range(_ROUNDS):
        plan = plan_of(order.workspace, documents, folders)
        files = tuple(await in_daemon_thread(located, staged, plan))
        keeping = Keeping(order.session, order.instruction)
        await keeping.keep(files, earlier)
        wanted = [_asked(one, order.target) for one in files if creates or not one.is_new]
        asked = brought_up(documents, wanted)
        if asked is not None:
            return Ready(files, tuple(asked), keeping)
        await keeping.drop()
    raise _busy()


def _busy() -> EditError:
    return EditError(
        "What is to be changed is being edited just now.", hint="Ask again when you have paused typing."
    )


def _asked(one: Located, target: str | None) -> Asked:
    return Asked(one.path, one.parts, is_target=one.path == target, is_new=one.is_new)


async def _carried_through(order: Order, ready: Ready, outcome: "Outcome") -> None:
    """Ask the editor; a second time for what was stale. Raises EditError."""
    answer = await _answer(order, ready)
    stale = _stale(order, ready, answer)
    if stale:
        ready, answer = await _asked_again(order, ready, answer, stale, outcome)
    await _noted(order, ready, answer, outcome)
    if answer.error is not None:
        said = shortened(one_line(answer.error), _MOST_WORDS)
        raise EditError(f"The editor could not apply the edit: {said}", hint="Ask again.")
    _check_clear(ready, answer)
    await _create(order, ready, answer, outcome)


def _check_clear(ready: Ready, answer: Answer) -> None:
    """An edit that came between the user's own, so that nobody can tell, isn't kept quiet."""
    rows = zip(ready.asked, answer.seen, answer.moved, strict=True)
    names = [shown(file.path) for file, seen, has_moved in rows if has_moved and seen is Seen.UNCLEAR]
    if names and answer.applied:
        raise EditError(
            f"It can't be told whether {', '.join(names)} changed as asked: it was being edited.",
            hint="Look at it; the editor's own undo takes the edit back, if it came.",
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


async def _asked_again(
    order: Order, ready: Ready, answer: Answer, stale: Sequence[str], outcome: "Outcome"
) -> tuple[Ready, Answer]:
    there = [one for one in ready.files if one.path in _paths(ready, answer)]
    asked = {file.path for file in ready.asked}
    rest = [one.staged for one in ready.files if one.path in stale or one.path not in asked]
    try:
        again = await _ready(order, rest, there)
    except LakewrightError:
        await _noted(order, ready, answer, outcome)
        raise
    await ready.keeping.drop()
    answer = await _answer(order, again)
    if _stale(order, again, answer):
        await _noted(order, again, answer, outcome)
        names = ", ".join(map(shown, stale))
        raise EditError(
            f"{names} changed while the edit was being applied, twice: it was not applied there.",
            hint="Ask again when you have paused typing.",
        )
    return again, answer


def _paths(ready: Ready, answer: Answer) -> set[str]:
    """The files that show their new text."""
    return {file.path for file, seen in zip(ready.asked, answer.seen, strict=True) if seen is Seen.YES}


async def _noted(order: Order, ready: Ready, answer: Answer, outcome: "Outcome") -> None:
    """Say and record what is seen, and no more than that."""
    paths = _paths(ready, answer)
    log, run = order.session.client.log, order.run.id
    if paths or ready.keeping.is_seen:
        await ready.keeping.seen(paths)
        outcome.applied, outcome.snapshot = True, ready.keeping.name
        log(types.MessageType.Info, f"Run {run}: {len(paths)} of {len(ready.asked)} files changed.")
    elif answer.applied or answer.error is not None:
        if ready.asked:
            log(types.MessageType.Info, f"Run {run}: no changed text was seen; nothing is recorded.")
    else:
        await ready.keeping.drop()
        log(types.MessageType.Info, f"Run {run}: the edit was declined.")


async def _create(order: Order, ready: Ready, answer: Answer, outcome: "Outcome") -> None:
    """Write the new files that the client can't create, once the edits they belong with are there."""
    asked = {file.path for file in ready.asked}
    new = [one for one in ready.files if one.is_new and one.path not in asked]
    if not new or not answer.applied or (asked and Seen.YES not in answer.seen):
        return
    names = ", ".join(shown(one.path) for one in new)
    if Seen.NO in answer.seen:
        raise EditError(
            f"{names} was not created: not all of the edits that belong with it were applied.",
            hint="Undo what was applied, then ask again.",
        )
    await ready.keeping.create([one.path for one in new])
    outcome.applied, outcome.snapshot = True, ready.keeping.name
    order.session.client.show(types.MessageType.Info, f"Created {names}.")
