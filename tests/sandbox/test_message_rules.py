"""What the simulated host refuses in messages: content, order, calls and results, size."""

from typing import Any

import pytest

from support_sandbox import Body, body_of, client_of, complaint_of, post, quick_sandbox, tool, user

_PIXEL = "data:image/png;base64,iVBORw0KGgo="
_WEATHER = tool("get_weather", city="string")
_CALL = {"id": "a", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Rome"}'}}
_RESULT = {"role": "tool", "tool_call_id": "a", "content": "18C"}
_ASKED = (user("Weather?"), {"role": "assistant", "tool_calls": [_CALL]}, _RESULT)
_SONNET = "databricks-claude-sonnet-4-5"


def _with_call(**changes: Any) -> Body:
    return body_of(
        user("Weather?"), {"role": "assistant", "tool_calls": [_CALL | changes]}, _RESULT, tools=[_WEATHER]
    )


def _function(arguments: str) -> dict[str, Any]:
    return {"function": {"name": "get_weather", "arguments": arguments}}


_TWINS: dict[str, tuple[str, Body, Body, str]] = {
    "empty text": (
        _SONNET,
        body_of(user("")),
        body_of(user("x")),
        "messages: text content blocks must be non-empty",
    ),
    "blank text": (
        _SONNET,
        body_of(user([{"type": "text", "text": " \n"}])),
        body_of(user([{"type": "text", "text": " x"}])),
        "messages: text content blocks must contain non-whitespace text",
    ),
    "empty text beside calls": (
        _SONNET,
        body_of(
            user("Hi"), {"role": "assistant", "content": "", "tool_calls": [_CALL]}, _RESULT, tools=[_WEATHER]
        ),
        body_of(*_ASKED, tools=[_WEATHER]),
        "messages: text content blocks must be non-empty",
    ),
    "empty turn": (
        _SONNET,
        body_of(user("Hi"), {"role": "assistant"}, user("?")),
        body_of(user("Hi"), {"role": "assistant", "content": "Yes."}, user("?")),
        "messages.1: all messages must have non-empty content",
    ),
    "assistant first": (
        _SONNET,
        body_of({"role": "assistant", "content": "Hi"}, user("?")),
        body_of(user("?")),
        'messages: first message must use the "user" role',
    ),
    "remote image": (
        _SONNET,
        body_of(user([{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}])),
        body_of(user([{"type": "image_url", "image_url": {"url": _PIXEL}}])),
        "messages.0.content.0.image.source: only base64 data URLs",
    ),
    "broken image": (
        _SONNET,
        body_of(user([{"type": "image_url", "image_url": {"url": "data:image/png;base64,!!"}}])),
        body_of(user([{"type": "image_url", "image_url": {"url": _PIXEL}}])),
        "messages.0.content.0.image.source: only base64 data URLs",
    ),
    "missing result": (
        _SONNET,
        body_of(*_ASKED[:2], user("And?"), tools=[_WEATHER]),
        body_of(*_ASKED, user("And?"), tools=[_WEATHER]),
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a.",
    ),
    "orphan result": (
        _SONNET,
        body_of(user("Hi"), {"role": "assistant", "content": "Yes."}, _RESULT, tools=[_WEATHER]),
        body_of(*_ASKED, tools=[_WEATHER]),
        "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: a.",
    ),
    "result twice": (
        _SONNET,
        body_of(*_ASKED, _RESULT, tools=[_WEATHER]),
        body_of(*_ASKED, tools=[_WEATHER]),
        "messages.2.content.1: each tool_use must have a single result.",
    ),
    "id twice": (
        _SONNET,
        body_of(*_ASKED, *_ASKED[1:], tools=[_WEATHER]),
        body_of(*_ASKED, tools=[_WEATHER]),
        "messages.3.content.0: `tool_use` ids must be unique",
    ),
    "tools not defined": (
        _SONNET,
        body_of(*_ASKED),
        body_of(*_ASKED, tools=[_WEATHER]),
        "Requests which have `tool_use` or `tool_result` blocks in the conversation must define tools.",
    ),
    "arguments that are no JSON": (
        _SONNET,
        _with_call(**_function("")),
        _with_call(**_function("{}")),
        "messages.1.tool_calls.0.function.arguments: Input should be a JSON string",
    ),
    "arguments that are no string": (
        _SONNET,
        _with_call(function={"name": "get_weather", "arguments": {"city": "Rome"}}),
        _with_call(),
        "messages.1.tool_calls.0.function.arguments: Input should be a valid string",
    ),
    "prefill": (
        "databricks-claude-sonnet-4-6",
        body_of(user("Hi"), {"role": "assistant", "content": "Well"}),
        body_of(user("Hi")),
        "This model does not support assistant message prefill.",
    ),
    "prefill that ends in a blank": (
        _SONNET,
        body_of(user("Hi"), {"role": "assistant", "content": "Well "}),
        body_of(user("Hi"), {"role": "assistant", "content": "Well"}),
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    "prompt too long": (
        _SONNET,
        body_of(user("word " * 170_000)),
        body_of(user("word " * 150_000)),
        "prompt is too long: 2125",
    ),
    "prompt and answer too long": (
        _SONNET,
        body_of(user("word " * 150_000), max_tokens=20_000),
        body_of(user("word " * 150_000), max_tokens=10_000),
        "input length and `max_tokens` exceed context limit",
    ),
    "sequence of the wrong type": (
        _SONNET,
        body_of(messages="Hi"),
        body_of(stop=["\n\n"]),
        "messages: Input should be a valid list",
    ),
}


@pytest.mark.parametrize("name", _TWINS)
async def test_each_rule_of_messages_refuses_and_its_good_twin_passes(name: str) -> None:
    """A request that breaks one rule is refused in the service's words; the same without it is taken."""
    endpoint, bad, good, complaint = _TWINS[name]
    async with quick_sandbox() as server, client_of(server) as client:
        refused = await post(client, bad, endpoint=endpoint)
        taken = await post(client, good, endpoint=endpoint)
    assert refused.status_code == 400
    assert complaint_of(refused).startswith(complaint)
    assert refused.json()["error_code"] == "BAD_REQUEST"
    assert taken.status_code == 200, taken.text
