"""`lakewright explain`."""

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
  lakewright explain src/orders.py
  lakewright explain src/orders.py:12-40 --ask "Why is tax rounded twice?"
  lakewright explain --continue --ask "And who calls it?"
  git show HEAD~1:src/orders.py | lakewright explain - --stdin-path src/orders.py
  lakewright explain src/orders.py --format json | jq -r .answer
  lakewright explain src/orders.py --sandbox --fault 429
""",
)
@click.argument("target", required=False, type=click.Path())
@click.option(
    "--ask", "instruction", metavar="TEXT", help="A question about TARGET, in place of an explanation."
)
@with_options(*CONVERSATION_OPTIONS, *RUN_OPTIONS, *CONNECTION_OPTIONS)
def explain(**typed: Any) -> int:
    """Explain TARGET: PATH, PATH:12, PATH:12-40 (lines count from 1), or - for standard input.

    The model reads what else it needs of the workspace through tools. The answer goes to standard
    output, everything else to standard error.
    """
    from lakewright.cli.run import run_command  # noqa: PLC0415 - `--help` doesn't pay for it

    return run_command("explain", typed)
