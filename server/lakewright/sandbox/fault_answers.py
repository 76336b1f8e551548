"""Faults that change what the model says, not how it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from lakewright.core.parts import AssistantPart, Reasoning, RedactedReasoning, Text, ToolCall
from lakewright.sandbox import signing
from lakewright.sandbox.answer import Answer

Reshape = Callable[[Answer, str, bytes], Answer]
"""From the finished answer, the model's family and the turn's nonce to another answer."""

_LONG_ID = "toolu_" + "x" * 180
_GUARDRAIL = (("output_guardrail", [{"pii_detection": True, "flagged": False}]),)


def _redacted(answer: Answer, family: str, nonce: bytes) -> Answer:
    parts: list[AssistantPart] = []
    ordinal = 0
    for part in answer.parts:
        if isinstance(part, Reasoning | RedactedReasoning):
            parts.append(RedactedReasoning(signing.redact(family, nonce, ordinal)))
            ordinal += 1
        else:
            parts.append(part)
    return replace(answer, parts=tuple(parts))


def _omitted(answer: Answer, family: str, nonce: bytes) -> Answer:
    parts: list[AssistantPart] = []
    ordinal = 0
    for part in answer.parts:
        if isinstance(part, Reasoning):
            parts.append(Reasoning("", signing.sign(family, nonce, ordinal, "")))
            ordinal += 1
        else:
            parts.append(part)
    return replace(answer, parts=tuple(parts))


def _calls(answer: Answer, change: Callable[[ToolCall, int], ToolCall]) -> Answer:
    parts = [
        change(part, place) if isinstance(part, ToolCall) else part for place, part in enumerate(answer.parts)
    ]
    return replace(answer, parts=tuple(parts))


def _long_ids(answer: Answer, _family: str, nonce: bytes) -> Answer:
    tag = nonce.hex()
    return _calls(answer, lambda call, place: replace(call, id=f"{_LONG_ID}{tag}{place}"))


def _empty_arguments(answer: Answer, _family: str, _nonce: bytes) -> Answer:
    return _calls(answer, lambda call, _: replace(call, arguments=""))


def _stop_with_tools(answer: Answer, _family: str, _nonce: bytes) -> Answer:
    return replace(answer, finish="stop")


def _tools_without_calls(answer: Answer, _family: str, _nonce: bytes) -> Answer:
    parts = tuple(part for part in answer.parts if not isinstance(part, ToolCall))
    return replace(answer, parts=(*parts, Text("No call after all.")), finish="tool_calls")


def _masked(answer: Answer, _family: str, _nonce: bytes) -> Answer:
    text = Text("\n\nThe owner is <EMAIL_ADDRESS>, by phone <PHONE_NUMBER>.")
    has_calls = any(isinstance(part, ToolCall) for part in answer.parts)
    return replace(answer, parts=answer.parts if has_calls else (*answer.parts, text), extra=_GUARDRAIL)


def _policy_block(_answer: Answer, _family: str, _nonce: bytes) -> Answer:
    return Answer((Text("Blocked by the policy 'no-source-code' of your organisation."),), "content_filter")


def _length(answer: Answer, _family: str, _nonce: bytes) -> Answer:
    return replace(answer, finish="length")


RESHAPES: Mapping[str, tuple[str, Reshape]] = MappingProxyType(
    {
        "redacted": ("reasoning comes as encrypted blocks", _redacted),
        "omitted": ("reasoning comes as a signature without text", _omitted),
        "long-ids": ("ids of calls are longer than 180 characters", _long_ids),
        "empty-args": ("calls come without arguments", _empty_arguments),
        "stop-with-tools": ("finish_reason is stop although tools are called", _stop_with_tools),
        "tools-without-calls": ("finish_reason is tool_calls without a call", _tools_without_calls),
        "masked": ("a guardrail masked personal data in the answer", _masked),
        "policy-block": ("200, but a policy took the place of the answer", _policy_block),
        "length": ("the answer claims to be cut by max_tokens", _length),
    }
)
