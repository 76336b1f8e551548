"""One message of JSON-RPC 2.0 from its bytes (a request, a notification or an answer, or why it is none), and
to its bytes.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

RequestId = str | int


class NotJsonRpcError(Exception):
    """`str` says what is wrong, `code` is JSON-RPC's for it; `request_id` is the id if it can be made out."""

    def __init__(self, code: int, reason: str, request_id: RequestId | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.request_id = request_id


PARSE_ERROR, INVALID_REQUEST = -32700, -32600

LARGE = 100_000
"""Characters from which on a message takes a millisecond to be put together."""

_NODE = 10  # characters that a value takes beside its text


@dataclass(frozen=True, slots=True)
class Message:
    """`method` is None for an answer, `id` for a notification; `data` is the whole message."""

    data: dict[str, Any]
    method: str | None
    id: RequestId | None


def read_message(body: bytes) -> Message:
    """Raises NotJsonRpcError."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise NotJsonRpcError(PARSE_ERROR, "The message is not JSON.") from None
    if not isinstance(data, dict):
        raise NotJsonRpcError(INVALID_REQUEST, "The message is not one object; LSP has no batches.")
    request_id = data.get("id")
    is_id = isinstance(request_id, str | int) and not isinstance(request_id, bool)
    if ("id" in data) != is_id:
        raise NotJsonRpcError(INVALID_REQUEST, "The id is neither a string nor a whole number.")
    if data.get("jsonrpc") != "2.0":
        raise NotJsonRpcError(INVALID_REQUEST, "The message is not JSON-RPC 2.0.", request_id)
    method = data.get("method")
    if "method" in data and not isinstance(method, str):
        raise NotJsonRpcError(INVALID_REQUEST, "The method is no string.", request_id)
    if method is None and (request_id is None or not {"result", "error"} & data.keys()):
        raise NotJsonRpcError(INVALID_REQUEST, "The message has neither method nor result.", request_id)
    return Message(data, method, request_id)


def written(data: Any, default: Callable[[Any], Any]) -> bytes:
    """The message with its header. Raises TypeError, ValueError or RecursionError for what is no JSON."""
    encoder = json.JSONEncoder(default=default, allow_nan=False)
    # Python's own encoder lets other threads have their turn; the one in C doesn't before it is through.
    body = ("".join(encoder.iterencode(data)) if is_large(data) else encoder.encode(data)).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def is_large(data: Any) -> bool:
    """Whether JSON is `LARGE`, found out without going through all of it."""
    size, left = 0, [data]
    while left and size < LARGE:
        value = left.pop()
        size += _NODE
        if isinstance(value, str):
            size += len(value)
        elif isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list | tuple):
            left.extend(value[: LARGE // _NODE])
    return size >= LARGE
