"""One model command from its options to its exit code."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lakewright.agent.events import Note, RunEvent
from lakewright.agent.history import History
from lakewright.agent.limits import Limits
from lakewright.cli.exits import EXIT_CODES, INTERNAL, internal_error, show_error
from lakewright.cli.main import leave_pipe
from lakewright.cli.options import ConnectionOptions, check_faults
from lakewright.cli.output import Output, output_for
from lakewright.cli.running import leave, run_until_ended
from lakewright.cli.state import state_folder
from lakewright.cli.target import TypedTarget, parse_target, read_stdin
from lakewright.core.ports import Model
from lakewright.errors import LakewrightError
from lakewright.settings.load import load_settings
from lakewright.settings.model_choice import Role, choose_model
from lakewright.settings.origins import Loaded
from lakewright.tasks.base import RunContext, RunRequest, Target
from lakewright.tasks.outcome import Outcome
from lakewright.tasks.registry import TASKS
from lakewright.tasks.running import new_run_id, run_task
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import find_root

_CONNECTION = ("sandbox", "faults", "profile", "host", "model", "form", "verbose")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """All that a run needs, read from options, settings and standard input; nothing is open yet."""

    request: RunRequest
    workspace: Workspace
    loaded: Loaded
    role: Role


def run_command(command: Role, typed: Mapping[str, Any]) -> int:
    """Run a task as typed. Raises click.UsageError for options that don't go together."""
    options = ConnectionOptions(**{name: typed[name] for name in _CONNECTION})
    check_faults(options.faults, sandbox=bool(options.sandbox))
    if typed["target"] is None and typed["conversation"] is None:
        raise click.UsageError("Missing argument 'TARGET': a file, or - for standard input.")
    output = output_for(options.form, reasoning=typed["reasoning"], verbose=options.verbose)
    sink = _Sink(output)
    outcome = _outcome(command, typed, options, sink)
    if sink.is_closed:
        leave_pipe()
        leave(0)
    output.finish(outcome)
    if outcome.error is None:
        return 0
    if options.form == "text":
        show_error(outcome.error, verbose=options.verbose)
    code = EXIT_CODES.get(outcome.error.kind, INTERNAL)
    if outcome.error.kind == "cancelled":
        leave(code)
    return code


def _outcome(command: Role, typed: Mapping[str, Any], options: ConnectionOptions, sink: "_Sink") -> Outcome:
    """The run's outcome, whatever fails and wherever."""
    try:
        prepared = _prepare(command, typed, options)
        for warning in prepared.loaded.warnings:
            sink(Note(warning))
        return run_until_ended(_run(prepared, options, sink))
    except LakewrightError as error:
        return Outcome(run=new_run_id(), command=command, error=error)
    except Exception as error:  # noqa: BLE001 - a defect ends as one object or one line, too
        shown = internal_error(error, verbose=options.verbose)
        return Outcome(run=new_run_id(), command=command, error=shown)


class _Sink:
    """The output as a run's sink. A reader that has gone ends the run instead of failing in it."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self.is_closed = False
        self.run: asyncio.Task[Any] | None = None

    def __call__(self, event: RunEvent) -> None:
        if self.is_closed:
            return
        try:
            self._output.show(event)
        except BrokenPipeError:
            self.is_closed = True
            if self.run is not None:
                self.run.cancel()

    async def tick(self) -> None:
        """Let a terminal show how long it waits."""
        tick_forever = getattr(self._output, "tick_forever", None)
        if tick_forever is not None:
            await tick_forever()


def _prepare(command: Role, typed: Mapping[str, Any], options: ConnectionOptions) -> _Prepared:
    target = None
    if typed["target"] is not None:
        target = parse_target(typed["target"], stdin_path=typed["stdin_path"])
    override = Path(typed["root"]) if typed["root"] is not None else None
    root = find_root(target.path if target else Path.cwd() / "-", override)
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
    return _Prepared(request, workspace, loaded, command)


def _target(typed: TypedTarget, workspace: Workspace) -> Target:
    text = read_stdin(typed) if typed.is_stdin else None
    return Target(workspace.relative(typed.path), typed.start_line, typed.end_line, text)


async def _run(prepared: _Prepared, options: ConnectionOptions, sink: _Sink) -> Outcome:
    @asynccontextmanager
    async def connect() -> AsyncIterator[Model]:
        # Imported here: what an unreadable target costs is not a second of imports.
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
        history=History(state_folder()),
        limits=Limits(limits.turns, limits.tokens, limits.seconds),
        sink=sink,
    )
    task = next(entry for entry in TASKS if entry.command == prepared.role).load()
    sink.run = asyncio.current_task()
    ticking = asyncio.create_task(sink.tick())
    try:
        return await run_task(task, prepared.request, context)
    finally:
        ticking.cancel()
