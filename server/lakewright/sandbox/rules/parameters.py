"""Rules about parameters that depend on the model or on each other."""

import re
from collections.abc import Mapping
from typing import Any

from lakewright.sandbox.models import ModelRow
from lakewright.sandbox.refusal import bad_request, invalid
from lakewright.sandbox.rules.thinking import check_thinking, forces_tool

DEFAULT_MAX_TOKENS = 4096
"""What an endpoint takes when a request has no `max_tokens`."""

_MAX_TOOLS = 32
_MAX_MARKS = 4
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SAMPLING = ("temperature", "top_p", "top_k")


def max_tokens_of(body: Mapping[str, Any]) -> int:
    """The request's limit on the answer, thinking included."""
    return int(body.get("max_tokens") or body.get("max_completion_tokens") or DEFAULT_MAX_TOKENS)


def check_parameters(body: Mapping[str, Any], row: ModelRow) -> None:
    """Raises Refusal for what this model doesn't take."""
    if not row.sampling:
        for name in _SAMPLING:
            if name in body:
                raise bad_request(f"Model {row.served} does not support the {name} parameter.")
    limit = max_tokens_of(body)
    if limit > row.max_output:
        raise invalid(
            f"max_tokens: {limit} > {row.max_output}, which is the maximum allowed number of output tokens"
            f" for {row.served}"
        )
    check_thinking(body, row, max_tokens=limit)
    _check_tools(body)
    _check_choice(body, row)
    _check_marks(body)


def _check_tools(body: Mapping[str, Any]) -> None:
    tools = body.get("tools", [])
    if len(tools) > _MAX_TOOLS:
        raise bad_request(f"tools: List should have at most {_MAX_TOOLS} items, not {len(tools)}")
    names = [tool["function"]["name"] for tool in tools]
    for number, name in enumerate(names):
        if not _TOOL_NAME.fullmatch(name):
            pattern = "^[a-zA-Z0-9_-]{1,64}$"
            raise invalid(f"tools.{number}.function.name: String should match pattern '{pattern}'")
    if len(set(names)) != len(names):
        raise invalid("tools: Tool names must be unique.")
    for number, tool in enumerate(tools):
        parameters = tool["function"].get("parameters")
        if parameters and (not isinstance(parameters, dict) or parameters.get("type") != "object"):
            raise invalid(f"tools.{number}.function.parameters.type: Input should be 'object'")


def _check_choice(body: Mapping[str, Any], row: ModelRow) -> None:
    choice = body.get("tool_choice")
    if choice in (None, "none"):
        return
    names = {tool["function"]["name"] for tool in body.get("tools", [])}
    if not names:
        raise invalid("`tool_choice` may only be specified while providing `tools`.")
    if isinstance(choice, dict) and choice["function"]["name"] not in names:
        raise invalid(f"tool_choice: Tool '{choice['function']['name']}' not found in provided tools")
    if forces_tool(body) and not row.forced_tool:
        raise invalid("tool_choice that forces tool use is not supported for this model.")


def _check_marks(body: Mapping[str, Any]) -> None:
    marks = sum("cache_control" in tool for tool in body.get("tools", []))
    for message in body["messages"]:
        content = message.get("content")
        if isinstance(content, list):
            marks += sum("cache_control" in block for block in content)
    if marks > _MAX_MARKS:
        raise invalid(f"A maximum of {_MAX_MARKS} blocks with cache_control may be provided. Found {marks}.")
