"""Cuts a stream of Markdown into top-level blocks, so that each is rendered when it is complete.

Lines decide, never deltas: the blocks are the same however the text was split. Where CommonMark
would end a block that we take on, nothing is lost (the renderer sees both); the other way round is
what must not happen, so a doubtful line belongs to the block before it.
"""

import re
from enum import Enum, auto

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_QUOTE = re.compile(r" {0,3}>")
_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)")
_INTERRUPTING_ITEM = re.compile(r" {0,3}(?:[-+*]|1[.)])[ \t]+\S")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_TABLE_RULE = re.compile(r" {0,3}(?=.*\|)[|:\- \t]+$")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")
_MARKERS = re.compile(r"\s*(?:(?:[-+*]|\d{1,9}[.)])\s+)*")
_ITEM_TEXT = re.compile(r"( {0,3}(?:[-+*]|\d{1,9}[.)]))(?:( {1,4})(?! )\S)?")


class _Kind(Enum):
    NONE = auto()
    PARAGRAPH = auto()  # also tables: both go on to a blank line or the start of another block
    FENCE = auto()
    LIST = auto()
    QUOTE = auto()
    CODE = auto()  # indented


class MarkdownBlocks:
    """Feed it text as it comes; it returns the source of each block that can no longer change."""

    def __init__(self) -> None:
        self._kind = _Kind.NONE
        self._lines: list[str] = []
        self._partial: list[str] = []
        self._fence = ""
        """The backticks or tildes that opened the fence at hand, or one in the list item at hand."""
        self._is_table = False
        self._text_column = 0
        """Where the text of the newest top-level list item begins: lines from there on are in it."""

    @property
    def rest(self) -> str:
        """The source of the block that isn't finished, and the beginning of its next line."""
        return "\n".join([*self._lines, "".join(self._partial)]).strip("\n")

    def feed(self, text: str) -> list[str]:
        """Take a delta and return the blocks that it finished."""
        *lines, partial = text.split("\n")
        if lines:
            lines[0] = "".join(self._partial) + lines[0]
            self._partial = []
        if partial:
            self._partial.append(partial)
        return [block for line in lines for block in self._line(line)]

    def end(self) -> list[str]:
        """The text is complete: return what is left and be as new."""
        blocks = self._line("".join(self._partial)) if self._partial else []
        blocks += self._finish()
        self._partial = []
        return blocks

    def _line(self, line: str) -> list[str]:
        if self._belongs(line):
            self._lines.append(line)
            closed = self._closes(line)
            return self._finish() if closed else []
        finished = self._finish()
        if line.strip():
            self._start(line)
            if self._kind is _Kind.NONE:
                finished.append(line)
        return finished

    def _start(self, line: str) -> None:
        self._kind = _kind_of(line)
        if self._kind is _Kind.NONE:
            return
        self._lines = [line]
        self._is_table = False
        if self._kind is _Kind.FENCE and (fence := _FENCE.match(line)):
            self._fence = fence.group(1)
        if self._kind is _Kind.LIST:
            self._start_item(line)

    def _belongs(self, line: str) -> bool:
        match self._kind:
            case _Kind.NONE:
                return False
            case _Kind.FENCE:
                return True
            case _Kind.LIST:
                return self._belongs_to_list(line)
            case _Kind.CODE:
                return not line.strip() or _INDENTED.match(line) is not None
            case _Kind.QUOTE:
                lazy = not _interrupts(line) and not _ITEM.match(line)
                return bool(line.strip()) and (_QUOTE.match(line) is not None or lazy)
            case _Kind.PARAGRAPH:
                return bool(line.strip()) and self._belongs_to_paragraph(line)

    def _belongs_to_paragraph(self, line: str) -> bool:
        if _TABLE_RULE.match(line):
            self._is_table = self._is_table or "|" in self._lines[-1]
            return True
        if self._is_table and (_ITEM.match(line) or _INDENTED.match(line)):
            return False
        return _UNDERLINE.match(line) is not None or not _interrupts(line)

    def _belongs_to_list(self, line: str) -> bool:
        if not line.strip():
            return True
        if _indent(line) >= self._text_column:
            self._follow_item_fence(line)
            return True
        if _RULE.match(line):
            return False
        if _ITEM.match(line):
            self._start_item(line)
            return True
        lazy = bool(self._lines[-1].strip()) and not self._fence
        return lazy and not _interrupts(line)

    def _start_item(self, line: str) -> None:
        self._text_column = _text_column(line)
        self._fence = ""
        self._follow_item_fence(line)

    def _follow_item_fence(self, line: str) -> None:
        """Keep in mind whether a fence is open in the item: text outside the item then ends the list."""
        text = _MARKERS.sub("", line)
        if self._fence:
            if _ends_fence(text, self._fence):
                self._fence = ""
        elif fence := _FENCE.match(text):
            self._fence = fence.group(1)

    def _closes(self, line: str) -> bool:
        """Whether a block ends with this line of its own."""
        if self._kind is _Kind.FENCE:
            return _indent(line) < 4 and _ends_fence(line, self._fence)
        is_text = self._kind is _Kind.PARAGRAPH and not self._is_table
        return is_text and _UNDERLINE.match(line) is not None

    def _finish(self) -> list[str]:
        lines, self._lines, self._kind = self._lines, [], _Kind.NONE
        while lines and not lines[-1].strip():
            lines.pop()
        return ["\n".join(lines)] if lines else []


def _ends_fence(line: str, fence: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(fence) and not stripped.strip(fence[0])


def _indent(line: str) -> int:
    """Columns of blanks before the text; a tab goes to the next multiple of four."""
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))


def _text_column(item: str) -> int:
    match = _ITEM_TEXT.match(item.expandtabs(4))
    return len(match.group(1)) + len(match.group(2) or " ") if match else 0


def _kind_of(line: str) -> _Kind:
    """What begins with this line; NONE for a block that is this line alone."""
    if _INDENTED.match(line):
        return _Kind.CODE
    if _FENCE.match(line):
        return _Kind.FENCE
    if _HEADING.match(line) or _RULE.match(line):
        return _Kind.NONE
    if _QUOTE.match(line):
        return _Kind.QUOTE
    return _Kind.LIST if _ITEM.match(line) else _Kind.PARAGRAPH


def _interrupts(line: str) -> bool:
    """Whether the line begins a block of its own right after a line of text."""
    starts = (_FENCE, _HEADING, _RULE, _QUOTE, _INTERRUPTING_ITEM)
    return any(start.match(line) is not None for start in starts)
