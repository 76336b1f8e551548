"""`lakewright serve`: the language server, on standard input and output or on a loopback port."""

# ruff: noqa: PLC0415 - the server's imports are for `serve` alone
import asyncio
import gc
import logging
import os
import socket
import sys
import threading
from contextlib import suppress
from typing import Any, BinaryIO

import click

from lakewright.core.hosts import is_loopback
from lakewright.errors import InputError

_HINT = "Give an address of this machine alone, such as --tcp 127.0.0.1:7700."
_LARGEST_PORT = 65535


@click.command(
    epilog="""\b
Examples:
  lakewright serve                          what an editor starts
  lakewright serve --tcp 127.0.0.1:7700     for one client that connects
"""
)
@click.option("--stdio", is_flag=True, help="Speak LSP on standard input and output (the default).")
@click.option("--tcp", metavar="HOST:PORT", help="Listen on a loopback address, serve one client, then exit.")
@click.option("-v", "--verbose", count=True, help="Say on standard error what goes wrong inside.")
def serve(*, stdio: bool, tcp: str | None, verbose: int) -> int:
    """Serve one editor by the Language Server Protocol."""
    if stdio and tcp is not None:
        raise click.UsageError("--stdio and --tcp don't go together.")
    address = None if tcp is None else _address(tcp)
    _log_to_standard_error(verbose=verbose > 0)
    incoming, outgoing = _standard_streams()
    from lakewright.cli.running import run_until_ended
    from lakewright.lsp.server import NEEDED
    from lakewright.lsp.server import serve as serve_client

    gc.freeze()  # what was imported stays: a search of it for garbage would hold up the event loop
    if address is None:
        return run_until_ended(serve_client(incoming, outgoing), grace=NEEDED)
    return run_until_ended(_serve_one(address), grace=NEEDED)


async def _serve_one(address: tuple[str, int]) -> int:
    from lakewright.lsp.server import serve as serve_client

    client = await _first_client(address)
    try:
        return await serve_client(client.makefile("rb"), client.makefile("wb"))
    finally:
        with suppress(OSError):  # the client has gone already
            client.shutdown(socket.SHUT_RDWR)  # to close a stream that a thread reads would wait for it


async def _first_client(address: tuple[str, int]) -> socket.socket:
    """The first that connects; no other can."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError as error:
            raise InputError(
                f"Port {address[1]} can't be taken: {error.strerror}.", hint="Choose another port."
            ) from None
        listening.listen(1)
        listening.setblocking(False)
        host, port = listening.getsockname()[:2]
        print(f"Listening on {f'[{host}]' if ':' in host else host}:{port}", file=sys.stderr, flush=True)  # noqa: T201
        client, _ = await asyncio.get_running_loop().sock_accept(listening)
    client.setblocking(True)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def _address(text: str) -> tuple[str, int]:
    """HOST:PORT of the loopback; port 0 takes a free one. Raises InputError."""
    host, _, port = text.rpartition(":")
    if not is_loopback(host):
        raise InputError(f'--tcp {text}: "{host}" is no loopback address.', hint=_HINT)
    if not (port.isascii() and port.isdigit() and int(port) <= _LARGEST_PORT):
        raise InputError(f'--tcp {text}: "{port}" is no port.', hint=_HINT)
    name = host.rstrip(".").lower()
    return "127.0.0.1" if name == "localhost" else name.strip("[]"), int(port)


def _standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for LSP alone: what anything else prints goes to standard error, and
    programs that are started read nothing.
    """
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def _log_to_standard_error(*, verbose: bool) -> None:
    """Our own log, where it is asked for, tracebacks included; else nothing. What libraries log may hold
    content, and is never shown.
    """
    logging.getLogger().addHandler(logging.NullHandler())  # else Python shows warnings by itself
    logging.captureWarnings(capture=True)
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        for name, level in (("lakewright", logging.DEBUG), ("asyncio", logging.WARNING)):
            logging.getLogger(name).addHandler(handler)
            logging.getLogger(name).setLevel(level)
    logger = logging.getLogger("lakewright")

    def thread_failed(failed: "threading.ExceptHookArgs") -> None:
        logger.error("A thread failed", exc_info=failed.exc_value)

    def unraisable(failed: Any) -> None:
        logger.error("A clean-up failed", exc_info=failed.exc_value)

    threading.excepthook = thread_failed
    sys.unraisablehook = unraisable
