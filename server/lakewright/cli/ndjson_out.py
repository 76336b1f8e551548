"""`--format ndjson`: one event a line as it happens, the result object last."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

from lakewright.agent.events import (
    AnswerText,
    Note,
    ReasoningText,
    Retried,
    RunEvent,
    RunStarted,
    ToolAnswered,
    ToolCalled,
    UsageChanged,
)
from lakewright.cli.json_out import write_note
from lakewright.errors import LakewrightError
from lakewright.tasks.outcome import Outcome, usage_json

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class NdjsonOutput:
    """Lines are written as they come and flushed once a round of the event loop: what one read of
    the network brought leaves in one write.
    """

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = out
        self._err = err
        self._flush_asked = False

    def show(self, event: RunEvent) -> None:
        if isinstance(event, Note):
            write_note(self._err, event)
            return
        line = _line(event)
        if line is None:
            return
        self._out.write(_encode(line) + "\n")
        if not self._flush_asked:
            self._flush_asked = True
            with suppress(RuntimeError):  # no loop: the run failed before it began; `finish` flushes
                asyncio.get_running_loop().call_soon(self._flush)

    def finish(self, outcome: Outcome, closing: Sequence[str] = ()) -> None:  # noqa: ARG002 - for people
        self._out.write(_encode({"event": "result", **outcome.to_json()}) + "\n")
        self._out.flush()

    def _flush(self) -> None:
        self._flush_asked = False
        with suppress(BrokenPipeError, LakewrightError):  # the next write meets it, where it ends the run
            self._out.flush()


def _line(event: RunEvent) -> dict[str, object] | None:
    match event:
        case ReasoningText(text):
            line: dict[str, object] | None = {"event": "reasoning", "text": text}
        case AnswerText(text):
            line = {"event": "text", "text": text}
        case RunStarted(run, command):
            line = {"event": "started", "run": run, "command": command}
        case ToolCalled(call_id, name, arguments):
            line = {"event": "tool_call", "id": call_id, "name": name, "arguments": arguments}
        case ToolAnswered(call_id, is_error):
            line = {"event": "tool_result", "id": call_id, "isError": is_error}
        case Retried(reason, delay, restart):
            line = {"event": "retry", "reason": reason, "delaySeconds": delay, "restart": restart}
        case UsageChanged(usage, requests):
            line = {"event": "usage", **usage_json(usage, requests)}
        case _:
            line = None
    return line
