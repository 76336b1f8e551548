"""Messages as the history keeps them: the model's words whole, file bodies as references.

The first user message of a run is kept as a hash (the task makes it anew), a successful tool result
as the call that made it and a hash (the tool is asked again). Where the text made anew differs, the
model is told so and can read again.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

from lakewright.agent.toolbox import parse_arguments
from lakewright.core.messages import AssistantMessage, Message, ToolMessage, UserMessage
from lakewright.core.parts import (
    AssistantPart,
    Opaque,
    Reasoning,
    RedactedReasoning,
    Text,
    ToolCall,
    ToolResult,
)

CHANGED = "(This text changed since; read it again where you need it.)"

Stored = Mapping[str, object]

Replay = Callable[[str, Mapping[str, object]], Awaitable[str | None]]
"""Make a tool's result anew from its name and arguments; None where that can't be done."""

_PART_KINDS: Mapping[str, type[AssistantPart]] = {
    "text": Text,
    "reasoning": Reasoning,
    "redacted": RedactedReasoning,
    "call": ToolCall,
    "opaque": Opaque,
}
_KIND_NAMES = {kind: name for name, kind in _PART_KINDS.items()}


def text_hash(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def store(messages: Sequence[Message]) -> tuple[Stored, ...]:
    """The messages of a run after its first user message."""
    calls = {
        call.id: call
        for message in messages
        if isinstance(message, AssistantMessage)
        for call in message.tool_calls
    }
    return tuple(_store_one(message, calls) for message in messages)


async def restore(stored: Sequence[Stored], replay: Replay) -> list[Message]:
    """The messages again; results whose text can't be made anew say so. Raises ValueError or
    KeyError for what this version can't read.
    """
    messages: list[Message] = []
    for item in stored:
        match item["role"]:
            case "assistant":
                parts = tuple(_restore_part(part) for part in _objects(item["parts"]))
                messages.append(AssistantMessage(parts, str(item["endpoint"])))
            case "tool":
                results = [await _restore_result(result, replay) for result in _objects(item["results"])]
                messages.append(ToolMessage(tuple(results)))
            case "user":
                texts = _objects(item["parts"])
                messages.append(UserMessage(tuple(Text(str(text["text"])) for text in texts)))
            case role:
                raise ValueError(f"unknown role {role!r}")
    return messages


def _store_one(message: Message, calls: Mapping[str, ToolCall]) -> Stored:
    match message:
        case UserMessage(parts):
            texts = [part.text for part in parts if isinstance(part, Text)]
            return {"role": "user", "parts": [{"text": text} for text in texts]}
        case AssistantMessage(parts, endpoint):
            stored = [{"part": _KIND_NAMES[type(part)], **_fields(part)} for part in parts]
            return {"role": "assistant", "endpoint": endpoint, "parts": stored}
        case ToolMessage(results):
            return {"role": "tool", "results": [_store_result(result, calls) for result in results]}


def _store_result(result: ToolResult, calls: Mapping[str, ToolCall]) -> Stored:
    call = calls.get(result.call_id)
    if result.is_error or call is None:
        return {"call": result.call_id, "error": result.content}
    return {
        "call": result.call_id,
        "name": call.name,
        "arguments": call.arguments,
        "hash": text_hash(result.content),
    }


async def _restore_result(stored: Stored, replay: Replay) -> ToolResult:
    call_id = str(stored["call"])
    if "error" in stored:
        return ToolResult(call_id, str(stored["error"]), is_error=True)
    content = await replay(str(stored["name"]), parse_arguments(str(stored["arguments"])) or {})
    if content is None or text_hash(content) != stored["hash"]:
        return ToolResult(call_id, CHANGED)
    return ToolResult(call_id, content)


def _fields(part: AssistantPart) -> dict[str, object]:
    return {name: getattr(part, name) for name in part.__dataclass_fields__}


def _restore_part(stored: Stored) -> AssistantPart:
    fields = {name: value for name, value in stored.items() if name != "part"}
    return _PART_KINDS[str(stored["part"])](**fields)  # type: ignore[arg-type]  # the fields are its own


def _objects(value: object) -> list[Stored]:
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return value
