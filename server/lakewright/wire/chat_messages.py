"""A conversation into the messages of the chat dialect, so that none can break its rules: nothing
empty, calls and results paired, reasoning first and as it came.
"""

import re
from itertools import takewhile
from typing import Any

from pydantic_core import from_json

from lakewright.core.messages import AssistantMessage, Message, ToolMessage, UserMessage
from lakewright.core.parts import Image, Reasoning, RedactedReasoning, Text, ToolCall
from lakewright.errors import InputError
from lakewright.wire.surrogates import well_formed

MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")

_BAD_NAME_CHARACTER = re.compile(r"[^A-Za-z0-9_-]")
_CANCELLED = "(cancelled before it ran)"
_NO_OUTPUT = "(no output)"

Json = dict[str, Any]


def encode_messages(
    messages: tuple[Message, ...], endpoint: str, *, earlier_reasoning: bool = True
) -> list[Json]:
    """In order; a turn's results follow it at once, whatever stood between; results of no call vanish.

    Without `earlier_reasoning` the turns before the last question go back without theirs.
    """
    encoded: list[Json] = []
    at = 0
    questions = (place for place, message in enumerate(messages) if _is_question(message))
    reasoned_from = 0 if earlier_reasoning else max(questions, default=0)
    while at < len(messages):
        message = messages[at]
        at += 1
        if isinstance(message, UserMessage):
            content = _user_blocks(message)
            if content:
                encoded.append({"role": "user", "content": content})
        elif isinstance(message, AssistantMessage):
            results: dict[str, str] = {}
            signer = endpoint if at > reasoned_from else None
            while at < len(messages) and isinstance(follower := messages[at], ToolMessage):
                results |= {
                    result.call_id: _result_text(result.content, is_error=result.is_error)
                    for result in follower.results
                }
                at += 1
            encoded += _turn(message, results, signer)
    # The service wants a conversation to begin with the user.
    first = next((place for place, message in enumerate(encoded) if message["role"] == "user"), len(encoded))
    return encoded[first:]


def loop_lacks_reasoning(
    encoded: list[Json], messages: tuple[Message, ...], endpoint: str, *, in_each_turn: bool
) -> bool:
    """Whether `encoded`, made of `messages`, ends inside a tool loop that lacks reasoning: it came from
    another endpoint or unsigned, or there was none. The service refuses thinking there.

    The manual form of thinking wants it `in_each_turn` since the last question. The adaptive one leaves
    it to the model whether it thinks in a turn, and wants back what there was: a turn that lost its
    reasoning counts wherever it stands, one that had none only at the end.
    """
    if not encoded or encoded[-1]["role"] != "tool":
        return False
    loop = takewhile(lambda message: message["role"] != "user", reversed(encoded))
    bare = [_is_bare(turn) for turn in loop if turn["role"] == "assistant"]
    if in_each_turn:
        return any(bare)
    turns = takewhile(lambda message: not _is_question(message), reversed(messages))
    return bare[0] or any(
        len(_echoed(turn, endpoint)) < len(_reasoning(turn))
        for turn in turns
        if isinstance(turn, AssistantMessage)
    )


def end_with_user(messages: list[Json], *, prefill: bool) -> None:
    """A last turn of the assistant's is continued by old families, which want no blank at its end; the
    others refuse it.
    """
    if prefill:
        last = messages[-1]["content"][-1]
        last["text"] = last["text"].rstrip()
    else:
        close_loop(messages)


def close_loop(messages: list[Json]) -> None:
    """A plain user turn at the end: after it nothing is asked of the turns before."""
    messages.append({"role": "user", "content": text_blocks("Go on.")})


def text_blocks(text: str) -> list[Json]:
    """One block, or none: the service refuses text that is empty or blank."""
    return [{"type": "text", "text": well_formed(text)}] if text.strip() else []


def _is_bare(turn: Json) -> bool:
    content = turn.get("content")
    return not content or content[0]["type"] != "reasoning"


def _is_question(message: Message) -> bool:
    """Whether a message is one that a person wrote: what is blank isn't sent."""
    return isinstance(message, UserMessage) and any(
        isinstance(part, Image) or part.text.strip() for part in message.parts
    )


