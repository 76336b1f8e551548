"""Messages as the history keeps them: the model's words whole, file bodies as references.

The first user message of a run is kept as a hash (the task makes it anew), what a read tool answered as
the call that made it and a hash (the tool is asked again). Where the text made anew differs, the model is
told so and can read again. What is kept as text: refusals, the answers of tools that change something
(sentences of our own, not asked for again: that would change it again), and what the task told the model.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

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

AT_ONCE = 8
"""Tools that are asked again side by side."""

Stored = Mapping[str, object]

Replay = Callable[[str, Mapping[str, object]], Awaitable[str | None]]
"""Make a tool's result anew from its name and arguments; None where that can't be done. Never raises."""

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


def store(messages: Sequence[Message], *, own_words: Collection[str] = ()) -> tuple[Stored, ...]:
    """The messages of a run after its first user message. `own_words` are the tools whose answers are
    kept as text.
    """
    calls = {
        call.id: call
        for message in messages
        if isinstance(message, AssistantMessage)
        for call in message.tool_calls
    }
    return tuple(_store_one(message, calls, own_words) for message in messages)


async def restore(stored: Sequence[Stored], replay: Replay, *, seconds: float = 20.0) -> list[Message]:
    """The messages again; results whose text can't be made anew, or not in `seconds`, say so. Raises
    ValueError, TypeError or KeyError for what this version can't read.
    """
    wanted = {
        (str(result["name"]), str(result["arguments"]))
        for item in stored
        if item["role"] == "tool"
        for result in _objects(item["results"])
        if "hash" in result
    }
    made = await _made_anew(wanted, replay, seconds)
    return [_restore_one(item, made) for item in stored]


_Call = tuple[str, str]
"""A tool's name and its arguments as JSON text."""


async def _made_anew(wanted: Collection[_Call], replay: Replay, seconds: float) -> Mapping[_Call, str]:
    """What each call answers now; without those that don't in time."""
    made: dict[_Call, str] = {}
    room = asyncio.Semaphore(AT_ONCE)

    async def make(call: _Call) -> None:
        async with room:
            content = await replay(call[0], parse_arguments(call[1]) or {})
        if content is not None:
            made[call] = content

    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for call in wanted:
                group.create_task(make(call))
    except TimeoutError:
        pass  # what came in time counts
    return made


def _restore_one(item: Stored, made: Mapping[_Call, str]) -> Message:
    match item["role"]:
        case "assistant":
            parts = tuple(_restore_part(part) for part in _objects(item["parts"]))
            return AssistantMessage(parts, str(item["endpoint"]))
        case "tool":
            return ToolMessage(tuple(_restore_result(result, made) for result in _objects(item["results"])))
        case "user":
            texts = _objects(item["parts"])
            return UserMessage(tuple(Text(str(text["text"])) for text in texts))
        case role:
            raise ValueError(f"unknown role {role!r}")


def _store_one(message: Message, calls: Mapping[str, ToolCall], own_words: Collection[str]) -> Stored:
    match message:
        case UserMessage(parts):
            texts = [part.text for part in parts if isinstance(part, Text)]
            return {"role": "user", "parts": [{"text": text} for text in texts]}
        case AssistantMessage(parts, endpoint):
            stored = [{"part": _KIND_NAMES[type(part)], **_fields(part)} for part in parts]
            return {"role": "assistant", "endpoint": endpoint, "parts": stored}
        case ToolMessage(results):
            kept = [_store_result(result, calls.get(result.call_id), own_words) for result in results]
            return {"role": "tool", "results": kept}


def _store_result(result: ToolResult, call: ToolCall | None, own_words: Collection[str]) -> Stored:
    if result.is_error or call is None:
        return {"call": result.call_id, "error": result.content}
    if call.name in own_words:
        return {"call": result.call_id, "said": result.content}
    return {
        "call": result.call_id,
        "name": call.name,
        "arguments": call.arguments,
        "hash": text_hash(result.content),
    }


def _restore_result(stored: Stored, made: Mapping[_Call, str]) -> ToolResult:
    call_id = str(stored["call"])
    if "error" in stored:
        return ToolResult(call_id, str(stored["error"]), is_error=True)
    if "said" in stored:
        return ToolResult(call_id, str(stored["said"]))
    content = made.get((str(stored["name"]), str(stored["arguments"])))
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
