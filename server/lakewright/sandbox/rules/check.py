"""All rules in the order in which the service complains, and what a request means once it passed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakewright.sandbox.models import ModelRow
from lakewright.sandbox.refusal import bad_request, invalid
from lakewright.sandbox.rules.messages import check_messages
from lakewright.sandbox.rules.parameters import check_parameters, max_tokens_of
from lakewright.sandbox.rules.shapes import ROLES, check_shape
from lakewright.sandbox.rules.thinking import ThinkingUse, thinking_use


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that passed: what the answer may be."""

    use: ThinkingUse
    max_tokens: int
    stop: tuple[str, ...]


def check_roles(body: Mapping[str, Any]) -> None:
    """The first look, by Databricks itself: is it a conversation of known roles at all?"""
    messages = body.get("messages")
    if not isinstance(messages, list):
        return
    for message in messages:
        if isinstance(message, dict) and message.get("role") not in ROLES:
            raise bad_request("Invalid role in the chat message")


def check_request(body: Mapping[str, Any], row: ModelRow) -> Accepted:
    """Unknown keys, then parameters, then messages. Raises Refusal."""
    check_shape(body, row.dropped)
    if not body["messages"]:
        raise invalid("messages: at least one message is required")
    check_parameters(body, row)
    check_messages(body, row)
    stop = body.get("stop", ())
    return Accepted(
        thinking_use(body, row), max_tokens_of(body), (stop,) if isinstance(stop, str) else tuple(stop)
    )


def check_context(prompt_tokens: int, accepted: Accepted, row: ModelRow) -> None:
    """The window holds prompt and answer. Raises Refusal."""
    if prompt_tokens > row.window:
        raise bad_request(f"prompt is too long: {prompt_tokens} tokens > {row.window} maximum")
    if prompt_tokens + accepted.max_tokens > row.window:
        raise invalid(
            f"input length and `max_tokens` exceed context limit: {prompt_tokens} + {accepted.max_tokens} >"
            f" {row.window}, decrease input length or `max_tokens` and try again"
        )
