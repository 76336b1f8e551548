"""`lakewright serve`: one client over a pair of streams, from the first byte to the exit code.

Imported by nothing but `cli.serve`, and lean: what a path needs beyond pygls is imported on that path.
"""

import asyncio
import functools
import logging
from collections.abc import Callable
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from lakewright import __version__
from lakewright.lsp.commands import COMMANDS
from lakewright.lsp.connection import Reader, Writer
from lakewright.lsp.features import FEATURES
from lakewright.lsp.opening import open_session
from lakewright.lsp.protocol import Protocol
from lakewright.lsp.session import Session

_RUNS_END = 1.0
"""Seconds that runs have to end at `shutdown`."""

_LAST_WORDS = 1.0
"""Seconds that a client has to read what was said before `exit`."""


async def serve(incoming: BinaryIO, outgoing: BinaryIO) -> int:
    """Serve the client at the other end until it exits or goes; the exit code as LSP wants it: 0 after
    `shutdown`, else 1.
    """
    _keep_pygls_quiet()
    server = Server()
    writer = Writer(outgoing, server.client_gone)
    server.protocol.set_writer(writer)
    writer.start()
    Reader(incoming, server.receive).start()
    try:
        return await server.ended
    finally:
        await server.close()
        await writer.drain(_LAST_WORDS)


class Server:
    """One client's server: the protocol, the session once there is one, and how it ends."""

    def __init__(self) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._session: Session | None = None
        pygls = LanguageServer(
            "lakewright",
            __version__,
            protocol_cls=Protocol,
            converter_factory=default_converter,
        )
        assert isinstance(pygls.protocol, Protocol)
        self.protocol = pygls.protocol
        for method, handle in (
            (types.INITIALIZE, self._initialize),
            (types.SHUTDOWN, self._shutdown),
            (types.EXIT, self._exit),
        ):
            pygls.feature(method)(functools.partial(handle))  # pygls marks it, which a bound method forbids
        for feature in FEATURES:
            pygls.feature(feature.method, feature.options)(self._handler(feature.handle))
        for name, command in COMMANDS.items():
            if command.listed:
                pygls.command(name)(lambda: None)  # pygls lists it in the capabilities; it never calls it

    def receive(self, body: bytes | None) -> None:
        """One message, or None at the end of the stream."""
        if body is None:
            self.client_gone()
        else:
            self.protocol.receive(body)

    def client_gone(self) -> None:
        """Nobody is left to serve."""
        if not self.ended.done():
            self.ended.set_result(1)

    async def close(self) -> None:
        """End what runs."""
        await self._end_runs()
        if self._session is not None:
            self._session.status.close()
            self._session.settings.close()
            await self._session.background.close()
            await self._session.models.close()
        self.protocol.fail_open_requests()

    def _handler(self, handle: Callable[[Session, Any], Any]) -> Callable[[Any], Any]:
        def handler(params: Any) -> Any:
            assert self._session is not None, "the protocol lets nothing pass before `initialize`"
            return handle(self._session, params)

        return handler

    def _initialize(self, _params: types.InitializeParams) -> None:
        self._session = open_session(self.protocol)
        self.protocol.is_initialized = True

    async def _shutdown(self, _params: None = None) -> None:
        self.protocol.start_shutdown()
        await self._end_runs()

    async def _end_runs(self) -> None:
        if self._session is not None:
            await self._session.runs.end_all(_RUNS_END)

    def _exit(self, _params: None = None) -> None:
        if not self.ended.done():
            self.ended.set_result(0 if self.protocol.is_shutting_down else 1)


def _keep_pygls_quiet() -> None:
    """Silence it: pygls logs whole messages, and tracebacks to standard error where nobody handles them."""
    for name in ("pygls", "lsprotocol", "cattrs"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
