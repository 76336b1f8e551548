"""A run's sink before the output: what goes wrong with the reader ends the run instead of failing in it."""

import asyncio
from collections.abc import Callable
from typing import Any

from lakewright.agent.events import Note, RunEvent, RunStarted, ToolAnswered, ToolCalled
from lakewright.cli.output import Output
from lakewright.errors import LakewrightError

WhyRefused = Callable[[str], str | None]
"""The reason why the guard keeps a path from the model, None where it doesn't."""


class RunSink:
    """`is_closed` once the reader has gone; `failure` when the output can't be written at all."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._paths: dict[str, str] = {}
        self.is_closed = False
        self.failure: LakewrightError | None = None
        self.has_started = False
        self.run: asyncio.Task[Any] | None = None
        self.why_refused: WhyRefused | None = None
        """Set where a person wants to know it (`-v`)."""

    def __call__(self, event: RunEvent) -> None:
        if self.is_closed or self.failure is not None:
            return
        try:
            self._output.show(event)
            reason = self._refusal(event)
            if reason is not None:
                self._output.show(Note(reason))
        except BrokenPipeError:
            self.close()
        except LakewrightError as error:
            self.failure = error
            self._end()
        self.has_started = self.has_started or isinstance(event, RunStarted)

    def close(self) -> None:
        """The reader has gone: nobody wants to know the rest."""
        self.is_closed = True
        self._end()

    async def tick(self) -> None:
        """Let a terminal show how long it waits."""
        tick_forever = getattr(self._output, "tick_forever", None)
        if tick_forever is not None:
            await tick_forever()

    def _end(self) -> None:
        if self.run is not None:
            self.run.cancel()

    def _refusal(self, event: RunEvent) -> str | None:
        match event:
            case ToolCalled(call_id, arguments=arguments) if isinstance(path := arguments.get("path"), str):
                self._paths[call_id] = path
            case ToolAnswered(call_id, is_error=True) if self.why_refused and call_id in self._paths:
                path = self._paths[call_id]
                reason = self.why_refused(path)
                return f"{path}: {reason}" if reason else None
        return None
