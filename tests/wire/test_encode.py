"""The body of a request: only what the service takes, whatever the conversation holds."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

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
from lakewright.wire.profiles import Profile, profile_for

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


def sent(*messages: Message, **changes: Any) -> list[dict[str, Any]]:
    """The messages of a body without their cache marks."""
    body = encode(
        *messages, profile=replace(profile_for(ENDPOINT), dropped=frozenset(("cache_control",))), **changes
    )
    result: list[dict[str, Any]] = body["messages"]
    return result


def text(value: str) -> dict[str, str]:
    return {"type": "text", "text": value}


def result(id_: str, content: str) -> dict[str, str]:
    return {"role": "tool", "tool_call_id": id_, "content": content}


def test_stream_and_max_tokens_are_always_said() -> None:
    """The service's own defaults for both are not to be relied on."""
    body = encode(ASK)
    assert body["stream"] is True
    assert body["max_tokens"] == 20_480
    assert set(body) == {"stream", "max_tokens", "messages", "tools"}


def test_an_assistant_turn_goes_back_in_its_order() -> None:
    """Reasoning and text go back as generated, byte for byte, omitted and encrypted reasoning too."""
    turn = AssistantMessage(
        (
            Reasoning("Zuerst ➊\u2028", "c2ln+/="),
            Reasoning("", "b21pdHRlZA=="),
            RedactedReasoning("ZW5j"),
            Text("Hm.\n"),
            Reasoning("more", "c2lnMg=="),
            CALL,
        ),
        ENDPOINT,
    )
    _, assistant, answer = sent(ASK, turn, ToolMessage((ToolResult("toolu_1", "x"),)))
    assert assistant["content"] == [
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "Zuerst ➊\u2028", "signature": "c2ln+/="}],
        },
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "", "signature": "b21pdHRlZA=="}]},
        {"type": "reasoning", "summary": [{"type": "summary_encrypted_text", "data": "ZW5j"}]},
        text("Hm.\n"),
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "more", "signature": "c2lnMg=="}]},
    ]
    assert answer == result("toolu_1", "x")


@pytest.mark.parametrize(
    ("parts", "endpoint", "content"),
    [
        ((Text("Hm."), Reasoning("late", "s"), CALL), ENDPOINT, ["reasoning", "text"]),
        ((Reasoning("foreign", "s"), Text("Hm."), CALL), "another", ["text"]),
        ((RedactedReasoning("foreign"), Text("Hm."), CALL), "another", ["text"]),
        ((Reasoning("unsigned"), Text("Hm."), CALL), ENDPOINT, ["text"]),
        ((Opaque("video", "{}"), Text(" \n"), CALL), ENDPOINT, None),
        ((CALL,), ENDPOINT, None),
        ((Text("done"), Reasoning("cut off", "s")), ENDPOINT, ["reasoning", "text"]),
    ],
)
def test_a_turn_holds_only_what_is_taken_back(
    parts: tuple[Any, ...], endpoint: str, content: list[str] | None
) -> None:
    """Reasoning comes first; foreign and unsigned reasoning, blank text and unknown blocks are left out."""
    assistant = sent(ASK, AssistantMessage(parts, endpoint), ASK)[1]
    shown = assistant.get("content")
    assert (shown and [block["type"] for block in shown]) == content


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (Text(""),),
        (Text(" \n\t"),),
        (Reasoning("only", "s"),),
        (RedactedReasoning("x"),),
        (Opaque("v", "{}"),),
    ],
)
def test_a_turn_without_content_is_dropped(parts: tuple[Any, ...]) -> None:
    """The service refuses an assistant turn that neither says nor calls anything."""
    assert [message["role"] for message in sent(ASK, AssistantMessage(parts, ENDPOINT), ASK)] == ["user"] * 2


def test_results_follow_their_calls() -> None:
    """One result a call, in the order of the calls, whatever order and gaps they came with."""
    calls = [ToolCall(f"toolu_{number}", "outline", "{}") for number in range(1, 5)]
    results = ToolMessage(
        (
            ToolResult("toolu_3", "no", is_error=True),
            ToolResult("toolu_2", " \n"),
            ToolResult("toolu_1", "one"),
            ToolResult("toolu_9", "of no call"),
        )
    )
    messages = sent(ASK, AssistantMessage(tuple(calls), ENDPOINT), results, ASK)
    assert messages[2:6] == [
        result("toolu_1", "one"),
        result("toolu_2", "(no output)"),
        result("toolu_3", "Error: no"),
        result("toolu_4", "(cancelled before it ran)"),
    ]
    assert messages[6]["role"] == "user"


@pytest.mark.parametrize(
    "messages",
    [
        (ToolMessage((ToolResult("toolu_1", "x"),)), ASK),
        (ASK, ToolMessage((ToolResult("toolu_1", "x"),))),
        (ASK, AssistantMessage((Text("Hi."),), ENDPOINT), ToolMessage((ToolResult("toolu_1", "x"),)), ASK),
    ],
)
def test_a_result_without_its_call_vanishes(messages: tuple[Message, ...]) -> None:
    """An orphan result can't be sent."""
    assert "tool" not in [message["role"] for message in sent(*messages)]


def test_a_call_twice_in_a_turn_is_one() -> None:
    """Ids are unique within a turn."""
    messages = sent(ASK, AssistantMessage((CALL, replace(CALL, arguments="{}")), ENDPOINT), ASK)
    (call,) = messages[1]["tool_calls"]
    assert call["function"]["arguments"] == CALL.arguments
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "user"]


