"""The place that a completion fills: the text before and after a cursor."""

import re
from dataclasses import dataclass
from functools import cached_property

from lakewright.errors import InputError
from lakewright.tasks.completion.scan import State, Trouble, scan, trouble
from lakewright.tasks.completion.syntaxes import Syntax, syntax_of


@dataclass(frozen=True)
class Hole:
    """A cursor in a text. `newline` is what ends lines in the file; `prefix` and `suffix` have plain ones.

    What is found out about it is kept: an editor asks again with each piece of an answer.
    """

    prefix: str
    suffix: str
    syntax: Syntax
    newline: str = "\n"
    marker: str = "<CURSOR>"
    """What stands for the cursor in the prompt; an answer that repeats it is cut there."""

    @property
    def head(self) -> str:
        """The cursor's line before the cursor."""
        return self.prefix.rpartition("\n")[2]

    @property
    def tail(self) -> str:
        """The cursor's line after the cursor."""
        return self.suffix.partition("\n")[0]

    @cached_property
    def above(self) -> list[str]:
        """The whole lines before the cursor's."""
        return self.prefix.split("\n")[:-1]

    @cached_property
    def below(self) -> list[str]:
        """The lines after the cursor's that aren't blank, without blanks at their end."""
        return [line.rstrip() for line in self.suffix.split("\n")[1:] if line.strip()]

    @cached_property
    def state(self) -> State:
        """What is open at the cursor."""
        return scan(self.prefix, State(), self.syntax)

    @cached_property
    def trouble(self) -> Trouble:
        """What doesn't match in the text as it is."""
        return self.trouble_after(self.state)

    def trouble_after(self, state: State) -> Trouble:
        """What doesn't match when the text before the suffix comes to `state`."""
        quote = state.quote(self.syntax)
        opening = quote.opens if quote else ""
        if opening not in self._ends:
            self._ends[opening] = scan(self.suffix, State((opening,) if opening else ()), self.syntax)
        return trouble(state, self._ends[opening], self.syntax)

    @cached_property
    def _ends(self) -> dict[str, State]:
        """What the suffix by itself comes to, begun in code or in a string."""
        return {}

    @cached_property
    def previous(self) -> str:
        """The last line above that isn't blank."""
        return next((line for line in reversed(self.above) if line.strip()), "")

    @cached_property
    def unit(self) -> str:
        """One step of the file's indentation: a tab, or its smallest number of blanks; else its kind's."""
        lines = self._indented
        tabs = sum(line[0] == "\t" for line in lines)
        if tabs * 2 > len(lines) or (not lines and self.syntax.name == "go"):
            return "\t"
        widths = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
        usual = 2 if self.syntax.name in ("yaml", "json", "javascript") else 4
        return " " * min(widths, default=usual)

    @cached_property
    def mixes_indentation(self) -> bool:
        """Whether some lines begin with tabs and others with blanks."""
        return len({line[0] for line in self._indented}) > 1

    @cached_property
    def _indented(self) -> list[str]:
        """Lines near the cursor that are indented; a single blank is part of a comment."""
        near = (*self.above[-300:], self.head, *self.below[:100])
        return [line for line in near if line.startswith(("\t", "  "))]

    def knows(self, word: str) -> bool:
        """Whether the word stands in the text around, by itself."""
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        return bool(pattern.search(self.prefix) or pattern.search(self.suffix))


def hole_at(text: str, path: str, line: int, column: int) -> Hole:
    """The hole at a line and a column, both from 1; the column counts code points.

    Raises InputError for a place that isn't in the text. The end of a line is one column further than its
    last character, and a newline at the end of the text begins a last, empty line.
    """
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        raise InputError(
            f"{path} has {counted(len(lines) - (not lines[-1]), 'line')}; there is no line {line}.",
            hint=f"Give a line from 1 to {len(lines)}.",
        )
    length = len(lines[line - 1]) - (line < len(lines) and lines[line - 1].endswith("\r"))
    if not 1 <= column <= length + 1:
        raise InputError(
            f"Line {line} of {path} has {counted(length, 'character')}; there is no column {column}.",
            hint=f"Give a column from 1 to {length + 1}; the cursor stands before it.",
        )
    at = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
    return Hole(_plain(text[:at]), _plain(text[at:]), syntax_of(path), _newline(lines, line - 1))


def _newline(lines: list[str], index: int) -> str:
    """That of the cursor's line; on the last line, which has none, that of most others."""
    if index < len(lines) - 1:
        return "\r\n" if lines[index].endswith("\r") else "\n"
    dos = sum(line.endswith("\r") for line in lines[:-1])
    return "\r\n" if dos * 2 > len(lines) - 1 else "\n"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
