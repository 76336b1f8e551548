"""Calls as people and tasks see them: one line each, and whether a tool took them."""

import asyncio
from collections.abc import Mapping

import pytest

from lakewright.agent import toolbox as toolbox_module
from lakewright.agent.record import CallRecord
from lakewright.agent.toolbox import Toolbox, describe_call
from lakewright.core.parts import ToolCall
from lakewright.errors import InputError, ToolFailedError
from lakewright.workspace.files import Workspace
from support_agent import FunctionTool


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        ("read_file", {"path": "src/tax.py", "startLine": 3}, "read_file src/tax.py 3"),
        ("edit_file", {"path": "a.py", "edits": [{"search": "x", "replace": "y"}]}, "edit_file a.py"),
        ("create_file", {"path": "a.py", "content": "x = 1\n"}, "create_file a.py"),
    ],
)
def test_a_call_is_one_line(name: str, arguments: Mapping[str, object], line: str) -> None:
    """Paths and numbers are shown; text that is to be written isn't."""
    assert describe_call(name, arguments) == line


async def _refuse(arguments: Mapping[str, object]) -> str:
    raise ToolFailedError("no such file")


async def _fail(arguments: Mapping[str, object]) -> str:
    raise InputError("no such file")


async def _hang(arguments: Mapping[str, object]) -> str:
    await asyncio.Event().wait()
    return ""


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (ToolCall("a", "refuse", "{}"), ""),
        (ToolCall("a", "fail", "{}"), "no such file"),
        (ToolCall("a", "hang", "{}"), "took longer"),
        (ToolCall("a", "refuse", '{"path":'), "not one JSON object"),
        (ToolCall("a", "refuse", '{"line": NaN}'), "not one JSON object"),
        (ToolCall("a", "refuse", '{"line": -1e999}'), "not one JSON object"),
        (ToolCall("a", "other", "{}"), "There is no tool"),
    ],
)
async def test_what_no_tool_took_is_known(
    call: ToolCall, told: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal is the tool's own word; anything else that failed is on record with what was said."""
    monkeypatch.setattr(toolbox_module, "TOOL_SECONDS", 0.01)
    tools = (FunctionTool("refuse", _refuse), FunctionTool("fail", _fail), FunctionTool("hang", _hang))
    records: list[CallRecord] = []
    message = await Toolbox(tools, workspace).answer([call], records, print)
    assert message.results[0].is_error
    assert records[0].is_error
    assert (told in records[0].unserved) if told else not records[0].unserved
