"""How what a run brought reaches the client: by standard requests, or with the answer to its own."""

from typing import TYPE_CHECKING

from lsprotocol import types

from lakewright.lsp import explain_document, failures
from lakewright.lsp.jobs import Job
from lakewright.lsp.outcome_json import Json
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.text import Span
from lakewright.lsp.text_edits import range_json

if TYPE_CHECKING:
    from lakewright.tasks.outcome import Outcome


async def deliver(session: Session, job: Job, run: Run, outcome: "Outcome") -> Json:
    """What the outcome says beside the task's own; the run is handed over, or was cancelled."""
    if not job.is_for_editor:
        return _in_the_answer(job, run, outcome)
    if run.command == "explain":
        await explain_document.show(session, job, run, outcome)
    elif run.hand_over():
        session.client.show(types.MessageType.Info, outcome.answer or "")
        failures.show_notes(session, job.notes)
    return {}


def deliver_failure(session: Session, job: Job, outcome: "Outcome") -> None:
    """One message, with its hint."""
    assert outcome.error is not None
    failures.show(session, outcome.error, again=job.again)


def _in_the_answer(job: Job, run: Run, outcome: "Outcome") -> Json:
    run.hand_over()
    if outcome.completion is None:
        return {}
    place = job.params.position
    assert place is not None, "a completion has one"
    return {"completion": {"text": outcome.completion, "range": range_json(Span(place, place))}}
