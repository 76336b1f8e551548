"""The keys that a chat request to Claude may have, all the way down. Everything else is refused."""

from collections.abc import Mapping
from typing import Any

from lakewright.sandbox.refusal import invalid
from lakewright.sandbox.rules.schema import (
    Check,
    anything,
    between,
    boolean,
    either,
    items,
    one_of,
    optional,
    record,
    string,
    tagged,
)

_CACHE_MARK = tagged(
    "type",
    {"ephemeral": record({"type": string, "ttl": one_of("5m", "1h")})},
    tag_in_path=True,
)

_SUMMARY = tagged(
    "type",
    {
        "summary_text": record({"type": string, "text": string, "signature": string}, ("text",)),
        "summary_encrypted_text": record({"type": string, "data": string}, ("data",)),
    },
)

_TEXT = record({"type": string, "text": string, "cache_control": _CACHE_MARK}, ("text",))
_CITED_TEXT = record(
    {"type": string, "text": string, "cache_control": _CACHE_MARK, "citations": optional(items(anything))},
    ("text",),
)
_IMAGE = record(
    {
        "type": string,
        "image_url": record({"url": string, "detail": string}, ("url",)),
        "cache_control": _CACHE_MARK,
    },
    ("image_url",),
)
_FILE = record(
    {
        "type": string,
        "file": record({"filename": string, "file_data": string}, ("file_data",)),
        "cache_control": _CACHE_MARK,
    },
    ("file",),
)
_REASONING = record({"type": string, "summary": items(_SUMMARY)}, ("summary",))

_CALL = record(
    {
        "id": string,
        "type": one_of("function"),
        "function": record({"name": string, "arguments": string}, ("name", "arguments")),
    },
    ("id", "type", "function"),
)

_SYSTEM = record(
    {"role": string, "content": either(string, items(tagged("type", {"text": _TEXT})))}, ("content",)
)
_USER = record(
    {
        "role": string,
        "content": either(string, items(tagged("type", {"text": _TEXT, "image_url": _IMAGE, "file": _FILE}))),
    },
    ("content",),
)
_ASSISTANT = record(
    {
        "role": string,
        "content": optional(
            either(string, items(tagged("type", {"reasoning": _REASONING, "text": _CITED_TEXT})))
        ),
        "tool_calls": optional(items(_CALL)),
    }
)
_TOOL = record({"role": string, "tool_call_id": string, "content": string}, ("tool_call_id", "content"))
_FUNCTION = record({"role": string, "name": string, "content": string}, ("name", "content"))

_MESSAGE = tagged(
    "role",
    {"system": _SYSTEM, "user": _USER, "assistant": _ASSISTANT, "tool": _TOOL, "function": _FUNCTION},
)

ROLES = frozenset({"system", "user", "assistant", "tool", "function"})

_TOOL_SPEC = record(
    {
        "type": one_of("function"),
        "function": record(
            {"name": string, "description": string, "parameters": anything},
            ("name",),
        ),
        "cache_control": _CACHE_MARK,
    },
    ("type", "function"),
)

_NAMED_TOOL = record(
    {"type": one_of("function"), "function": record({"name": string}, ("name",))}, ("type", "function")
)

_THINKING = tagged(
    "type",
    {
        "enabled": record(
            {"type": string, "budget_tokens": between(1024, 10**9, whole=True)}, ("budget_tokens",)
        ),
        "adaptive": record({"type": string, "display": one_of("summarized", "omitted")}),
        "disabled": record({"type": string}),
    },
    tag_in_path=True,
)

_MANY = 10**9

_REQUEST: Mapping[str, Check] = {
    "messages": items(_MESSAGE),
    "model": string,
    "max_tokens": between(1, _MANY, whole=True),
    "max_completion_tokens": between(1, _MANY, whole=True),
    "stream": boolean,
    "stream_options": record({"include_usage": boolean}),
    "temperature": between(0, 2),
    "top_p": between(0, 1),
    "top_k": between(1, _MANY, whole=True),
    "stop": either(string, items(string)),
    "tools": items(_TOOL_SPEC),
    "tool_choice": either(one_of("auto", "none", "required"), _NAMED_TOOL),
    "response_format": tagged("type", {"text": record({"type": string})}),
    "thinking": _THINKING,
    "output_config": record({"effort": one_of("low", "medium", "high", "xhigh", "max")}),
    "service_tier": one_of("priority", "default"),
    "anthropic_beta": either(string, items(string)),
}


def check_shape(body: Mapping[str, Any], dropped: frozenset[str]) -> None:
    """Raises Refusal for a key or a type that isn't taken; `dropped` names keys the model lacks."""
    for key in body:
        if key in dropped:
            raise invalid(f"{key}: Extra inputs are not permitted")
    if "cache_control" in dropped:
        _refuse_marks(body, "")
    record(_REQUEST, ("messages",))(dict(body), "")


def _refuse_marks(value: object, path: str) -> None:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        here = f"{path}.{key}" if path else str(key)
        if key == "cache_control":
            raise invalid(f"{here}: Extra inputs are not permitted")
        _refuse_marks(inner, here)
