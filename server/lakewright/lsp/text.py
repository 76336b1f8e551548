"""A document's text as LSP counts it: lines end with LF, CRLF or a lone CR, columns are code units of the
negotiated encoding. Kept as lines, so that a keystroke costs what it touches.
"""

import io
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, islice
from types import MappingProxyType

_OTHER_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""What ends a line for Python, but not for LSP."""


class Encoding(StrEnum):
    """What a column counts: bytes, UTF-16 code units or code points."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


_CODECS: Mapping[Encoding, tuple[str, int]] = MappingProxyType(
    {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}
)
"""The codec and the bytes of a code unit. Lone surrogates pass: a client may send them."""


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


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a replacement has touched: `span` of the text before it became text that ends at `end`.

    Where the replacement joins a CR and an LF to one line end, both are touched.
    """

    span: Span
    end: Position


def units(text: str, encoding: Encoding) -> int:
    """The length of a piece of a line in code units."""
    if encoding is Encoding.UTF32 or text.isascii():
        return len(text)
    codec, width = _CODECS[encoding]
    return len(text.encode(codec, "surrogatepass")) // width


def index_at(line: str, character: int, encoding: Encoding) -> int:
    """The index into `line` of a column. Beyond the end: the end (LSP); within a character: its start."""
    return _column(line, character, encoding)[0]


class Lines:
    """The text of one document. Positions that lie beyond a line or the text mean its end.

    Changed and asked for positions by one thread; `text` may be read from any.
    """

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.encoding = encoding
        self._generation = 0
        self._text = (0, joined(text))
        self._split: list[str] | None = None
        self._starts = [0]

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def text(self) -> str:
        """All of it."""
        generation, text = self._text
        if generation != self._generation:
            generation = self._generation  # read before the lines: what is kept is never newer than it says
            text = "".join(self._lines)
            self._text = (generation, text)
        return text

    @property
    def end(self) -> Position:
        """Where the text ends."""
        return Position(len(self._lines) - 1, units(self._lines[-1], self.encoding))

    def copy(self) -> "Lines":
        """The same text, to be changed without this one."""
        other = Lines("", self.encoding)
        other._split, other._text, other._starts = self._lines.copy(), (-1, ""), self._starts.copy()
        return other

    def line(self, number: int) -> str:
        """A line without its end; numbered from 0, "" beyond the text."""
        if not 0 <= number < len(self._lines):
            return ""
        line = self._lines[number]
        return line[: _body(line)]

    def clamped(self, position: Position) -> Position:
        """The position, brought inside the text and between two characters."""
        line, _, character = self._place(position)
        return Position(line, character)

    def offset(self, position: Position) -> int:
        """The index into `text`."""
        line, index, _ = self._place(position)
        self._count(line)
        return self._starts[line] + index

    def position(self, offset: int) -> Position:
        """The position of an index into `text`; between CR and LF it is before both."""
        offset = max(0, offset)
        if offset >= self._starts[-1]:
            self._count(len(self._lines) - 1)
        number = bisect_right(self._starts, offset) - 1
        line = self._lines[number]
        index = min(offset - self._starts[number], _body(line))
        return Position(number, units(line[:index], self.encoding))

    def slice(self, span: Span) -> str:
        """The text of a span."""
        if span.start == span.end:
            return ""
        (first, start, _), (last, end, _) = self._place(span.start), self._place(span.end)
        if first == last:
            return self._lines[first][start:end]
        between = self._lines[first + 1 : last]
        return "".join([self._lines[first][start:], *between, self._lines[last][:end]])

    def difference(self, text: str) -> tuple[Span, str]:
        """A whole new text as a change of those lines alone that differ."""
        new, old = _split(joined(text)), self._lines
        most = min(len(old), len(new))
        head = next((at for at in range(most - 1) if old[at] != new[at]), most - 1)
        tail = 0
        while tail < most - head and old[-1 - tail] == new[-1 - tail]:
            tail += 1
        end = Position(len(old) - tail, 0) if tail else self.end
        return Span(Position(head, 0), end), "".join(new[head : len(new) - tail])

    def replace(self, span: Span, text: str) -> Replaced:
        """Put `text` in the place of the span, which must not be reversed."""
        begin = first, start, column = self._place(span.start)
        last, end, until = begin if span.start == span.end else self._place(span.end)
        head, tail, text = self._lines[first][:start], self._lines[last][end:], joined(text)
        touched = Span(Position(first, column), Position(last, until))
        if first and not start and (text or tail).startswith("\n") and self._lines[first - 1].endswith("\r"):
            first -= 1
            head, text = self._lines[first][:-1], "\r" + text
            touched = Span(Position(first, units(head, self.encoding)), touched.end)
        if text.endswith("\r") and tail == "\n":
            text, tail = text + "\n", ""
            touched = Span(touched.start, Position(last + 1, 0))
        self._put(first, last, head, text, tail)
        return Replaced(touched, _end(touched.start, text, self.encoding))

    def _put(self, first: int, last: int, head: str, text: str, tail: str) -> None:
        """The lines from `first` to `last` become these pieces; only the last two hold a line end."""
        if _are_halves(head, text or tail) or _are_halves(text, tail):
            head, text, tail = "", joined(head + text + tail), ""
        lines = _split(text)
        lines[0] = head + lines[0]
        lines[-1] += tail
        if last + 1 < len(self._lines) and not lines[-1]:
            lines.pop()  # all but the last line end with a line end
        self._lines[first : last + 1] = lines
        del self._starts[first + 1 :]
        self._generation += 1
        self._text = (-1, "")

    @property
    def _lines(self) -> list[str]:
        """Lines with their ends. A text that is only read is never split."""
        if self._split is None:
            self._split = _split(self._text[1])
        return self._split

    def _count(self, line: int) -> None:
        """Know where all lines up to `line` start."""
        known = len(self._starts)
        if known <= line:
            lengths = map(len, islice(self._lines, known - 1, line))
            self._starts.extend(islice(accumulate(lengths, initial=self._starts[-1]), 1, None))

    def _place(self, position: Position) -> tuple[int, int, int]:
        """The line's number, the index into it, and the column of that."""
        if position.line >= len(self._lines):
            end = self.end
            return end.line, len(self._lines[-1]), end.character
        return position.line, *_column(self._lines[position.line], position.character, self.encoding)


