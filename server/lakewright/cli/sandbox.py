"""`lakewright sandbox`: the simulated host for other programs, until it is stopped."""

# ruff: noqa: PLC0415 - the server is only loaded where it runs, the faults only where they are shown
import os
import sys
from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lakewright.sandbox.server import SandboxServer


class _WithFaults(click.Command):
    """Its help ends with every fault by name, in groups."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        from lakewright.sandbox.faults import GROUPS

        for group, faults in GROUPS.items():
            with formatter.section(f"Faults ({group[:1].lower()}{group[1:]})"):
                formatter.write_dl(list(faults.items()), col_max=24)


@click.command(
    cls=_WithFaults,
    epilog="""\b
Examples:
  lakewright sandbox
  lakewright sandbox --port 8765 --fault 429:2 --fault split-bytes
  lakewright sandbox --list-faults
\b
In another shell:
  export DATABRICKS_HOST=http://127.0.0.1:8765 DATABRICKS_TOKEN=…
  lakewright explain src/orders.py
""",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="The port on 127.0.0.1; without it a free one is taken.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME",
    help="Fail on purpose: NAME strikes the first model request, NAME:3 the first three, NAME:always each.",
)
@click.option("--list-faults", is_flag=True, help="Print the faults by name, and stop.")
@click.option("--until-eof", is_flag=True, hidden=True, help="Stop at the end of standard input.")
@click.option(
    "--pace", type=click.FloatRange(min=0), default=1.0, hidden=True, help="0 streams without waits."
)
def sandbox(*, port: int, faults: tuple[str, ...], list_faults: bool, until_eof: bool, pace: float) -> int:
    """Serve the simulated Databricks host on loopback until Ctrl-C.

    Prints DATABRICKS_HOST=… and DATABRICKS_TOKEN=…, one a line, once it answers. Any client of Model
    Serving can use it; nothing leaves this machine.
    """
    if list_faults:
        width = max(len(name) for name, _ in _faults())
        click.echo("\n".join(f"{name:<{width}}  {text}" for name, text in _faults()))
        return 0
    from lakewright.cli.running import run_until_ended
    from lakewright.errors import CancelledRunError
    from lakewright.sandbox.server import serve_forever

    serving = serve_forever(_announce, faults, port=port, pace=pace)
    try:
        run_until_ended(_while_input_is_open(serving) if until_eof else serving)
    except CancelledRunError:  # how it is meant to end
        return 0
    return 0


async def _while_input_is_open(serving: Coroutine[Any, Any, None]) -> None:
    """For a program that started it: it ends with that program, whatever ends that."""
    import asyncio

    from lakewright.core.threads import in_daemon_thread

    task = asyncio.ensure_future(serving)
    ended = asyncio.ensure_future(in_daemon_thread(_read_to_end))
    try:
        await asyncio.wait((task, ended), return_when=asyncio.FIRST_COMPLETED)
    finally:
        ended.cancel()
        task.cancel()
    await task


def _read_to_end() -> None:
    while os.read(0, 65536):
        pass


def _announce(server: "SandboxServer") -> None:
    sys.stdout.write(f"DATABRICKS_HOST={server.host}\nDATABRICKS_TOKEN={server.token}\n")
    sys.stdout.flush()
    stop = "Ctrl-C stops it." if sys.stderr.isatty() else "SIGINT or SIGTERM stops it."
    click.echo(
        f"A simulated Databricks host answers at {server.host}, to this machine only. {stop}", err=True
    )
    click.echo("Set both variables for another program, or use it at once: --sandbox.", err=True)


def _faults() -> Iterator[tuple[str, str]]:
    from lakewright.sandbox.faults import FAULTS

    yield from FAULTS.items()
