"""A document's text as LSP counts it: lines end with LF, CRLF or a lone CR, columns are code units of the
negotiated encoding. Kept as lines, so that a keystroke costs what it touches.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")
_ASTRAL = 0x10000


class Encoding(StrEnum):
    """What a column counts: bytes, UTF-16 code units or code points."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Line and column, both from 0; the column in code units of the session's encoding."""

    line: int
    character: int


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, not including, `end`."""

    start: Position
    end: Position


def units(text: str, encoding: Encoding) -> int:
    """The length of a piece of a line in code units."""
    return len(text) if text.isascii() else _UNITS[encoding](text)


def index_at(line: str, character: int, encoding: Encoding) -> int:
    """The index into `line` of a column. Beyond the end: the end (LSP); within a character: its start."""
    length = len(line.rstrip("\r\n"))
    if encoding is Encoding.UTF32 or line.isascii():
        return min(character, length)
    count = 0
    for index in range(length):
        count += _UNITS[encoding](line[index])
        if count > character:
            return index
    return length


class Lines:
    """The text of one document. Positions that lie beyond a line or the text mean its end."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.encoding = encoding
        self._lines = _split(text)
        self._text: str | None = text

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def text(self) -> str:
        """All of it."""
        if self._text is None:
            self._text = "".join(self._lines)
        return self._text

    def line(self, number: int) -> str:
        """A line without its end; numbered from 0, "" beyond the text."""
        return self._lines[number].rstrip("\r\n") if 0 <= number < len(self._lines) else ""

    def clamped(self, position: Position) -> Position:
        """The position, brought inside the text and between two characters."""
        if position.line >= len(self._lines):
            last = len(self._lines) - 1
            return Position(last, units(self.line(last), self.encoding))
        line = self._lines[position.line]
        index = index_at(line, position.character, self.encoding)
        return Position(position.line, units(line[:index], self.encoding))

    def offset(self, position: Position) -> int:
        """The index into `text`."""
        line, index = self._place(position)
        return sum(map(len, self._lines[:line])) + index

    def position(self, offset: int) -> Position:
        """The position of an index into `text`; between CR and LF it is before both."""
        for number, line in enumerate(self._lines):
            if offset < len(line) or number == len(self._lines) - 1:
                body = line.rstrip("\r\n")
                return Position(number, units(body[: min(offset, len(body))], self.encoding))
            offset -= len(line)
        raise AssertionError("a text has at least one line")

    def slice(self, span: Span) -> str:
        """The text of a span."""
        (first, start), (last, end) = self._place(span.start), self._place(span.end)
        if first == last:
            return self._lines[first][start:end]
        between = self._lines[first + 1 : last]
        return "".join([self._lines[first][start:], *between, self._lines[last][:end]])

    def replace(self, span: Span, text: str) -> None:
        """Put `text` in the place of the span, which must not be reversed."""
        (first, start), (last, end) = self._place(span.start), self._place(span.end)
        piece = self._lines[first][:start] + text + self._lines[last][end:]
        if first and piece.startswith("\n") and self._lines[first - 1].endswith("\r"):
            first -= 1  # a lone CR and what begins with LF are one line end now
            piece = self._lines[first] + piece
        lines = _split(piece)
        if last + 1 < len(self._lines) and not lines[-1]:
            lines.pop()
        if last + 1 < len(self._lines) and lines and not lines[-1].endswith(("\r", "\n")):
            lines[-1] += self._lines[last + 1]
            last += 1
        self._lines[first : last + 1] = lines
        self._text = None

    def _place(self, position: Position) -> tuple[int, int]:
        """The line's number and the index into it."""
        if position.line >= len(self._lines):
            last = len(self._lines) - 1
            return last, len(self._lines[last])
        return position.line, index_at(self._lines[position.line], position.character, self.encoding)


def _split(text: str) -> list[str]:
    """Lines with their ends; the last one has none, and may be empty."""
    lines = _LINE.findall(text)
    return [*lines, text[sum(map(len, lines)) :]]


def _utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _utf16(text: str) -> int:
    return len(text) + sum(char >= chr(_ASTRAL) for char in text)


_UNITS: Mapping[Encoding, Callable[[str], int]] = MappingProxyType(
    {Encoding.UTF8: _utf8, Encoding.UTF16: _utf16, Encoding.UTF32: len}
)
