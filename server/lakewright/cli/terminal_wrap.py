"""Reasoning as dim lines: words are wrapped as they come, only the last line can still change."""

from rich.cells import cell_len, chop_cells

from lakewright.cli.terminal_screen import Line


class DimWrap:
    """Feed it text; it returns the lines that are full. `width` in cells."""

    def __init__(self) -> None:
        self._rest = ""

    @property
    def rest(self) -> str:
        """The text of the line that isn't full yet."""
        return self._rest

    def feed(self, text: str, width: int) -> list[str]:
        *paragraphs, rest = (self._rest + text.expandtabs(4)).split("\n")
        full = [line for paragraph in paragraphs for line in _wrap(paragraph, width)]
        *more, self._rest = _wrap(rest, width)
        return full + more

    def end(self) -> list[str]:
        """What is left becomes a line."""
        rest, self._rest = self._rest, ""
        return [rest.rstrip()] if rest.strip() else []


def dim(text: str, *, cells: int | None = None) -> Line:
    """`text` as a dim line, cut to `cells`."""
    shown = text if cells is None or cell_len(text) <= cells else _cut(text, cells)
    return Line(f"\x1b[2m{shown}\x1b[0m" if shown else "", cell_len(shown))


def dim_lines(text: str, width: int) -> list[Line]:
    """One line of `text` as so many dim ones as it takes."""
    return [dim(line) for line in _wrap(text.expandtabs(4), width)]


def plain_lines(text: str, width: int) -> list[Line]:
    """Likewise, without dimming."""
    return [Line(line, cell_len(line)) for line in _wrap(text.expandtabs(4), width)]


def _cut(text: str, cells: int) -> str:
    return chop_cells(text, cells - 1)[0] + "…"


def _wrap(paragraph: str, width: int) -> list[str]:
    """Lines of at most `width` cells; the last one is as it stands, blanks at its end included."""
    lines: list[str] = []
    while True:
        head = paragraph[: width + 1]
        if len(paragraph) == len(head) and cell_len(head) <= width:
            return [*lines, paragraph]
        at = _break(head, width)
        lines.append(paragraph[:at].rstrip())
        paragraph = paragraph[at:].lstrip(" ")


def _break(head: str, width: int) -> int:
    """Where a line that begins with `head` ends: at its last blank, or in a word without one."""
    fitting = len(chop_cells(head, width)[0])
    if head[fitting : fitting + 1] == " ":
        return fitting
    space = head.rfind(" ", 0, fitting)
    return space if head[: max(space, 0)].strip() else fitting
