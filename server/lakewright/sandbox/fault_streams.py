"""Faults that change how an answer is sent: cut, broken, slowed, in other shapes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lakewright.sandbox.refusal import error_body
from lakewright.sandbox.stream import DONE, Frame, Pause, encode_event

Rewrite = Callable[[Sequence[Frame]], Iterator[Frame]]
"""From the frames of a sound answer (whole answers are one frame of bytes) to others."""

_UPSTREAM = error_body("INTERNAL_ERROR", "The server received an invalid response from an upstream server.")
_OPENAI = {"error": {"message": "upstream error", "type": "server_error", "code": "internal_error"}}
_FIRST = error_body("REQUEST_LIMIT_EXCEEDED", "REQUEST_LIMIT_EXCEEDED: Exceeded workspace QPS rate limit.")


def _half(frames: Sequence[Frame]) -> list[Frame]:
    if len(frames) == 1 and isinstance(frames[0], bytes):
        return [frames[0][: len(frames[0]) // 2]]
    return list(frames[: max(1, len(frames) // 2)])


def _cut(frames: Sequence[Frame]) -> Iterator[Frame]:
    yield from _half(frames)
    yield "cut"


def _half_stream(frames: Sequence[Frame]) -> Iterator[Frame]:
    yield from _half(frames)


def _half_event(frames: Sequence[Frame]) -> Iterator[Frame]:
    half = _half(frames)
    yield from half[:-1]
    last = half[-1]
    if isinstance(last, Mapping):
        last = encode_event(last)
    yield last[: len(last) // 2] if isinstance(last, bytes) else last


def _without_done(frames: Sequence[Frame]) -> Iterator[Frame]:
    yield from (frame for frame in frames if frame != DONE)


def _cut_before_done(frames: Sequence[Frame]) -> Iterator[Frame]:
    yield from _without_done(frames)
    yield "cut"


def _then_error(body: Mapping[str, object]) -> Rewrite:
    def rewrite(frames: Sequence[Frame]) -> Iterator[Frame]:
        yield from _half(frames)
        yield encode_event(body)

    return rewrite


def _error_first(_frames: Sequence[Frame]) -> Iterator[Frame]:
    yield encode_event(_FIRST)


def _garbage(frames: Sequence[Frame]) -> Iterator[Frame]:
    yield from _half(frames)
    yield b'data: {"choices": [{"delta": \xff\xfe oops\n\n'
    yield b"\x00\x01\x02 not an event at all\n\n"


def _slow(frames: Sequence[Frame]) -> Iterator[Frame]:
    yield Pause(1.5)
    for frame in frames:
        yield Pause(0.03)
        yield frame


def _stall(frames: Sequence[Frame]) -> Iterator[Frame]:
    yield from _half(frames)
    yield "hang"


def _keep_alive(frames: Sequence[Frame]) -> Iterator[Frame]:
    for frame in frames:
        yield b": keep-alive\n\n"
        yield frame


def _line_ends(frames: Sequence[Frame]) -> Iterator[Frame]:
    yield b"\xef\xbb\xbf"
    for frame in frames:
        data = encode_event(frame) if isinstance(frame, Mapping) else frame
        yield data.replace(b"\n", b"\r\n") if isinstance(data, bytes) else data


def _each_chunk(change: Callable[[dict[str, Any], dict[str, Any]], None]) -> Rewrite:
    """`change` gets a copy of the chunk and its delta, to alter them in place."""

    def rewrite(frames: Sequence[Frame]) -> Iterator[Frame]:
        for frame in frames:
            if not isinstance(frame, Mapping):
                yield frame
                continue
            chunk: dict[str, Any] = {**frame}
            choice = {**chunk["choices"][0]}
            choice["delta"] = {**choice["delta"]}
            chunk["choices"] = [choice]
            change(chunk, choice["delta"])
            yield chunk

    return rewrite


def _drop_usage(chunk: dict[str, Any], _delta: dict[str, Any]) -> None:
    if chunk["choices"][0]["finish_reason"] is None:
        del chunk["usage"]


def _drop_all_usage(chunk: dict[str, Any], _delta: dict[str, Any]) -> None:
    del chunk["usage"]


def _as_list(_chunk: dict[str, Any], delta: dict[str, Any]) -> None:
    if delta.get("content") and isinstance(delta["content"], str):
        delta["content"] = [{"type": "text", "text": delta["content"]}]


def _as_sibling(_chunk: dict[str, Any], delta: dict[str, Any]) -> None:
    content = delta.get("content")
    if isinstance(content, list) and content[0]["type"] == "reasoning":
        delta["content"] = ""
        delta["reasoning_content"] = content[0]["summary"][0].get("text", "")


def _without_role(_chunk: dict[str, Any], delta: dict[str, Any]) -> None:
    delta.pop("role", None)


def _unknown_block(frames: Sequence[Frame]) -> Iterator[Frame]:
    first = next((frame for frame in frames if isinstance(frame, Mapping)), None)
    if first is not None:
        block = {"type": "weather_report", "text": "sunny", "confidence": 0.5}
        delta = {"role": "assistant", "content": [block]}
        yield {**first, "choices": [{"delta": delta, "index": 0, "finish_reason": None}]}
    yield from frames


REWRITES: Mapping[str, tuple[str, Rewrite, bool]] = MappingProxyType(
    {
        "cut": ("the connection breaks off in mid-answer", _cut, True),
        "cut-before-done": ("the connection breaks off after the finish reason", _cut_before_done, True),
        "no-done": ("the stream ends in order, without [DONE]", _without_done, True),
        "half-stream": ("the stream ends in order, in mid-answer", _half_stream, True),
        "half-event": ("the stream ends in mid-event", _half_event, True),
        "midstream-error": (
            "an error object in mid-stream, in Databricks' form",
            _then_error(_UPSTREAM),
            True,
        ),
        "midstream-error-openai": (
            "an error object in mid-stream, in OpenAI's form",
            _then_error(_OPENAI),
            True,
        ),
        "error-first": ("the first event is an error object", _error_first, True),
        "garbage": ("bytes that are no event in mid-stream", _garbage, True),
        "stall": ("the stream falls silent in mid-answer and stays open", _stall, True),
        "slow": ("a long wait first, then small waits between chunks", _slow, False),
        "keep-alive": ("comments between the events", _keep_alive, False),
        "crlf": ("a byte order mark and CRLF line ends", _line_ends, False),
        "usage-missing": ("no usage but on the last chunk", _each_chunk(_drop_usage), False),
        "usage-absent": ("no usage at all", _each_chunk(_drop_all_usage), False),
        "list-content": ("text comes as lists of blocks", _each_chunk(_as_list), False),
        "sibling-reasoning": ("reasoning comes as reasoning_content", _each_chunk(_as_sibling), False),
        "no-role": ("deltas come without a role", _each_chunk(_without_role), False),
        "unknown-block": ("a block of an unknown kind comes first", _unknown_block, False),
    }
)
"""Name to description, effect, and whether it ends the answer."""
