"""The text format on a terminal: reasoning dim as it comes, the answer as Markdown, what it waits for.

Standard output and error are each a terminal or not; what isn't one gets the plain text.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

from lakewright.agent.events import Phase, PhaseChanged, RunEvent
from lakewright.cli.options import AnswerPlace
from lakewright.cli.plain_text import PlainAnswer, PlainAside, plain_answer
from lakewright.cli.result_out import result_lines, write_result
from lakewright.cli.status_line import FRAMES_A_SECOND, StatusLine
from lakewright.cli.terminal_parts import Page, TerminalAnswer, TerminalAside
from lakewright.cli.terminal_screen import Line, Screen, Size, size_of
from lakewright.cli.terminal_stream import TextStream
from lakewright.cli.terminal_wrap import dim
from lakewright.tasks.outcome import Outcome

_TICKS_BEFORE_IMPORT = 2
"""So many ticks of waiting pass before rich is imported: by then the request is on its way."""


class TerminalOutput:
    """At least one of `out` and `err` is a terminal; if both are, it is the same one."""

    def __init__(
        self,
        out: TextIO,
        err: TextIO,
        *,
        reasoning: bool,
        verbose: int,
        answer: AnswerPlace = "out",
        clock: Callable[[], float] = time.monotonic,
        size: Callable[[], Size] | None = None,
    ) -> None:
        terminal = err if err.isatty() else out
        stream = TextStream(terminal)
        self._status = StatusLine(clock)
        self._screen = Screen(stream, live=self._live, size=size or (lambda: size_of(terminal)), clock=clock)
        self._page = page = Page(self._screen)
        self._out = out
        self._own = stream if terminal is out else TextStream(out)
        """Of standard output."""
        self._answer: TerminalAnswer | PlainAnswer = plain_answer(out, err, answer)
        if answer == "out" and out.isatty():
            self._answer = TerminalAnswer(page, self._own, alone=terminal is out)
        elif answer == "err" and terminal is err:
            self._answer = TerminalAnswer(page, stream, alone=False)
        self._aside: TerminalAside | PlainAside = PlainAside(err, reasoning=reasoning, verbose=verbose)
        if terminal is err:
            self._aside = TerminalAside(page, stream, reasoning=reasoning, verbose=verbose)
        self._waited = 0
        self._waits = False

    def show(self, event: RunEvent) -> None:
        """Take an event; what it changes is drawn at once, or with a frame that is due soon."""
        if isinstance(event, PhaseChanged):
            self._waits = event.phase in (Phase.WAITING, Phase.THINKING)
        self._status.see(event)
        self._aside.show(event)
        self._answer.show(event)
        self._screen.refresh()

    def finish(self, outcome: Outcome, closing: Sequence[str] = ()) -> None:
        """Leave what is final and the last line; the cursor stands at the beginning of a line."""
        unfinished = ""
        if isinstance(self._answer, TerminalAnswer):
            self._answer.finish()
        else:
            unfinished = self._answer.unfinished
        try:
            if self._out.isatty():
                self._page.add(self._own, "result", result_lines(outcome))
            else:
                write_result(self._out, outcome)
            self._aside.finish(outcome, unfinished=unfinished, closing=closing)
        finally:  # also when nobody takes the diff
            self._screen.close()

    async def tick_forever(self) -> None:
        """Keep the status line going until cancelled. A closed reader ends it; `show` meets it, too."""
        with suppress(BrokenPipeError):
            while True:
                await asyncio.sleep(1 / FRAMES_A_SECOND)
                self.tick()

    def tick(self) -> None:
        """Draw what has changed, be it only the time."""
        self._screen.refresh()
        if not self._waits or not isinstance(self._answer, TerminalAnswer):
            return
        self._waited += 1
        if self._waited == _TICKS_BEFORE_IMPORT:
            self._answer.renderer()

    def _live(self, width: int, rows: int) -> list[Line]:
        above = self._aside.live(width) if isinstance(self._aside, TerminalAside) else []
        room = width - 3  # `^C` is echoed behind it
        status = self._status.text(room)
        below = [dim(status, cells=room)] if status else []
        left = rows - len(above) - len(below)
        block = self._answer.live(width, left) if isinstance(self._answer, TerminalAnswer) else []
        return above + block + below
