"""Rules about messages: content, order, the pairing of calls and results, echoed reasoning."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lakewright.sandbox.models import ModelRow
from lakewright.sandbox.refusal import Refusal, bad_request, invalid
from lakewright.sandbox.rules.converted import Block, Converted, convert
from lakewright.sandbox.rules.reasoning import check_open_loop, check_seals
from lakewright.sandbox.rules.thinking import thinking_use

_DATA_URL = re.compile(r"data:(image/(?:png|jpeg|gif|webp)|application/pdf);base64,(.+)", re.DOTALL)


def check_messages(body: Mapping[str, Any], row: ModelRow) -> None:
    """Raises Refusal for a conversation the model doesn't take."""
    raw = body["messages"]
    _check_arguments(raw)
    converted = convert(raw)
    if not converted:
        raise invalid("messages: at least one message is required")
    _check_text(raw, converted)
    _check_media(converted)
    _check_tools_defined(body, converted)
    _check_pairing(converted)
    _check_last(converted, row)
    check_seals(converted, row)
    check_open_loop(converted, thinking_use(body, row))


def _check_arguments(messages: Sequence[Mapping[str, Any]]) -> None:
    for number, message in enumerate(messages):
        for place, call in enumerate(message.get("tool_calls") or ()):
            if not _is_object(call["function"]["arguments"]):
                path = f"messages.{number}.tool_calls.{place}.function.arguments"
                raise bad_request(f"{path}: Input should be a JSON string that holds an object")


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _check_text(raw: Sequence[Mapping[str, Any]], converted: Sequence[Converted]) -> None:
    texts = [message["content"] for message in raw if isinstance(message.get("content"), str)]
    for message in raw:
        content = message.get("content")
        if isinstance(content, list):
            texts += [block["text"] for block in content if block["type"] == "text"]
    if any(not text for text in texts):
        raise invalid("messages: text content blocks must be non-empty")
    if any(not text.strip() for text in texts):
        raise invalid("messages: text content blocks must contain non-whitespace text")
    for number, turn in enumerate(converted):
        if not turn.blocks:
            raise invalid(
                f"messages.{number}: all messages must have non-empty content except for the optional final"
                " assistant message"
            )


def _check_media(converted: Sequence[Converted]) -> None:
    for number, message in enumerate(converted):
        for place, block in enumerate(message.blocks):
            if block.kind in ("image", "document") and not _is_data(block.text):
                path = f"messages.{number}.content.{place}.{block.kind}.source"
                raise invalid(f"{path}: only base64 data URLs of a supported type are allowed")


def _is_data(url: str) -> bool:
    found = _DATA_URL.fullmatch(url)
    if found is None:
        return False
    try:
        base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return False
    return True


def _check_tools_defined(body: Mapping[str, Any], converted: Sequence[Converted]) -> None:
    used = any(block.kind in ("tool_use", "tool_result") for turn in converted for block in turn.blocks)
    if used and not body.get("tools"):
        raise invalid(
            "Requests which have `tool_use` or `tool_result` blocks in the conversation must define tools."
        )


def _check_pairing(converted: Sequence[Converted]) -> None:
    seen: set[str] = set()
    open_calls: list[str] = []
    for number, message in enumerate(converted):
        results = [block.id for block in message.blocks if block.kind == "tool_result"]
        missing = [call for call in open_calls if call not in results]
        if missing:
            raise _unanswered(number - 1, missing)
        for place, result in enumerate(results):
            if result not in open_calls:
                raise invalid(
                    f"messages.{number}.content.{place}: unexpected `tool_use_id` found in `tool_result`"
                    f" blocks: {result}. Each `tool_result` block must have a corresponding `tool_use`"
                    " block in the previous message."
                )
            if result in results[:place]:
                raise invalid(
                    f"messages.{number}.content.{place}: each tool_use must have a single result."
                    f" Found multiple `tool_result` blocks with id: {result}"
                )
        open_calls = [block.id for block in message.blocks if block.kind == "tool_use"]
        _check_unique(number, message.blocks, seen)
    if open_calls:
        raise _unanswered(len(converted) - 1, open_calls)


def _check_unique(number: int, blocks: Sequence[Block], seen: set[str]) -> None:
    for place, block in enumerate(blocks):
        if block.kind == "tool_use":
            if block.id in seen:
                raise invalid(f"messages.{number}.content.{place}: `tool_use` ids must be unique")
            seen.add(block.id)


def _unanswered(number: int, calls: Sequence[str]) -> Refusal:
    return invalid(
        f"messages.{number}: `tool_use` ids were found without `tool_result` blocks immediately after:"
        f" {', '.join(calls)}. Each `tool_use` block must have a corresponding `tool_result` block in the"
        " next message."
    )


def _check_last(converted: Sequence[Converted], row: ModelRow) -> None:
    if converted[0].role != "user":
        raise invalid('messages: first message must use the "user" role')
    last = converted[-1]
    if last.role == "user":
        return
    if not row.prefill:
        raise invalid(
            "This model does not support assistant message prefill."
            " The conversation must end with a user message."
        )
    if last.blocks[-1].text.rstrip() != last.blocks[-1].text:
        raise invalid("messages: final assistant content cannot end with trailing whitespace")
