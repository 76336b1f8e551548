"""A request into the body of the chat dialect: only keys that Claude's endpoints take, and only
messages that they take: nothing empty, calls and results paired, reasoning first and as it came.
"""

import json
import re

from lakewright.core.request import ModelRequest, ToolSpec
from lakewright.errors import InputError
from lakewright.wire.chat_messages import (
    Json,
    close_loop,
    encode_messages,
    end_with_user,
    loop_lacks_reasoning,
    text_blocks,
)
from lakewright.wire.chat_thinking import plan_thinking
from lakewright.wire.profiles import Profile, ThinkingForm
from lakewright.wire.surrogates import well_formed

MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_TOOLS = 32

_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CACHED = {"type": "ephemeral"}


def encode_chat(request: ModelRequest, profile: Profile, endpoint: str) -> dict[str, object]:
    """The body, without `model`. Raises InputError for what no body can hold."""
    system = text_blocks(request.system)
    messages = encode_messages(request.messages, endpoint, earlier_reasoning=profile.earlier_reasoning)
    unreasoned = _lacks_reasoning(messages, request, profile, endpoint)
    plan = plan_thinking(request, profile, thinks_in_loop=not unreasoned)
    if not messages:
        raise InputError("There is nothing to send: every message is empty.", hint="Ask something.")
    if messages[-1]["role"] == "assistant":
        end_with_user(messages, prefill=profile.prefill and not plan.is_on)
    tools = _tools(request, messages)
    if "cache_control" not in profile.dropped:
        _mark(tools, system, messages)
    if unreasoned and plan.is_on:
        close_loop(messages)
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


def notes_for(request: ModelRequest, profile: Profile, endpoint: str) -> list[str]:
    """What of the request couldn't be sent as asked, a sentence each, for the user to see."""
    messages = encode_messages(request.messages, endpoint, earlier_reasoning=profile.earlier_reasoning)
    unreasoned = _lacks_reasoning(messages, request, profile, endpoint)
    notes = list(plan_thinking(request, profile, thinks_in_loop=not unreasoned).notes)
    if request.temperature is not None and not profile.sampling:
        notes.append(f"{endpoint} takes no temperature; it is left out.")
    return notes


def _lacks_reasoning(messages: list[Json], request: ModelRequest, profile: Profile, endpoint: str) -> bool:
    each = profile.thinking is ThinkingForm.MANUAL or profile.loop_reasoning
    return loop_lacks_reasoning(messages, request.messages, endpoint, in_each_turn=each)


def _choose(body: dict[str, object], request: ModelRequest, *, forced: bool) -> None:
    """`auto` is the default and left out. `none` keeps the tools, which earlier calls refer to."""
    if forced:
        body["tool_choice"] = "required"
    elif request.tool_choice == "none" or not request.tools:
        body["tool_choice"] = "none"


def _tools(request: ModelRequest, messages: list[Json]) -> list[Json]:
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


def _tool(spec: ToolSpec) -> Json:
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


def _mark(tools: list[Json], system: list[Json], messages: list[Json]) -> None:
    """Ask for the prefix to be cached: up to the last tool, the system text, the last two user turns.

    Within a tool loop these stand still, so each turn reads what the first one wrote; at the next
    question the older of the two is the place up to which the turn before had written. Results of
    tools can't be marked. Four marks are the most that a request may hold.
    """
    marked: list[Json] = [*tools[-1:], *system[-1:]]
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
