"""Answers where no code is at hand: a word that was asked for, a sum, tools of other people, a greeting."""

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lakewright.core.parts import ToolCall
from lakewright.sandbox.mind.conversation import Asked, Conversation, Offer
from lakewright.sandbox.reading.source import shorten
from lakewright.sandbox.reading.words import words

_ONE_WORD = re.compile(
    r"(?i)\b(?:reply|answer|respond|say)\b[^.\n]{0,30}?\b(?:only|just|exactly|with|the word|single word)\b"
    r"[^.\n\"'`]{0,20}?[\"'`]?\b(?!one\b|word\b|only\b|exactly\b|just\b|with\b|the\b|a\b|single\b)(\w+)\b"
)
_LONGEST_SHORT = 200
_TERSE = re.compile(r"(?i)\bone word\b|\bone token\b|^\W*(?:ping|test|ok)\W*$")
_SUM = re.compile(r"(-?\d{1,9})\s*([+\-*/x×])\s*(-?\d{1,9})")  # noqa: RUF001 (people write the sign)
_OPERATORS: Mapping[str, Callable[[int, int], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "x": operator.mul,
    "×": operator.mul,  # noqa: RUF001 (people write the sign)
    "/": operator.truediv,
}


def short_answer(question: str) -> str | None:
    """The word or the number that was asked for."""
    text = question.strip()
    if len(text) > _LONGEST_SHORT:
        return None
    asked = _ONE_WORD.search(text)
    if asked:
        return asked[1]
    if _TERSE.search(text):
        return "OK"
    found = _SUM.search(text)
    if found and len(text) < 60 and not (found[2] == "/" and int(found[3]) == 0):
        return f"{_OPERATORS[found[2]](int(found[1]), int(found[3])):g}"
    return None


def calls_of_strangers(conversation: Conversation) -> list[ToolCall]:
    """Tools that aren't for reading code, called when the question shares a word with them; or when
    the request leaves no choice.
    """
    if conversation.rounds:
        return []
    wanted = words(conversation.question)
    matching = [
        offer for offer in conversation.offers.values() if wanted & words(f"{offer.name} {offer.description}")
    ]
    return [call for offer in matching[:4] for call in _calls(offer, conversation.question)]


def forced_call(conversation: Conversation) -> ToolCall:
    """A call of the tool that must be called."""
    name = conversation.forced or next(iter(conversation.offers))
    return next(iter(_calls(conversation.offers[name], conversation.question)))


def _calls(offer: Offer, question: str) -> Iterator[ToolCall]:
    """One call for each name in the question, when the tool takes a name; one call otherwise."""
    names = re.findall(r"(?<![.!?] )(?<!^)\b[A-Z][a-zA-Z]+\b", question) or [""]
    needed = [name for name in offer.properties if name in offer.required] or list(offer.properties)[:1]
    takes_name = any(offer.properties[name].get("type", "string") == "string" for name in needed)
    for name in dict.fromkeys(names[:3] if takes_name else [""]):
        arguments = {key: _value(offer.properties[key], name, question) for key in needed}
        yield ToolCall("", offer.name, json.dumps(arguments, ensure_ascii=False, separators=(",", ":")))


def _value(schema: Mapping[str, Any], name: str, question: str) -> object:
    if schema.get("enum"):
        return schema["enum"][0]
    number = re.search(r"\d+", question)
    match schema.get("type"):
        case "integer" | "number":
            return int(number[0]) if number else 1
        case "boolean":
            return True
        case "array":
            return []
        case "object":
            return {}
        case _:
            return name or shorten(question, 40) or "example"


def report(calls: tuple[Asked, ...]) -> str:
    """What other people's tools said."""
    rows = "\n".join(
        f"- `{call.name}` ({_shown(call.arguments)}): {shorten(call.result or '', 300)}" for call in calls
    )
    return f"This is what the tools say:\n\n{rows}"


def _shown(arguments: Mapping[str, Any]) -> str:
    return ", ".join(str(value) for value in arguments.values())


GREETING = (
    "Hello. I am a stand-in for a model: I read code and say by rules what it holds. Name a file, or paste"
    " some code, and I explain it; with reading tools at hand I look around it, too."
)
