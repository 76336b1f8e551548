"""Prompt size and prompt caching: which marked prefix of a request the service had seen before."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lakewright.sandbox.tokens import IMAGE_TOKENS, count_text

_LOOKBACK = 20
"""Blocks before a mark in which an earlier prefix is still found (Anthropic's rule)."""

_OVERHEAD = 3
"""Tokens that stand around each block."""


@dataclass(frozen=True, slots=True)
class PromptCount:
    """Tokens of a prompt. `read` and `created` are None when no mark took part."""

    prompt: int
    read: int | None = None
    created: int | None = None

    def usage(self, completion: int) -> dict[str, int]:
        """The usage object; the prompt's count holds the cached tokens, too."""
        usage = {
            "prompt_tokens": self.prompt,
            "completion_tokens": completion,
            "total_tokens": self.prompt + completion,
        }
        if self.read is not None and self.created is not None:
            usage |= {
                "cache_read_input_tokens": self.read,
                "cache_creation_input_tokens": self.created,
            }
        return usage


@dataclass(frozen=True, slots=True)
class _Boundary:
    """Where a block ends: hash and tokens of all that stands before, and whether it is marked."""

    digest: bytes
    tokens: int
    marked: bool


class PromptCache:
    """Prefixes that were written, by model. `least` is the smallest prefix worth keeping, in tokens."""

    def __init__(self, *, least: int) -> None:
        self._least = least
        self._written: set[tuple[str, bytes]] = set()

    def count(self, family: str, body: Mapping[str, Any]) -> PromptCount:
        """Count a prompt; its marked prefixes are known from then on."""
        boundaries = list(_boundaries(body))
        prompt = boundaries[-1].tokens
        marks = [number for number, boundary in enumerate(boundaries) if boundary.marked]
        if not marks:
            return PromptCount(prompt)
        read = max((self._found(family, boundaries, mark) for mark in marks), default=0)
        kept = [boundaries[mark] for mark in marks if boundaries[mark].tokens >= self._least]
        for boundary in kept:
            self._written.add((family, boundary.digest))
        last = kept[-1].tokens if kept else 0
        return PromptCount(prompt, read, max(0, last - read))

    def _found(self, family: str, boundaries: list[_Boundary], mark: int) -> int:
        for boundary in reversed(boundaries[max(0, mark - _LOOKBACK) : mark + 1]):
            if (family, boundary.digest) in self._written:
                return boundary.tokens
        return 0


def _boundaries(body: Mapping[str, Any]) -> Iterator[_Boundary]:
    running = hashlib.sha256()
    tokens = 0
    for text, extra, marked in _blocks(body):
        running.update(len(text).to_bytes(8, "big") + text.encode("utf-8", "surrogatepass"))
        tokens += count_text(text) + extra + _OVERHEAD
        yield _Boundary(running.digest(), tokens, marked)


def _blocks(body: Mapping[str, Any]) -> Iterator[tuple[str, int, bool]]:
    """Text, extra tokens and mark of each block in the order of the model's prompt."""
    for tool in body.get("tools", ()):
        yield json.dumps(tool["function"], sort_keys=True), 0, "cache_control" in tool
    messages = body["messages"]
    for message in sorted(messages, key=lambda message: message["role"] != "system"):
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content or ()
        for block in blocks:
            yield _text_of(message["role"], block), _extra(block), "cache_control" in block
        for call in message.get("tool_calls") or ():
            yield json.dumps(call, sort_keys=True), 0, False


def _text_of(role: str, block: Mapping[str, Any]) -> str:
    match block["type"]:
        case "text":
            return f"{role}\n{block['text']}"
        case "reasoning":
            return "".join(str(item.get("text", "")) for item in block["summary"])
        case _:
            return f"{role}\n{hashlib.sha256(json.dumps(block).encode()).hexdigest()}"


def _extra(block: Mapping[str, Any]) -> int:
    return IMAGE_TOKENS if block["type"] in ("image_url", "file") else 0
