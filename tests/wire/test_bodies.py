"""Rules that hold for every body: where its cache marks are, and what no conversation can make it break."""

import json
import re
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.core.messages import AssistantMessage, Message, ToolMessage, UserMessage
from lakewright.core.parts import (
    Image,
    Opaque,
    Reasoning,
    RedactedReasoning,
    Text,
    ToolCall,
    ToolResult,
)
from lakewright.core.request import ModelRequest, ToolSpec
from lakewright.errors import InputError
from lakewright.wire.chat_encode import encode_chat
from lakewright.wire.profiles import PROFILES, Profile, profile_for

ENDPOINT = "databricks-claude-sonnet-4-5"
ASK = UserMessage((Text("Explain."),))
CALL = ToolCall("toolu_1", "outline", '{"path":"a.py"}')
TOOLS = (ToolSpec("outline", "Symbols.", {"type": "object"}), ToolSpec("read_file", "Text.", {}))
TAKEN = {
    *("stream", "max_tokens", "messages", "tools", "tool_choice", "thinking", "output_config"),
    *("temperature", "stop"),
}


def encode(*messages: Message, profile: Profile | None = None, **changes: Any) -> dict[str, Any]:
    request = replace(ModelRequest(system="", messages=messages, tools=TOOLS), **changes)
    return encode_chat(request, profile or profile_for(ENDPOINT), ENDPOINT)


def marks(body: dict[str, Any]) -> list[str]:
    """Where the cache marks of a body are: `tool 1`, `system`, `user 0`."""
    found = [f"tool {at}" for at, tool in enumerate(body.get("tools", ())) if "cache_control" in tool]
    for at, message in enumerate(body["messages"]):
        blocks = message.get("content")
        for block in blocks if isinstance(blocks, list) else ():
            if "cache_control" in block:
                assert block["cache_control"] == {"type": "ephemeral"}
                assert block["type"] == "text"
                found.append(f"{message['role']} {at}")
    return found


def test_the_prefix_is_marked_where_it_pays() -> None:
    """Marks stand on the last tool, the system text and the last two user turns."""
    messages: list[Message] = [ASK, AssistantMessage((Text("One."),), ENDPOINT)] * 3
    body = encode(*messages, UserMessage((Text("Now?"), Image("image/png", "AA"))), system="You explain.")
    assert marks(body) == ["tool 1", "system 0", "user 5", "user 7"]
    assert marks(encode(ASK, tools=())) == ["user 0"]


def test_the_marks_stand_still_within_a_loop() -> None:
    """Each turn of a tool loop reads the prefix that the first one wrote, and the next question too."""
    messages: list[Message] = [ASK]
    first = encode(*messages, system="You explain.")
    for number in range(3):
        call = ToolCall(f"toolu_{number}", "outline", "{}")
        messages += [
            AssistantMessage((call,), ENDPOINT),
            ToolMessage((ToolResult(call.id, "x"),)),
        ]
        body = encode(*messages, system="You explain.")
        assert marks(body) == marks(first)
        assert body["messages"][: len(first["messages"])] == first["messages"]
    later = encode(*messages, AssistantMessage((Text("So."),), ENDPOINT), ASK, system="You explain.")
    assert set(marks(first)) < set(marks(later))


def test_marks_are_left_out_where_they_are_refused() -> None:
    """A service that was seen to refuse the key never gets it again."""
    profile = replace(profile_for(ENDPOINT), dropped=frozenset(("cache_control",)))
    assert "cache_control" not in json.dumps(encode(ASK, profile=profile, system="x"))


texts = st.text(max_size=6) | st.sampled_from(["", " ", "\n", "\ud83d", "x"])
ids = st.sampled_from(["toolu_1", "toolu_2", "a.b:0", ""])
parts = st.one_of(
    st.builds(Text, texts),
    st.builds(Reasoning, texts, st.none() | st.sampled_from(["", "sig"])),
    st.builds(RedactedReasoning, st.just("ZW5j")),
    st.builds(ToolCall, ids, st.sampled_from(["outline", "a b", "", "x" * 70]), texts | st.just('{"a":1}')),
    st.builds(Opaque, texts, st.just("{}")),
)
messages_of_any_kind = st.lists(
    st.one_of(
        st.builds(
            UserMessage,
            st.lists(st.builds(Text, texts) | st.just(Image("image/png", "AA")), max_size=3).map(tuple),
        ),
        st.builds(
            AssistantMessage, st.lists(parts, max_size=5).map(tuple), st.sampled_from([ENDPOINT, "another"])
        ),
        st.builds(
            ToolMessage, st.lists(st.builds(ToolResult, ids, texts, st.booleans()), max_size=3).map(tuple)
        ),
    ),
    max_size=8,
)


@settings(max_examples=400, deadline=None)
@given(
    messages=messages_of_any_kind,
    profile=st.sampled_from(PROFILES),
    thinking=st.sampled_from(["off", "low", 9_000]),
    system=texts,
    with_tools=st.booleans(),
)
def test_every_body_obeys_the_rules(
    messages: list[Message], profile: Profile, thinking: Any, system: str, with_tools: bool
) -> None:
    """Whatever a conversation holds, its body is one that the service takes."""
    tools = TOOLS if with_tools else ()
    try:
        body = encode(ASK, *messages, profile=profile, thinking=thinking, system=system, tools=tools)
    except InputError:
        return
    json.dumps(body, ensure_ascii=False).encode()
    assert set(body) <= TAKEN
    assert len(marks(body)) <= 4
    turns = [message for message in body["messages"] if message["role"] != "system"]
    check_pairing(turns)
    check_content(body["messages"])
    if turns[-1]["role"] == "assistant":
        assert profile.prefill
        assert turns[-1]["content"][-1]["text"] == turns[-1]["content"][-1]["text"].rstrip()
    if (body.get("thinking") or {}).get("type") in ("enabled", "adaptive") and turns[-1]["role"] == "tool":
        last = next(turn for turn in reversed(turns) if turn["role"] == "assistant")
        assert last["content"][0]["type"] == "reasoning"


def check_pairing(turns: list[dict[str, Any]]) -> None:
    """Calls are followed by exactly their results, in order, and results by nothing else preceded."""
    at = 0
    assert turns[0]["role"] == "user"
    while at < len(turns):
        assert turns[at]["role"] != "tool"
        called = [call["id"] for call in turns[at].get("tool_calls", ())]
        assert len(set(called)) == len(called)
        answers = turns[at + 1 : at + 1 + len(called)]
        assert [answer.get("tool_call_id") for answer in answers] == called
        assert all(answer["content"].strip() for answer in answers)
        at += 1 + len(called)


def check_content(messages: list[dict[str, Any]]) -> None:
    """No empty text or turn, names and arguments as the service parses them, reasoning first and signed."""
    for message in messages:
        if message["role"] == "tool":
            continue
        assert message.get("content") or message.get("tool_calls")
        kinds = [block["type"] for block in message.get("content", ())]
        assert "content" not in message or kinds
        for block in message.get("content", ()):
            assert block["type"] != "text" or block["text"].strip()
            for item in block.get("summary", ()):
                assert item.get("signature") or item.get("data")
        if "reasoning" in kinds:
            assert message["role"] == "assistant"
            assert kinds[0] == "reasoning"
            assert message.get("tool_calls") or kinds[-1] == "text"
        for call in message.get("tool_calls", ()):
            assert re.fullmatch(r"[A-Za-z0-9_-]+", call["id"])
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", call["function"]["name"])
            assert isinstance(json.loads(call["function"]["arguments"]), dict)
