"""A simulated host for tests: no waits, and a client that speaks to it over a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from lakewright.sandbox.server import SandboxServer

ENDPOINT = "databricks-claude-sonnet-4-5"


def quick_sandbox(*faults: str, script: str | None = None) -> SandboxServer:
    """A host that never waits between chunks."""
    return SandboxServer(faults, pace=0, script=script)


@asynccontextmanager
async def client_of(server: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has the host's address and token."""
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(base_url=server.host, headers=headers, trust_env=False) as client:
        yield client
