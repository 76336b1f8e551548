"""Run one task to its outcome, whatever happens on the way."""

from lakewright.tasks.base import RunContext, RunRequest, Task
from lakewright.tasks.outcome import Outcome


async def run_task(
    task: Task, request: RunRequest, context: RunContext, *, run: str | None = None
) -> Outcome:
    """Run `task` and return how it ended; only a defect of ours escapes as an exception.

    A cancelled run returns, too: `finish_reason` cancelled and an error of that kind.
    """
    outcome = Outcome(run=run or "", command=task.command)
    await task.run(request, context, outcome)
    return outcome
