"""How Claude sounds on the chat routes: the shapes of whole and streamed answers, nothing else.

Reasoning comes as arrays and text as strings in one stream; the signature has a chunk of its own;
calls are numbered by content block; every delta has a role and every chunk a usage.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lakewright.core.parts import AssistantPart, Opaque, Reasoning, RedactedReasoning, Text, ToolCall
from lakewright.sandbox.answer import Answer

_REASONING_PIECE = (4, 28)
_TEXT_PIECE = (3, 26)
_ARGUMENT_PIECE = (1, 14)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around an answer: ids, the served model, the counts (Databricks names)."""

    message_id: str
    served: str
    usage: Mapping[str, int]


def whole(answer: Answer, envelope: Envelope, *, created: int) -> dict[str, object]:
    """The body of an answer that isn't streamed, in the short form of the raw service."""
    message: dict[str, object] = {"role": "assistant", "content": _content(answer.parts)}
    calls = [_whole_call(part) for part in answer.parts if isinstance(part, ToolCall)]
    if calls:
        message["tool_calls"] = calls
    return {
        "model": envelope.served,
        "choices": [{"message": message, "index": 0, "finish_reason": answer.finish_reason}],
        "usage": dict(envelope.usage),
        "object": "chat.completion",
        "id": envelope.message_id,
        "created": created,
        **dict(answer.extra),
    }


def chunks(answer: Answer, envelope: Envelope, *, seed: int) -> Iterator[dict[str, object]]:
    """The chunks of a streamed answer, without `created`: the clock belongs to whoever sends them."""
    draw = random.Random(seed)  # noqa: S311 (splits of a simulation, not secrets)
    partial = {
        "prompt_tokens": envelope.usage["prompt_tokens"],
        "completion_tokens": None,
        "total_tokens": None,
    }
    for index, part in enumerate(answer.parts):
        for delta in _deltas(part, index, draw):
            yield _chunk(delta, None, partial, envelope)
    last = _chunk({"role": "assistant", "content": ""}, answer.finish_reason, dict(envelope.usage), envelope)
    yield last | dict(answer.extra)


def _chunk(
    delta: Mapping[str, object], finish: str | None, usage: Mapping[str, object], envelope: Envelope
) -> dict[str, object]:
    return {
        "model": envelope.served,
        "choices": [{"delta": delta, "index": 0, "finish_reason": finish}],
        "usage": usage,
        "object": "chat.completion.chunk",
        "id": envelope.message_id,
    }


def _deltas(part: AssistantPart, index: int, draw: random.Random) -> Iterator[dict[str, object]]:
    match part:
        case Text(text):
            for piece in _split(text, _TEXT_PIECE, draw):
                yield {"role": "assistant", "content": piece}
        case Reasoning(text, signature):
            for piece in _split(text, _REASONING_PIECE, draw):
                yield _reasoning_delta({"type": "summary_text", "text": piece, "signature": ""})
            if signature:
                yield _reasoning_delta({"type": "summary_text", "text": "", "signature": signature})
        case RedactedReasoning(data):
            yield _reasoning_delta({"type": "summary_encrypted_text", "data": data})
        case ToolCall(call_id, name, arguments):
            opening = {"id": call_id, "type": "function", "function": {"name": name, "arguments": ""}}
            yield _call_delta({"index": index, **opening})
            for piece in ("", *_split(arguments, _ARGUMENT_PIECE, draw)):
                yield _call_delta({"index": index, "function": {"arguments": piece}})
        case Opaque():
            return


def _reasoning_delta(item: Mapping[str, object]) -> dict[str, object]:
    return {"role": "assistant", "content": [{"type": "reasoning", "summary": [item]}]}


def _call_delta(call: Mapping[str, object]) -> dict[str, object]:
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _split(text: str, sizes: tuple[int, int], draw: random.Random) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = start + draw.randint(*sizes)
        yield text[start:end]
        start = end


def _content(parts: tuple[AssistantPart, ...]) -> object:
    """A string without thinking, an array with it, `""` where there are only calls."""
    blocks = [block for part in parts if (block := _block(part)) is not None]
    if all(block["type"] == "text" for block in blocks):
        return "".join(str(block["text"]) for block in blocks)
    return blocks


def _block(part: AssistantPart) -> dict[str, object] | None:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Reasoning(text, signature):
            item: dict[str, object] = {"type": "summary_text", "text": text, "signature": signature or ""}
            return {"type": "reasoning", "summary": [item]}
        case RedactedReasoning(data):
            return {"type": "reasoning", "summary": [{"type": "summary_encrypted_text", "data": data}]}
        case _:
            return None


def _whole_call(call: ToolCall) -> dict[str, object]:
    return {"id": call.id, "function": {"arguments": call.arguments, "name": call.name}, "type": "function"}
