"""One model command from its options to its exit code."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lakewright.agent.events import Note, RunStarted
from lakewright.agent.history import History
from lakewright.agent.limits import Limits
from lakewright.cli.earlier import earlier_root
from lakewright.cli.exits import EXIT_CODES, INTERNAL, internal_error, show_error
from lakewright.cli.options import ConnectionOptions, check_faults
from lakewright.cli.output import output_for
from lakewright.cli.patient_file import StandardFiles, standard_files
from lakewright.cli.run_sink import RunSink
from lakewright.cli.running import run_until_ended
from lakewright.cli.state import state_folder
from lakewright.cli.target import TypedTarget, parse_target, read_stdin
from lakewright.core.ports import Model
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import CancelledRunError, LakewrightError
from lakewright.settings.load import load_settings
from lakewright.settings.model_choice import Role, choose_model
from lakewright.settings.origins import Loaded
from lakewright.tasks.base import RunContext, RunRequest, Target
from lakewright.tasks.outcome import FinishedBy, Outcome
from lakewright.tasks.registry import TASKS
from lakewright.tasks.running import new_run_id, run_task
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import find_root

_LAST_WORDS = 0.04
"""Seconds that a cancelled run waits for readers of what it still has to say."""

_CONNECTION = ("sandbox", "faults", "profile", "host", "model", "form", "verbose")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """All that a run needs, read from options, settings and standard input; nothing is open yet."""

    request: RunRequest
    workspace: Workspace
    history: History
    loaded: Loaded
    role: Role


def run_command(command: Role, typed: Mapping[str, Any]) -> int:
    """Run a task as typed. Raises click.UsageError for options that don't go together."""
    options = ConnectionOptions(**{name: typed[name] for name in _CONNECTION})
    check_faults(options.faults, sandbox=bool(options.sandbox))
    if typed["target"] is None and typed["conversation"] is None:
        raise click.UsageError("Missing argument 'TARGET': a file, or - for standard input.")
    files = standard_files()
    output = output_for(options.form, files, reasoning=typed["reasoning"], verbose=options.verbose)
    sink = RunSink(output)
    outcome = _outcome(command, typed, options, sink, files)
    if sink.is_closed:
        raise BrokenPipeError
    if sink.failure is not None:
        raise sink.failure
    if outcome.finish_reason is FinishedBy.CANCELLED:
        files.hurry(_LAST_WORDS)
    output.finish(outcome)
    files.flush()
    if outcome.error is None:
        return 0
    if options.form == "text":
        show_error(outcome.error, verbose=options.verbose)
    return EXIT_CODES.get(outcome.error.kind, INTERNAL)


def _outcome(
    command: Role,
    typed: Mapping[str, Any],
    options: ConnectionOptions,
    sink: RunSink,
    files: StandardFiles,
) -> Outcome:
    """The run's outcome, whatever fails and wherever."""
    run = new_run_id()
    outcome = Outcome(run=run, command=command)
    try:
        prepared = _prepare(command, typed, options)
        return run_until_ended(_run(run, prepared, options, sink, files))
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
    return outcome


def _prepare(command: Role, typed: Mapping[str, Any], options: ConnectionOptions) -> _Prepared:
    target = None
    if typed["target"] is not None:
        target = parse_target(typed["target"], stdin_path=typed["stdin_path"])
    override = Path(typed["root"]) if typed["root"] is not None else None
    history = History(state_folder())
    if target is not None or override is not None:
        root = find_root(target.path if target else Path.cwd() / "-", override)
    else:
        root = earlier_root(history, typed["conversation"])
    flags = {**options.flags(), "thinking": typed["thinking"], "maxTokens": typed["max_tokens"]}
    # A file that lies in the home or temporary folder itself has no project around it.
    loaded = load_settings(flags, root=None if root.only_file else root.path)
    workspace = Workspace(root, ignore=loaded.settings.ignore)
    chosen = choose_model(loaded, command)
    request = RunRequest(
        target=_target(target, workspace) if target else None,
        instruction=typed.get("instruction"),
        thinking=chosen.thinking,
        max_tokens=chosen.max_tokens,
        system=typed["system"],
        conversation=typed["conversation"],
    )
    return _Prepared(request, workspace, history, loaded, command)


def _target(typed: TypedTarget, workspace: Workspace) -> Target:
    text = read_stdin(typed) if typed.is_stdin else None
    return Target(workspace.relative(typed.path), typed.start_line, typed.end_line, text)


async def _run(
    run: str, prepared: _Prepared, options: ConnectionOptions, sink: RunSink, files: StandardFiles
) -> Outcome:
    @asynccontextmanager
    async def connect() -> AsyncIterator[Model]:
        # Imported here: what an unreadable target costs is not a second of imports. In a thread, so that
        # Ctrl-C doesn't wait for them.
        await in_daemon_thread(importlib.import_module, "lakewright.wiring")
        from lakewright import wiring  # noqa: PLC0415

        sandbox = wiring.SandboxOptions(options.faults)
        async with wiring.connect(prepared.loaded, role=prepared.role, sandbox=sandbox) as connection:
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
        ticking = asyncio.create_task(sink.tick())
        try:
            return await run_task(task, prepared.request, context, run=run)
        finally:
            ticking.cancel()
