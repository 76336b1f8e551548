"""Where a text is prose: comments and docstrings, told without a parser and in doubt not at all."""

import posixpath
import re
from dataclasses import dataclass

from lakewright.edits.locate_view import View
from lakewright.workspace.languages import language_of

_MARKERS = {
    "#": (".py .pyi .pyw .sh .bash .zsh .yaml .yml .toml .rb .pl .r .mk .cfg .conf .tf .ex .exs .jl .nim"),
    "//": ".php .kt .kts .swift .dart .scss .less .groovy .zig .proto .json5 .jsonc .vue .svelte",
    "--": ".lua .hs .elm .adb .vhd",
}
_BY_EXTENSION = {extension: mark for mark, row in _MARKERS.items() for extension in row.split()}
_PROSE = (".md", ".markdown", ".rst", ".txt", ".adoc")
_STRINGS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`")
_WHOLE_LINE = re.compile(r"\s*(?:#(?=\s)|//(?=[\s/!])|--(?=\s))")
_TRIPLE = re.compile(r'"""|\'\'\'')
_WORD = re.compile(r"[^\W\d_]+|[\w.()]+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Prose:
    """Asks about lines of one text; `path` may be "" and tells the language."""

    view: View
    path: str = ""

    def forgives(self, search: str, line: int) -> bool:
        """Whether the search differs from the file's line by a small typo in prose, and by no more."""
        ours, theirs = search.strip(), self.view.lines[line].strip()
        if not ours or not theirs or abs(len(ours) - len(theirs)) > 4 or len(theirs) > 2000:
            return False
        code, prose = self._split(line)
        if not prose or not ours.startswith(code):
            return False
        return self._typo(ours[len(code) :], prose)

    def in_string(self, line: int) -> bool:
        """Whether the line lies in a string of several lines; comments and docstrings are none."""
        start = self.view.starts[line]
        before = self.view.text[:start]
        return not self._in_docstring(line) and (
            len(_TRIPLE.findall(before)) % 2 == 1 or before.count("`") % 2 == 1
        )

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
        text, start = self.view.text, self.view.starts[index]
        if self.path and not self.path.endswith((".py", ".pyi", ".pyw")):
            return False
        line = self.view.lines[index].strip()
        if _TRIPLE.match(line.lstrip("rRuU")):
            opening = start + len(self.view.lines[index]) - len(self.view.lines[index].lstrip())
            parity = len(_TRIPLE.findall(text[:start])) % 2
            return parity == 0 and self._after_colon(opening)
        if len(_TRIPLE.findall(text[:start])) % 2 == 0 or ">>>" in line:
            return False
        opening = max(text.rfind('"""', 0, start), text.rfind("'''", 0, start))
        return self._after_colon(opening)

    def _after_colon(self, opening: int) -> bool:
        before = self.view.text[:opening].rstrip("rRuU")
        if before.rstrip(" \t") and not before.rstrip(" \t").endswith("\n"):
            return False
        code = before.rstrip()
        if code.endswith(":") and "\n" + code.rpartition("\n")[2].lstrip()[:0]:
            header = code.rpartition("\n")[2].lstrip()
            return header.startswith(("def ", "class ", "async def ", ")"))
        return not code or all(line.startswith("#") for line in code.splitlines())

    def _in_block_comment(self, index: int) -> bool:
        text, start = self.view.text, self.view.starts[index]
        line = self.view.lines[index].strip()
        if "*/" in line.removesuffix("*/"):
            return False
        opening = (
            start + self.view.lines[index].find("/*") if line.startswith("/*") else text.rfind("/*", 0, start)
        )
        if opening < 0 or text.rfind("*/", 0, start) > opening:
            return False
        begins = text.rfind("\n", 0, opening) + 1
        return not text[begins:opening].strip()

    def _typo(self, ours: str, theirs: str) -> bool:
        one, two = _WORD.findall(ours), _WORD.findall(theirs)
        if len(one) != len(two):
            return False
        pairs = [(a, b) for a, b in zip(one, two, strict=True) if a != b]
        if not 1 <= len(pairs) <= 2 or len(two) < 3 * len(pairs):
            return False
        return all(self._misspelt(a, b) for a, b in pairs) and _plain(theirs, [b for _, b in pairs])

    def _misspelt(self, ours: str, theirs: str) -> bool:
        """One letter wrong, missing, doubled or two swapped; a word that the file knows is no misspelling."""
        if min(len(ours), len(theirs)) < 4 or not (ours.isalpha() and theirs.isalpha()):
            return False
        if ours.lower() == theirs.lower() or not ours[1:].islower():
            return False
        if ours[0] != theirs[0] or ours[-1] != theirs[-1]:  # number, tense and negation live there
            return False
        known = re.search(rf"(?<!\w){re.escape(ours)}(?!\w)", self.view.text, re.IGNORECASE)
        return known is None and one_slip(ours, theirs)


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
