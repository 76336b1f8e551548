"""A plain model of a document: one string, and positions found by walking over it character by character."""

from hypothesis import strategies as st

from lakewright.lsp.text import Encoding, Position, Span

PIECES = (
    "a", "b c", "\n", "\r", "\r\n", "\n\n", "\t", "é", "e\u0301", "中", "😀", "\U0001d4b3", "👩\u200d💻",
    "\f", "\v", "\x1c", "\x85", "\u2028", "\u2029", "\0", "\ud83d", "\ude00", "\ufeff",
)  # fmt: skip
"""What goes wrong where lines and columns are counted."""

HALVES = frozenset(map(chr, (0xD83D, 0xDE00)))
"""Of a character: what is touched where they are joined isn't told."""

texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
encodings = st.sampled_from(list(Encoding))
positions = st.builds(Position, st.integers(0, 12), st.integers(0, 20))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Spans in order, anywhere, most of them beyond something."""
    return Span(*sorted((draw(positions), draw(positions))))


def width(char: str, encoding: Encoding) -> int:
    """The code units of a character."""
    code = ord(char)
    if encoding is Encoding.UTF32:
        return 1
    if encoding is Encoding.UTF16:
        return 2 if code >= 0x10000 else 1
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4


def whole(text: str) -> str:
    """Two halves of a character side by side are that character."""
    out: list[str] = []
    for char in text:
        if out and "\ud800" <= out[-1] <= "\udbff" and "\udc00" <= char <= "\udfff":
            high, low = ord(out.pop()) - 0xD800, ord(char) - 0xDC00
            out.append(chr(0x10000 + (high << 10) + low))
        else:
            out.append(char)
    return "".join(out)


def offset(text: str, position: Position, encoding: Encoding) -> int:
    """Where a position is: lines end with LF, CRLF or a lone CR; beyond a line or the text is its end."""
    at = line = 0
    while line < position.line:
        ends = [text.find(end, at) for end in "\r\n"]
        found = min((end for end in ends if end >= 0), default=-1)
        if found < 0:
            return len(text)
        at = found + (2 if text[found : found + 2] == "\r\n" else 1)
        line += 1
    left = position.character
    while at < len(text) and text[at] not in "\r\n" and width(text[at], encoding) <= left:
        left -= width(text[at], encoding)
        at += 1
    return at


def edited(text: str, span: Span, new: str, encoding: Encoding) -> str:
    """The text after one change."""
    start, end = offset(text, span.start, encoding), offset(text, span.end, encoding)
    return whole(text[:start] + new + text[end:])
