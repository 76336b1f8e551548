"""A text as lines, with the way back to its characters: every place outside an edit stays as it is.

A line ends with CRLF or LF, and with a lone CR where the text has no LF at all. Form feeds, lone CRs
and other separators are characters of their line, as editors and `git` see them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, count, islice
from operator import add

from lakewright.edits.work import Work


@dataclass(frozen=True, slots=True)
class View:
    """`lines` have no line endings; `starts[i]` is where line i begins in `text`, with the text's length
    as the last entry. `flat` is the text with LF for each line ending, `flat_starts` its line starts;
    `work` counts what was looked at.
    """

    text: str
    lines: list[str]
    starts: list[int]
    flat: str
    flat_starts: list[int]
    work: Work = field(default_factory=Work)
    _few: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def ending(self, line: int) -> str:
        """The line's own line ending, "" for a last line without one."""
        return self.text[self.starts[line] + len(self.lines[line]) : self.starts[line + 1]]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset of `flat`; what follows a last LF is a line of its own."""
        line = bisect_right(self.flat_starts, offset) - 1
        return line, offset - self.flat_starts[line]

    def origin(self, offset: int) -> int:
        """The offset in `text` of an offset of `flat`."""
        if self.flat is self.text:
            return offset
        line, column = self.place(offset)
        return self.starts[line] + column

    def lines_with(self, text: str) -> Iterator[int]:
        """The lines that hold the text, each once, in order."""
        at = self.flat.find(text) if text else -1
        while at >= 0:
            line = bisect_right(self.flat_starts, at) - 1
            yield line
            if line + 1 >= len(self.flat_starts):
                return
            at = self.flat.find(text, self.flat_starts[line + 1])

    def few_with(self, text: str, most: int) -> list[int]:
        """The first `most` of them; searches ask for the same words again."""
        if (text, most) not in self._few:
            self._few[text, most] = list(islice(self.lines_with(text), most))
        return self._few[text, most]

    def may_begin_with(self, indent: str) -> bool:
        """Whether the file's lines begin with such blanks: no tabs in a file of blanks, nor the reverse."""
        tabs, blanks = self._begins("\t"), self._begins("  ")
        if "\t" in indent:
            return tabs or not blanks
        return blanks or not tabs or len(indent) < 2

    def _begins(self, blanks: str) -> bool:
        return self.flat.startswith(blanks) or "\n" + blanks in self.flat

    def usual_ending(self, line: int) -> str:
        """What a new line beside this one ends with."""
        for index in (line, line - 1, line + 1):
            if 0 <= index < len(self.lines) and (ending := self.ending(index)):
                return ending
        return self.ending(0) if self.lines and self.ending(0) else "\n"


def view_of(text: str) -> View:
    """Split once; all of locating works on this."""
    if "\r" not in text:
        lines = text.split("\n")
        starts = [0, *map(add, accumulate(map(len, lines)), count(1))]
        starts[-1] -= 1
        if not lines[-1]:
            lines.pop()
            starts.pop()
        return View(text, lines, starts, text, starts)
    breaks = re.finditer(r"\r?\n", text) if "\n" in text else re.finditer(r"\r", text)
    lines, starts = [], [0]
    for match in breaks:
        lines.append(text[starts[-1] : match.start()])
        starts.append(match.end())
    if starts[-1] < len(text):
        lines.append(text[starts[-1] :])
        starts.append(len(text))
        flat = "\n".join(lines)
    else:
        flat = "".join(line + "\n" for line in lines)
    flat_starts = [0, *map(add, accumulate(map(len, lines)), count(1))]
    flat_starts[-1] = len(flat)
    return View(text, lines, starts, flat, flat_starts)


def lf(text: str) -> str:
    """What a model wrote, with LF for every line ending."""
    if "\r" not in text:
        return text
    joined = text.replace("\r\n", "\n")
    return joined if "\n" in joined else joined.replace("\r", "\n")


def lines_of(text: str) -> list[str]:
    """The lines of a model's text; one final LF ends the last line and begins none."""
    lines = text.split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines
