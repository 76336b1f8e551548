"""Markdown to lines of a terminal, through rich; nothing that the text says is lost or obeyed.

Raw HTML and reference definitions are text here, a link shows its address (and is none that a
terminal would follow), and what rich can't render is shown as its source.
"""

import io
import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len
from rich.console import Console
from rich.markdown import Heading, Markdown
from rich.segment import Segment, Segments
from rich.theme import Theme

from lakewright.cli.sanitize import visible_line
from lakewright.cli.terminal_screen import Line

_WIDEST = 120
"""Columns beyond which prose is hard to read."""

_HIGHLIGHTED_LINES = 300
"""Longer code is shown without colours: they take half a millisecond a line, and Ctrl-C would wait."""

_STYLES = {"markdown.code": "bold cyan", "markdown.code_block": "cyan"}
"""Rich's own have a black ground, which is a stain on a light terminal."""

_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")
_TABLE_RULE = re.compile(r"[|:\- \t]*\|[|:\- \t]*$")


class _LeftHeading(Heading):
    """Headings begin where the text does."""

    LEVEL_ALIGN = {}  # noqa: RUF012 - the base class's own declaration


class _Markdown(Markdown):
    elements = {**Markdown.elements, "heading_open": _LeftHeading}  # noqa: RUF012 - as in the base class


class Renderer:
    """Renders blocks in the colours that the terminal has."""

    def __init__(self) -> None:
        self._parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
        self._parser.disable("reference")
        self._written = io.StringIO()
        self._console = Console(
            file=self._written, force_terminal=True, force_interactive=False, theme=Theme(_STYLES)
        )

    def block(self, source: str, width: int) -> list[Line]:
        """The lines of one block, at most `width` cells each, without blank ones around them."""
        width = min(width, _WIDEST)
        try:
            lines = self._lines(source, width)
        except Exception:  # noqa: BLE001 - a defect of the renderer must not cost the user the answer
            lines = [[Segment(line)] for line in source.split("\n")]
        trimmed = [_trimmed(line) for line in lines]
        return [self._line(line) for line in _without_blank_ends(trimmed)]

    def tail(self, source: str, width: int, rows: int) -> list[Line]:
        """The last `rows` lines of a block; only about as much of its source is rendered."""
        return self.block(_tail(source, rows), width)[-rows:]

    def _lines(self, source: str, width: int) -> list[list[Segment]]:
        markdown = _Markdown("")
        markdown.parsed = list(_shown(self._parser.parse(source)))
        options = self._console.options.update(width=width, height=None)
        return self._console.render_lines(markdown, options, pad=False)

    def _line(self, segments: Iterable[Segment]) -> Line:
        shown = [Segment(visible_line(text.expandtabs(4)), style) for text, style, control in segments]
        self._console.print(Segments(shown), end="", soft_wrap=True)
        text = self._written.getvalue()
        self._written.seek(0)
        self._written.truncate()
        return Line(text, sum(cell_len(segment.text) for segment in shown))


def _trimmed(line: Iterable[Segment]) -> list[Segment]:
    """The line without what can't be seen: control segments, and blanks at its end that have no colour."""
    segments = [segment for segment in line if not segment.control]
    while segments:
        text, style, _ = segments.pop()
        kept = text if style is not None and style.bgcolor is not None else text.rstrip(" ")
        if kept:
            segments.append(Segment(kept, style))
            break
    return segments


def _without_blank_ends(lines: list[list[Segment]]) -> list[list[Segment]]:
    filled = [at for at, line in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _shown(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens with links and images as text: `title (address)`."""
    for token in tokens:
        if token.type == "inline" and token.children is not None:
            token.children = list(_without_links(token.children))
        if token.type == "fence" and token.content.count("\n") > _HIGHLIGHTED_LINES:
            token.info = "text"
        yield token


def _without_links(tokens: Iterable[Token]) -> Iterator[Token]:
    address, title = "", ""
    for token in tokens:
        match token.type:
            case "link_open":
                address, title = str(token.attrs.get("href", "")), ""
            case "link_close":
                yield from _address(address, title)
                address = ""
            case "image":
                yield Token("text", "", 0, content=token.content)
                yield from _address(str(token.attrs.get("src", "")), token.content)
            case _:
                title += token.content
                yield token


def _address(address: str, title: str) -> Iterator[Token]:
    """Behind what a link shows, unless it shows its address already."""
    if address and address.removeprefix("mailto:") != title:
        yield Token("text", "", 0, content=f" ({address})" if title else address)


def _tail(source: str, rows: int) -> str:
    """So much of a block's end that it fills the rows: with a fence's first line, a table's head."""
    lines = source.split("\n")
    head = 1 if _FENCE.match(lines[0]) else 2 if len(lines) > 1 and _TABLE_RULE.match(lines[1]) else 0
    if len(lines) <= rows + head:
        return source
    return "\n".join(lines[:head] + lines[-rows:])
