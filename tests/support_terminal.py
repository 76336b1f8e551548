"""Scripted runs, streams that say whether they are terminals, and a small terminal screen."""

import io
import re
import unicodedata
from dataclasses import dataclass, field

from rich.cells import cell_len

from lakewright.core.usage import Usage
from lakewright.errors import LakewrightError
from lakewright.tasks.outcome import Outcome


class FakeStream(io.StringIO):
    """A text stream that is a terminal or isn't; `gone` makes it a closed pipe."""

    def __init__(self, *, tty: bool = False, encoding: str = "utf-8") -> None:
        super().__init__()
        self._tty = tty
        self._encoding = encoding
        self.gone = False

    @property
    def encoding(self) -> str:  # type: ignore[override] # StringIO has none
        return self._encoding

    def isatty(self) -> bool:
        return self._tty

    def write(self, text: str) -> int:
        if self.gone:
            raise BrokenPipeError
        text.encode(self._encoding)
        return super().write(text)


@dataclass
class FakeClock:
    """Seconds that pass only when told to."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class _Row:
    cells: list[str] = field(default_factory=list)
    wraps: bool = False
    """Whether the text goes on in the next row."""


_SEQUENCE = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])")


class Terminal:
    """As much of a terminal as the program uses; any other sequence is an error.

    Rows that scrolled out are kept: going up stops at the first row on the screen, as on a real one.
    """

    def __init__(self, columns: int = 100, rows: int = 24) -> None:
        self.columns = columns
        self.rows = rows
        self._lines = [_Row()]
        self._row = 0
        self._column = 0
        self._wrap = True

    @property
    def lines(self) -> list[str]:
        """All that was ever shown and not drawn over, without blank rows at the end."""
        text = "\n".join("".join(row.cells).rstrip() for row in self._lines)
        return text.rstrip("\n").split("\n")

    @property
    def cursor(self) -> tuple[int, int]:
        """Row (of all rows) and column, from 0."""
        return self._row, self._column

    @property
    def wraps(self) -> bool:
        return self._wrap

    def resize(self, columns: int, rows: int) -> None:
        """Change the size and wrap the lines anew; the cursor stays behind the last text."""
        logical: list[list[str]] = []
        goes_on = False
        for row in self._lines:
            if goes_on:
                logical[-1].extend(row.cells)
            else:
                logical.append(list(row.cells))
            goes_on = row.wraps
        self.columns, self.rows = columns, rows
        self._lines, self._row, self._column = [_Row()], 0, 0
        for number, cells in enumerate(logical):
            if number:
                self.feed("\n")
            self.feed("".join(cells))

    def feed(self, text: str) -> None:
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                match = _SEQUENCE.match(text, at)
                assert match is not None, f"unknown sequence {text[at : at + 12]!r}"
                self._control(*match.groups())
                at = match.end()
            else:
                self._character(text[at])
                at += 1

    def _control(self, private: str, number: str, letter: str) -> None:
        match private + letter:
            case "m":
                pass
            case "A":
                first_on_screen = max(len(self._lines) - self.rows, 0)
                self._row = max(self._row - int(number or 1), first_on_screen)
            case "K":
                self._erase_line_end()
            case "J":
                self._erase_line_end()
                del self._lines[self._row + 1 :]
            case "?l" | "?h" if number == "7":
                self._wrap = letter == "h"
            case _:
                raise AssertionError(f"unknown sequence {private}{number}{letter}")

    def _erase_line_end(self) -> None:
        row = self._lines[self._row]
        del row.cells[self._column :]
        row.wraps = False

    def _character(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._next_row()
        else:
            assert unicodedata.category(character) not in ("Cc", "Cs"), f"control character {character!r}"
            self._put(character, cell_len(character))

    def _put(self, character: str, width: int) -> None:
        if self._column + width > self.columns:
            if self._wrap:
                self._lines[self._row].wraps = True
                self._next_row()
            else:
                self._column = max(self.columns - width, 0)
        cells = self._lines[self._row].cells
        cells.extend(" " * (self._column - len(cells)))
        cells[self._column : self._column + width] = [character] + [""] * (width - 1) if width else []
        self._column += width

    def _next_row(self) -> None:
        self._row, self._column = self._row + 1, 0
        if self._row == len(self._lines):
            self._lines.append(_Row())


class TerminalStream(FakeStream):
    """A stream whose text is shown on a terminal; two of them may share one."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(tty=True)
        self._terminal = terminal

    def write(self, text: str) -> int:
        written = super().write(text)
        self._terminal.feed(text)
        return written


def an_outcome(
    *,
    requests: int = 3,
    error: LakewrightError | None = None,
    usage: Usage | None = None,
    served_model: str | None = None,
) -> Outcome:
    """The outcome of a run on a Claude endpoint that took 4.2 s."""
    return Outcome(
        run="20261121-101502-4f9a1c",
        command="explain",
        endpoint="databricks-claude-sonnet-4-5",
        served_model=served_model,
        usage=usage or Usage(input_tokens=12345, cached_input_tokens=8000, output_tokens=678),
        requests=requests,
        total_ms=4200,
        error=error,
    )


LAST_LINE = "databricks-claude-sonnet-4-5 · 3 requests · 12,345 in (8,000 cached) / 678 out · 4.2 s"


def pieces(text: str, size: int) -> list[str]:
    """`text` in deltas of `size` characters."""
    return [text[at : at + size] for at in range(0, len(text), size)]
