"""Faults over real sockets: what is repeated, what is started again, what is final."""

import pytest

from lakewright.core.assembly import assemble
from lakewright.core.events import FinishReason, TextDelta
from lakewright.core.parts import Text
from lakewright.errors import EndpointError, LakewrightError, NetworkError, RateLimitError
from lakewright.transport.http import HttpClient, Timeouts
from support_serving import HELLO, REQUEST, SONNET, ask, delta, endpoint_at, error, retries
from support_transport import STREAM_END, STREAM_HEAD, Reply, Step, answer, scripted, sse_event

REPEATED = {
    "503": error(503, "TEMPORARILY_UNAVAILABLE", "capacity"),
    "500": error(500, "INTERNAL_ERROR", "upstream"),
    "502 html": [answer(502, b"<html><title>Bad Gateway</title></html>", content_type="text/html")],
    "499 empty": [answer(499, content_type="")],
    "504": error(504, "DEADLINE_EXCEEDED", "597 s"),
    "429": error(429, "REQUEST_LIMIT_EXCEEDED", "Exceeded workspace QPS rate limit"),
    "429 retry-after": error(429, "REQUEST_LIMIT_EXCEEDED", "x", headers="Retry-After: 3\r\n"),
    "reset": [Step.RESET],
    "closed without an answer": [Step.CLOSE],
    "closed in the head": [b"HTTP/1.1 200 OK\r\nContent-", Step.CLOSE],
    "garbage": [b"\x00\x01 this is not HTTP\r\n\r\n", Step.CLOSE],
    "an error as first event": [
        STREAM_HEAD,
        sse_event({"error_code": "TEMPORARILY_UNAVAILABLE", "message": "busy"}),
        STREAM_END,
    ],
    "an error with status 200": [answer(200, b'{"error_code":"INTERNAL_ERROR","message":"x"}')],
    "only an end": [STREAM_HEAD, sse_event("[DONE]"), STREAM_END],
    "nothing": [STREAM_HEAD, STREAM_END],
}


@pytest.mark.parametrize("reply", REPEATED.values(), ids=REPEATED)
async def test_a_fault_is_repeated(reply: Reply) -> None:
    """A fault before anything was shown is repeated, seen, without a restart."""
    _, events = await ask(reply, HELLO)
    assert retries(events) == [False]
    assert assemble(events).parts == (Text("Hello."),)


RESTARTED = {
    "cut": [STREAM_HEAD, delta("Half"), Step.CLOSE],
    "cut in an event": [STREAM_HEAD, delta("Half"), b"20\r\ndata: {", Step.RESET],
    "ended without a reason": [STREAM_HEAD, delta("Half"), sse_event("[DONE]"), STREAM_END],
    "error in the stream": [
        STREAM_HEAD,
        delta("Half"),
        sse_event({"error": {"message": "x", "code": 500}}),
        STREAM_END,
    ],
    "not JSON": [STREAM_HEAD, delta("Half"), sse_event("{nonsense"), STREAM_END],
}


@pytest.mark.parametrize("reply", RESTARTED.values(), ids=RESTARTED)
async def test_a_half_answer_is_started_again(reply: Reply) -> None:
    """What was shown of a broken answer is void: the repeat says so, and the turn holds the second answer."""
    _, events = await ask(reply, HELLO)
    assert TextDelta(0, "Half") in events
    assert retries(events) == [True]
    assert assemble(events).parts == (Text("Hello."),)


COMPLETE = {
    "cut before [DONE]": [*HELLO[:-2], Step.CLOSE],
    "reset before [DONE]": [*HELLO[:-2], Step.RESET],
    "ended without [DONE]": [*HELLO[:-2], STREAM_END],
    "cut after [DONE]": [*HELLO[:-1], Step.RESET],
}


@pytest.mark.parametrize("reply", COMPLETE.values(), ids=COMPLETE)
async def test_a_finished_answer_is_complete(reply: Reply) -> None:
    """Once the finish reason came, a cut changes nothing."""
    host, events = await ask(reply)
    assert (len(host.requests), retries(events)) == (1, [])
    assert assemble(events).finish is FinishReason.STOP


