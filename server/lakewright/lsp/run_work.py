"""A run from its job to its outcome. Imported by the first run: it needs all that tasks need."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from lakewright.agent.events import Note, RunEvent, Sink
from lakewright.agent.history import History
from lakewright.agent.limits import Limits
from lakewright.core.ports import Model
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import LakewrightError
from lakewright.lsp.editor_words import in_editor
from lakewright.lsp.jobs import Job
from lakewright.lsp.outcome_json import Json, cancelled, defect, outcome_json
from lakewright.lsp.progress import RunProgress
from lakewright.lsp.run_delivery import deliver, deliver_failure
from lakewright.lsp.run_target import aim_of
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.settings.model_choice import Role
from lakewright.tasks.base import RunContext, RunRequest
from lakewright.tasks.outcome import FinishedBy, Outcome
from lakewright.tasks.running import run_task


async def carry_out(session: Session, job: Job, run: Run) -> Json:
    """Run the task and deliver what it brought. Whatever happens, it ends with the outcome."""
    outcome = Outcome(run=run.id, command=run.command)
    progress = RunProgress(session, run)
    delivered: Json = {}
    # Before anything is shown: an editor with one line for both (Helix) keeps what came last.
    run.on_hand_over.append(lambda: progress.end(outcome_json(outcome)))
    try:
        outcome = await _run(session, job, run, progress)
        if outcome.error is None and not run.cancelled:
            delivered = await deliver(session, job, run, outcome)
    except LakewrightError as error:
        outcome.error = error
    except asyncio.CancelledError:
        run.cancelled = not run.handed_over
    except Exception as error:  # noqa: BLE001 - likewise
        outcome.error = defect(error, run)
    if run.cancelled:
        outcome.error, outcome.finish_reason = cancelled(), FinishedBy.CANCELLED
    session.status.run_ended(outcome.error, outcome.endpoint, own_model=job.params.model is not None)
    if outcome.error is not None and job.is_for_editor and (run.handed_over or run.hand_over()):
        deliver_failure(session, job, outcome)
    result = outcome_json(outcome, notes=job.notes or None, **delivered)
    progress.end(result)
    return result


async def _run(session: Session, job: Job, run: Run, progress: RunProgress) -> Outcome:
    job.place = place = await session.folders.place_of(job.params.uri)
    job.loaded = loaded = await session.settings.loaded(place.root)
    if not job.is_for_editor:  # an editor shows them, once a session
        job.notes.extend(loaded.warnings)
    aim = await aim_of(job, place)
    job.title = f"{job.entry.title} {aim.name}"
    role = cast(Role, job.entry.command)
    if role != "complete":  # over before anybody could read it
        job.sinks.append(progress)
        progress.start(job.title, None if job.is_for_editor else job.work_done_token)
    choice = await session.models.choose(loaded, role, job.params.model)
    request = RunRequest(
        target=aim.target,
        instruction=job.params.instruction,
        thinking=choice.thinking if job.params.thinking is None else job.params.thinking,
        max_tokens=choice.max_tokens,
        system=job.params.system,
        conversation=job.conversation,
        diagnostics=aim.diagnostics,
        verify=loaded.settings.edits.verify if role == "refactor" else None,
        max_lines=loaded.settings.complete.max_lines if role == "complete" else None,
    )

    sink = _noting(job)

    @asynccontextmanager
    async def connect() -> AsyncIterator[Model]:
        async with session.models.connect(loaded, role, job.params.model, choice=choice) as connection:
            for note in connection.notes:
                sink(Note(note))
            yield connection.model

    limits = loaded.settings.limits
    context = RunContext(
        connect=connect,
        workspace=place.workspace,
        history=History(session.state),
        limits=Limits(limits.turns, limits.tokens, limits.seconds),
        sink=sink,
    )
    task = await in_daemon_thread(job.entry.load)  # the first one imports it
    return await run_task(task, request, context, run=run.id)


def _noting(job: Job) -> Sink:
    def sink(event: RunEvent) -> None:
        if isinstance(event, Note):
            job.notes.append(in_editor(event.message))
        job.sink(event)

    return sink
