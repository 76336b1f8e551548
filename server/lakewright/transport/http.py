"""HTTP to the host: one client for the process, streams that close at once, errors in one sentence."""

import asyncio
import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx

from lakewright import __version__
from lakewright.errors import NetworkError
from lakewright.transport.certificates import issuer_of
from lakewright.transport.pools import Pools
from lakewright.transport.reasons import Step, Trip, explained, is_certificate_refusal

USER_AGENT = f"lakewright/{__version__}"
ERROR_BODY_LIMIT = 64 * 1024  # bytes of an error's body that are read


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: `connect` until the request can be sent (look-up, proxy and TLS included), `idle` between
    two reads, `total` for the whole answer.
    """

    connect: float = 10.0
    idle: float = 120.0
    total: float = 600.0


class HttpResponse:
    """A status, headers (lower-case names) and a body that can be read once."""

    def __init__(self, response: httpx.Response, trip: Trip, deadline: float) -> None:
        self._response = response
        self._trip = trip
        self._deadline = deadline
        self.status = response.status_code
        self.headers: Mapping[str, str] = dict(response.headers)

    @property
    def content_type(self) -> str:
        """The media type in lower case, without its parameters; empty when none was sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def tls_issuer(self) -> str | None:
        """Who issued the host's certificate; None without TLS."""
        return _issuer(self._response.extensions.get("network_stream"))

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes, unpacked. Raises NetworkError when it stops before its end."""
        body = self._response.aiter_bytes()
        while True:
            try:
                async with asyncio.timeout_at(self._deadline):
                    chunk = await anext(body, None)
            except Exception as error:
                raise explained(error, self._trip) from error
            if chunk is None:
                return
            yield chunk

    async def read(self, limit: int = ERROR_BODY_LIMIT) -> bytes:
        """The first `limit` bytes of the body."""
        parts, size = [], 0
        async with aclosing(self.chunks()) as chunks:
            async for chunk in chunks:
                parts.append(chunk)
                size += len(chunk)
                if size >= limit:
                    break
        return b"".join(parts)[:limit]


class HttpClient:
    """Sends requests. An async context manager: leaving it closes every connection."""

    def __init__(self, *, timeouts: Timeouts | None = None, environ: Mapping[str, str] | None = None) -> None:
        """`environ` names proxies and CA files; the process's own when None."""
        self.timeouts = timeouts or Timeouts()
        self._pools = Pools(os.environ if environ is None else environ)
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(
            transport=self._pools,
            headers={"user-agent": USER_AGENT, "accept-encoding": "identity"},
            timeout=httpx.Timeout(None, read=self.timeouts.idle, write=self.timeouts.idle),
            cookies=no_cookies,
            follow_redirects=False,
            trust_env=False,
        )
        self._reached: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> AsyncIterator[HttpResponse]:
        """Send a request and give its response, whatever the status; redirects aren't followed.

        Leaving the block, also by cancellation, closes the socket unless the body was read to its end.
        Raises NetworkError, or ConfigError for an address, header, proxy or CA file that can't be used.
        """
        deadline = asyncio.get_running_loop().time() + self.timeouts.total
        trip = Trip(self.timeouts.connect, self.timeouts.idle, self.timeouts.total)
        response = await self._send(trip, deadline, method, url, headers=headers, body=body)
        self._reached.add(trip.host)
        try:
            yield HttpResponse(response, trip, deadline)
        finally:
            await response.aclose()

    async def _send(
        self,
        trip: Trip,
        deadline: float,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None,
        body: bytes | None,
    ) -> httpx.Response:
        tracer = _Tracer(trip, deadline)
        try:
            async with asyncio.timeout(self.timeouts.connect) as tracer.limit:
                address = httpx.URL(url)
                trip.host = address.netloc.decode("ascii")
                trip.reached = trip.host in self._reached
                trip.proxy = self._pools.proxy_for(address)
                extensions = {"trace": tracer}
                request = self._client.build_request(
                    method, address, headers=headers, content=body, extensions=extensions
                )
                return await self._client.send(request, stream=True)
        except asyncio.CancelledError:
            await tracer.close_streams()
            raise
        except Exception as error:  # noqa: BLE001  raised again below, in our words
            await tracer.close_streams()
            if is_certificate_refusal(error):
                trip.issuer = await self._untrusted_issuer(url)
            failure = explained(error, trip)
            # A refused header is quoted in the library's error, and it may be the token.
            raise failure from (error if isinstance(failure, NetworkError) else None)

    async def _untrusted_issuer(self, url: str) -> str | None:
        """Shake hands once more, trusting anyone and sending nothing, to name who issued the certificate."""
        seen = _CertificateSeeker()
        try:
            async with asyncio.timeout(self.timeouts.connect), self._pools.unverified(url) as pool:
                await pool.handle_async_request(httpcore.Request("GET", url, extensions={"trace": seen}))
        except (_CertificateSeenError, httpcore.NetworkError, httpcore.ProtocolError, OSError):
            pass
        return seen.issuer


class _Tracer:
    """httpcore tells it each step. Once the connection stands, the time for connecting no longer counts."""

    def __init__(self, trip: Trip, deadline: float) -> None:
        self.limit: asyncio.Timeout | None = None
        self._trip = trip
        self._deadline = deadline
        self._streams: list[httpcore.AsyncNetworkStream] = []

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        layer, _, name = event.partition(".")
        if name == "connect_tcp.complete":
            self._streams.append(info["return_value"])
        elif name == "start_tls.started" and (layer != "connection" or self._trip.proxy is None):
            self._trip.step = Step.HANDSHAKE
        elif name == "setup_socks5_connection.started":
            self._trip.step = Step.TUNNEL
        elif name == "send_request_headers.started":
            self._sending(info["request"])

    def _sending(self, request: httpcore.Request) -> None:
        if request.method == b"CONNECT":
            self._trip.step = Step.TUNNEL
            return
        self._trip.step = Step.ANSWER
        if self.limit is not None:
            self.limit.reschedule(self._deadline)

    async def close_streams(self) -> None:
        """Close what was opened for a request that failed: httpcore forgets some (cut in a handshake)."""
        for stream in self._streams:
            await stream.aclose()


class _CertificateSeenError(Exception):
    """Ends a request before anything is sent."""


class _CertificateSeeker:
    """Takes the certificate when the handshake with the host is done, and stops the request there."""

    issuer: str | None = None

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(".start_tls.complete"):
            self.issuer = _issuer(info["return_value"])
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            raise _CertificateSeenError


def _issuer(stream: Any) -> str | None:
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    if not isinstance(tls, ssl.SSLObject):
        return None
    certificate = tls.getpeercert(binary_form=True)
    return issuer_of(certificate) if certificate else None
