"""Starting and stopping the simulated host: on loopback only, quick, and quiet."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from lakewright.errors import InputError
from lakewright.sandbox.app import build_app
from lakewright.sandbox.credentials import TOKEN
from lakewright.sandbox.faults import FaultPlan
from lakewright.sandbox.host import Host, Knobs
from lakewright.sandbox.records import RequestRecord
from lakewright.sandbox.scripts import find_script

_SILENT = logging.CRITICAL + 1
_STEPS_TO_CLOSE = 3
"""Rounds of the event loop after which an aborted connection has told its protocol."""


class SandboxServer:
    """A simulated host that lives as long as its `async with` block.

    `host` is its URL, `token` opens it, `log` holds a record of each request. Port 0 takes a free
    one. `pace` 1 streams like a brisk model (some three seconds an answer), 0 without any wait, as
    tests want it. Raises InputError for an unknown fault or script and for a port that is taken.
    """

    def __init__(
        self,
        faults: Sequence[str] = (),
        *,
        port: int = 0,
        script: str | None = None,
        pace: float = 1.0,
        knobs: Knobs | None = None,
    ) -> None:
        self._port = port
        self._host = Host(knobs or Knobs(), pace, script, FaultPlan(faults))
        find_script(script)
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def token(self) -> str:
        return TOKEN

    @property
    def log(self) -> list[RequestRecord]:
        return self._host.log

    @property
    def model_requests(self) -> list[RequestRecord]:
        """The requests of the log that asked for a model's answer."""
        return [record for record in self.log if record.is_model_request]

    async def __aenter__(self) -> Self:
        logging.getLogger("uvicorn.error").setLevel(_SILENT)
        config = uvicorn.Config(
            build_app(self._host),
            log_config=None,
            access_log=False,
            lifespan="off",
            proxy_headers=False,
            ws="none",
            server_header=False,
        )
        config.load()
        listening = _listen(self._port)
        self._port = listening.getsockname()[1]
        self._server = await asyncio.get_running_loop().create_server(
            lambda: H11Protocol(config=config, server_state=self._state, app_state={}), sock=listening
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        tasks = tuple(self._state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in tuple(self._state.connections):
            assert isinstance(connection, H11Protocol)
            connection.transport.abort()
        for _ in range(_STEPS_TO_CLOSE):
            await asyncio.sleep(0)


async def serve_forever(
    announce: Callable[[SandboxServer], None],
    faults: Sequence[str] = (),
    *,
    port: int = 0,
    script: str | None = None,
    pace: float = 1.0,
) -> None:
    """Serve until cancelled. `announce` is told once that the host answers."""
    async with SandboxServer(faults, port=port, script=script, pace=pace) as server:
        announce(server)
        await asyncio.Event().wait()


@contextmanager
def start_in_thread(
    faults: Sequence[str] = (), *, port: int = 0, script: str | None = None, pace: float = 1.0
) -> Iterator[SandboxServer]:
    """The same host for code without an event loop: it runs in a daemon thread of its own.

    Records of its log are complete once the client has the whole answer; their `finished` events
    belong to the other loop.
    """
    server = SandboxServer(faults, port=port, script=script, pace=pace)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lakewright-sandbox", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _listen(port: int) -> socket.socket:
    # asyncio switches Nagle's algorithm off only where the protocol is named: 40 ms a write else.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        raise InputError(
            f"Port {port} can't be taken: {error.strerror}.", hint="Choose another --port."
        ) from None
    return listening
