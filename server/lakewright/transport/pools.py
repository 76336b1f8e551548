"""Connection pools of httpcore behind httpx: one a way (direct or by a proxy), made when first needed."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import httpcore
import httpx

from lakewright.core.threads import in_daemon_thread
from lakewright.transport.proxies import Proxy, proxy_for
from lakewright.transport.sockets import JoiningBackend
from lakewright.transport.tls import client_context, unverified_context

_KEEP_IDLE = 30.0  # seconds a connection is kept for the next turn; load balancers close at 60
_PORTS = {"http": 80, "https": 443}


class Pools(httpx.AsyncBaseTransport):
    """An httpx transport that chooses the pool by the request's address and `environ`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        logging.getLogger("httpcore").setLevel(logging.INFO)  # its DEBUG shows a SOCKS proxy's password
        self._environ = environ
        self._pools: dict[tuple[Proxy | None, bool], httpcore.AsyncConnectionPool] = {}
        self._tls: ssl.SSLContext | None = None
        self._tls_loading = asyncio.Lock()

    def proxy_for(self, url: httpx.URL) -> Proxy | None:
        """The proxy a request to `url` takes."""
        port = url.port or _PORTS.get(url.scheme, 0)
        return proxy_for(url.scheme, url.raw_host.decode("ascii"), port, self._environ)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pool = await self._pool(request.url)
        url = request.url
        answer = await pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.aclose()

    @asynccontextmanager
    async def unverified(self, url: str) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        """A pool on the same way that trusts anyone, to look at a certificate and for nothing else."""
        async with _new_pool(self.proxy_for(httpx.URL(url)), unverified_context(), self._tls) as pool:
            yield pool

    async def _pool(self, url: httpx.URL) -> httpcore.AsyncConnectionPool:
        proxy = self.proxy_for(url)
        encrypted = url.scheme == "https" or (proxy is not None and proxy.scheme == "https")
        key = (proxy, encrypted)
        if key not in self._pools:
            tls = await self._context() if encrypted else None
            self._pools.setdefault(key, _new_pool(proxy, tls, tls))
        return self._pools[key]

    async def _context(self) -> ssl.SSLContext:
        async with self._tls_loading:
            if self._tls is None:
                self._tls = await in_daemon_thread(client_context, self._environ)
            return self._tls


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._answer.aiter_stream())

    async def aclose(self) -> None:
        await self._answer.aclose()


def _new_pool(
    proxy: Proxy | None, tls: ssl.SSLContext | None, proxy_tls: ssl.SSLContext | None
) -> httpcore.AsyncConnectionPool:
    if proxy is None:
        return httpcore.AsyncConnectionPool(
            tls, max_connections=None, keepalive_expiry=_KEEP_IDLE, network_backend=JoiningBackend()
        )
    if proxy.scheme == "socks5":
        return httpcore.AsyncSOCKSProxy(
            proxy.url,
            proxy_auth=proxy.login,
            ssl_context=tls,
            max_connections=None,
            keepalive_expiry=_KEEP_IDLE,
            network_backend=JoiningBackend(),
        )
    return httpcore.AsyncHTTPProxy(
        proxy.url,
        proxy_auth=cast("tuple[bytes | str, bytes | str] | None", proxy.login),
        ssl_context=tls,
        proxy_ssl_context=proxy_tls if proxy.scheme == "https" else None,
        max_connections=None,
        keepalive_expiry=_KEEP_IDLE,
        network_backend=JoiningBackend(),
    )
