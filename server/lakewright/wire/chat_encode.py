"""A request into the body of the chat dialect: only keys that Claude's endpoints take, and only
messages that they take: nothing empty, calls and results paired, reasoning first and as it came.
"""

import json
import re
from typing import Any

from pydantic_core import from_json

from lakewright.core.messages import AssistantMessage, Message, ToolMessage, UserMessage
from lakewright.core.parts import Image, Reasoning, RedactedReasoning, Text, ToolCall
from lakewright.core.request import ModelRequest, ToolSpec
from lakewright.errors import InputError
from lakewright.wire.chat_thinking import is_echoed, plan_thinking
from lakewright.wire.profiles import Profile
from lakewright.wire.surrogates import well_formed

MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_TOOLS = 32
MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")

_Json = dict[str, Any]
_BAD_NAME_CHARACTER = re.compile(r"[^A-Za-z0-9_-]")
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CANCELLED = "(cancelled before it ran)"
_NO_OUTPUT = "(no output)"
_CACHED = {"type": "ephemeral"}


def encode_chat(request: ModelRequest, profile: Profile, endpoint: str) -> dict[str, object]:
    """The body, without `model`. Raises InputError for what no body can hold."""
    plan = plan_thinking(request, profile, endpoint)
    system = _text_blocks(request.system)
    messages = _messages(request.messages, endpoint)
    if not messages:
        raise InputError("There is nothing to send: every message is empty.", hint="Ask something.")
    if messages[-1]["role"] == "assistant":
        _end_with_user(messages, prefill=profile.prefill and not plan.is_on)
    tools = _tools(request, messages)
    if "cache_control" not in profile.dropped:
        _mark(tools, system, messages)
    body: dict[str, object] = {"stream": True, "max_tokens": plan.max_tokens}
    body["messages"] = [{"role": "system", "content": system}, *messages] if system else messages
    if tools:
        body["tools"] = tools
        _choose(body, request, forced=plan.forced_tool)
    if plan.thinking is not None:
        body["thinking"] = plan.thinking
    if plan.effort is not None:
        body["output_config"] = {"effort": plan.effort}
    if request.temperature is not None and profile.sampling and not plan.is_on:
        body["temperature"] = request.temperature
    stops = [stop for stop in request.stop if stop.strip()]
    if stops:
        body["stop"] = [well_formed(stop) for stop in stops]
    for name in profile.dropped & {"temperature", "stop", "tool_choice", "output_config", "thinking"}:
        body.pop(name, None)
    _check_size(body)
    return body


def _choose(body: dict[str, object], request: ModelRequest, *, forced: bool) -> None:
    """`auto` is the default and left out. `none` keeps the tools, which earlier calls refer to."""
    if forced:
        body["tool_choice"] = "required"
    elif request.tool_choice == "none" or not request.tools:
        body["tool_choice"] = "none"


def _tools(request: ModelRequest, messages: list[_Json]) -> list[_Json]:
    if len(request.tools) > MAX_TOOLS:
        raise InputError(
            f"{len(request.tools)} tools are more than a request may offer ({MAX_TOOLS}).",
            hint="Offer fewer tools.",
        )
    if request.tools:
        return [_tool(spec) for spec in request.tools]
    # A conversation that holds calls must declare their tools, also where none may be called any more.
    used = {call["function"]["name"]: None for message in messages for call in message.get("tool_calls", ())}
    return [
        _tool(ToolSpec(name, "Used earlier in this conversation; not available now.", {}))
        for name in list(used)[:MAX_TOOLS]
    ]


def _tool(spec: ToolSpec) -> _Json:
    if not _TOOL_NAME.fullmatch(spec.name):
        raise InputError(
            f'"{spec.name[:80]}" can\'t be the name of a tool.',
            hint="A name holds 1 to 64 letters, digits, '_' and '-'.",
        )
    parameters = dict(spec.parameters) or {"type": "object", "properties": {}}
    description = well_formed(spec.description)
    return {
        "type": "function",
        "function": {"name": spec.name, "description": description, "parameters": parameters},
    }


def _messages(messages: tuple[Message, ...], endpoint: str) -> list[_Json]:
    """In order; a turn's results follow it at once, whatever stood between; results of no call vanish."""
    encoded: list[_Json] = []
    at = 0
    while at < len(messages):
        message = messages[at]
        at += 1
        if isinstance(message, UserMessage):
            content = _user_blocks(message)
            if content:
                encoded.append({"role": "user", "content": content})
        elif isinstance(message, AssistantMessage):
            results: dict[str, str] = {}
            while at < len(messages) and isinstance(follower := messages[at], ToolMessage):
                results |= {
                    result.call_id: _result_text(result.content, is_error=result.is_error)
                    for result in follower.results
                }
                at += 1
            encoded += _turn(message, results, endpoint)
    # The service wants a conversation to begin with the user.
    first = next((place for place, message in enumerate(encoded) if message["role"] == "user"), len(encoded))
    return encoded[first:]


