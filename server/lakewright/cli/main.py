"""The program: a table of commands, imported when chosen, and one place where every error ends."""

import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import click

from lakewright import __version__
from lakewright.cli.exits import EXIT_CODES, INTERNAL, USAGE, internal_error, show_error
from lakewright.errors import InputError, LakewrightError


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: where it is, and its line in `--help`."""

    place: str
    summary: str


COMMANDS: Mapping[str, Entry] = {
    "explain": Entry(
        "explain:explain", "Explain a file, some of its lines, or answer a question about them."
    ),
    "models": Entry("models:models", "Show the endpoints this host serves, and what each can do."),
    "doctor": Entry("doctor:doctor", "Walk every hop, from the settings to an answer, and say what to do."),
    "sandbox": Entry("sandbox:sandbox", "Serve the simulated Databricks host on loopback."),
    "completion": Entry("completion:completion", "Print the script that completes commands in your shell."),
}


class Commands(click.Group):
    """Imports a command when it is chosen, so that `--help` and `--version` cost nothing."""

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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lakewright", message="%(prog)s %(version)s")
def program() -> None:
    r"""Explain code with the models your company serves on Databricks.

    \b
    Try it without an account:   lakewright explain --sandbox src/orders.py
    With your own models:        databricks auth login --host https://…   then   lakewright doctor
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command line; return its exit code."""
    _speak_utf8()
    try:
        code = program.main(arguments, prog_name="lakewright", standalone_mode=False)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a defect ends as one line, too
        return _ended(error, arguments)
    return code if isinstance(code, int) else 0


def _ended(error: BaseException, arguments: list[str]) -> int:
    """Say how it ended; the exit code for it."""
    code = EXIT_CODES["cancelled"]
    match error:
        case click.exceptions.Exit():
            code = error.exit_code
        case click.Abort() | KeyboardInterrupt():
            pass
        case BrokenPipeError():
            leave_pipe()
            code = 0
        case click.ClickException():
            code = _usage_error(error, arguments)
        case LakewrightError():
            code = _failed(error, arguments)
        case _:
            code = _failed(internal_error(error, verbose=_verbosity(arguments)), arguments)
    return code


def leave_pipe() -> None:
    """The reader of our output has gone: what is still buffered must not fail at the exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())


def _failed(error: LakewrightError, arguments: list[str]) -> int:
    form = _json_form(arguments)
    if form is None:
        show_error(error, verbose=_verbosity(arguments))
    else:
        event = {"event": "result"} if form == "ndjson" else {}
        print(json.dumps({**event, "error": error.to_json()}, ensure_ascii=False))  # noqa: T201
    return EXIT_CODES.get(error.kind, INTERNAL)


def _usage_error(error: click.ClickException, arguments: list[str]) -> int:
    if _json_form(arguments) is None:
        error.show()
        return USAGE
    return _failed(InputError(error.format_message(), hint="See --help."), arguments)


def _json_form(arguments: list[str]) -> str | None:
    """The JSON format asked for, if any; the other options may be what click could not read."""
    pairs = [*(argument.partition("=")[::2] for argument in arguments), *pairwise(arguments)]
    return next((form for form in ("json", "ndjson") if ("--format", form) in pairs), None)


def _verbosity(arguments: list[str]) -> int:
    return sum(argument == "--verbose" or argument.strip("v") == "-" != argument for argument in arguments)


def _speak_utf8() -> None:
    """Whatever the locale says: half a character must not end a run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
