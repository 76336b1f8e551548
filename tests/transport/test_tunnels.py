"""Requests through real proxies on loopback: CONNECT and SOCKS5."""

import asyncio
import base64

import pytest

from lakewright.errors import NetworkError
from lakewright.transport.http import HttpClient, Timeouts
from lakewright.transport.reasons import BlockedError
from support_transport import (
    CA_FILE,
    STREAM_END,
    STREAM_HEAD,
    answer,
    chunk,
    http_proxy,
    mute,
    scripted,
    serving,
    socks_proxy,
)

URL = "https://host.test/path"
STREAM = [STREAM_HEAD, *[chunk(b"piece ")] * 5, STREAM_END]


def environ(proxy: str) -> dict[str, str]:
    return {"SSL_CERT_FILE": str(CA_FILE), "HTTPS_PROXY": proxy}


async def body(client: HttpClient) -> bytes:
    async with client.stream("GET", URL) as response:
        return b"".join([piece async for piece in response.chunks()])


async def test_a_tunnel_with_a_login() -> None:
    """The proxy sees the host's name and the login; the host sees one kept connection."""
    async with scripted(STREAM, tls=True) as host, http_proxy(host.port) as proxy:
        async with HttpClient(environ=environ(f"http://me:p%40ss@127.0.0.1:{proxy.port}")) as client:
            assert [await body(client), await body(client)] == [b"piece " * 5] * 2
        assert proxy.asked == ["CONNECT host.test:443"]
        assert proxy.logins == ["Basic " + base64.b64encode(b"me:p@ss").decode()]
        assert [request.path for request in host.requests] == ["/path", "/path"]
        assert "proxy-authorization" not in host.requests[0].headers


async def test_socks(caplog: pytest.LogCaptureFixture) -> None:
    """A SOCKS5 proxy gets login and name; its bytes aren't taken for HTTP, its password isn't logged."""
    caplog.set_level("DEBUG")
    async with scripted(STREAM, tls=True) as host, socks_proxy(host.port) as proxy:
        async with HttpClient(environ=environ(f"socks5h://me:secret@127.0.0.1:{proxy.port}")) as client:
            assert [await body(client), await body(client)] == [b"piece " * 5] * 2
        assert (proxy.asked, proxy.logins) == (["host.test:443"], ["me:secret"])
    assert "secret" not in caplog.text


async def test_no_proxy() -> None:
    """A host in NO_PROXY is reached directly."""
    async with scripted([answer(200)]) as host:
        settings = {"HTTP_PROXY": "127.0.0.1:1", "NO_PROXY": "127.0.0.1"}
        async with HttpClient(environ=settings) as client, client.stream("GET", host.url) as response:
            assert response.status == 200


REFUSALS = {
    "407 Proxy Authentication Required": (BlockedError, "wants another login .407"),
    "403 Forbidden": (BlockedError, "doesn't let through to host.test .403 Forbidden"),
    "503 Service Unavailable": (NetworkError, "doesn't let through to host.test .503"),
}


@pytest.mark.parametrize(("status", "expected"), REFUSALS.items(), ids=REFUSALS)
async def test_a_proxy_that_refuses(status: str, expected: tuple[type[NetworkError], str]) -> None:
    """A refused tunnel names proxy and reason, never the password; only the proxy's faults are repeated."""
    kind, words = expected
    async with http_proxy(1, status) as proxy:
        client = HttpClient(environ=environ(f"http://me:hunter2@127.0.0.1:{proxy.port}"))
        with pytest.raises(NetworkError, match=words) as caught:
            await body(client)
    assert type(caught.value) is kind
    assert f"127.0.0.1:{proxy.port}" in str(caught.value)
    assert "hunter2" not in f"{caught.value!r} {caught.value.hint} {caught.value.__cause__!r}"


async def test_a_silent_proxy() -> None:
    """A proxy that never makes the tunnel is left within the connect time."""
    async with http_proxy(1, "") as proxy:
        settings = environ(f"127.0.0.1:{proxy.port}")
        async with HttpClient(environ=settings, timeouts=Timeouts(connect=0.5)) as client:
            with pytest.raises(NetworkError, match=r"made no way to host\.test within 0\.5 s"):
                await body(client)
        await asyncio.wait_for(proxy.left.wait(), 20)


async def test_a_proxy_that_is_down() -> None:
    """A proxy that refuses connections is named, not the host behind it."""
    async with HttpClient(environ=environ("127.0.0.1:1")) as client:
        with pytest.raises(NetworkError, match=r"The proxy 127\.0\.0\.1:1 refused the connection"):
            await body(client)


OTHERS = {"http": "cut the connection", "socks5": "doesn't speak SOCKS5", "https": "TLS with the proxy"}


@pytest.mark.parametrize(("scheme", "words"), OTHERS.items())
async def test_something_else_than_a_proxy(scheme: str, words: str) -> None:
    """A server that speaks another protocol is a network error that names the proxy."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
        await writer.drain()

    async with serving(greet) as port:
        client = HttpClient(environ=environ(f"{scheme}://127.0.0.1:{port}"))
        with pytest.raises(NetworkError, match=words) as caught:
            await body(client)
    assert f"he proxy 127.0.0.1:{port}" in str(caught.value)


async def test_the_issuer_behind_a_proxy() -> None:
    """An untrusted certificate behind a proxy is named by its issuer, too."""
    async with scripted(STREAM, tls=True) as host, http_proxy(host.port) as proxy:
        async with HttpClient(environ={"HTTPS_PROXY": f"127.0.0.1:{proxy.port}"}) as client:
            with pytest.raises(NetworkError, match=r"host\.test isn't trusted.*issued by Test CA"):
                await body(client)
        assert host.requests == []


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_cancelling_within_the_handshake_closes_the_tunnel(scheme: str) -> None:
    """A request cancelled behind a proxy, before TLS stands, leaves no socket open."""
    tunnel, login = (http_proxy, "") if scheme == "http" else (socks_proxy, "me:secret@")
    async with mute() as host, tunnel(host.port) as proxy:
        client = HttpClient(environ=environ(f"{scheme}://{login}127.0.0.1:{proxy.port}"))
        asking = asyncio.create_task(body(client))
        await asyncio.wait_for(host.reached.wait(), 20)
        asking.cancel()
        await asyncio.wait_for(host.left.wait(), 20)
        with pytest.raises(asyncio.CancelledError):
            await asking
