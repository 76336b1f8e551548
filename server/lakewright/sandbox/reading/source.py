"""A piece of code as it was shown: with line numbers or without, whole or in part."""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from lakewright.sandbox.reading.languages import Language, language_of
from lakewright.sandbox.reading.masking import masked

_NUMBERED = tuple(
    re.compile(pattern)
    for pattern in (
        r" *(?P<number>\d+)[> ](?: (?P<code>.*))?",
        r" *(?P<number>\d+): ?(?P<code>.*)",
        r" *(?P<number>\d+) ?[|│] ?(?P<code>.*)",
        r" *(?P<number>\d+)→(?P<code>.*)",
        r" *(?P<number>\d+)\t(?P<code>.*)",
        r" *(?P<number>\d+) (?P<code>.*)",
    )
)


_BRACKET = re.compile(r"[()\[\]{}]")
_OPENING = {")": "(", "]": "[", "}": "{"}
_WIDEST = 500
"""Characters of a line that are looked at: a minified file has one line."""


@dataclass(frozen=True)
class Source:
    """Lines by their 1-based number; lines that were not shown are missing. `total` is the number of
    lines of the whole file, where somebody told it.
    """

    path: str | None
    lines: Mapping[int, str]
    total: int | None = None

    @cached_property
    def first(self) -> int:
        return min(self.lines, default=1)

    @cached_property
    def last(self) -> int:
        return max(self.lines, default=0)

    @cached_property
    def rows(self) -> list[str]:
        """All lines from the first to the last, empty where there is a gap, cut where they are endless."""
        return [self.lines.get(number, "")[:_WIDEST] for number in range(self.first, self.last + 1)]

    @cached_property
    def text(self) -> str:
        return "\n".join(self.rows)

    @cached_property
    def language(self) -> Language | None:
        return language_of(self.path, self.text)

    @property
    def whole(self) -> bool:
        """Whether nothing of the file is missing, as far as one can know."""
        return self.parts == [range(1, (self.total or self.last) + 1)]

    @cached_property
    def parts(self) -> list[range]:
        """The numbers of the lines shown, as runs without a gap."""
        runs: list[range] = []
        for number in sorted(self.lines):
            if runs and runs[-1].stop == number:
                runs[-1] = range(runs[-1].start, number + 1)
            else:
                runs.append(range(number, number + 1))
        return runs

    @cached_property
    def masked(self) -> str:
        """The text with comments and strings blanked out, letter by letter, each part read by itself."""
        if self.language is None:
            return self.text
        rows = [""] * len(self.rows)
        for part in self.parts:
            own = slice(part.start - self.first, part.stop - self.first)
            text = "\n".join(self.rows[own])
            rows[own] = masked(self.language, text, from_first_line=part.start == 1).split("\n")
        return "\n".join(rows)

    @cached_property
    def masked_rows(self) -> list[str]:
        return self.masked.split("\n") if self.lines else []

    @cached_property
    def closing(self) -> Mapping[int, int]:
        """Where each opening bracket of the masked text is closed; unclosed ones are missing."""
        pairs: dict[int, int] = {}
        opened: list[int] = []
        for found in _BRACKET.finditer(self.masked):
            letter = found[0]
            if letter in "([{":
                opened.append(found.start())
            elif any(self.masked[at] == _OPENING[letter] for at in opened[-3:]):
                while self.masked[opened[-1]] != _OPENING[letter]:
                    opened.pop()
                pairs[opened.pop()] = found.start()
        return pairs

    def close(self, at: int) -> int:
        """Where the bracket at `at` is closed, or the end of the text."""
        return self.closing.get(at, len(self.masked))

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.masked))]

    def number_at(self, at: int) -> int:
        """The line that holds the character at `at` of the text."""
        return self.first + bisect_right(self._line_starts, at) - 1

    def end_of_line(self, number: int) -> int:
        """The place after the last character of a line."""
        place = number - self.first + 1
        return self._line_starts[place] - 1 if place < len(self._line_starts) else len(self.masked)

    def line(self, number: int) -> str:
        return self.lines.get(number, "")

    def where(self, number: int) -> str:
        """`path:line`, or the line alone."""
        return f"`{self.path}:{number}`" if self.path else f"line {number}"


def read_source(path: str | None, text: str, *, start: int = 1) -> Source:
    """From a tool's output or a fence of a prompt, numbered or not; `start` is its first line then."""
    text = _unwrapped(text)
    numbered = _read_numbered(text)
    if numbered:
        return Source(path, numbered)
    rows = text.split("\n")
    while rows and not rows[-1].strip():
        rows.pop()
    return Source(path, {start + offset: row.rstrip("\r") for offset, row in enumerate(rows)})


def merge(one: Source, other: Source) -> Source:
    """Both together; the other's lines win."""
    return Source(other.path or one.path, {**one.lines, **other.lines}, other.total or one.total)


def shorten(text: str, size: int = 70) -> str:
    """On one line, with an ellipsis where it is long; fit to stand in a code span."""
    flat = " ".join(text.replace("`", "'").split()).replace("( ", "(")
    return flat if len(flat) <= size else flat[: size - 1].rstrip() + "…"


def _read_numbered(text: str) -> dict[int, str]:
    """The lines by number when most of them carry one, counting up by one, else nothing."""
    rows = text.split("\n")
    best: dict[int, str] = {}
    score = 0
    for pattern in _NUMBERED:
        found = [match for row in rows if (match := pattern.fullmatch(row.rstrip("\r")))]
        numbers = [int(match["number"]) for match in found]
        steps = sum(after == before + 1 for before, after in pairwise(numbers))
        if steps > score:
            score = steps
            best = {int(match["number"]): match["code"] or "" for match in found}
    filled = [row for row in rows if row.strip() and not row.startswith("[")]
    if len(filled) == 1 and (alone := re.fullmatch(r" *(\d+)\t(.*)", filled[0])):
        return {int(alone[1]): alone[2]}
    return best if score >= max(1, len(filled) // 2) else {}


def _unwrapped(text: str) -> str:
    """The one string inside a JSON answer, as other people's tools wrap it."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    for key in ("content", "text", "output", "result", "code"):
        if isinstance(value, dict) and isinstance(value.get(key), str):
            return str(value[key])
    return text
