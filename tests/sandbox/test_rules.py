"""What the simulated host refuses, in the service's words, and the good twin that it takes."""

from collections.abc import Iterator
from typing import Any

import pytest

from support_sandbox import (
    THINKING,
    Body,
    body_of,
    client_of,
    complaint_of,
    post,
    quick_sandbox,
    tool,
    user,
)

_EPHEMERAL = {"type": "ephemeral"}
_WEATHER = tool("get_weather", city="string")
_CALL = {"id": "a", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Rome"}'}}
_RESULT = {"role": "tool", "tool_call_id": "a", "content": "18C"}
_ASKED = (user("Weather?"), {"role": "assistant", "tool_calls": [_CALL]}, _RESULT)
_OPUS_5 = "databricks-claude-opus-5"
_OPUS_5_5 = "databricks-claude-opus-5-5"
_ADAPTIVE = {"type": "adaptive", "display": "summarized"}


def _marked(count: int) -> Body:
    blocks = [
        {"type": "text", "text": f"part {number}", "cache_control": _EPHEMERAL} for number in range(count)
    ]
    return body_of(user(blocks))


_SONNET = "databricks-claude-sonnet-4-5"

_TWINS: dict[str, tuple[str, Body, Body, str]] = {
    "unknown key": (
        _SONNET,
        body_of(parallel_tool_calls=True),
        body_of(stream_options={"include_usage": True}),
        "parallel_tool_calls: Extra inputs are not permitted",
    ),
    "reasoning effort": (
        _SONNET,
        body_of(reasoning_effort="low"),
        body_of(thinking=THINKING),
        "reasoning_effort: Extra inputs are not permitted",
    ),
    "key of a message": (
        _SONNET,
        body_of({**user("Hi"), "name": "me"}),
        body_of(user("Hi")),
        "messages.0.name: Extra inputs are not permitted",
    ),
    "key of a tool": (
        _SONNET,
        body_of(tools=[{**_WEATHER, "function": {**_WEATHER["function"], "strict": True}}]),
        body_of(tools=[_WEATHER]),
        "tools.0.function.strict: Extra inputs are not permitted",
    ),
    "scope of a cache mark": (
        _SONNET,
        body_of(user([{"type": "text", "text": "Hi", "cache_control": {**_EPHEMERAL, "scope": "x"}}])),
        _marked(1),
        "messages.0.content.0.cache_control.ephemeral.scope: Extra inputs are not permitted",
    ),
    "cache mark on a message": (
        _SONNET,
        body_of({**user("Hi"), "cache_control": _EPHEMERAL}),
        _marked(4),
        "messages.0.cache_control: Extra inputs are not permitted",
    ),
    "too many cache marks": (
        _SONNET,
        _marked(5),
        _marked(4),
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    "cache mark in a tool message": (
        _SONNET,
        body_of(*_ASKED[:2], {**_RESULT, "content": [{"type": "text", "text": "x"}]}, tools=[_WEATHER]),
        body_of(*_ASKED, tools=[_WEATHER]),
        "messages.2.content: Input should be a valid string",
    ),
    "role": (
        _SONNET,
        body_of({"role": "thinking", "content": "x"}),
        body_of({"role": "system", "content": "x"}, user("Hi")),
        "Invalid role in the chat message",
    ),
    "no message": (_SONNET, {"messages": []}, body_of(), "messages: at least one message is required"),
    "max_tokens": (
        _SONNET,
        body_of(max_tokens=0),
        body_of(max_tokens=64_000),
        "max_tokens: Input should be greater than or equal to 1",
    ),
    "max_tokens beyond the model": (
        _SONNET,
        body_of(max_tokens=64_001),
        body_of(max_tokens=64_000),
        "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens",
    ),
    "budget too small": (
        _SONNET,
        body_of(thinking={"type": "enabled", "budget_tokens": 1023}),
        body_of(thinking=THINKING),
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ),
    "budget not below max_tokens": (
        _SONNET,
        body_of(thinking=THINKING, max_tokens=1024),
        body_of(thinking=THINKING, max_tokens=1025),
        "`max_tokens` must be greater than `thinking.budget_tokens`",
    ),
    "manual form on an adaptive model": (
        _OPUS_5,
        body_of(thinking=THINKING),
        body_of(thinking=_ADAPTIVE, output_config={"effort": "medium"}),
        '"thinking.type.enabled" is not supported for this model.',
    ),
    "adaptive form on a manual model": (
        _SONNET,
        body_of(thinking=_ADAPTIVE),
        body_of(thinking=THINKING),
        '"thinking.type.adaptive" is not supported for this model.',
    ),
    "no off switch": (
        _OPUS_5_5,
        body_of(thinking={"type": "disabled"}),
        body_of(thinking=_ADAPTIVE),
        '"thinking.type.disabled" is not supported for this model.',
    ),
    "off above high effort": (
        _OPUS_5,
        body_of(thinking={"type": "disabled"}, output_config={"effort": "max"}),
        body_of(thinking={"type": "disabled"}, output_config={"effort": "high"}),
        '"thinking.type.disabled" is only supported up to effort `high`',
    ),
    "effort": (
        _OPUS_5,
        body_of(output_config={"effort": "extreme"}),
        body_of(output_config={"effort": "xhigh"}),
        "output_config.effort: expected one of `low`, `medium`, `high`, `xhigh`, `max`",
    ),
    "effort on a model without": (
        _SONNET,
        body_of(output_config={"effort": "low"}),
        body_of(),
        "This model does not support the effort parameter.",
    ),
    "budget with disabled": (
        _OPUS_5,
        body_of(thinking={"type": "disabled", "budget_tokens": 2000}),
        body_of(thinking={"type": "disabled"}),
        "thinking.disabled.budget_tokens: Extra inputs are not permitted",
    ),
    "temperature beside thinking": (
        _SONNET,
        body_of(thinking=THINKING, temperature=0.3),
        body_of(thinking=THINKING, temperature=1),
        "`temperature` may only be set to 1 when thinking is enabled",
    ),
    "temperature on an adaptive model": (
        _OPUS_5,
        body_of(temperature=1),
        body_of(),
        "Model us.anthropic.claude-opus-5 does not support the temperature parameter.",
    ),
    "top_k beside thinking": (
        _SONNET,
        body_of(thinking=THINKING, top_k=5),
        body_of(top_k=5),
        "`top_k` must be unset",
    ),
    "forced tool beside thinking": (
        _SONNET,
        body_of(thinking=THINKING, tools=[_WEATHER], tool_choice="required"),
        body_of(tools=[_WEATHER], tool_choice="required"),
        "Thinking may not be enabled when tool_choice forces tool use.",
    ),
    "forced tool on a model without": (
        _OPUS_5_5,
        body_of(tools=[_WEATHER], tool_choice="required"),
        body_of(tools=[_WEATHER], tool_choice="auto"),
        "tool_choice that forces tool use is not supported",
    ),
    "choice of an unknown tool": (
        _SONNET,
        body_of(tools=[_WEATHER], tool_choice={"type": "function", "function": {"name": "other"}}),
        body_of(tools=[_WEATHER], tool_choice={"type": "function", "function": {"name": "get_weather"}}),
        "tool_choice: Tool 'other' not found",
    ),
    "choice without tools": (
        _SONNET,
        body_of(tool_choice="auto"),
        body_of(tool_choice="none"),
        "`tool_choice` may only be specified while providing `tools`.",
    ),
    "too many tools": (
        _SONNET,
        body_of(tools=[tool(f"t{number}") for number in range(33)]),
        body_of(tools=[tool(f"t{number}") for number in range(32)]),
        "tools: List should have at most 32 items",
    ),
    "name of a tool": (
        _SONNET,
        body_of(tools=[tool("read file")]),
        body_of(tools=[tool("read_file-2")]),
        "tools.0.function.name: String should match pattern",
    ),
    "one name twice": (
        _SONNET,
        body_of(tools=[_WEATHER, _WEATHER]),
        body_of(tools=[_WEATHER, tool("other")]),
        "tools: Tool names must be unique.",
    ),
}


@pytest.mark.parametrize("name", _TWINS)
async def test_each_rule_refuses_and_its_good_twin_passes(name: str) -> None:
    """A request that breaks one rule is refused in the service's words; the same without it is taken."""
    endpoint, bad, good, complaint = _TWINS[name]
    async with quick_sandbox() as server, client_of(server) as client:
        refused = await post(client, bad, endpoint=endpoint)
        taken = await post(client, good, endpoint=endpoint)
    assert refused.status_code == 400
    assert complaint_of(refused).startswith(complaint)
    assert refused.json()["error_code"] == "BAD_REQUEST"
    assert taken.status_code == 200, taken.text


async def test_what_claude_itself_refuses_is_a_json_string_inside_the_message() -> None:
    """The nested envelope is the default and the flat one a knob."""
    bad = body_of(seed=1)
    async with quick_sandbox() as server, client_of(server) as client:
        nested = await post(client, bad)
    assert nested.json()["message"] == '{"message":"seed: Extra inputs are not permitted"}'


async def test_a_body_over_16_mb_is_refused_by_its_size() -> None:
    """413 comes before anything is read."""
    async with quick_sandbox() as server, client_of(server) as client:
        response = await client.post(
            "/serving-endpoints/databricks-claude-sonnet-4-5/invocations",
            content=b"x" * (16 * 1024 * 1024 + 1),
        )
    assert response.status_code == 413


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_a_bad_request(content: bytes) -> None:
    """Nothing that can be sent makes the host fail inside."""
    async with quick_sandbox() as server, client_of(server) as client:
        response = await client.post(
            "/serving-endpoints/databricks-claude-sonnet-4-5/invocations", content=content
        )
    assert response.status_code == 400


def _odd_values() -> Iterator[Any]:
    yield from (
        None,
        True,
        1,
        -1,
        1.5,
        "x",
        [],
        {},
        [None],
        [[]],
        {"type": "x"},
        {"role": 1},
        [{"role": "user"}],
    )


@pytest.mark.parametrize(
    "key", ["messages", "tools", "thinking", "tool_choice", "output_config", "stop", "max_tokens", "stream"]
)
async def test_values_of_any_type_are_answered_and_never_crash(key: str) -> None:
    """Every JSON value in every place gets an answer of the protocol: taken or refused, never a 500."""
    async with quick_sandbox() as server, client_of(server) as client:
        for value in _odd_values():
            response = await post(client, body_of() | {key: value})
            assert response.status_code in (200, 400), (key, value, response.text)
