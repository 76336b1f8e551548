"""The client against loopback hosts: bodies, limits, time-outs, and every failure in one sentence."""

import asyncio
import gzip

import pytest

from lakewright import __version__
from lakewright.errors import ConfigError, LakewrightError, NetworkError
from lakewright.transport.http import HttpClient, Timeouts
from lakewright.transport.reasons import BlockedError
from support_transport import STREAM_HEAD, Reply, Step, answer, chunk, mute, scripted


async def fetch(client: HttpClient, url: str, headers: dict[str, str] | None = None) -> bytes:
    async with client.stream("GET", url, headers=headers) as response:
        return b"".join([piece async for piece in response.chunks()])


async def test_a_response_is_handed_up_as_it_is() -> None:
    """Status, lower-case headers, media type and body; our name and no cookies go out."""
    reply = [
        answer(
            418,
            b"{}",
            content_type="Application/JSON; charset=utf-8",
            headers="Set-Cookie: a=b\r\nX-Y: z\r\n",
        )
    ]
    async with scripted(reply) as host, HttpClient(environ={}) as client:
        for _ in range(2):
            async with client.stream(
                "POST", f"{host.url}/a?b=c", body=b"hi", headers={"X-Mine": "1"}
            ) as response:
                assert (response.status, response.content_type) == (418, "application/json")
                assert response.headers["x-y"] == "z"
                assert await response.read() == b"{}"
        request = host.requests[1]
    assert (request.method, request.path, request.body, request.headers["x-mine"]) == (
        "POST",
        "/a?b=c",
        b"hi",
        "1",
    )
    assert request.headers["user-agent"] == f"lakewright/{__version__}"
    assert "cookie" not in request.headers


async def test_a_redirect_is_not_followed() -> None:
    """A redirect comes up as its status: a token never goes where the answer points to."""
    async with (
        scripted([answer(302, headers="Location: /elsewhere\r\n")]) as host,
        HttpClient(environ={}) as client,
    ):
        async with client.stream("GET", host.url) as response:
            assert response.status == 302
        assert [request.path for request in host.requests] == ["/"]


async def test_a_compressed_answer_is_unpacked() -> None:
    """We ask for plain bytes, and take packed ones all the same."""
    packed = answer(200, gzip.compress(b"hello"), headers="Content-Encoding: gzip\r\n")
    async with scripted([packed]) as host, HttpClient(environ={}) as client:
        assert await fetch(client, host.url) == b"hello"
        assert host.requests[0].headers["accept-encoding"] == "identity"


async def test_only_the_beginning_of_an_error_is_read() -> None:
    """An endless body is read up to the limit, then its connection is closed."""
    async with scripted([STREAM_HEAD, chunk(b"x" * 100_000), Step.SILENCE]) as host:
        async with HttpClient(environ={}) as client, client.stream("GET", host.url) as response:
            assert await response.read(1000) == b"x" * 1000
            assert len(response.headers) == 2
        await asyncio.wait_for(host.left.wait(), 20)


async def test_chunks_come_as_they_arrive() -> None:
    """A chunk is handed on while the host holds the rest back, and leaving the block closes the socket."""
    async with (
        scripted([STREAM_HEAD, chunk(b"first"), Step.SILENCE]) as host,
        HttpClient(environ={}) as client,
    ):
        async with client.stream("GET", host.url) as response:
            chunks = response.chunks()
            assert await anext(chunks) == b"first"
            assert not host.left.is_set()
        await asyncio.wait_for(host.left.wait(), 20)


@pytest.mark.parametrize("reply", [[Step.SILENCE], [STREAM_HEAD, Step.SILENCE]], ids=["before", "within"])
async def test_cancelling_closes_the_socket(reply: Reply) -> None:
    """A cancelled request's socket is closed, before the head came or within the body."""
    async with scripted(reply) as host, HttpClient(environ={}) as client:
        reading = asyncio.create_task(fetch(client, host.url))
        await asyncio.wait_for(host.asked.wait(), 20)
        reading.cancel()
        await asyncio.wait_for(host.left.wait(), 20)
        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_streams_run_side_by_side() -> None:
    """Forty open streams don't wait for each other."""
    async with scripted([STREAM_HEAD, chunk(b"x"), Step.SILENCE]) as host, HttpClient(environ={}) as client:

        async def first(opened: asyncio.Semaphore) -> None:
            async with client.stream("GET", host.url) as response:
                chunks = response.chunks()
                assert await anext(chunks) == b"x"
                opened.release()
                await asyncio.Event().wait()

        opened = asyncio.Semaphore(0)
        streams = [asyncio.create_task(first(opened)) for _ in range(40)]
        for _ in streams:
            await asyncio.wait_for(opened.acquire(), 20)
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)


FAILURES: dict[str, tuple[Reply, str]] = {
    "reset": ([Step.RESET], "was cut before the answer's end"),
    "closed": ([Step.CLOSE], "was cut before the answer's end"),
    "closed in the head": ([b"HTTP/1.1 200 OK\r\nContent", Step.CLOSE], "was cut before the answer's end"),
    "closed in the body": ([STREAM_HEAD, chunk(b"x"), Step.CLOSE], "was cut before the answer's end"),
    "reset in the body": ([STREAM_HEAD, chunk(b"x"), Step.RESET], "was cut before the answer's end"),
    "short body": ([answer(200, b"12345")[:-1], Step.CLOSE], "was cut before the answer's end"),
    "garbage": ([b"SSH-2.0-OpenSSH_9.9\r\n\r\n", Step.CLOSE], "isn't HTTP"),
    "garbage in the body": ([STREAM_HEAD, b"zz\r\nhello\r\n", Step.CLOSE], "isn't HTTP"),
    "endless head": (
        [b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"y" * 8000 + b"\r\n"] * 20, Step.SILENCE],
        "isn't HTTP",
    ),
    "not packed": ([answer(200, b"plain", headers="Content-Encoding: gzip\r\n")], "can't be unpacked"),
}


