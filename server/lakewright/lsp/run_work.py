"""A run from its job to its outcome. Imported by the first run: it needs all that tasks need."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from lakewright.agent.events import Note
from lakewright.agent.history import History
from lakewright.agent.limits import Limits
from lakewright.core.ports import Model
from lakewright.errors import LakewrightError
from lakewright.lsp.jobs import Job
from lakewright.lsp.outcome_json import Json, cancelled, outcome_json
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.text import Lines, Span
from lakewright.settings.model_choice import Role
from lakewright.tasks.base import RunContext, RunRequest, Target
from lakewright.tasks.outcome import Outcome
from lakewright.tasks.running import run_task


async def check(session: Session, job: Job) -> None:
    """Raises WrongFieldError for a document or a conversation that isn't there."""


async def carry_out(session: Session, job: Job, run: Run) -> Json:
    """Run the task and deliver what it brought."""
    outcome = Outcome(run=run.id, command=run.command)
    try:
        outcome = await _run(session, job, run)
    except LakewrightError as error:
        outcome.error = error
    except asyncio.CancelledError:
        outcome.error = cancelled()
    session.status.run_ended(outcome.error, outcome.endpoint)
    if not run.hand_over() and outcome.error is None:
        outcome.error = cancelled()
    return outcome_json(outcome)


async def _run(session: Session, job: Job, run: Run) -> Outcome:
    place = await session.folders.place_of(job.params.uri)
    loaded = await session.settings.loaded(place.root)
    workspace, relative = place.workspace, place.path
    role = cast(Role, job.entry.command)
    choice = await session.models.choose(loaded, role, job.params.model)

    @asynccontextmanager
    async def connect() -> AsyncIterator[Model]:
        async with session.models.connect(loaded, role, job.params.model, choice=choice) as connection:
            for note in connection.notes:
                job.sink(Note(note))
            yield connection.model

    limits = loaded.settings.limits
    start = end = None
    if job.params.range is not None and job.text is not None:
        start, end = lines_of(job.text, Lines(job.text, job.encoding), job.params.range)
    request = RunRequest(
        target=Target(relative, start, end, job.text),
        instruction=job.params.instruction,
        thinking=choice.thinking if job.params.thinking is None else job.params.thinking,
        max_tokens=choice.max_tokens,
        system=job.params.system,
        conversation=job.params.conversation,
        verify=loaded.settings.edits.verify if role == "refactor" else None,
        max_lines=loaded.settings.complete.max_lines if role == "complete" else None,
    )
    context = RunContext(
        connect=connect,
        workspace=workspace,
        history=History(session.state),
        limits=Limits(limits.turns, limits.tokens, limits.seconds),
        sink=job.sink,
    )
    return await run_task(job.entry.load(), request, context, run=run.id)


def lines_of(text: str, lines: Lines, span: Span) -> tuple[int, int]:
    """The lines of a span as tasks count them: from 1, inclusive, ended by LF alone. One that ends before
    the first character of a line doesn't hold that line.
    """
    start, end = lines.offset(span.start), lines.offset(span.end)
    first = text.count("\n", 0, start) + 1
    return first, max(first, text.count("\n", 0, max(start, end - 1)) + 1)