@pytest.mark.parametrize(
    ("arguments", "as_sent"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('{"ä":"\\u00e9"}', '{"ä":"\\u00e9"}'),
        ("{}", "{}"),
        ("", "{}"),
        ('{"path": "a', "{}"),
        ("[1]", "{}"),
        ("null", "{}"),
        ('{"a": NaN}', "{}"),
        ('{"a": "\ud83d"}', "{}"),
    ],
)
def test_arguments_are_a_json_object(arguments: str, as_sent: str) -> None:
    """Arguments go back as they came, or as `{}` when they are no object: the service parses them."""
    messages = sent(ASK, AssistantMessage((replace(CALL, arguments=arguments),), ENDPOINT))
    assert messages[1]["tool_calls"][0]["function"]["arguments"] == as_sent


def test_names_of_other_families_are_made_fit() -> None:
    """A call that another model made keeps its pairing under an id and name that Claude takes."""
    call = ToolCall("functions.read:0", "functions.read file", "{}")
    assistant, answer = sent(
        ASK, AssistantMessage((call,), "other"), ToolMessage((ToolResult("functions.read:0", "x"),))
    )[1:]
    assert assistant["tool_calls"][0]["id"] == "functions_read_0" == answer["tool_call_id"]
    assert assistant["tool_calls"][0]["function"]["name"] == "functions_read_file"
    assert answer["content"] == "x"


def test_user_turns_keep_images_and_lose_blanks() -> None:
    """Images go as data URLs, blank text not at all, and a turn of nothing is dropped."""
    message = UserMessage((Text(" "), Image("image/png", "AAAA"), Text("What?")))
    assert sent(UserMessage((Text(""),)), message) == [
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                text("What?"),
            ],
        }
    ]


def test_a_half_of_an_emoji_is_never_sent() -> None:
    """Text that can't be encoded is mended before it leaves."""
    body = encode(UserMessage((Text("a\ud83d\ude00b\ud83dc"),)), system="\udc00")
    assert json.dumps(body, ensure_ascii=False).encode()
    assert body["messages"][1]["content"][0]["text"] == "a\U0001f600b\ufffdc"


def test_a_conversation_begins_with_the_user() -> None:
    """What stands before the first question (a pruned history) is left out."""
    assert sent(AssistantMessage((Text("Hi."), CALL), ENDPOINT), ASK) == [
        {"role": "user", "content": [text("Explain.")]}
    ]


@pytest.mark.parametrize(
    ("endpoint", "thinking", "last"),
    [
        (ENDPOINT, "off", {"role": "assistant", "content": [text("def f")]}),
        (ENDPOINT, "low", {"role": "user", "content": [text("Go on.")]}),
        ("databricks-claude-opus-4-6", "off", {"role": "user", "content": [text("Go on.")]}),
    ],
)
def test_a_last_turn_of_the_assistant_is_continued(endpoint: str, thinking: str, last: object) -> None:
    """Old families continue it (without a blank at its end); the others are asked to go on."""
    profile = replace(profile_for(endpoint), dropped=frozenset(("cache_control",)))
    body = encode(ASK, AssistantMessage((Text("def f \n"),), ENDPOINT), profile=profile, thinking=thinking)
    assert body["messages"][-1] == last


def test_tools_are_declared_as_long_as_calls_are_there() -> None:
    """A conversation with calls names their tools even when none may be called, and says so."""
    body = encode(ASK, AssistantMessage((CALL,), ENDPOINT), tools=())
    assert [tool["function"]["name"] for tool in body["tools"]] == ["outline"]
    assert body["tools"][0]["function"]["parameters"] == {"type": "object", "properties": {}}
    assert body["tool_choice"] == "none"
    assert not {"tools", "tool_choice"} & set(encode(ASK, tools=()))


def test_tool_choice_none_keeps_the_tools() -> None:
    """On the last turn that is allowed the tools stay, and none may be called."""
    body = encode(ASK, tool_choice="none")
    assert body["tool_choice"] == "none"
    assert len(body["tools"]) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"messages": (UserMessage((Text(" "),)),)}, "nothing to send"),
        ({"messages": ()}, "nothing to send"),
        ({"messages": (UserMessage((Image("image/bmp", "AA"),)),)}, "image/bmp"),
        ({"tools": tuple(ToolSpec(f"t{number}", "", {}) for number in range(33))}, "33 tools"),
        ({"tools": (ToolSpec("a tool", "", {}),)}, "a tool"),
        ({"tools": (ToolSpec("x" * 65, "", {}),)}, "name of a tool"),
        ({"messages": (UserMessage((Text("é" * 8 * 1024 * 1024),)),)}, "16.0 MB"),
    ],
)
def test_what_no_body_can_hold_is_an_input_error(changes: dict[str, Any], said: str) -> None:
    """Too large, too many, of the wrong kind: one sentence before anything is sent."""
    with pytest.raises(InputError, match=re.escape(said)):
        encode(ASK, **changes)


def test_after_a_refused_signature_only_the_open_turn_keeps_its_reasoning() -> None:
    """Turns before the last question go back without reasoning, those of the open loop with theirs."""
    before = AssistantMessage((Reasoning("old", "foreign"), Text("It sums.")), ENDPOINT)
    now = AssistantMessage((Reasoning("new", "own"), CALL), ENDPOINT)
    messages = (ASK, before, ASK, now, ToolMessage((ToolResult(CALL.id, "a"),)))
    profile = replace(profile_for(ENDPOINT), earlier_reasoning=False)
    body = encode(*messages, profile=profile, thinking="low")
    assert "foreign" not in json.dumps(body)
    assert body["messages"][3]["content"][0]["summary"][0]["signature"] == "own"
    assert "foreign" in json.dumps(encode(*messages, thinking="low"))
