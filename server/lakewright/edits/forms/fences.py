"""Code fences as CommonMark has them, with any indentation: models put them into lists."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_OPENS = re.compile(r"([ \t]*)(`{3,}|~{3,})(.*)")
_CLOSES = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*")
_LOOSE = 3  # CommonMark lets a closing fence stand up to three blanks in


@dataclass(frozen=True, slots=True)
class Fence:
    """An opening fence: the line it stands on, its marks and what is written behind them."""

    line: int
    marks: str
    indent: str
    info: str


def opening(line: str, at: int) -> Fence | None:
    """The fence that `line`, the answer's line `at`, opens."""
    match = _OPENS.fullmatch(line)
    if match is None:
        return None
    indent, marks, info = match.groups()
    if marks[0] in info and marks[0] == "`":
        return None
    return Fence(at, marks, indent, info.strip())


def closes(line: str, fence: Fence) -> bool:
    match = _CLOSES.fullmatch(line)
    if match is None:
        return False
    indent, marks = match.groups()
    same = marks[0] == fence.marks[0] and len(marks) >= len(fence.marks)
    return same and len(indent) <= len(fence.indent) + _LOOSE


def closing_line(lines: Sequence[str], fence: Fence, begin: int) -> int | None:
    """The first line from `begin` on that closes the fence; None where it stays open."""
    return next((at for at in range(begin, len(lines)) if closes(lines[at], fence)), None)


def is_fence(line: str) -> bool:
    return opening(line, 0) is not None


def without_indent(lines: Sequence[str], indent: str) -> list[str] | None:
    """The lines without the indentation of what encloses them; None where one hasn't it."""
    if not all(line.startswith(indent) or not line.strip() for line in lines):
        return None
    return [line.removeprefix(indent) if line.strip() else line[len(indent) :] for line in lines]
