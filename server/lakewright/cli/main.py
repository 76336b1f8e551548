"""The program: a table of commands, imported when chosen, and one place where every error ends."""

import errno
import importlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import click

from lakewright import __version__
from lakewright.cli.ending import INTERRUPTED, interrupted_by_signals, leave
from lakewright.cli.exits import EXIT_CODES, INTERNAL, USAGE, internal_error, show_error, unwritable
from lakewright.errors import CancelledRunError, InputError, LakewrightError


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: where it is, and its line in `--help`."""

    place: str
    summary: str


COMMANDS: Mapping[str, Entry] = {
    "explain": Entry(
        "explain:explain", "Explain a file, some of its lines, or answer a question about them."
    ),
    "refactor": Entry("refactor:refactor", "Change code as told: print the diff, or write it."),
    "complete": Entry("complete:complete", "Print what belongs at a cursor."),
    "serve": Entry("serve:serve", "Serve an editor by the Language Server Protocol."),
    "undo": Entry("undo:undo", "Put files back as they were before a written refactor."),
    "models": Entry("models:models", "Show the endpoints this host serves, and what each can do."),
    "doctor": Entry("doctor:doctor", "Walk every hop, from the settings to an answer, and say what to do."),
    "sandbox": Entry("sandbox:sandbox", "Serve the simulated Databricks host on loopback."),
    "completion": Entry("completion:completion", "Print the script that completes commands in your shell."),
}


class ReaderGoneError(Exception):
    """Nobody reads our output any more. (As an OSError it would make click exit by itself, with 1.)"""


class Commands(click.Group):
    """Imports a command when it is chosen, so that `--help` and `--version` cost nothing."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with _closed_pipes_kept():  # `--help` prints in here
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _closed_pipes_kept():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        command = getattr(importlib.import_module(f"lakewright.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Explain, refactor and complete code with the models your company serves on Databricks.",
    epilog="""\b
Examples:
  lakewright explain --sandbox src/orders.py       without an account: a simulated model
  databricks auth login --host https://…           with your own models: log in,
  lakewright doctor                                see that everything works,
  lakewright explain src/orders.py:12-40           and ask
  lakewright refactor src/orders.py -i "Rename net to amount" --write
""",
)
@click.version_option(__version__, prog_name="lakewright", message="%(prog)s %(version)s")
def program() -> None:
    """The whole program; its commands are in COMMANDS."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit."""
    try:
        code = run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # once more, while the end was being said
        code = INTERRUPTED
    leave(code)


def run(arguments: list[str]) -> int:
    """Run one command line; return its exit code."""
    _open_streams()
    with interrupted_by_signals():
        try:
            code = program.main(arguments, prog_name="lakewright", standalone_mode=False)
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a defect ends as one line, too
            return _ended(error, arguments)
    return code if isinstance(code, int) else 0


@contextmanager
def _closed_pipes_kept() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise ReaderGoneError from None


def _ended(error: BaseException, arguments: list[str]) -> int:
    """Say how it ended; the exit code for it."""
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case ReaderGoneError() | BrokenPipeError():
            return 0
        case click.ClickException() if not isinstance(error, click.Abort):
            return _usage_error(error, arguments)
        case click.Abort() | KeyboardInterrupt():
            failure: LakewrightError = CancelledRunError("Interrupted.")
        case LakewrightError():
            failure = error
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            failure = unwritable(error)
        case _:
            failure = internal_error(error, verbose=_verbosity(arguments))
    return _failed(failure, arguments)


def _failed(error: LakewrightError, arguments: list[str]) -> int:
    form = _json_form(arguments)
    if form is None:
        show_error(error, verbose=_verbosity(arguments))
    else:
        event = {"event": "result"} if form == "ndjson" else {}
        try:
            print(json.dumps({**event, "error": error.to_json()}, ensure_ascii=False), flush=True)  # noqa: T201
        except OSError:  # it may be the very error that standard output can't be written
            show_error(error, verbose=_verbosity(arguments))
    return EXIT_CODES.get(error.kind, INTERNAL)


def _usage_error(error: click.ClickException, arguments: list[str]) -> int:
    if _json_form(arguments) is None:
        error.show()
        return USAGE
    return _failed(InputError(error.format_message(), hint="See --help."), arguments)


def _json_form(arguments: list[str]) -> str | None:
    """The JSON format asked for, if any; the other options may be what click could not read."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    typed = arguments[:end]
    pairs = [*(argument.partition("=")[::2] for argument in typed), *pairwise(typed)]
    return next((form for form in ("json", "ndjson") if ("--format", form) in pairs), None)


def _verbosity(arguments: list[str]) -> int:
    return sum(argument == "--verbose" or argument.strip("v") == "-" != argument for argument in arguments)


def _open_streams() -> None:
    """Three standard streams, whatever the parent closed: else the next file or socket would take the
    place of standard output. They speak UTF-8 whatever the locale says: half a character, or one that
    the locale lacks, must not end a run.
    """
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
