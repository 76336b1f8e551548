"""An answer before it is spoken: parts in order, then made to fit what the request allowed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lakewright.core.parts import AssistantPart, Reasoning, RedactedReasoning, Text, ToolCall
from lakewright.sandbox import signing
from lakewright.sandbox.tokens import CHARACTERS_PER_TOKEN, count_text


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn. `finish` is the finish reason; empty means: what follows from the parts.

    `extra` holds keys that stand beside `choices`, as guardrails put them there.
    """

    parts: tuple[AssistantPart, ...]
    finish: str = ""
    extra: tuple[tuple[str, object], ...] = ()

    @property
    def finish_reason(self) -> str:
        if self.finish:
            return self.finish
        return "tool_calls" if any(isinstance(part, ToolCall) for part in self.parts) else "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What the request grants: thinking shown, omitted or off; tokens; stop sequences."""

    family: str
    nonce: bytes
    thinking: bool
    display: bool
    max_tokens: int
    stop: tuple[str, ...] = ()


def fit(answer: Answer, allowance: Allowance) -> tuple[Answer, int]:
    """The answer with ids and signatures, cut where tokens or a stop sequence end it; and its tokens,
    which count all thinking, shown or not.
    """
    parts = [part for part in answer.parts if allowance.thinking or not _is_reasoning(part)]
    parts, finish = _cut(parts, allowance.max_tokens, answer.finish)
    parts, finish = _stop(parts, allowance.stop, finish)
    sealed = tuple(_sealed(parts, allowance, cut=finish == "length"))
    tokens = sum(count_text(_text_of(part)) for part in parts)
    return replace(answer, parts=sealed, finish=finish), tokens


def _is_reasoning(part: AssistantPart) -> bool:
    return isinstance(part, Reasoning | RedactedReasoning)


def _text_of(part: AssistantPart) -> str:
    match part:
        case Text(text) | Reasoning(text):
            return text
        case ToolCall(name=name, arguments=arguments):
            return name + arguments
        case _:
            return ""


def _cut(parts: list[AssistantPart], max_tokens: int, finish: str) -> tuple[list[AssistantPart], str]:
    left = max_tokens * CHARACTERS_PER_TOKEN
    kept: list[AssistantPart] = []
    for part in parts:
        size = len(_text_of(part))
        if size > left:
            if left > 0:
                kept.append(_shortened(part, left))
            return kept, "length"
        left -= size
        kept.append(part)
    return kept, finish


def _shortened(part: AssistantPart, size: int) -> AssistantPart:
    match part:
        case Text(text):
            return Text(text[:size])
        case Reasoning(text):
            return Reasoning(text[:size])
        case ToolCall(arguments=arguments, name=name):
            return replace(part, arguments=arguments[: max(0, size - len(name))])
        case _:
            return part


def _stop(parts: list[AssistantPart], stop: tuple[str, ...], finish: str) -> tuple[list[AssistantPart], str]:
    for number, part in enumerate(parts):
        if not isinstance(part, Text):
            continue
        found = [at for sequence in stop if (at := part.text.find(sequence)) >= 0]
        if found:
            return [*parts[:number], Text(part.text[: min(found)])], "stop"
    return parts, finish


def _sealed(parts: list[AssistantPart], allowance: Allowance, *, cut: bool) -> Iterator[AssistantPart]:
    """Sign each block of reasoning; one that was cut at the end never got its signature."""
    family, nonce = allowance.family, allowance.nonce
    ordinal = calls = 0
    with_reasoning = any(_is_reasoning(part) for part in parts)
    for number, part in enumerate(parts):
        match part:
            case Reasoning(text):
                shown = text if allowance.display else ""
                unsigned = cut and number == len(parts) - 1
                yield Reasoning(shown, None if unsigned else signing.sign(family, nonce, ordinal, shown))
                ordinal += 1
            case RedactedReasoning():
                yield RedactedReasoning(signing.redact(family, nonce, ordinal))
                ordinal += 1
            case ToolCall(name=name, arguments=arguments):
                issued = signing.call_id(nonce, calls, with_reasoning=with_reasoning)
                yield ToolCall(issued, name, arguments)
                calls += 1
            case Text(""):
                pass
            case _:
                yield part
