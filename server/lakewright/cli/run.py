"""One model command from its options to its exit code."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import click

from lakewright.agent.events import Note, RunStarted
from lakewright.agent.limits import Limits
from lakewright.cli.change_words import closing_words
from lakewright.cli.exits import CHANGE_FOUND, EXIT_CODES, INTERNAL, internal_error, show_error
from lakewright.cli.options import ConnectionOptions, check_faults
from lakewright.cli.output import output_for
from lakewright.cli.patient_file import StandardFiles, standard_files
from lakewright.cli.prepare import Prepared, prepare
from lakewright.cli.run_sink import RunSink
from lakewright.cli.running import GRACE, Busy, run_until_ended
from lakewright.cli.writing import mend_before, write_outcome
from lakewright.core.ports import Model
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import CancelledRunError, LakewrightError
from lakewright.settings.model_choice import Role
from lakewright.tasks.base import RunContext
from lakewright.tasks.outcome import FinishedBy, Outcome
from lakewright.tasks.registry import TASKS
from lakewright.tasks.run_id import new_run_id
from lakewright.tasks.running import run_task

_LAST_WORDS = 0.04
"""Seconds that a cancelled run waits for readers of what it still has to say."""

_VERIFY_GRACE = 15.0
"""Seconds that a cancelled run with a verify command has: to end the command's processes, and to remove the
copy of the tree that it worked on. A second signal doesn't wait.
"""

_CONNECTION = ("sandbox", "faults", "profile", "host", "model", "form", "verbose")


def run_command(command: Role, typed: Mapping[str, Any]) -> int:
    """Run a task as typed. Raises click.UsageError for options that don't go together."""
    options = ConnectionOptions(**{name: typed[name] for name in _CONNECTION})
    check_faults(options.faults, sandbox=bool(options.sandbox))
    if typed["target"] is None and typed["conversation"] is None:
        raise click.UsageError("Missing argument 'TARGET': a file, or - for standard input.")
    files = standard_files()
    output = output_for(command, options.form, files, reasoning=typed["reasoning"], verbose=options.verbose)
    sink = RunSink(output)
    outcome, closing = _outcome(command, typed, options, sink, files)
    try:
        if sink.is_closed:
            raise BrokenPipeError
        if sink.failure is not None:
            raise sink.failure
        if outcome.finish_reason is FinishedBy.CANCELLED:
            files.hurry(_LAST_WORDS)
        output.finish(outcome, closing)
        files.flush()
    except (OSError, LakewrightError):
        if outcome.applied:  # the output is lost, the files are written
            files.say(closing)
        raise
    if outcome.error is None:
        return CHANGE_FOUND if typed.get("check") and outcome.edits else 0
    if options.form == "text":
        show_error(outcome.error, verbose=options.verbose)
    return EXIT_CODES.get(outcome.error.kind, INTERNAL)


def _outcome(
    command: Role,
    typed: Mapping[str, Any],
    options: ConnectionOptions,
    sink: RunSink,
    files: StandardFiles,
) -> tuple[Outcome, list[str]]:
    """The run's outcome, whatever fails and wherever, and what is said at its end."""
    run = new_run_id()
    outcome = Outcome(run=run, command=command)
    try:
        prepared = prepare(command, typed, options)
        busy = Busy()
        grace = GRACE if prepared.request.verify is None else _VERIFY_GRACE
        outcome = run_until_ended(_run(run, prepared, options, sink, files, busy=busy), busy, grace=grace)
        root = prepared.workspace.root.path
        return outcome, closing_words(outcome, root, checks=bool(typed.get("check")))
    except LakewrightError as error:
        outcome.error = error
    except KeyboardInterrupt:
        outcome.error = CancelledRunError("Interrupted.")
    except Exception as error:  # noqa: BLE001 - a defect ends as one object or one line, too
        outcome.error = internal_error(error, verbose=options.verbose)
    if outcome.error.kind == "cancelled":
        outcome.finish_reason = FinishedBy.CANCELLED
    if not sink.has_started:
        sink(RunStarted(run, command))
    return outcome, []


async def _run(
    run: str,
    prepared: Prepared,
    options: ConnectionOptions,
    sink: RunSink,
    files: StandardFiles,
    *,
    busy: Busy,
) -> Outcome:
    @asynccontextmanager
    async def connect() -> AsyncIterator[Model]:
        # Imported here: what an unreadable target costs is not a second of imports. In a thread, so that
        # Ctrl-C doesn't wait for them.
        await in_daemon_thread(importlib.import_module, "lakewright.wiring")
        from lakewright import wiring  # noqa: PLC0415

        sandbox = wiring.SandboxOptions(options.faults)
        async with wiring.connect(
            prepared.loaded, role=prepared.role, sandbox=sandbox, choice=prepared.choice
        ) as connection:
            for note in connection.notes:
                sink(Note(note))
            yield connection.model

    limits = prepared.loaded.settings.limits
    context = RunContext(
        connect=connect,
        workspace=prepared.workspace,
        history=prepared.history,
        limits=Limits(limits.turns, limits.tokens, limits.seconds),
        sink=sink,
    )
    task = next(entry for entry in TASKS if entry.command == prepared.role).load()
    sink.run = asyncio.current_task()
    if options.verbose:
        sink.why_refused = prepared.workspace.why_refused
    with files.watched(sink.close):
        for warning in prepared.loaded.warnings:
            sink(Note(warning))
        if prepared.writes:
            await mend_before(prepared, sink)
        ticking = asyncio.create_task(sink.tick())
        try:
            outcome = await run_task(task, prepared.request, context, run=run)
            if prepared.writes:
                await write_outcome(outcome, prepared, sink, busy)
            return outcome
        finally:
            ticking.cancel()
