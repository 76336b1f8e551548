"""The shapes of answers on the wire, streamed and whole."""

import json
import re

import pytest

from support_sandbox import (
    READ_TOOLS,
    THINKING,
    Body,
    answer_of,
    body_of,
    client_of,
    events_of,
    post,
    quick_sandbox,
    text_of,
    user,
)

_EXPLAIN = body_of(
    user("Explain the file `a.py`."), tools=list(READ_TOOLS), stream=True, thinking=dict(THINKING)
)


async def _stream(body: Body, *, script: str | None = None) -> tuple[list[Body], str]:
    async with quick_sandbox(script=script) as server, client_of(server) as client:
        response = await post(client, body)
        assert response.headers["content-type"].startswith("text/event-stream")
        return events_of(response.text), response.text


def _deltas(events: list[Body]) -> list[Body]:
    return [event["choices"][0]["delta"] for event in events]


async def test_frame_of_every_chunk() -> None:
    """Role in all deltas, one id, usage with nulls until the last, [DONE] at the end, no event lines."""
    events, text = await _stream(_EXPLAIN)
    assert text.endswith("data: [DONE]\n\n")
    assert all(row.startswith("data: ") for row in text.strip().split("\n\n"))
    assert {delta["role"] for delta in _deltas(events)} == {"assistant"}
    assert len({event["id"] for event in events}) == 1
    assert re.fullmatch(r"msg_bdrk_01[0-9A-Za-z]{22}", events[0]["id"])
    assert {event["model"] for event in events} == {"us.anthropic.claude-sonnet-4-5-20250929-v1:0"}
    assert {event["object"] for event in events} == {"chat.completion.chunk"}
    prompt = events[-1]["usage"]["prompt_tokens"]
    partial = {"prompt_tokens": prompt, "completion_tokens": None, "total_tokens": None}
    assert all(event["usage"] == partial for event in events[:-1])
    assert events[-1]["usage"]["total_tokens"] == prompt + events[-1]["usage"]["completion_tokens"]
    assert [event["choices"][0]["finish_reason"] for event in events[:-1]] == [None] * (len(events) - 1)
    assert events[-1]["choices"][0] == {
        "delta": {"role": "assistant", "content": ""},
        "index": 0,
        "finish_reason": "tool_calls",
    }


async def test_reasoning_comes_in_arrays_and_its_signature_in_one_chunk_of_its_own() -> None:
    """Text deltas carry an empty signature; the last one of the block carries it, without text."""
    events, _ = await _stream(_EXPLAIN)
    items = [
        delta["content"][0]["summary"][0] for delta in _deltas(events) if isinstance(delta["content"], list)
    ]
    assert len(items) > 2
    assert all(item["text"] and item["signature"] == "" for item in items[:-1])
    assert items[-1]["text"] == ""
    assert items[-1]["signature"]


async def test_calls_are_numbered_by_content_block_and_open_with_an_empty_fragment() -> None:
    """After one block of reasoning the calls are 1 and 2; id and name come once."""
    events, _ = await _stream(_EXPLAIN)
    calls = [delta["tool_calls"][0] for delta in _deltas(events) if "tool_calls" in delta]
    assert sorted({call["index"] for call in calls}) == [1, 2]
    for index in (1, 2):
        own = [call for call in calls if call["index"] == index]
        assert re.fullmatch(r"toolu_bdrk_01[0-9A-Za-z]{22}", own[0]["id"])
        assert own[0]["function"]["arguments"] == ""
        assert own[1] == {"index": index, "function": {"arguments": ""}}
        assert all(set(call) == {"index", "function"} for call in own[1:])
        joined = "".join(call["function"]["arguments"] for call in own)
        assert json.loads(joined) == {"path": "a.py"}


@pytest.mark.parametrize(
    ("script", "thinking", "indexes"),
    [(None, False, [0, 1]), ("chatty", False, [1, 2]), (None, True, [1, 2]), ("chatty", True, [2, 3])],
)
async def test_indexes_follow_what_came_before(
    script: str | None, thinking: bool, indexes: list[int]
) -> None:
    """0 for calls alone, 1 after text or reasoning, 2 after both."""
    body = {**_EXPLAIN, "thinking": dict(THINKING) if thinking else {"type": "disabled"}}
    events, _ = await _stream(body, script=script)
    calls = [delta["tool_calls"][0] for delta in _deltas(events) if "tool_calls" in delta]
    assert sorted({call["index"] for call in calls}) == indexes


