"""Faults that leave an answer complete but change its shape."""

from collections.abc import Callable

import pytest

from lakewright.sandbox.faults import FAULTS
from support_sandbox import (
    ENDPOINT,
    READ_TOOLS,
    THINKING,
    Body,
    body_of,
    client_of,
    events_of,
    post,
    quick_sandbox,
    user,
)

_PATH = f"/serving-endpoints/{ENDPOINT}/invocations"
_CALLING = body_of(
    user("Explain the file `a.py`."), tools=list(READ_TOOLS), stream=True, thinking=dict(THINKING)
)


def _events(text: str) -> list[Body]:
    return events_of(text.replace("\r\n", "\n").removeprefix("\ufeff"))


def _deltas(text: str) -> list[Body]:
    return [event["choices"][0]["delta"] for event in _events(text)]


def _content_kinds(text: str) -> set[str]:
    contents = [delta.get("content") for delta in _deltas(text)]
    return {
        item.get("type", "")
        for content in contents
        if isinstance(content, list)
        for item in content[0]["summary"]
    }


def _calls(text: str) -> list[Body]:
    return [call for delta in _deltas(text) for call in delta.get("tool_calls", [])]


def _check_redacted(text: str) -> bool:
    return _content_kinds(text) == {"summary_encrypted_text"}


def _check_omitted(text: str) -> bool:
    first = _deltas(text)[0]["content"][0]["summary"][0]
    return first["text"] == "" and bool(first["signature"])


def _check_long_ids(text: str) -> bool:
    return all(len(call["id"]) > 180 for call in _calls(text) if "id" in call)


def _check_empty_arguments(text: str) -> bool:
    return {call["function"]["arguments"] for call in _calls(text)} == {""}


def _check_stop(text: str) -> bool:
    return bool(_calls(text)) and _events(text)[-1]["choices"][0]["finish_reason"] == "stop"


def _check_no_calls(text: str) -> bool:
    return not _calls(text) and _events(text)[-1]["choices"][0]["finish_reason"] == "tool_calls"


def _check_masked(text: str) -> bool:
    return bool(_events(text)[-1].get("output_guardrail") == [{"pii_detection": True, "flagged": False}])


def _check_policy(text: str) -> bool:
    return bool(_events(text)[-1]["choices"][0]["finish_reason"] == "content_filter")


def _check_length(text: str) -> bool:
    return bool(_events(text)[-1]["choices"][0]["finish_reason"] == "length")


def _check_usage_missing(text: str) -> bool:
    events = _events(text)
    return "usage" in events[-1] and not any("usage" in event for event in events[:-1])


def _check_usage_absent(text: str) -> bool:
    return not any("usage" in event for event in _events(text))


def _check_no_role(text: str) -> bool:
    return not any("role" in delta for delta in _deltas(text))


def _check_keep_alive(text: str) -> bool:
    return text.count(": keep-alive\n\n") == text.count("data: ")


def _check_crlf(text: str) -> bool:
    return text.startswith("\ufeffdata: ") and "\n" not in text.replace("\r\n", "")


def _check_unknown_block(text: str) -> bool:
    return bool(_deltas(text)[0]["content"][0]["type"] == "weather_report")


def _check_sibling(text: str) -> bool:
    return bool("".join(delta.get("reasoning_content", "") for delta in _deltas(text)))


_CHANGES: dict[str, Callable[[str], bool]] = {
    "redacted": _check_redacted,
    "omitted": _check_omitted,
    "long-ids": _check_long_ids,
    "empty-args": _check_empty_arguments,
    "stop-with-tools": _check_stop,
    "tools-without-calls": _check_no_calls,
    "masked": _check_masked,
    "policy-block": _check_policy,
    "length": _check_length,
    "usage-missing": _check_usage_missing,
    "usage-absent": _check_usage_absent,
    "no-role": _check_no_role,
    "keep-alive": _check_keep_alive,
    "crlf": _check_crlf,
    "unknown-block": _check_unknown_block,
    "sibling-reasoning": _check_sibling,
}


@pytest.mark.parametrize("name", _CHANGES)
async def test_changed_answers_are_complete_and_changed_as_said(name: str) -> None:
    """The stream comes to its end, shows the change, and without the fault it doesn't."""
    async with quick_sandbox(name) as server, client_of(server) as client:
        changed = (await post(client, _CALLING)).text
        sound = (await post(client, _CALLING)).text
    assert "data: [DONE]" in changed
    assert _CHANGES[name](changed)
    assert not _CHANGES[name](sound)


async def test_list_content() -> None:
    """Text comes as lists of blocks, as some models send it."""
    async with quick_sandbox("list-content") as server, client_of(server) as client:
        text = (await post(client, body_of(stream=True))).text
    contents = [delta["content"] for delta in _deltas(text)[:-1]]
    assert all(content[0]["type"] == "text" for content in contents)


async def test_split_bytes_sends_an_answer_in_small_writes() -> None:
    """The bytes are those of the sound answer, in many more pieces than it has events."""
    async with quick_sandbox("split-bytes") as server, client_of(server) as client:
        async with client.stream("POST", _PATH, json=_CALLING) as response:
            pieces = [piece async for piece in response.aiter_raw()]
        sound = await post(client, _CALLING)
    split, whole = events_of(b"".join(pieces).decode()), events_of(sound.text)
    for event in (*split, *whole):
        event["created"] = 0
    assert split == whole
    assert len(pieces) > 3 * len(whole)


def test_every_fault_has_one_line_for_people() -> None:
    """The listing of the command line is made from them."""
    assert set(_CHANGES) < set(FAULTS)
    assert all(text and "\n" not in text for text in FAULTS.values())
