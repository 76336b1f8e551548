"""Playing an answer to the socket: chunks, pauses, a cut; and knowing for certain how it ended."""

import asyncio
import json
import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lakewright.sandbox.records import RequestRecord


@dataclass(frozen=True, slots=True)
class Pause:
    """Send nothing for so many seconds."""

    seconds: float


Frame = Mapping[str, object] | bytes | Pause | Literal["cut", "hang"]
"""A chunk, raw bytes, a wait; `cut` breaks the connection off, `hang` keeps it open and silent."""

DONE = b"data: [DONE]\n\n"


def encode_event(chunk: Mapping[str, object]) -> bytes:
    """One event of the stream, as compact as the service writes it."""
    return (
        b"data: "
        + json.dumps(chunk, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        + b"\n\n"
    )


class Played(Response):
    """An answer sent frame by frame. `split` breaks every event into writes of a few bytes."""

    def __init__(
        self, frames: Iterable[Frame], record: RequestRecord, *, media_type: str, split: bool = False
    ) -> None:
        super().__init__(media_type=media_type)
        del self.headers["content-length"]
        self._frames = frames
        self._record = record
        self._split = random.Random(7) if split else None  # noqa: S311 (where to split, not a secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI's signature)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for frame in self._frames:
            match frame:
                case Pause(seconds):
                    await asyncio.sleep(seconds)
                case "cut":
                    return
                case "hang":
                    await asyncio.Event().wait()
                case bytes():
                    await self._write(frame, send)
                case _:
                    await self._write(encode_event({**frame, "created": int(time.time())}), send)
                    self._record.sent_events += 1
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _write(self, data: bytes, send: Send) -> None:
        for piece in _pieces(data, self._split):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(0)


def _pieces(data: bytes, split: random.Random | None) -> Iterable[bytes]:
    if split is None:
        return (data,)
    pieces, start = [], 0
    while start < len(data):
        end = start + split.randint(1, 9)
        pieces.append(data[start:end])
        start = end
    return pieces


class Hanging(Response):
    """Takes the request and never answers, not even with headers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI's signature)
        await asyncio.Event().wait()


class Silent(Response):
    """Begins an event stream and sends no event, for ever."""

    def __init__(self) -> None:
        super().__init__(media_type="text/event-stream")
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI's signature)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        await asyncio.Event().wait()


class Watched:
    """Runs a response and sees the client leave: the run ends then, and the record says so."""

    def __init__(self, response: Response, record: RequestRecord) -> None:
        self._response = response
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        complete = False

        async def noting_send(message: object) -> None:
            nonlocal complete
            assert isinstance(message, dict)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                complete = True
            await send(message)

        answering = asyncio.ensure_future(self._response(scope, receive, noting_send))
        leaving = asyncio.ensure_future(_client_left(receive))
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
            self._record.closed_early = leaving.done() and not complete and not answering.done()
        finally:
            for task in (answering, leaving):
                task.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)
            self._record.finished.set()


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