async def test_streamed_and_whole_say_the_same() -> None:
    """The joined deltas of a stream are the content of the whole answer to the same question."""
    async with quick_sandbox() as server, client_of(server) as client:
        body = body_of(user("Explain:\n```py\ndef f(x):\n    return x\n```"))
        whole = await answer_of(client, {**body, "stream": False})
        streamed = events_of((await post(client, {**body, "stream": True})).text)
    assert "".join(delta["content"] for delta in _deltas(streamed)) == text_of(whole)


async def test_short_form_of_whole_answers() -> None:
    """Only the keys that the raw service sends, and a string where there is no thinking."""
    async with quick_sandbox() as server, client_of(server) as client:
        response = await post(client, body_of())
    answer = response.json()
    assert list(answer) == ["model", "choices", "usage", "object", "id", "created"]
    assert list(answer["choices"][0]) == ["message", "index", "finish_reason"]
    assert list(answer["choices"][0]["message"]) == ["role", "content"]
    assert isinstance(answer["choices"][0]["message"]["content"], str)


@pytest.mark.parametrize(("thinking", "content"), [(False, ""), (True, ["reasoning"])])
async def test_content_of_whole_answers_that_only_call(thinking: bool, content: object) -> None:
    """`""` for calls alone, an array with the reasoning otherwise; arguments are compact JSON."""
    body = {**_EXPLAIN, "stream": False}
    if not thinking:
        del body["thinking"]
    async with quick_sandbox() as server, client_of(server) as client:
        message = await answer_of(client, body)
    found = message["content"]
    assert (found if isinstance(found, str) else [block["type"] for block in found]) == content
    assert message["tool_calls"][0]["function"] == {"arguments": '{"path":"a.py"}', "name": "outline"}


async def test_interleaved_thinking_and_a_redacted_block_keep_their_order() -> None:
    """Several blocks of reasoning in a turn come in the order in which they were made."""
    body = {**_EXPLAIN, "stream": False}
    async with quick_sandbox(script="interleaved") as server, client_of(server) as client:
        message = await answer_of(client, body)
    kinds = [
        block["summary"][0]["type"] if block["type"] == "reasoning" else block["type"]
        for block in message["content"]
    ]
    assert kinds == ["summary_text", "text", "summary_text", "summary_encrypted_text"]


@pytest.mark.parametrize("streamed", [False, True])
async def test_few_tokens_cut_the_answer(streamed: bool) -> None:
    """`length` is said, and what came is a true beginning of the whole answer."""
    question = user("Explain:\n```py\ndef f(x):\n    return x\n```")
    async with quick_sandbox() as server, client_of(server) as client:
        whole = text_of(await answer_of(client, body_of(question)))
        response = await post(client, body_of(question, max_tokens=7, stream=streamed))
    if streamed:
        events = events_of(response.text)
        text = "".join(delta["content"] for delta in _deltas(events))
        last = events[-1]
    else:
        last = response.json()
        text = text_of(last["choices"][0]["message"])
    assert last["choices"][0]["finish_reason"] == "length"
    assert last["usage"]["completion_tokens"] == 7
    assert len(text) == 28
    assert whole.startswith(text)


async def test_reasoning_that_was_cut_has_no_signature() -> None:
    """A block that ran out of tokens was never signed."""
    async with quick_sandbox(script="long-thinking") as server, client_of(server) as client:
        response = await post(client, body_of(stream=True, thinking=dict(THINKING), max_tokens=1025))
    events = events_of(response.text)
    items = [delta["content"][0]["summary"][0] for delta in _deltas(events)[:-1]]
    assert {item["signature"] for item in items} == {""}
    assert events[-1]["choices"][0]["finish_reason"] == "length"


async def test_stop_sequences_end_the_answer() -> None:
    """The text ends before the first of them."""
    async with quick_sandbox() as server, client_of(server) as client:
        message = await answer_of(client, body_of(stop=["model", "Lakewright"]))
    assert text_of(message) == "*Simulated: the "


async def test_same_request_same_answer() -> None:
    """Nothing but the clock differs between two runs."""
    first, _ = await _stream(_EXPLAIN)
    second, _ = await _stream(_EXPLAIN)
    for event in (*first, *second):
        event["created"] = 0
    assert first == second
