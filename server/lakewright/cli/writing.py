"""`--write`: what a run has staged goes to disk, all files or none, after the model is done."""

import asyncio

from lakewright.agent.events import Note
from lakewright.cli.prepare import Prepared
from lakewright.cli.run_sink import RunSink
from lakewright.cli.running import Busy
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import CancelledRunError, LakewrightError
from lakewright.tasks.outcome import FinishedBy, Outcome


async def write_outcome(outcome: Outcome, prepared: Prepared, sink: RunSink, busy: Busy) -> None:
    """Write the files of a run that succeeded and say so in its outcome, which then shows what was written,
    also where that was located again; a failure becomes the run's.

    Cancelling writes nothing until the commit; from there all is written, and the run has succeeded.
    """
    if outcome.error is not None or not outcome.staged:
        return
    # ruff: noqa: PLC0415 - only where files are written
    from lakewright.staging.writing import write_staged
    from lakewright.tasks.refactor import edits_shown

    try:
        with busy.held():
            written = await write_staged(
                outcome.staged,
                prepared.workspace,
                state=prepared.state,
                instruction=prepared.request.instruction or "",
                say=lambda sentence: sink(Note(sentence)),
                relocate=prepared.request.verify is None,
            )
    except LakewrightError as error:
        outcome.error = error
    except asyncio.CancelledError:
        outcome.error = CancelledRunError("The run was cancelled; nothing was written.")
    else:
        outcome.applied, outcome.snapshot = written.snapshot is not None, written.snapshot
        if written.files != outcome.staged:
            outcome.staged, outcome.edits = written.files, edits_shown(written.files)
    if outcome.error is not None and outcome.error.kind == "cancelled":
        outcome.finish_reason = FinishedBy.CANCELLED


async def mend_before(prepared: Prepared, sink: RunSink) -> None:
    """Put right what a killed run has left, and say so, before the model reads half of it as the code."""
    from lakewright.workspace.journal_recovery import recover

    root = prepared.workspace.root.path
    for sentence in await in_daemon_thread(recover, prepared.state, root):
        sink(Note(sentence))
