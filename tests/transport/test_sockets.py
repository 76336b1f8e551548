"""Several addresses of one name: the quickest counts and no socket is left behind."""

import asyncio
import socket

import httpcore
import pytest

from lakewright.transport.sockets import first_to_connect, interleaved


class Stream(httpcore.AsyncNetworkStream):
    """A stream that knows its address and whether it was closed."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True


async def test_a_dead_address_costs_a_head_start() -> None:
    """An address that never answers doesn't keep the next from being tried, and is given up then."""
    given_up = asyncio.Event()

    async def connect(address: str) -> httpcore.AsyncNetworkStream:
        if address == "dead":
            try:
                await asyncio.Event().wait()
            finally:
                given_up.set()
        return Stream(address)

    stream = await first_to_connect(["dead", "alive"], connect)
    assert isinstance(stream, Stream)
    assert stream.address == "alive"
    assert given_up.is_set()


async def test_a_refusal_tries_the_next_at_once() -> None:
    """A refused address hands over to the next; the first error is raised when all refuse."""
    tried = []

    async def connect(address: str) -> httpcore.AsyncNetworkStream:
        tried.append(address)
        if address.startswith("no"):
            raise ConnectionRefusedError(address)
        return Stream(address)

    stream = await first_to_connect(["no", "yes", "later"], connect)
    assert isinstance(stream, Stream)
    assert (stream.address, tried) == ("yes", ["no", "yes"])
    with pytest.raises(ConnectionRefusedError, match="no1"):
        await first_to_connect(["no1", "no2"], connect)


async def test_the_slower_stream_is_closed() -> None:
    """When two addresses answer, only one stream stays open."""
    streams: list[Stream] = []
    both = asyncio.Event()

    async def connect(address: str) -> httpcore.AsyncNetworkStream:
        stream = Stream(address)
        streams.append(stream)
        if len(streams) == 2:
            both.set()
        await both.wait()
        return stream

    winner = await first_to_connect(["a", "b"], connect)
    assert [stream.closed for stream in streams] == [stream is not winner for stream in streams]


def test_families_take_turns() -> None:
    """The resolver's order is kept within a family, and no address is tried twice."""
    six, four = socket.AF_INET6, socket.AF_INET
    found = [(six, "::1"), (six, "::2"), (six, "::1"), (four, "1.1.1.1"), (six, "::3")]
    assert interleaved(found) == ["::1", "1.1.1.1", "::2", "::3"]
