"""Where a text is prose: comments and docstrings, told without a parser and in doubt not at all."""

import posixpath
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from lakewright.edits.locate_view import View
from lakewright.edits.reindent import unit_of
from lakewright.workspace.languages import language_of

_MARKERS = {
    "#": (".py .pyi .pyw .sh .bash .zsh .yaml .yml .toml .rb .pl .r .mk .cfg .conf .tf .ex .exs .jl .nim"),
    "//": ".php .kt .kts .swift .dart .scss .less .groovy .zig .proto .json5 .jsonc .vue .svelte",
    "--": ".lua .hs .elm .adb .vhd",
}
_BY_EXTENSION = {extension: mark for mark, row in _MARKERS.items() for extension in row.split()}
_PROSE = (".md", ".markdown", ".rst", ".txt", ".adoc")
_EITHER_QUOTES = (".py", ".pyi", ".pyw", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_STRINGS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`")
_WHOLE_LINE = re.compile(r"\s*(?:#(?=\s)|//(?=[\s/!])|--(?=\s))")
_TRIPLE = re.compile(r'"""|\'\'\'')
_WORD = re.compile(r"[^\W\d_]+|[\w.()]+|[^\w\s]")


@dataclass(frozen=True)
class Prose:
    """Asks about lines of one text; `path` may be "" and tells the language."""

    view: View
    path: str = ""

    def forgives(self, search: str, line: int) -> bool:
        """Whether the search differs from the file's line by a small typo in prose, and by no more."""
        ours, theirs = search.strip(), self.view.lines[line].strip()
        if not ours or not theirs or abs(len(ours) - len(theirs)) > 4 or len(theirs) > 2000:
            return False
        if not self._slips(ours, theirs):
            return False
        self.view.work.take(40)
        code, prose = self._split(line)
        if not prose or not ours.startswith(code):
            return False
        slips = self._slips(ours[len(code) :], prose)
        if not slips or len(_WORD.findall(prose)) < 3 * len(slips):
            return False
        return _plain(prose, [right for _, right in slips]) and not any(
            self._has(wrong) for wrong, _ in slips
        )

    def squeezed(self, line: str) -> str:
        """The line without blanks; most lines are asked for again and again."""
        found = self._squeezed.get(line)
        if found is None:
            found = self._squeezed[line] = "".join(line.split())
        return found

    def in_string(self, line: int) -> bool:
        """Whether the line lies in a string of several lines; comments and docstrings are none."""
        start = self.view.starts[line]
        odd = self._before(self._triples, start) % 2 or self._before(self._ticks, start) % 2
        return bool(odd) and not self._in_docstring(line)

    @cached_property
    def unit(self) -> int:
        """Columns of one depth in this file."""
        return unit_of(self.view.lines)

    @cached_property
    def either_quotes(self) -> bool:
        """Whether strings mean the same between either quotes in this language."""
        return self.path.lower().endswith(_EITHER_QUOTES)

    @cached_property
    def _python(self) -> bool:
        return self.path.endswith((".py", ".pyi", ".pyw"))

    @cached_property
    def _triples(self) -> list[int]:
        return sorted([*_places(self.view.text, '"""'), *_places(self.view.text, "'''")])

    @cached_property
    def _ticks(self) -> list[int]:
        return [] if self._python else _places(self.view.text, "`")

    @cached_property
    def _opens(self) -> list[int]:
        return [] if self._python else _places(self.view.text, "/*")

    @cached_property
    def _closes(self) -> list[int]:
        return _places(self.view.text, "*/")

    @cached_property
    def _squeezed(self) -> dict[str, str]:
        return {}

    @cached_property
    def _lower(self) -> str:
        return self.view.text.lower()

    def _before(self, places: list[int], offset: int) -> int:
        return bisect_left(places, offset)

    def _split(self, index: int) -> tuple[str, str]:
        """The stripped line as code and prose."""
        line = self.view.lines[index].strip()
        extension = posixpath.splitext(self.path)[1].lower()
        if extension in _PROSE:
            return "", line
        if self._in_docstring(index) or self._in_block_comment(index):
            return "", line
        if self.in_string(index):
            return line, ""
        whole = _WHOLE_LINE.match(line)
        language = language_of(self.path)
        mark = language.comment if language else _BY_EXTENSION.get(extension, "")
        if whole and (not self.path or whole[0].strip() == mark):
            return whole[0], line[whole.end() :]
        at = _STRINGS.sub(lambda match: "x" * len(match[0]), line).find(f" {mark} ") if mark else -1
        if at < 0 or "'" in line[:at] or '"' in line[:at]:  # an open quote may hide the mark
            return line, ""
        return line[:at], line[at:]

    def _in_docstring(self, index: int) -> bool:
        if self.path and not self._python:
            return False
        row, start = self.view.lines[index], self.view.starts[index]
        before = self._before(self._triples, start)
        if _TRIPLE.match(row.strip().lstrip("rRuU")):
            return before % 2 == 0 and self._after_header(index)
        if before % 2 == 0 or ">>>" in row:
            return False
        opening = bisect_right(self.view.starts, self._triples[before - 1]) - 1
        begins = self.view.lines[opening].lstrip().lstrip("rRuU")
        return bool(_TRIPLE.match(begins)) and self._after_header(opening)

    def _after_header(self, index: int) -> bool:
        """Whether the line above is the end of a `def` or `class`, or there are only comments above."""
        above = range(index - 1, max(-1, index - 60), -1)
        rows = (self.view.lines[line].strip() for line in above)
        code = next((row for row in rows if row and not row.startswith("#")), None)
        if code is None:
            return index < 60
        return code.endswith(":") and code.startswith(("def ", "class ", "async def ", ")"))

    def _in_block_comment(self, index: int) -> bool:
        row, start = self.view.lines[index], self.view.starts[index]
        if self._python or "*/" in row.strip().removesuffix("*/"):
            return False
        if row.lstrip().startswith("/*"):
            return True
        opened, closed = self._before(self._opens, start), self._before(self._closes, start)
        if not opened or (closed and self._closes[closed - 1] > self._opens[opened - 1]):
            return False
        opening = self._opens[opened - 1]
        line = bisect_right(self.view.starts, opening) - 1
        return not self.view.text[self.view.starts[line] : opening].strip()

    def _slips(self, ours: str, theirs: str) -> list[tuple[str, str]]:
        """The words that alone differ, by a slip (search's, file's), at most two; none: more differs."""
        one, two = _WORD.findall(ours), _WORD.findall(theirs)
        if len(one) != len(two):
            return []
        pairs = [(a, b) for a, b in zip(one, two, strict=True) if a != b]
        return pairs if len(pairs) <= 2 and all(_misspelt(a, b) for a, b in pairs) else []

    def _has(self, word: str) -> bool:
        """Whether the file has the word, in whatever letter case: then it is no misspelling."""
        text, word = self._lower, word.lower()
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if not text[max(0, at - 1) : at].isalnum() and not text[end : end + 1].isalnum():
                return True
            at = text.find(word, end)
        return False


def _misspelt(ours: str, theirs: str) -> bool:
    """One letter wrong, missing, doubled or two swapped."""
    if min(len(ours), len(theirs)) < 4 or not (ours.isalpha() and theirs.isalpha()):
        return False
    if ours.lower() == theirs.lower() or not ours[1:].islower():
        return False
    if ours[0] != theirs[0] or ours[-1] != theirs[-1]:  # number, tense and negation live there
        return False
    return one_slip(ours, theirs)


def _places(text: str, mark: str) -> list[int]:
    """Where the mark stands, from left to right; splitting finds them faster than searching one by one."""
    size = len(mark)
    return [at - size for at in accumulate(len(part) + size for part in text.split(mark)[:-1])]


def one_slip(ours: str, theirs: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours makes one word of the other."""
    if len(ours) > len(theirs):
        ours, theirs = theirs, ours
    head = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), len(ours))
    left, right = ours[head:], theirs[head:]
    if len(ours) < len(theirs):
        return left == right[1:]
    return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])


def _plain(line: str, words: list[str]) -> bool:
    """Whether the words stand in running text, not in quotes, code or names."""
    for word in words:
        around = re.search(rf"(\S*){re.escape(word)}(\S*)", line)
        if around is None or not re.fullmatch(r"[\s(]*", around[1]):
            return False
        if not re.fullmatch(r"[.,;:!?)]*", around[2]):
            return False
    return line.count("`") == 0
