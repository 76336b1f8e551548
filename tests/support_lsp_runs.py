"""Runs over the language server that stand still in a phase of their own, and the ways to end them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lakewright.sandbox.records import RequestRecord
from lakewright.sandbox.server import SandboxServer
from support_lsp_client import HANG, Json, LspClient, execution, in_process, repository, uses_host
from support_sandbox import quick_sandbox

ORDERS = '''"""Orders."""

TAX = 0.2


def total(rows):
    """The sum."""
    net = sum(row.net for row in rows)
    return net * (1 + TAX)


class Order:
    def add(self, row):
        self.rows.append(row)
'''
FILES = {"orders.py": ORDERS, "endless.txt": "a" * 40 + "!\n"}
RUN = "the-run"
TOKEN = "the-token"


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds that no message tells of."""
    async with asyncio.timeout(HANG):
        while not holds():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.002)


@dataclass(slots=True)
class Bench:
    """A client with `orders.py` open, and the host that its runs ask."""

    client: LspClient
    root: Path
    sandbox: SandboxServer | None = None

    @property
    def host(self) -> SandboxServer:
        assert self.sandbox is not None
        return self.sandbox

    @property
    def uri(self) -> str:
        return (self.root / "orders.py").as_uri()

    @property
    def record(self) -> RequestRecord:
        """What the host knows of the one model request."""
        assert len(self.host.model_requests) == 1
        return self.host.model_requests[0]

    def start(self, command: str = "explain", *, token: str | None = TOKEN, **more: object) -> int:
        """Send the command, for the answer to hold the outcome; the request's id."""
        argument: Json = {"textDocument": {"uri": self.uri}, "deliver": "response", "run": RUN, **more}
        if command == "complete":
            argument.setdefault("position", {"line": 8, "character": 4})
        beside = {} if token is None else {"workDoneToken": token}
        return self.client.request(*execution(command, argument, **beside))


@asynccontextmanager
async def bench(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *faults: str,
    script: str | None = None,
    capabilities: Json | None = None,
    **initialize: Any,
) -> AsyncIterator[Bench]:
    """A bench whose host has these faults, or this model; `initialize` is what its client says more."""
    root = repository(tmp_path / "work", FILES)
    async with quick_sandbox(*faults, script=script) as host:
        for name, value in uses_host(host).items():
            monkeypatch.setenv(name, value)
        async with in_process(root=root, capabilities=capabilities or {}, **initialize) as client:
            client.open((root / "orders.py").as_uri(), ORDERS)
            yield Bench(client, root, host)


@dataclass(slots=True)
class SilentHost:
    """Takes connections and never answers; `left` counts those that the other side has ended."""

    port: int
    taken: int = 0
    left: int = 0


@asynccontextmanager
async def silent_host() -> AsyncIterator[SilentHost]:
    """A host that hangs before it has said anything."""
    found = SilentHost(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.taken += 1
        try:
            while await reader.read(65536):
                pass
        except ConnectionError:
            pass
        finally:
            found.left += 1
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    async with server:
        yield found
