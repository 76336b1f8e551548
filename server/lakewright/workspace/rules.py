"""One list of ignore patterns, read as git reads a `.gitignore` (gitignore(5), tested against git)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from lakewright.workspace.patterns import compile_pattern


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern. `literal` is a last name that must be equal; else `regex` decides, on the last
    name where `by_name`, on the whole path otherwise.
    """

    line: int
    negated: bool
    folders_only: bool
    by_name: bool
    literal: bytes | None
    regex: re.Pattern[bytes] | None

    def fits(self, path: bytes, name: bytes) -> bool:
        if self.literal is not None:
            return name == self.literal
        return self.regex is not None and self.regex.match(name if self.by_name else path) is not None


class Rules:
    """The patterns of one file, or of one list, ready to judge names."""

    def __init__(self, lines: Iterable[bytes], source: str, *, ignore_case: bool = False) -> None:
        self._source = source
        self._fold = ignore_case
        parsed = (_parse(self._form(line), number) for number, line in enumerate(lines, 1))
        self._patterns = tuple(pattern for pattern in parsed if pattern is not None)
        self._literals: dict[bytes, list[int]] = {}
        for index, pattern in enumerate(self._patterns):
            if pattern.literal is not None:
                self._literals.setdefault(pattern.literal, []).append(index)
        self._others = [
            i for i, pattern in reversed(list(enumerate(self._patterns))) if pattern.literal is None
        ]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def judge(self, path: bytes, *, is_folder: bool) -> str | None:
        """Where the rule stands that ignores `path` (relative to the rules' folder), "" where one
        takes it back in, None where no rule speaks of it.
        """
        path = self._form(path)
        name = path.rpartition(b"/")[2]
        candidates = (
            i for i in reversed(self._literals.get(name, ())) if self._applies(i, is_folder=is_folder)
        )
        best = next(candidates, -1)
        for index in self._others:
            if index < best:
                break
            if self._applies(index, is_folder=is_folder) and self._patterns[index].fits(path, name):
                best = index
                break
        if best < 0:
            return None
        decided = self._patterns[best]
        return "" if decided.negated else f"{self._source}, line {decided.line}"

    def _applies(self, index: int, *, is_folder: bool) -> bool:
        return is_folder or not self._patterns[index].folders_only

    def _form(self, text: bytes) -> bytes:
        """Composed letters, so that two spellings of one name are one; small ones where asked."""
        if not text.isascii():
            composed = unicodedata.normalize("NFC", text.decode("utf-8", "surrogateescape"))
            text = composed.encode("utf-8", "surrogateescape")
        return text.lower() if self._fold else text


def split_lines(data: bytes) -> list[bytes]:
    """The lines of a pattern file: no byte order mark, CR before LF taken off."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [line.removesuffix(b"\r") for line in lines]


def _parse(line: bytes, number: int) -> _Pattern | None:
    if line.startswith(b"#"):
        return None
    text = _without_trailing_blanks(line)
    negated = text.startswith(b"!")
    text = text[negated:]
    folders_only = text.endswith(b"/")
    text = text[: len(text) - folders_only]
    if not text:
        return None
    by_name = b"/" not in text
    if by_name and not re.search(rb"[*?\[\\]", text):
        return _Pattern(number, negated, folders_only, by_name, text, None)
    regex = compile_pattern(text if by_name else text.removeprefix(b"/"))
    return _Pattern(number, negated, folders_only, by_name, None, regex)


def _without_trailing_blanks(line: bytes) -> bytes:
    """Spaces at the end don't count unless a backslash stands before them."""
    match = re.fullmatch(rb"((?:[^\\ ]|\\.| +(?! |\Z))*)( *|\\)", line, re.DOTALL)
    return line if match is None or match[2] == b"\\" else match[1]