def joined(text: str) -> str:
    """The text with two halves of a character, where they stand side by side, as that character."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text


def _split(text: str) -> list[str]:
    """Lines with their ends; the last one has none, and may be empty."""
    if any(mark in text for mark in _OTHER_ENDS):
        lines = io.StringIO(text, newline="").readlines()
    else:
        lines = text.splitlines(keepends=True)
    if not text or text.endswith(("\n", "\r")):
        lines.append("")
    return lines


def _body(line: str) -> int:
    """The length of a line without its end."""
    return len(line) - (2 if line.endswith("\r\n") else line.endswith(("\n", "\r")))


def _column(line: str, character: int, encoding: Encoding) -> tuple[int, int]:
    """The index into a line of a column, and the column of that index."""
    most = min(character, _body(line))
    if encoding is Encoding.UTF32 or line.isascii():
        return most, most
    codec, width = _CODECS[encoding]
    data = line[:most].encode(codec, "surrogatepass")  # no character is less than one unit
    cut = character * width
    if len(data) <= cut:
        return most, len(data) // width
    while _is_inside(data, cut, encoding):
        cut -= width
    return len(data[:cut].decode(codec, "surrogatepass")), cut // width


def _is_inside(data: bytes, at: int, encoding: Encoding) -> bool:
    """Whether a place in the bytes of some text lies within a character."""
    if encoding is Encoding.UTF8:
        return data[at] & 0xC0 == 0x80  # a byte that goes on with a character
    return data[at + 1] & 0xFC == 0xDC and data[at - 1] & 0xFC == 0xD8  # the second half after the first


def _are_halves(left: str, right: str) -> bool:
    """Whether the two halves of a character meet where two pieces do."""
    return "\ud800" <= left[-1:] <= "\udbff" and "\udc00" <= right[:1] <= "\udfff"


def _end(start: Position, text: str, encoding: Encoding) -> Position:
    """Where a text ends that begins at `start`."""
    lines = _split(text)
    last = units(lines[-1], encoding)
    return Position(start.line + len(lines) - 1, last + (start.character if len(lines) == 1 else 0))
