"""The two voices of a run on a terminal: the answer as Markdown, and all that is said beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakewright.agent.events import AnswerText, ReasoningText, Retried, RunEvent, TurnEnded
from lakewright.cli.markdown_blocks import MarkdownBlocks
from lakewright.cli.plain_text import UNFINISHED
from lakewright.cli.result_out import NOT_WRITTEN, diff_lines, refused_text
from lakewright.cli.sanitize import visible, visible_line
from lakewright.cli.terminal_screen import Line, Screen
from lakewright.cli.terminal_stream import TextStream
from lakewright.cli.terminal_words import Narrator, last_line
from lakewright.cli.terminal_wrap import DimWrap, dim, dim_lines, plain_lines
from lakewright.tasks.outcome import Outcome

if TYPE_CHECKING:
    from lakewright.cli.terminal_render import Renderer

_WIDEST_REASONING = 100


class Page:
    """Final lines in sections of one kind, apart by a blank line."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self._section = ""

    def add(self, stream: TextStream, section: str, lines: list[Line], *, apart: bool = False) -> None:
        """Print the lines; a blank one before them where a section begins, or always when `apart`."""
        if not lines:
            return
        if self.is_apart(section, apart=apart):
            self.screen.print(stream, "")
        self._section = section
        for line in lines:
            self.screen.print(stream, line.text)

    def is_apart(self, section: str, *, apart: bool = False) -> bool:
        return bool(self._section) and (apart or section != self._section)


class TerminalAnswer:
    """Finished blocks are printed for good; the one at hand is drawn in the region below.

    `alone` is whether nothing else is on this terminal, so that a restart has to be said here.
    """

    def __init__(self, page: Page, stream: TextStream, *, alone: bool) -> None:
        self._page = page
        self._stream = stream
        self._alone = alone
        self._blocks = MarkdownBlocks()
        self._renderer: Renderer | None = None
        self._unfinished = False
        self._drawn: tuple[tuple[str, int, int], list[Line]] = (("", 0, 0), [])

    def show(self, event: RunEvent) -> None:
        match event:
            case AnswerText(text):
                self._unfinished = self._unfinished or not text.isspace()
                self._print(self._blocks.feed(visible(text)))
            case TurnEnded():
                self._print(self._blocks.end())
                self._unfinished = False
            case Retried(restart=True):
                self._blocks = MarkdownBlocks()
                self._unfinished = False
                if self._alone:
                    lines = dim_lines(started_again(event), self._page.screen.width)
                    self._page.add(self._stream, "events", lines)
            case _:
                pass

    def finish(self) -> None:
        """Print what a turn that never ended had said, and that it is unfinished."""
        self._print(self._blocks.end())
        if self._unfinished:
            self._page.add(self._stream, "unfinished", [dim(UNFINISHED)])

    def live(self, width: int, rows: int) -> list[Line]:
        """The end of the block at hand, at most `rows` lines with the blank one before it."""
        rest = self._blocks.rest
        if not rest.strip() or rows < 2:
            return []
        key = (rest, width, rows)
        if self._drawn[0] != key:
            self._drawn = (key, self.renderer().tail(rest, width, rows - 1))
        blank = [Line("", 0)] if self._page.is_apart("answer", apart=True) else []
        return blank + self._drawn[1]

    def renderer(self) -> "Renderer":
        """Rich's Markdown takes a tenth of a second to import: once, and not before it is needed."""
        if self._renderer is None:
            from lakewright.cli.terminal_render import Renderer  # noqa: PLC0415 - see the docstring

            self._renderer = Renderer()
        return self._renderer

    def _print(self, blocks: list[str]) -> None:
        for block in blocks:
            lines = self.renderer().block(block, self._page.screen.width)
            self._page.add(self._stream, "answer", lines, apart=True)


class TerminalAside:
    """Reasoning as it comes, calls, retries and notes, and what the run took: all of it dim."""

    def __init__(self, page: Page, stream: TextStream, *, reasoning: bool, verbose: int) -> None:
        self._page = page
        self._stream = stream
        self._reasoning = reasoning
        self._verbose = verbose
        self._narrator = Narrator(verbose=verbose)
        self._wrap = DimWrap()
        self._begins = True

    def show(self, event: RunEvent) -> None:
        match event:
            case ReasoningText(text):
                if self._reasoning:
                    self._think(visible(text))
            case Retried(restart=True):
                self._wrap = DimWrap()
                self._say(started_again(event))
            case AnswerText() | TurnEnded():
                self._end_line()
            case _:
                self._say(self._narrator.line(event))
        if isinstance(event, TurnEnded | Retried):
            self._begins = True

    def finish(self, outcome: Outcome, *, unfinished: str, closing: Sequence[str] = ()) -> None:
        """`unfinished` is what a turn that never ended had said, where it isn't on this terminal yet."""
        self._end_line()
        if unfinished.strip():
            lines = [Line(line, 0) for line in unfinished.split("\n")]
            self._page.add(self._stream, "unfinished", [*lines, dim(UNFINISHED)])
        refused = refused_text(outcome)
        if refused:
            self._page.add(self._stream, "refused", [*diff_lines(refused), dim(NOT_WRITTEN)])
        width = self._page.screen.width
        self._page.add(self._stream, "closing", [row for line in closing for row in plain_lines(line, width)])
        line = last_line(outcome, verbose=self._verbose)
        if line is not None:
            self._page.add(self._stream, "last", dim_lines(line, width))

    def live(self, width: int) -> list[Line]:
        """The line of reasoning that isn't full yet."""
        if not self._wrap.rest.strip():
            return []
        blank = [Line("", 0)] if self._page.is_apart("reasoning") else []
        return [*blank, dim(self._wrap.rest, cells=width)]

    def _think(self, text: str) -> None:
        if self._begins:
            text = text.lstrip("\n")
            self._begins = not text
        width = min(self._page.screen.width, _WIDEST_REASONING)
        self._page.add(self._stream, "reasoning", [dim(line) for line in self._wrap.feed(text, width)])

    def _end_line(self) -> None:
        self._page.add(self._stream, "reasoning", [dim(line) for line in self._wrap.end()])

    def _say(self, line: str | None) -> None:
        if line is not None:
            self._end_line()
            self._page.add(self._stream, "events", dim_lines(line, self._page.screen.width))


def started_again(event: Retried) -> str:
    """The one line of a restart: what stands above it in this turn is void."""
    return f"— started again: {visible_line(event.reason.rstrip('.'))} —"
