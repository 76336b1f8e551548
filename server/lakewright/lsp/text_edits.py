"""From an old text to a new one as LSP's TextEdits: only what differs, so that cursors and marks stay where
they are and a preview shows what was meant. Blocking where texts are large.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lakewright.lsp.text import Encoding, Lines, Position, Span

_EMPTY = Span(Position(0, 0), Position(0, 1))
"""All of a text without characters. LSP takes a column beyond a line for its end; Neovim sees by it that the
line that an empty buffer has goes too, and adds no blank one.
"""

Json = dict[str, Any]

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class TextEdit:
    """`span` of the old text becomes `text`."""

    span: Span
    text: str

    def to_json(self) -> Json:
        """LSP's TextEdit."""
        return {"range": range_json(self.span), "newText": self.text}


@dataclass(frozen=True, slots=True)
class _Piece:
    """`old[start:end]` becomes `text`."""

    start: int
    end: int
    text: str


def text_edits(old: str, new: str, encoding: Encoding) -> list[TextEdit]:
    """The edits that make `new` of `old`: in order, none overlaps or touches another.

    None lies beyond the last line end where it can be avoided: not every editor has a line there.
    """
    if old == new:
        return []
    if not old:
        return [TextEdit(_EMPTY, new)]
    lines = Lines(old, encoding)
    return [
        TextEdit(Span(lines.position(piece.start), lines.position(piece.end)), piece.text)
        for piece in _joined([_inward(old, piece) for piece in _pieces(old, new)])
    ]


def json_of(edits: Sequence[TextEdit]) -> tuple[Json, ...]:
    """LSP's TextEdits."""
    return tuple(edit.to_json() for edit in edits)


def range_json(span: Span) -> Json:
    """LSP's Range."""
    return {
        "start": {"line": span.start.line, "character": span.start.character},
        "end": {"line": span.end.line, "character": span.end.character},
    }


def _pieces(old: str, new: str) -> Iterator[_Piece]:
    from lakewright.edits.diff_lines import opcodes  # noqa: PLC0415 - not for the start

    ours, theirs = _rows(old), _rows(new)
    done, offset = 0, 0
    for tag, a, b, c, d in opcodes(ours, theirs):
        offset += sum(map(len, ours[done:a]))
        done = a
        if tag == "equal":
            continue
        for before, after in _pairs(ours[a:b], theirs[c:d]):
            if before != after:
                yield _trimmed(offset, before, after)
            offset += len(before)
        done = b


def _pairs(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Line by line where there are as many as before, else as a block."""
    if len(ours) == len(theirs):
        return zip(ours, theirs, strict=True)
    return iter((("".join(ours), "".join(theirs)),))


def _rows(text: str) -> list[str]:
    """Lines with their ends; the last one has none, and may be empty."""
    rows = io.StringIO(text, newline="").readlines()
    return rows if rows and not rows[-1].endswith(("\r", "\n")) else [*rows, ""]


def _trimmed(offset: int, before: str, after: str) -> _Piece:
    """Without what both begin and end with; no word and no line end is cut in two."""
    most = min(len(before), len(after))
    head = _common(before, after, most)
    while head and (_within(before, head) or _within(after, head)):
        head -= 1
    tail = _common(before[::-1], after[::-1], most - head)
    while tail and (_within(before, len(before) - tail) or _within(after, len(after) - tail)):
        tail -= 1
    return _Piece(offset + head, offset + len(before) - tail, after[head : len(after) - tail])


def _common(one: str, other: str, most: int) -> int:
    """How many characters both begin with."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def _within(text: str, at: int) -> bool:
    """Whether a place lies within a word, a character made of several, or a line end."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return (_is_word(before) and _is_word(after)) or (before == "\r" and after == "\n")


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or not char.isascii()


def _inward(old: str, piece: _Piece) -> _Piece:
    """Whole lines at the end of the text, with the line end before them in place of their own."""
    ends = list(_LINE_END.finditer(old, max(0, piece.start - 2), piece.start))
    if piece.end < len(old) or not ends or ends[-1].end() != piece.start:
        return piece
    end = ends[-1][0]
    gone = old[piece.start :]
    if not all(_ends_with(text, end) or not text for text in (gone, piece.text)):
        return piece
    start = piece.start - len(end)
    text = end + piece.text[: -len(end)] if piece.text else ""
    return _Piece(start, piece.end - len(end) if gone else start, text)


def _ends_with(text: str, end: str) -> bool:
    """Whether the text's last line ends in just this way: LF isn't the half of a CRLF."""
    return text.endswith(end) and not (end == "\n" and text.endswith("\r\n"))


def _joined(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Pieces that touch, as one."""
    joined: list[_Piece] = []
    for piece in pieces:
        if joined and joined[-1].end >= piece.start:
            last = joined.pop()
            joined.append(_Piece(last.start, piece.end, last.text + piece.text))
        else:
            joined.append(piece)
    return joined
