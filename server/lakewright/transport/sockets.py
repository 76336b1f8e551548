"""Connections under httpcore: names looked up where the exit needn't wait, the quickest address taken."""

import asyncio
import contextlib
import importlib
import ipaddress
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import chain, zip_longest
from typing import Any

import httpcore

from lakewright.core.threads import in_daemon_thread
from lakewright.transport.chunks import JoinedStream

with contextlib.suppress(ImportError):  # else the first connection imports it, and holds up the event loop
    importlib.import_module("anyio._backends._asyncio")

_HEAD_START = 0.25  # seconds an address has before the next is tried beside it (RFC 8305, section 5)

_Connect = Callable[[str], Awaitable[httpcore.AsyncNetworkStream]]


class JoiningBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections whose reads join HTTP chunks. OSError becomes httpcore's ConnectError,
    a failed look-up stays `socket.gaierror`.
    """

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        async def connect(address: str) -> httpcore.AsyncNetworkStream:
            return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)

        return JoinedStream(await first_to_connect(await _addresses(host, port), connect))

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def first_to_connect(addresses: Sequence[str], connect: _Connect) -> httpcore.AsyncNetworkStream:
    """Try addresses in order, each with a head start; the first that connects wins (RFC 8305).

    Raises the first address's error when all fail. `addresses` isn't empty.
    """
    waiting, running = deque(addresses), set[asyncio.Task[httpcore.AsyncNetworkStream]]()
    errors: list[BaseException] = []
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.ensure_future(_as_coroutine(connect(waiting.popleft()))))
            patience = _HEAD_START if waiting else None
            done, _ = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                running.remove(task)
                if (error := task.exception()) is None:
                    return task.result()
                errors.append(error)
        raise errors[0]
    finally:
        await _discard(running)


async def _as_coroutine(connecting: Awaitable[httpcore.AsyncNetworkStream]) -> httpcore.AsyncNetworkStream:
    return await connecting


async def _discard(tasks: "set[asyncio.Task[httpcore.AsyncNetworkStream]]") -> None:
    for task in tasks:
        task.cancel()
    for late in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(late, httpcore.AsyncNetworkStream):
            await late.aclose()


async def _addresses(host: str, port: int) -> list[str]:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        found = await in_daemon_thread(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        return interleaved([(entry[0], str(entry[4][0])) for entry in found])
    return [host]


def interleaved(found: Iterable[tuple[int, str]]) -> list[str]:
    """(family, address) pairs as addresses, families in turn, so that a dead IPv6 costs one head start."""
    families: dict[int, dict[str, None]] = {}
    for family, address in found:
        families.setdefault(family, {})[address] = None
    return [address for address in chain(*zip_longest(*families.values())) if address is not None]
