"""The answer every client is measured with: a stream in the shape that Databricks records for Claude.

Three fifths reasoning in content arrays with one late signature, then text in strings; usage on every
chunk, the whole of it only on the last, which is empty. One event per HTTP chunk, as the service sends it.
"""

import json
from collections.abc import Iterator
from typing import Any

STAMP = b"<0000000000000000000>"
"""Where a paced stream carries the host's monotonic clock, in nanoseconds, in each text."""

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"

_WORDS = (
    "the order's total",
    " is rounded",
    " once per line,",
    " not once",
    " per order;\n",
    ' `tax("DE")`',
    " reads the rate",
    " from a table —",
    " naïve, but",
    " linear in n.\n\n",
    "* returns early",
    " when empty",
)
_SIGNATURE = "EqoBCkgIBxABGAIqQ" + "L7xZ9v+Kq3/" * 40 + "=="
_PROMPT_TOKENS = 4982


def events(chunks: int, *, stamped: bool = False) -> Iterator[bytes]:
    """The stream's HTTP chunks: `chunks` of them with reasoning (the signature is the last of these)
    or text, then the empty one that ends the answer, then `[DONE]`. `stamped` begins each text with STAMP.
    """
    reasoning = chunks * 3 // 5
    stamp = STAMP.decode() if stamped else ""
    for number in range(chunks):
        word = stamp + _WORDS[number % len(_WORDS)]
        if number < reasoning - 1:
            yield _http_chunk(_event(_summary(word, "")))
        elif number == reasoning - 1:
            yield _http_chunk(_event(_summary("", _SIGNATURE)))
        else:
            yield _http_chunk(_event(word))
    yield _http_chunk(_event("", finish_reason="stop", completion_tokens=chunks))
    yield _http_chunk(b"[DONE]")


def _summary(text: str, signature: str) -> list[dict[str, Any]]:
    summary = {"type": "summary_text", "text": text, "signature": signature}
    return [{"type": "reasoning", "summary": [summary]}]


def _event(
    content: object, *, finish_reason: str | None = None, completion_tokens: int | None = None
) -> bytes:
    total = None if completion_tokens is None else _PROMPT_TOKENS + completion_tokens
    event = {
        "model": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "choices": [
            {
                "delta": {"role": "assistant", "content": content},
                "index": 0,
                "finish_reason": finish_reason,
            }
        ],
        "usage": {
            "prompt_tokens": _PROMPT_TOKENS,
            "completion_tokens": completion_tokens,
            "total_tokens": total,
        },
        "object": "chat.completion.chunk",
        "id": "msg_bdrk_01Xw8sQ4vT7mBn2LkRpYzHdE",
        "created": 1795219200,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _http_chunk(data: bytes) -> bytes:
    body = b"data: " + data + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(body), body)
