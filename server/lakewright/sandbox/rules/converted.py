"""The conversation as it reaches the model: Anthropic's messages and blocks, with their own numbers.

System messages are no messages there, and the tool messages of one turn are one message of the user.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "image", "document", "thinking", "redacted_thinking", "tool_use", "tool_result"]


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `text` is its text, its data, or a call's arguments; `id` that of a call."""

    kind: Kind
    text: str = ""
    id: str = ""
    signature: str | None = None


@dataclass(slots=True)
class Converted:
    """One message. `from_tools` tells results from what a person said."""

    role: Literal["user", "assistant"]
    blocks: list[Block] = field(default_factory=list)
    from_tools: bool = False


def convert(messages: Sequence[Mapping[str, Any]]) -> list[Converted]:
    """The messages of a request whose shape was checked."""
    converted: list[Converted] = []
    for message in messages:
        match message["role"]:
            case "system":
                continue
            case "assistant":
                converted.append(Converted("assistant", _assistant_blocks(message)))
            case "tool":
                if not (converted and converted[-1].from_tools):
                    converted.append(Converted("user", from_tools=True))
                converted[-1].blocks.append(
                    Block("tool_result", message["content"], id=message["tool_call_id"])
                )
            case _:
                converted.append(Converted("user", _user_blocks(message["content"])))
    return converted


def _user_blocks(content: str | list[Mapping[str, Any]]) -> list[Block]:
    if isinstance(content, str):
        return [Block("text", content)]
    blocks = []
    for block in content:
        match block["type"]:
            case "text":
                blocks.append(Block("text", block["text"]))
            case "image_url":
                blocks.append(Block("image", block["image_url"]["url"]))
            case _:
                blocks.append(Block("document", block["file"]["file_data"]))
    return blocks


def _assistant_blocks(message: Mapping[str, Any]) -> list[Block]:
    content = message.get("content")
    blocks: list[Block] = []
    if isinstance(content, str):
        blocks.append(Block("text", content))
    for block in content if isinstance(content, list) else ():
        if block["type"] == "text":
            blocks.append(Block("text", block["text"]))
            continue
        for item in block["summary"]:
            if item["type"] == "summary_text":
                blocks.append(Block("thinking", item["text"], signature=item.get("signature") or None))
            else:
                blocks.append(Block("redacted_thinking", item["data"]))
    calls = message.get("tool_calls") or ()
    return blocks + [Block("tool_use", call["function"]["arguments"], id=call["id"]) for call in calls]
