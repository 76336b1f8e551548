"""From the deltas of the chat dialect to parts: which one is open, when it ends, what it is called.

Deltas of one part that follow each other in one read leave as one event; their pieces are kept in a
list and joined once.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from lakewright.core.events import (
    Event,
    Finished,
    Noticed,
    PartFinished,
    PartKind,
    PartStarted,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from lakewright.core.usage import Usage
from lakewright.errors import NetworkError
from lakewright.wire.envelopes import quoted
from lakewright.wire.surrogates import ends_in_half, well_formed

_DELTA: dict[PartKind, type[TextDelta | ReasoningDelta | ToolCallDelta]] = {
    PartKind.TEXT: TextDelta,
    PartKind.REASONING: ReasoningDelta,
    PartKind.TOOL_CALL: ToolCallDelta,
}
_LOST_KEYS = ("function_call", "audio")
"""Keys beside `content` that hold something we have no part for."""


@dataclass(slots=True)
class _Call:
    index: int
    id: str
    fragments: list[str] = field(default_factory=list)


class PartWriter:
    """Writes the events of one turn. Pieces go to the part `_target` (-1 is none): a text or reasoning
    part, which ends when another part begins, or one of the calls, which all end with the turn.
    """

    def __init__(self) -> None:
        self.may_hold_halves = False
        self.has_calls = False
        self.refused = False
        self._events: list[Event] = []
        self._next_index = 0
        self._target = -1
        self._kind = PartKind.TEXT
        self._pieces: list[str] = []
        self._calls: dict[object, _Call] = {}
        self._usage: Usage | None = None
        self._noticed: set[str] = set()

    def add(self, delta: Any) -> None:
        """Take a `delta`, or the `message` of a whole answer."""
        if type(delta) is not dict:
            return
        content = delta.get("content")
        # Mostly there is a role and content and nothing else.
        if len(delta) - ("content" in delta) - ("role" in delta) or delta.get("role") == "tool":
            self._siblings(delta, content)
        elif content:
            self._content(content)

    def take(self) -> list[Event]:
        """The events since the last time."""
        self._flush(closing=False)
        events, self._events = self._events, []
        return events

    def emit(self, event: UsageReported | Noticed | Finished) -> None:
        """Put an event that belongs to no part in its place."""
        self._flush(closing=False)
        self._events.append(event)

    def report(self, usage: Usage) -> None:
        """Report usage, unless that was said already."""
        if usage not in (self._usage, Usage()):
            self._usage = usage
            self.emit(UsageReported(usage))

    def notice(self, message: str) -> None:
        """Say something, once."""
        if message not in self._noticed:
            self._noticed.add(message)
            self.emit(Noticed(message))

    def close_all(self, *, cut: bool) -> None:
        """End every part. After a `cut`, a call whose arguments broke off is never finished."""
        last = self._target
        self._leave()
        for call in sorted(self._calls.values(), key=lambda call: call.index):
            if not (cut and _is_half(call, last)):
                self._events.append(PartFinished(call.index))
        self._calls.clear()

    def _siblings(self, delta: dict[str, Any], content: Any) -> None:
        """What may stand beside `content`: reasoning comes before it, calls after."""
        if delta.get("role") == "tool":
            # An agent endpoint tells what its own tools answered; that isn't the model's text.
            self._opaque("tool", delta)
            return
        reasoning = delta.get("reasoning_content")
        if isinstance(reasoning, str):
            self._grow(PartKind.REASONING, reasoning)
        if content:
            self._content(content)
        refusal = delta.get("refusal")
        if isinstance(refusal, str) and refusal:
            self.refused = True
            self._grow(PartKind.TEXT, refusal)
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if isinstance(call, dict):
                self._call(call)
        for key in _LOST_KEYS:
            if delta.get(key):
                self._opaque(key, delta[key])

    def _content(self, content: Any) -> None:
        """A string, or an array of blocks."""
        if type(content) is str:
            self._grow(PartKind.TEXT, content)
            return
        for block in content if isinstance(content, list) else [content]:
            kind = block.get("type") if isinstance(block, dict) else type(block).__name__
            if kind == "reasoning":
                self._reasoning(block)
            elif kind == "text" and isinstance(block.get("text"), str):
                self._grow(PartKind.TEXT, block["text"])
            elif isinstance(block, str):
                self._grow(PartKind.TEXT, block)
            else:
                self._opaque(str(kind), block)

    def _reasoning(self, block: dict[str, Any]) -> None:
        """`summary` holds what may be shown, signed or encrypted; `content` raw reasoning, unsigned."""
        for item in (*_items(block.get("summary")), *_items(block.get("content"))):
            kind = item.get("type") if isinstance(item, dict) else type(item).__name__
            if kind in ("summary_text", "reasoning_text") and isinstance(item.get("text", ""), str):
                self._grow(PartKind.REASONING, item.get("text", ""))
                signature = item.get("signature")
                if isinstance(signature, str) and signature:
                    self._sign(signature)
            elif kind == "summary_encrypted_text" and isinstance(item.get("data"), str):
                self._whole(PartKind.REDACTED_REASONING, data=item["data"])
            else:
                self._opaque(f"reasoning {kind}", item)

    def _sign(self, signature: str) -> None:
        """The signature ends its part; where reasoning is omitted it is all there is."""
        if self._target < 0 or self._kind is not PartKind.REASONING:
            self._begin(PartKind.REASONING)
        self._flush(closing=True)
        self._events.append(PartFinished(self._target, well_formed(signature)))
        self._target = -1

    def _call(self, call: dict[str, Any]) -> None:
        """A call begins, or more of its arguments. `index` is the number of its block: only a key."""
        function = call.get("function")
        function = function if isinstance(function, dict) else {}
        id_, arguments = call.get("id"), function.get("arguments")
        if isinstance(arguments, dict):
            arguments = json.dumps(arguments, ensure_ascii=False)
        number = call.get("index")
        key = number if isinstance(number, int | str) else str(id_)
        known = self._calls.get(key)
        if known is None or (id_ and id_ != known.id):
            if known is not None:
                self._leave()
                self._events.append(PartFinished(known.index))
            known = self._calls[key] = self._begin_call(id_, function.get("name"))
            # Some models open with `{}` and send the arguments after it; if none come, `{}` is meant.
            arguments = "" if arguments == "{}" else arguments
        elif self._target != known.index:
            self._leave()
            self._target, self._kind = known.index, PartKind.TOOL_CALL
        if arguments and isinstance(arguments, str):
            known.fragments.append(arguments)
            self._pieces.append(arguments)

    def _begin_call(self, id_: object, name: object) -> _Call:
        if not (isinstance(id_, str) and id_ and isinstance(name, str) and name):
            raise NetworkError(
                "The model's tool call came without its id or name, so it can't be answered.",
                hint="Try again; if it goes on, choose another model.",
            )
        self.has_calls = True
        self._begin(PartKind.TOOL_CALL, id_=well_formed(id_), name=well_formed(name))
        return _Call(self._target, id_)

    def _opaque(self, kind: str, value: object) -> None:
        """Keep what we don't know, and say that it isn't shown."""
        shown = quoted(kind)[:60]
        self._whole(PartKind.OPAQUE, name=shown, data=json.dumps(value, ensure_ascii=False))
        self.notice(f'The answer holds something of an unknown kind ("{shown}"), which isn\'t shown.')

    def _whole(self, kind: PartKind, *, name: str = "", data: str) -> None:
        self._begin(kind, name=name, data=well_formed(data))
        self._events.append(PartFinished(self._target))
        self._target = -1

    def _grow(self, kind: PartKind, text: str) -> None:
        if text:
            if self._kind is not kind or self._target < 0:
                self._begin(kind)
            self._pieces.append(text)

    def _begin(self, kind: PartKind, *, id_: str = "", name: str = "", data: str = "") -> None:
        self._leave()
        self._target, self._kind = self._next_index, kind
        self._next_index += 1
        self._events.append(PartStarted(self._target, kind, id_, name, data))

    def _leave(self) -> None:
        """Text and reasoning end when another part begins; calls stay open, for they may interleave."""
        self._flush(closing=True)
        if self._target >= 0 and self._kind is not PartKind.TOOL_CALL:
            self._events.append(PartFinished(self._target))
        self._target = -1

    def _flush(self, *, closing: bool) -> None:
        if not self._pieces:
            return
        text = "".join(self._pieces)
        self._pieces.clear()
        if self.may_hold_halves:
            if not closing and ends_in_half(text):
                self._pieces.append(text[-1])
                text = text[:-1]
            text = well_formed(text)
        if text:
            self._events.append(_DELTA[self._kind](self._target, text))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_half(call: _Call, last: int) -> bool:
    """Whether the turn broke off inside this call. Without arguments only the `last` part can be cut."""
    arguments = "".join(call.fragments).strip()
    if not arguments:
        return call.index == last
    try:
        return not isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        return True
