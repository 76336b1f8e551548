"""`lakewright serve`: one client over a pair of streams, from the first byte to the exit code.

Imported by nothing but `cli.serve`, and lean: what a path needs beyond pygls is imported on that path.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from lakewright import __version__
from lakewright.lsp import completion_registration, parent
from lakewright.lsp.commands import COMMANDS
from lakewright.lsp.connection import Reader, Received, Writer
from lakewright.lsp.features import FEATURES, NOTEBOOK_SYNC
from lakewright.lsp.opening import open_session
from lakewright.lsp.protocol import Protocol
from lakewright.lsp.session import Session

_RUNS_END = 1.0
"""Seconds that runs have to end at `shutdown`."""

_LAST_WORDS = 1.0
"""Seconds that a client has to read what was said before the end."""

NEEDED = 2 * _RUNS_END + _LAST_WORDS
"""Seconds that `serve` takes at most to end once it is cancelled."""


async def serve(incoming: BinaryIO, outgoing: BinaryIO) -> int:
    """Serve the client at the other end until it exits or goes, or until the process that started it ends.

    Returns the exit code as LSP wants it: 0 after `shutdown`, else 1.
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
        self._parent: asyncio.Task[None] | None = None
        pygls = LanguageServer(
            "lakewright",
            __version__,
            notebook_document_sync=NOTEBOOK_SYNC,
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
            pygls.feature(method)(partial(handle))  # pygls marks it, which a bound method forbids
        for feature in FEATURES:
            pygls.feature(feature.method, feature.options)(self._handler(feature.handle))
        for name, command in COMMANDS.items():
            if command.listed:
                pygls.command(name)(lambda: None)  # pygls lists it in the capabilities; it never calls it

    def receive(self, received: Received | None) -> None:
        """One message, or None at the end of the stream."""
        if received is None:
            self.client_gone()
        else:
            self.protocol.receive(received)

    def client_gone(self) -> None:
        """Nobody is left to serve."""
        self.protocol.client_has_left()
        self._end()

    async def close(self) -> None:
        """End what runs; every request is answered before, if only with an error."""
        self.protocol.start_shutdown()
        if self._parent is not None:
            self._parent.cancel()
        self.protocol.client_has_left()
        await self._end_work()
        if self._session is not None:
            self._session.status.close()
            self._session.settings.close()
            await self._session.background.close()
            await self._session.models.close()

    async def _end_work(self) -> None:
        if self._session is not None:
            await self._session.runs.end_all(_RUNS_END)
        await self.protocol.end_requests(_RUNS_END, but=asyncio.current_task())

    def _handler(self, handle: Callable[[Session, Any], Any]) -> Callable[[Any], Any]:
        def handler(params: Any) -> Any:
            assert self._session is not None, "the protocol lets nothing pass before `initialize`"
            return handle(self._session, params)

        return handler

    def _initialize(self, params: types.InitializeParams) -> None:
        self._session = open_session(self.protocol)
        completion_registration.announce(self._session.client, self._session.options, self.protocol.fm)
        self.protocol.is_initialized = True
        if params.process_id is not None:
            self._parent = asyncio.ensure_future(parent.ended(params.process_id))
            self._parent.add_done_callback(lambda task: None if task.cancelled() else self._end())

    async def _shutdown(self, _params: None = None) -> None:
        self.protocol.start_shutdown()
        await self._end_work()

    def _exit(self, _params: None = None) -> None:
        self._end()

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(0 if self.protocol.is_shutting_down else 1)


def _keep_pygls_quiet() -> None:
    """Silence it: pygls logs whole messages, and tracebacks to standard error where nobody handles them."""
    for name in ("pygls", "lsprotocol", "cattrs"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