FINAL: dict[str, tuple[Reply, type[LakewrightError], str]] = {
    "403": (error(403, "PERMISSION_DENIED", "User does not have access"), EndpointError, "access"),
    "404": (error(404, "RESOURCE_DOES_NOT_EXIST", "no such endpoint"), EndpointError, SONNET),
    "501": (error(501, "NOT_IMPLEMENTED", "x"), EndpointError, "501"),
    "429 for ten minutes": (
        error(429, "REQUEST_LIMIT_EXCEEDED", "x", headers="Retry-After: 600\r\n"),
        RateLimitError,
        "rate limit",
    ),
    "budget": (
        error(403, "PERMISSION_DENIED", r"Budget \"b\" (1-2) has reached its limit of $5."),
        RateLimitError,
        "is used up",
    ),
    "login page": (
        [answer(200, b"<html><title>Sign in</title></html>", content_type="text/html; charset=utf-8")],
        NetworkError,
        "web page",
    ),
    "empty": ([answer(200, content_type="")], NetworkError, "answer is empty"),
    "redirect": (
        [
            answer(
                302,
                headers="Location: https://login.test/?error=private-link-validation-error\r\n",
                content_type="",
            )
        ],
        NetworkError,
        "private network",
    ),
}


@pytest.mark.parametrize(("reply", "kind", "words"), FINAL.values(), ids=FINAL)
async def test_some_errors_are_final(reply: Reply, kind: type[LakewrightError], words: str) -> None:
    """What a repeat can't mend is raised at once, with a hint and without the token."""
    async with scripted(reply) as host, HttpClient(environ={}) as client:
        with pytest.raises(kind, match=words) as caught:
            [event async for event in endpoint_at(host, client).stream(REQUEST)]
        assert len(host.requests) == 1
    assert caught.value.hint
    assert "token-" not in f"{caught.value!r} {caught.value.hint}"


COUNTS = {
    "faults": (error(503, "X", "busy"), 5, EndpointError),
    "gateway time-outs": (error(504, "DEADLINE_EXCEEDED", "late"), 2, EndpointError),
    "rate limits": (error(429, "REQUEST_LIMIT_EXCEEDED", "x"), 7, RateLimitError),
    "cut streams": ([STREAM_HEAD, delta("Half"), Step.CLOSE], 5, NetworkError),
}


@pytest.mark.parametrize(("reply", "tries", "kind"), COUNTS.values(), ids=COUNTS)
async def test_repeats_end(reply: Reply, tries: int, kind: type[LakewrightError]) -> None:
    """After the last repeat the last error is raised, and its hint says how often it was tried."""
    async with scripted(reply) as host, HttpClient(environ={}) as client:
        with pytest.raises(kind) as caught:
            [event async for event in endpoint_at(host, client).stream(REQUEST)]
        assert len(host.requests) == tries
    assert f"{tries} times" in (caught.value.hint or "")


async def test_silence_is_repeated_then_raised() -> None:
    """A host that stops in the middle is given up after the idle time, and asked again."""
    timeouts = Timeouts(idle=0.05)
    reply: Reply = [STREAM_HEAD, delta("Half"), Step.SILENCE]
    async with scripted(reply, HELLO) as host, HttpClient(environ={}, timeouts=timeouts) as client:
        events = [event async for event in endpoint_at(host, client).stream(REQUEST)]
    assert retries(events) == [True]
    assert assemble(events).parts == (Text("Hello."),)


async def test_a_host_that_was_never_reached_is_not_asked_again() -> None:
    """A refused first connection is an error at once: the host's name is wrong more often than it is down."""
    async with scripted(HELLO) as host:
        pass
    async with HttpClient(environ={}) as client:
        with pytest.raises(NetworkError, match="refused the connection"):
            [event async for event in endpoint_at(host, client).stream(REQUEST)]


async def test_a_host_that_went_away_is_asked_again() -> None:
    """A host that has answered before is given the repeats of a fault when it refuses connections."""
    async with HttpClient(environ={}) as client:
        async with scripted(HELLO) as host:
            [event async for event in endpoint_at(host, client).stream(REQUEST)]
        with pytest.raises(NetworkError, match="refused the connection") as caught:
            [event async for event in endpoint_at(host, client).stream(REQUEST)]
    assert "5 times" in (caught.value.hint or "")
