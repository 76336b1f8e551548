"""`lakewright complete`."""

from typing import Any

import click

from lakewright.cli.options import CONNECTION_OPTIONS, RUN_OPTIONS, with_options


@click.command(
    epilog="""\b
Examples:
  lakewright complete src/orders.py:12:5
  lakewright complete src/orders.py:12:5 --format json | jq -r .completion.text
  lakewright complete - --stdin-path src/orders.py:12:5 < unsaved.py
""",
)
@click.argument("target", metavar="PATH:LINE:COLUMN", type=click.Path())
@with_options(*RUN_OPTIONS, *CONNECTION_OPTIONS)
def complete(**typed: Any) -> int:
    """Print what belongs at a cursor, and nothing else.

    LINE and COLUMN count from 1; the cursor stands before COLUMN, which counts characters. With - the
    text is read from standard input, and PATH:LINE:COLUMN is the value of --stdin-path.
    """
    from lakewright.cli.run import run_command  # noqa: PLC0415 - `--help` doesn't pay for it

    return run_command("complete", {**typed, "conversation": None})
