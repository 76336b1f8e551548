"""`lakewright serve`: the language server, on standard input and output or on a loopback port."""

# ruff: noqa: PLC0415 - the server's imports are for `serve` alone
import os
import sys
from typing import BinaryIO

import click


@click.command(
    epilog="""\b
Examples:
  lakewright serve                          what an editor starts
  lakewright serve --tcp 127.0.0.1:7700     for one client that connects
"""
)
@click.option("--stdio", is_flag=True, help="Speak LSP on standard input and output (the default).")
@click.option("--tcp", metavar="HOST:PORT", help="Listen on a loopback address, serve one client, then exit.")
def serve(*, stdio: bool, tcp: str | None) -> int:
    """Serve one editor by the Language Server Protocol."""
    if stdio and tcp:
        raise click.UsageError("--stdio and --tcp don't go together.")
    from lakewright.cli.running import run_until_ended
    from lakewright.lsp.server import serve as serve_client

    incoming, outgoing = _standard_streams()
    return run_until_ended(serve_client(incoming, outgoing))


def _standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for LSP alone: what anything else prints goes to standard error."""
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, outgoing
