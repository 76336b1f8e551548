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

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        command = getattr(importlib.import_module(f"lakewright.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lakewright", message="%(prog)s %(version)s")
def program() -> None:
    """Explain code with the models your company serves on Databricks.

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
    verbose = _verbosity(arguments)
    try:
        code = program.main(arguments, prog_name="lakewright", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        return _usage_error(error, arguments)
    except (click.Abort, KeyboardInterrupt):
        return EXIT_CODES["cancelled"]
    except BrokenPipeError:
        leave_pipe()
        return 0
    except LakewrightError as error:
        return _failed(error, arguments, verbose)
    except Exception as error:  # noqa: BLE001 - a defect ends as one line, too
        return _failed(internal_error(error, verbose=verbose), arguments, verbose)
    return code if isinstance(code, int) else 0


def leave_pipe() -> None:
    """The reader of our output has gone: what is still buffered must not fail at the exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())


def _failed(error: LakewrightError, arguments: list[str], verbose: int) -> int:
    if _wants_json(arguments):
        print(json.dumps({"error": error.to_json()}, ensure_ascii=False))  # noqa: T201
    else:
        show_error(error, verbose=verbose)
    return EXIT_CODES.get(error.kind, INTERNAL)


def _usage_error(error: click.ClickException, arguments: list[str]) -> int:
    if _wants_json(arguments):
        shown = InputError(error.format_message(), hint="See --help.")
        line: dict[str, object] = {"error": shown.to_json()}
        if "ndjson" in " ".join(arguments):
            line = {"event": "result", **line}
        print(json.dumps(line, ensure_ascii=False))  # noqa: T201
    else:
        error.show()
    return USAGE


def _wants_json(arguments: list[str]) -> bool:
    """Whether a usage error is to be an object; the options may be what click could not read."""
    pairs = [*(argument.partition("=")[::2] for argument in arguments), *pairwise(arguments)]
    return any(pair in {("--format", "json"), ("--format", "ndjson")} for pair in pairs)


def _verbosity(arguments: list[str]) -> int:
    return sum(argument == "--verbose" or argument.strip("v") == "-" != argument for argument in arguments)


def _speak_utf8() -> None:
    """Whatever the locale says: half a character must not end a run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
