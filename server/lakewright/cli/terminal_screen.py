"""A terminal's last lines: what is final scrolls up, below it a few lines are drawn over and over.

No cursor is hidden, no mode is left on: a run that is killed or suspended leaves a usable terminal.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

from lakewright.cli.terminal_stream import TextStream

FRAME_SECONDS = 1 / 12
"""The shortest time between two frames; final lines wait for the next frame, too."""

_CLEAR_BELOW = "\x1b[J"
_CLEAR_LINE_END = "\x1b[K"
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"
_SMALLEST = (20, 4)
"""Columns and rows below which nothing is drawn that isn't final."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of a terminal, in cells."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its colours, and how many cells it takes."""

    text: str
    cells: int


def size_of(file: TextIO) -> Size:
    """The terminal's size now; 80 x 24 where it doesn't say."""
    try:
        columns, rows = os.get_terminal_size(file.fileno())
    except (OSError, ValueError):
        columns, rows = 0, 0
    return Size(columns or 80, rows or 24)


class Screen:
    """Final lines and the region below them. `live` gives the region's lines for a width and at most
    so many rows; it is asked once a frame. The region is drawn on `stream`; final lines may go to another
    stream of the same terminal.
    """

    def __init__(
        self,
        stream: TextStream,
        *,
        live: Callable[[int, int], Sequence[Line]],
        size: Callable[[], Size],
        clock: Callable[[], float],
    ) -> None:
        self._stream = stream
        self._live = live
        self._size = size
        self._clock = clock
        self._final: list[tuple[TextStream, str]] = []
        self._drawn: list[Line] = []
        self._columns = 0
        self._next_frame = 0.0

    @property
    def width(self) -> int:
        """The columns that a line may fill: one is left free, where some terminals wrap early."""
        return max(self._size().columns, _SMALLEST[0]) - 1

    def print(self, stream: TextStream, text: str) -> None:
        """Add a final line, written with the next frame."""
        self._final.append((stream, text))

    def refresh(self) -> None:
        """Draw a frame when one is due. A slow one puts the next off, so that drawing never takes
        more than a fifth of the time.
        """
        now = self._clock()
        if now >= self._next_frame:
            self._frame(closing=False)
            self._next_frame = now + max(FRAME_SECONDS, 5 * (self._clock() - now))

    def close(self) -> None:
        """Write all final lines and leave nothing of the region."""
        self._frame(closing=True)

    def _frame(self, *, closing: bool) -> None:
        size = self._size()
        region = [] if closing else self._region(size)
        same = region == self._drawn and (size.columns == self._columns or not region)
        if same and not self._final:
            return
        top = self._to_top(size.columns)
        self._drawn, self._columns = region, size.columns
        final, self._final = self._final, []
        if not final:
            self._stream.write(top + _over(region))
            return
        text = top + (_CLEAR_BELOW if top else "")
        stream = self._stream
        for target, line in final:
            if target is not stream:
                stream.write(text)
                stream, text = target, ""
            text += line + "\n"
        if stream is not self._stream:
            stream.write(text)
            text = ""
        self._stream.write(text + (_over(region) if region else ""))

    def _region(self, size: Size) -> list[Line]:
        if size.columns < _SMALLEST[0] or size.rows < _SMALLEST[1]:
            return []
        return list(self._live(size.columns - 1, size.rows - 1))

    def _to_top(self, columns: int) -> str:
        """Back to the region's first cell. A terminal that became narrower has wrapped its lines."""
        if not self._drawn:
            return ""
        rows = sum(max(-(-line.cells // columns), 1) for line in self._drawn)
        return "\r" + (f"\x1b[{rows - 1}A" if rows > 1 else "")


def _over(region: Sequence[Line]) -> str:
    """The region drawn over what stands there; the cursor stays behind its last line."""
    body = f"{_CLEAR_LINE_END}\n".join(line.text for line in region)
    return f"{_NO_WRAP}{body}{_CLEAR_BELOW}{_WRAP}" if region else _CLEAR_BELOW
