"""Run one task to its outcome, whatever happens on the way."""

import asyncio

from lakewright.agent.events import RunStarted
from lakewright.errors import CancelledRunError, LakewrightError
from lakewright.tasks.base import RunContext, RunRequest, Task
from lakewright.tasks.outcome import FinishedBy, Outcome
from lakewright.tasks.run_id import new_run_id


async def run_task(
    task: Task, request: RunRequest, context: RunContext, *, run: str | None = None
) -> Outcome:
    """Run `task` and return how it ended; only a defect of ours escapes as an exception.

    Cancelling the calling task ends the run and returns, too: `finish_reason` is then cancelled.
    """
    outcome = Outcome(run=run or new_run_id(), command=task.command, started_at=context.clock())
    context.sink(RunStarted(outcome.run, task.command))
    try:
        await task.run(request, context, outcome)
    except LakewrightError as error:
        outcome.error = error
    except asyncio.CancelledError:
        outcome.error = CancelledRunError("The run was cancelled.")
        outcome.finish_reason = FinishedBy.CANCELLED
    outcome.total_ms = round((context.clock() - outcome.started_at) * 1000)
    return outcome