@pytest.mark.parametrize(("reply", "words"), FAILURES.values(), ids=FAILURES)
async def test_failures_of_an_answer(reply: Reply, words: str) -> None:
    """What breaks an answer is one sentence that names the host, and may be repeated."""
    async with scripted(reply) as host, HttpClient(environ={}) as client:
        with pytest.raises(NetworkError, match=words) as caught:
            await fetch(client, host.url)
        assert f"127.0.0.1:{host.port}" in str(caught.value)
    assert caught.value.hint
    assert not isinstance(caught.value, BlockedError)


SILENCES: dict[str, tuple[Reply, Timeouts, str]] = {
    "no head": ([Step.SILENCE], Timeouts(idle=0.05), "sent nothing for 0.05 s"),
    "half a head": ([b"HTTP/1.1 200 OK\r\n", Step.SILENCE], Timeouts(idle=0.05), "sent nothing for 0.05 s"),
    "half a body": ([STREAM_HEAD, chunk(b"x"), Step.SILENCE], Timeouts(idle=0.05), "sent nothing for 0.05 s"),
    "half a size": ([STREAM_HEAD, b"1", Step.SILENCE], Timeouts(idle=0.05), "sent nothing for 0.05 s"),
    "total, no head": ([Step.SILENCE], Timeouts(total=0.05), "wasn't complete after 0.05 s"),
    "total, half a body": ([STREAM_HEAD, chunk(b"x"), Step.SILENCE], Timeouts(total=0.05), "after 0.05 s"),
}


@pytest.mark.parametrize(("reply", "timeouts", "words"), SILENCES.values(), ids=SILENCES)
async def test_silence_ends(reply: Reply, timeouts: Timeouts, words: str) -> None:
    """A silent host is left after the idle or the total time, and the sentence says which."""
    async with scripted(reply) as host, HttpClient(environ={}, timeouts=timeouts) as client:
        with pytest.raises(NetworkError, match=words):
            await fetch(client, host.url)
        await asyncio.wait_for(host.left.wait(), 20)


async def test_connecting_has_its_own_time() -> None:
    """An answer may take longer than connecting may."""
    slow: Reply = [STREAM_HEAD, chunk(b"x"), Step.SILENCE]
    async with (
        scripted(slow) as host,
        HttpClient(environ={}, timeouts=Timeouts(connect=0.5, idle=0.7)) as client,
    ):
        with pytest.raises(NetworkError, match=r"sent nothing for 0\.7 s"):
            await fetch(client, host.url)


async def test_a_handshake_that_never_ends() -> None:
    """A host that accepts and then says nothing about TLS is given up within the connect time."""
    async with mute() as host, HttpClient(environ={}, timeouts=Timeouts(connect=0.5)) as client:
        with pytest.raises(BlockedError, match=r"didn't agree on TLS within 0\.5 s"):
            await fetch(client, f"https://127.0.0.1:{host.port}")
        await asyncio.wait_for(host.left.wait(), 20)


UNREACHABLE: dict[str, tuple[str, type[LakewrightError], str]] = {
    "refused": ("http://127.0.0.1:1/", NetworkError, "127.0.0.1:1 refused the connection"),
    "unknown name": ("http://no-such-host.invalid/", NetworkError, "no-such-host.invalid can't be looked up"),
    "no scheme": ("127.0.0.1", ConfigError, "no address"),
    "unknown scheme": ("gopher://127.0.0.1/", ConfigError, "no address"),
    "broken": ("http://[::/", ConfigError, "no address"),
    "impossible name": ("http://" + "a" * 70 + ".localhost/", LakewrightError, ""),
}


@pytest.mark.parametrize(("url", "kind", "words"), UNREACHABLE.values(), ids=UNREACHABLE)
async def test_hosts_that_cant_be_reached(url: str, kind: type[LakewrightError], words: str) -> None:
    """A host that isn't there is one sentence with a hint."""
    async with HttpClient(environ={}) as client:
        with pytest.raises(kind) as caught:
            await fetch(client, url)
    assert words in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    "token", ["dapi-secret\n", "dapi-secret\r\nX: y", "dapi-secret-ü", "dapi-secret-☃", "\0dapi-secret"]
)
async def test_a_token_that_is_no_header_stays_hidden(token: str) -> None:
    """A token with a line break or beyond ASCII is an error of configuration that doesn't show it."""
    async with scripted([answer(200)]) as host, HttpClient(environ={}) as client:
        with pytest.raises(ConfigError) as caught:
            await fetch(client, host.url, {"authorization": f"Bearer {token}"})
        assert host.requests == []
    assert "secret" not in f"{caught.value!r} {caught.value.hint} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__


async def test_the_callers_own_trouble_is_not_the_reason() -> None:
    """A request sent while another error is dealt with is explained by its own failure."""
    async with HttpClient(environ={}) as client:
        try:
            await asyncio.open_connection("127.0.0.1", 1)
        except ConnectionRefusedError:
            async with scripted([Step.CLOSE]) as host:
                with pytest.raises(NetworkError, match="was cut before"):
                    await fetch(client, host.url)


async def test_the_callers_errors_pass_through() -> None:
    """An error within the block is the caller's, unchanged."""

    async def look_up(client: HttpClient, url: str) -> None:
        async with client.stream("GET", url) as response:
            raise KeyError(response.status)

    async with scripted([answer(200)]) as host, HttpClient(environ={}) as client:
        with pytest.raises(KeyError, match="200"):
            await look_up(client, host.url)
