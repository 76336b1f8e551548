"""A request as the scripted model reads it: who said what, which tools it has, what they answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

_NUDGE = "Go on."
"""What programs write behind the answers of tools, where the reasoning before them is lost: no question."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool on offer. `properties` is that of its schema."""

    name: str
    description: str
    properties: Mapping[str, Any]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call the model made and what came back; `result` is None while it is open."""

    name: str
    arguments: Mapping[str, Any]
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a person or the model wrote, and the calls the model made along with it."""

    speaker: Literal["user", "assistant"]
    text: str
    calls: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The whole of it. `forced` is the tool that must be called: a name, or "" for any."""

    system: str
    said: tuple[Said, ...]
    offers: Mapping[str, Offer] = field(default_factory=dict)
    may_call: bool = True
    forced: str | None = None

    @property
    def question(self) -> str:
        """What a person said last."""
        return next((said.text for said in reversed(self.said) if said.speaker == "user"), "")

    @property
    def rounds(self) -> tuple[tuple[Asked, ...], ...]:
        """The calls since then, turn by turn."""
        rounds: list[tuple[Asked, ...]] = []
        for said in reversed(self.said):
            if said.speaker == "user":
                break
            if said.calls:
                rounds.append(said.calls)
        return tuple(reversed(rounds))

    @property
    def calls(self) -> tuple[Asked, ...]:
        """Every answered call of the conversation, oldest first."""
        return tuple(call for said in self.said for call in said.calls if call.result is not None)


def read_conversation(body: Mapping[str, Any]) -> Conversation:
    """From the body of a request that passed the rules."""
    messages = body["messages"]
    offers = {offer.name: offer for offer in map(_offer, body.get("tools", ()))}
    choice = body.get("tool_choice", "auto")
    forced = "" if choice == "required" else None
    if isinstance(choice, dict):
        forced = choice["function"]["name"]
    system = "\n".join(_text(message) for message in messages if message["role"] == "system")
    return Conversation(system, tuple(_said(messages)), offers, bool(offers) and choice != "none", forced)


def _offer(tool: Mapping[str, Any]) -> Offer:
    function = tool["function"]
    schema = function.get("parameters") or {}
    properties = schema.get("properties")
    required = schema.get("required")
    return Offer(
        function["name"],
        function.get("description", ""),
        properties if isinstance(properties, dict) else {},
        tuple(name for name in required if isinstance(name, str)) if isinstance(required, list) else (),
    )


def _said(messages: Sequence[Mapping[str, Any]]) -> list[Said]:
    results = {
        message["tool_call_id"]: message["content"] for message in messages if message["role"] == "tool"
    }
    said = []
    for before, message in pairwise(({"role": "system"}, *messages)):
        match message["role"]:
            case "user" if before["role"] == "tool" and _text(message) == _NUDGE:
                pass
            case "user" | "function":
                said.append(Said("user", _text(message)))
            case "assistant":
                calls = tuple(_asked(call, results) for call in message.get("tool_calls") or ())
                said.append(Said("assistant", _text(message), calls))
            case _:
                pass
    return said


def _asked(call: Mapping[str, Any], results: Mapping[str, str]) -> Asked:
    function = call["function"]
    return Asked(function["name"], json.loads(function["arguments"]), results.get(call["id"]))


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "".join(block["text"] for block in content or () if block["type"] == "text")