def _user_blocks(message: UserMessage) -> list[Json]:
    blocks: list[Json] = []
    for part in message.parts:
        if isinstance(part, Image):
            blocks.append(_image(part))
        else:
            blocks += text_blocks(part.text)
    return blocks


def _image(image: Image) -> Json:
    if image.media_type not in MEDIA_TYPES:
        raise InputError(
            f'An image of type "{image.media_type[:40]}" can\'t be sent.',
            hint="PNG, JPEG, GIF and WebP can.",
        )
    return {"type": "image_url", "image_url": {"url": f"data:{image.media_type};base64,{image.data}"}}


def _turn(message: AssistantMessage, results: dict[str, str], signer: str | None) -> list[Json]:
    """The assistant's turn and the results of its calls, one each, in the order of the calls."""
    content = _turn_content(message, signer)
    calls: dict[str, ToolCall] = {}
    for call in message.tool_calls:
        calls.setdefault(_clean_id(call.id), call)
    while content and not calls and content[-1]["type"] == "reasoning":
        content.pop()  # a turn that broke off while it thought: reasoning can't be the end of one
    if not content and not calls:
        return []
    turn: Json = {"role": "assistant"}
    if content:
        turn["content"] = content
    if calls:
        turn["tool_calls"] = [_call(id_, call) for id_, call in calls.items()]
    answers = [
        {"role": "tool", "tool_call_id": id_, "content": results.get(call.id, _CANCELLED)}
        for id_, call in calls.items()
    ]
    return [turn, *answers]


def _turn_content(message: AssistantMessage, signer: str | None) -> list[Json]:
    """Reasoning and text as they were generated; reasoning, the `signer`'s alone, comes first."""
    echoed = _echoed(message, signer)
    blocks: list[Json] = []
    for part in message.parts:
        if isinstance(part, Text):
            blocks += text_blocks(part.text)
        elif any(part is one for one in echoed):
            blocks.append({"type": "reasoning", "summary": [_summary(part)]})
    if any(block["type"] == "reasoning" for block in blocks) and blocks[0]["type"] != "reasoning":
        blocks.sort(key=lambda block: block["type"] != "reasoning")
    return blocks


def _reasoning(message: AssistantMessage) -> list[Reasoning | RedactedReasoning]:
    """What there was of it; a part that broke off before its first word is none."""
    return [
        part
        for part in message.parts
        if isinstance(part, RedactedReasoning)
        or (isinstance(part, Reasoning) and bool(part.text or part.signature))
    ]


def _echoed(message: AssistantMessage, signer: str | None) -> list[Reasoning | RedactedReasoning]:
    """The reasoning that the service takes back: the `signer`'s own, signed or encrypted, up to the first
    part that is neither: a turn's blocks have an order, which a hole would break.
    """
    if message.endpoint != signer:
        return []
    return list(
        takewhile(lambda part: isinstance(part, RedactedReasoning) or part.signature, _reasoning(message))
    )


def _summary(part: object) -> Json:
    if isinstance(part, RedactedReasoning):
        return {"type": "summary_encrypted_text", "data": well_formed(part.data)}
    assert isinstance(part, Reasoning)
    return {"type": "summary_text", "text": well_formed(part.text), "signature": part.signature}


def _call(id_: str, call: ToolCall) -> Json:
    name = _BAD_NAME_CHARACTER.sub("_", call.name)[:64] or "unknown"
    function = {"name": name, "arguments": _arguments(call.arguments)}
    return {"id": id_, "type": "function", "function": function}


def _clean_id(id_: str) -> str:
    # Other families use ids such as `functions.read:0`, which Claude refuses.
    return _BAD_NAME_CHARACTER.sub("_", id_) or "call"


def _arguments(text: str) -> str:
    """As the model wrote them when they are a JSON object, else `{}`: the service parses them."""
    try:
        is_object = isinstance(from_json(text.encode(), allow_inf_nan=False), dict)
    except ValueError:
        is_object = False
    return text if is_object else "{}"


def _result_text(content: str, *, is_error: bool) -> str:
    text = well_formed(content) if content.strip() else _NO_OUTPUT
    return f"Error: {text}" if is_error and not text.lower().startswith("error") else text
