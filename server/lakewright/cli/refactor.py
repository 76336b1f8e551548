"""`lakewright refactor`."""

from typing import Any

import click

from lakewright.cli.options import (
    CONNECTION_OPTIONS,
    CONVERSATION_OPTIONS,
    RUN_OPTIONS,
    RunCommand,
    with_options,
)


@click.command(
    cls=RunCommand,
    epilog="""\b
Examples:
  lakewright refactor src/orders.py -i "Rename net to amount"
  lakewright refactor src/orders.py:12-40 -i "Use a dataclass" --write
  lakewright refactor src/orders.py -i "Sort the imports" | git apply
  lakewright refactor src/orders.py -i "Add type hints" --write --verify "make test"
  lakewright refactor src/orders.py -i "Sort the imports" --check >/dev/null || echo unsorted
  lakewright refactor --continue -i "And its tests" --write
  lakewright undo
\b
Exit codes: 0 done, 1 --check found a change, 2 wrong input, 3 settings or credentials,
4 the model service failed, 5 the edit was refused or --verify failed; 130 interrupted.
""",
)
@click.argument("target", required=False, type=click.Path())
@click.option("-i", "--instruction", metavar="TEXT", required=True, help="What to change, in your own words.")
@click.option("--write", is_flag=True, help="Write the files, too; `lakewright undo` takes it back.")
@click.option("--check", is_flag=True, help="Exit with 1 when there would be a change; writes nothing.")
@click.option(
    "--verify",
    metavar="CMD",
    help='A shell line that must succeed on a copy of the changed tree; "" for none.',
)
@with_options(*CONVERSATION_OPTIONS, *RUN_OPTIONS, *CONNECTION_OPTIONS)
def refactor(**typed: Any) -> int:
    """Change TARGET as told: PATH, PATH:12, PATH:12-40 (lines count from 1), or - for standard input.

    Prints the change as a unified diff to standard output, as `git apply` takes it, and writes
    nothing without --write; everything else goes to standard error. Other files are changed where
    the instruction needs it.
    """
    if not typed["instruction"].strip():
        raise click.UsageError("The instruction is empty: say with -i what to change.")
    if typed["check"] and typed["write"]:
        raise click.UsageError("--check and --write don't go together.")
    if typed["write"] and typed["target"] == "-":
        raise click.UsageError("--write goes with a file; what standard input becomes is printed as a diff.")
    from lakewright.cli.run import run_command  # noqa: PLC0415 - `--help` doesn't pay for it

    return run_command("refactor", typed)
