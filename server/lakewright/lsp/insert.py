"""`complete` in the editor: the text goes in where the cursor stood when it was asked for, or not at all."""

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import EditError
from lakewright.lsp.apply_edit_plan import Part
from lakewright.lsp.apply_edit_seen import Pause, Seen
from lakewright.lsp.apply_edit_send import Answer, Asked, ask, brought_up, text_after
from lakewright.lsp.jobs import Job
from lakewright.lsp.progress_words import one_line
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.text import Lines, Span
from lakewright.lsp.text_edits import TextEdit

if TYPE_CHECKING:
    from lakewright.tasks.outcome import Outcome

_LABEL = "Lakewright: complete"


async def insert(
    session: Session, job: Job, run: Run, outcome: "Outcome", *, pause: Pause = asyncio.sleep
) -> None:
    """Hands the run over. Raises EditError where nothing was sent; a failure after it is in the outcome."""
    text = outcome.completion or ""
    if not text:
        if run.hand_over():
            session.client.show(types.MessageType.Info, "Nothing belongs at the cursor.")
        return
    if not session.client.can("workspace.applyEdit"):
        raise EditError(
            "The completion can't be inserted: this editor has no `workspace/applyEdit`.",
            hint='Ask with `deliver: "response"` and insert it.',
        )
    wanted = await _wanted(job, text)
    now = _now(session, wanted)
    if not run.hand_over():
        return
    try:
        await _inserted(session, now, run, outcome, pause)
    except EditError as error:
        outcome.error = error


async def _inserted(session: Session, wanted: Asked, run: Run, outcome: "Outcome", pause: Pause) -> None:
    answer = await ask(session, [wanted], label=_LABEL, preview="never", pause=pause, is_refactoring=False)
    if _is_stale(answer):
        now = _now(session, wanted)
        answer = await ask(session, [now], label=_LABEL, preview="never", pause=pause, is_refactoring=False)
        if _is_stale(answer):
            raise _changed()
    if answer.error is not None:
        said = one_line(answer.error)
        raise EditError(f"The editor could not insert the completion: {said}", hint="Ask again.")
    outcome.applied = answer.seen == (Seen.YES,)
    if not outcome.applied:
        session.client.log(types.MessageType.Info, f"Run {run.id}: no inserted text was seen.")


def _is_stale(answer: Answer) -> bool:
    is_there = Seen.YES in answer.seen or (answer.applied and Seen.NO not in answer.seen)
    return answer.error is None and not is_there and True in answer.moved


async def _wanted(job: Job, text: str) -> Asked:
    """The insertion into the text that the completion was made for."""
    position = job.params.position
    assert position is not None, "a completion has one"
    uri, before, version = job.params.uri, "", None
    if job.taken is not None:
        uri, before, version = job.taken.uri, job.taken.text, job.taken.version
    else:
        assert job.place is not None
        before = (await in_daemon_thread(job.place.workspace.decoded, job.place.path)).text
    lines = Lines(before, job.encoding)
    place = lines.clamped(position)
    edits = (TextEdit(Span(place, place), text),)
    after = text_after(before, edits, lines)
    part = Part(uri, before, after, edits, is_open=job.taken is not None, version=version)
    return Asked(uri, (part,), is_target=True)


def _now(session: Session, wanted: Asked) -> Asked:
    """For the document as it is. Raises EditError unless the line of the cursor reads as it did."""
    found = brought_up(session.documents, [wanted])
    if found is None:
        raise _changed()
    return found[0]


def _changed() -> EditError:
    return EditError(
        "The line was changed while the completion was being made: it wasn't inserted.", hint="Ask again."
    )
