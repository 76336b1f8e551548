"""How what a run brought reaches the client: by standard requests, or with the answer to its own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from lakewright.lsp import apply_edit, explain_document, failures, insert
from lakewright.lsp.jobs import Job
from lakewright.lsp.outcome_json import Json
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.text import Span
from lakewright.lsp.text_edits import range_json

if TYPE_CHECKING:
    from lakewright.tasks.outcome import Outcome

_Deliver = Callable[[Session, Job, Run, "Outcome"], Awaitable[None]]


async def deliver(session: Session, job: Job, run: Run, outcome: "Outcome") -> Json:
    """What RunOutcome says beside the task's own. The run is handed over by it, or was cancelled.

    Raises LakewrightError where nothing was handed over; what fails later is in the outcome.
    """
    if job.is_for_editor:
        await _IN_THE_EDITOR[run.command](session, job, run, outcome)
        if run.handed_over and run.command != "explain":  # its document holds them
            failures.show_notes(session, job.notes)
        return {"snapshot": outcome.snapshot}
    delivered = await _in_the_answer(session, job, outcome)
    if not run.hand_over():
        raise asyncio.CancelledError
    return delivered


def deliver_failure(session: Session, job: Job, outcome: "Outcome") -> None:
    """One message, with its hint."""
    assert outcome.error is not None
    failures.show(session, outcome.error, again=job.again)


async def _apply(session: Session, job: Job, run: Run, outcome: "Outcome") -> None:
    assert job.place is not None
    assert job.loaded is not None
    await apply_edit.deliver(
        session,
        run,
        outcome,
        workspace=job.place.workspace,
        instruction=job.params.instruction or "",
        preview=job.loaded.settings.edits.preview,
    )


_IN_THE_EDITOR: Mapping[str, _Deliver] = MappingProxyType(
    {"explain": explain_document.show, "refactor": _apply, "complete": insert.insert}
)


async def _in_the_answer(session: Session, job: Job, outcome: "Outcome") -> Json:
    if outcome.command == "refactor":
        return {"edit": await _edit(session, job, outcome)}
    if outcome.completion is not None:
        place = job.params.position
        assert place is not None, "a completion has one"
        return {"completion": {"text": outcome.completion, "range": range_json(Span(place, place))}}
    return {}


async def _edit(session: Session, job: Job, outcome: "Outcome") -> Json | None:
    """The WorkspaceEdit, for the documents as they are now; None where nothing is to be changed."""
    assert job.place is not None
    assert job.loaded is not None
    return await apply_edit.edit_of(
        session, outcome, workspace=job.place.workspace, preview=job.loaded.settings.edits.preview
    )