def _user_blocks(message: UserMessage) -> list[_Json]:
    blocks: list[_Json] = []
    for part in message.parts:
        if isinstance(part, Image):
            blocks.append(_image(part))
        else:
            blocks += _text_blocks(part.text)
    return blocks


def _image(image: Image) -> _Json:
    if image.media_type not in MEDIA_TYPES:
        raise InputError(
            f'An image of type "{image.media_type[:40]}" can\'t be sent.',
            hint="PNG, JPEG, GIF and WebP can.",
        )
    return {"type": "image_url", "image_url": {"url": f"data:{image.media_type};base64,{image.data}"}}


def _text_blocks(text: str) -> list[_Json]:
    """One block, or none: the service refuses text that is empty or blank."""
    return [{"type": "text", "text": well_formed(text)}] if text.strip() else []


def _turn(message: AssistantMessage, results: dict[str, str], endpoint: str) -> list[_Json]:
    """The assistant's turn and the results of its calls, one each, in the order of the calls."""
    content = _turn_content(message, endpoint)
    calls: dict[str, ToolCall] = {}
    for call in message.tool_calls:
        calls.setdefault(_clean_id(call.id), call)
    while content and not calls and content[-1]["type"] == "reasoning":
        content.pop()  # a turn that broke off while it thought: reasoning can't be the end of one
    if not content and not calls:
        return []
    turn: _Json = {"role": "assistant"}
    if content:
        turn["content"] = content
    if calls:
        turn["tool_calls"] = [_call(id_, call) for id_, call in calls.items()]
    answers = [
        {"role": "tool", "tool_call_id": id_, "content": results.get(call.id, _CANCELLED)}
        for id_, call in calls.items()
    ]
    return [turn, *answers]


def _turn_content(message: AssistantMessage, endpoint: str) -> list[_Json]:
    """Reasoning and text as they were generated; reasoning comes first in any case."""
    own = message.endpoint == endpoint
    blocks: list[_Json] = []
    for part in message.parts:
        if isinstance(part, Text):
            blocks += _text_blocks(part.text)
        elif own and is_echoed(part):
            blocks.append({"type": "reasoning", "summary": [_summary(part)]})
    if any(block["type"] == "reasoning" for block in blocks) and blocks[0]["type"] != "reasoning":
        blocks.sort(key=lambda block: block["type"] != "reasoning")
    return blocks


def _summary(part: object) -> _Json:
    if isinstance(part, RedactedReasoning):
        return {"type": "summary_encrypted_text", "data": part.data}
    assert isinstance(part, Reasoning)
    return {"type": "summary_text", "text": part.text, "signature": part.signature}


def _call(id_: str, call: ToolCall) -> _Json:
    name = _BAD_NAME_CHARACTER.sub("_", call.name)[:64] or "unknown"
    function = {"name": name, "arguments": _arguments(call.arguments)}
    return {"id": id_, "type": "function", "function": function}


def _clean_id(id_: str) -> str:
    # Other families use ids such as `functions.read:0`, which Claude refuses.
    return _BAD_NAME_CHARACTER.sub("_", id_) or "call"


def _arguments(text: str) -> str:
    """As the model wrote them when they are a JSON object, else `{}`: the service parses them."""
    try:
        is_object = isinstance(from_json(text, allow_inf_nan=False), dict)
    except ValueError:
        is_object = False
    return text if is_object else "{}"


def _result_text(content: str, *, is_error: bool) -> str:
    text = well_formed(content) if content.strip() else _NO_OUTPUT
    return f"Error: {text}" if is_error and not text.lower().startswith("error") else text


def _end_with_user(messages: list[_Json], *, prefill: bool) -> None:
    """A last turn of the assistant's is continued by old families, which want no blank at its end; the
    others refuse it.
    """
    if prefill:
        last = messages[-1]["content"][-1]
        last["text"] = last["text"].rstrip()
    else:
        messages.append({"role": "user", "content": _text_blocks("Go on.")})


def _mark(tools: list[_Json], system: list[_Json], messages: list[_Json]) -> None:
    """Ask for the prefix to be cached: up to the last tool, the system text, the last two user turns.

    Within a tool loop these stand still, so each turn reads what the first one wrote; at the next
    question the older of the two is the place up to which the turn before had written. Results of
    tools can't be marked. Four marks are the most that a request may hold.
    """
    marked: list[_Json] = [*tools[-1:], *system[-1:]]
    turns = [message["content"] for message in messages if message["role"] == "user"]
    texts = [[block for block in blocks if block["type"] == "text"] for blocks in turns]
    marked += [blocks[-1] for blocks in [blocks for blocks in texts if blocks][-2:]]
    for block in marked:
        block["cache_control"] = dict(_CACHED)


def _check_size(body: dict[str, object]) -> None:
    size = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
    if size >= MAX_BODY_BYTES:
        raise InputError(
            f"The request is {size / 1024 / 1024:.1f} MB; the host takes less than 16 MB.",
            hint="Choose a smaller range, send fewer images, or begin a new conversation.",
        )
