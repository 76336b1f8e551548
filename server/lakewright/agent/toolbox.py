"""Run the calls of one turn and answer each of them, in the order of the calls."""

import asyncio
import json
import logging
import math
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lakewright.agent.events import Phase, PhaseChanged, Sink, ToolAnswered, ToolCalled
from lakewright.agent.record import CallRecord
from lakewright.core.messages import ToolMessage
from lakewright.core.parts import ToolCall, ToolResult
from lakewright.errors import LakewrightError, ToolFailedError
from lakewright.tools.base import Tool
from lakewright.workspace.files import Workspace

logger = logging.getLogger(__name__)
logger.addHandler(logging.NullHandler())  # else Python itself prints errors, into the answer's terminal

AT_ONCE = 16
"""Calls of one turn that run side by side: each may take a thread."""

_BODIES = frozenset({"content"})
"""Arguments that hold text of files."""

TOOL_SECONDS = 60.0
"""The longest a single call may take; tools have shorter limits of their own."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools a run offers, and the workspace they read."""

    tools: tuple[Tool, ...]
    workspace: Workspace

    async def answer(self, calls: Sequence[ToolCall], records: list[CallRecord], sink: Sink) -> ToolMessage:
        """Run all calls, side by side where none of them changes anything. A failed call is an
        answer for the model, never an exception; cancelling leaves none running.
        """
        prepared = [(call, *self._prepare(call)) for call in calls]
        for call, _, arguments in prepared:
            records.append(CallRecord(call.id, call.name, arguments or {}))
            sink(ToolCalled(call.id, call.name, arguments or {}))
        first = len(records) - len(calls)

        room = asyncio.Semaphore(AT_ONCE)

        async def run_one(position: int, call: ToolCall, tool: Tool | None, arguments: object) -> ToolResult:
            async with room:
                sink(PhaseChanged(Phase.TOOLS, describe_call(call.name, records[first + position].arguments)))
                result, served = await self._run(call, tool, arguments)
            records[first + position].is_error = result.is_error
            records[first + position].unserved = "" if served else result.content
            sink(ToolAnswered(call.id, result.is_error, result.content if result.is_error else ""))
            return result

        if any(tool.mutates for _, tool, _ in prepared if tool is not None):
            return ToolMessage(tuple([await run_one(at, *item) for at, item in enumerate(prepared)]))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run_one(at, *item)) for at, item in enumerate(prepared)]
        return ToolMessage(tuple(task.result() for task in tasks))

    def _prepare(self, call: ToolCall) -> tuple[Tool | None, Mapping[str, object] | None]:
        tool = next((tool for tool in self.tools if tool.spec.name == call.name), None)
        return tool, parse_arguments(call.arguments)

    async def _run(self, call: ToolCall, tool: Tool | None, arguments: object) -> tuple[ToolResult, bool]:
        """The result, and whether it is the tool's own."""
        if tool is None:
            offered = ", ".join(tool.spec.name for tool in self.tools)
            said = f"There is no tool named {call.name!r}. The tools are: {offered}."
        elif not isinstance(arguments, Mapping):
            said = f"The arguments of {call.name} are not one JSON object. Send the call again, complete."
        else:
            try:
                async with asyncio.timeout(TOOL_SECONDS):
                    return ToolResult(call.id, await tool.run(arguments, self.workspace)), True
            except ToolFailedError as error:
                return _refusal(call, str(error)), True
            except Exception as error:  # noqa: BLE001 - a defect in one tool must not cost the user the run
                said = _told(call, error)
        return _refusal(call, said), False


def parse_arguments(text: str) -> Mapping[str, object] | None:
    """A call's arguments, or None where they aren't one JSON object. `NaN` and numbers that no double holds
    are no JSON: who is told of the call couldn't read them.
    """
    try:
        arguments = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def describe_call(name: str, arguments: Mapping[str, object]) -> str:
    """One short line for people: `read_file src/tax.py`; what is to be written isn't part of it."""
    values = [
        str(value)
        for key, value in arguments.items()
        if isinstance(value, str | int) and value != "" and key not in _BODIES
    ]
    return " ".join([name, *values])[:100]


def _told(call: ToolCall, error: Exception) -> str:
    match error:
        case LakewrightError():
            return error.message
        case TimeoutError():
            return f"{call.name} took longer than {TOOL_SECONDS:.0f} seconds and was stopped."
        case _:
            # Not its text: it may quote what the tool read.
            logger.error("tool %s failed with %s at %s", call.name, type(error).__name__, _place(error))
            return f"{call.name} failed inside. Go on without it."


def _place(error: Exception) -> str:
    """File and line where it was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def _refusal(call: ToolCall, message: str) -> ToolResult:
    return ToolResult(call.id, message, is_error=True)
