"""What a prompt is about: the file it names, lines of it, the code it shows, the question it asks."""

import re
from dataclasses import dataclass

from lakewright.sandbox.reading.languages import CODE_SUFFIXES
from lakewright.sandbox.reading.words import lines_named, words

_SUFFIXES = "|".join(
    sorted(CODE_SUFFIXES | {"md", "json", "yaml", "yml", "toml", "txt", "ipynb", "sh", "cfg", "ini"})
)
_FENCE = re.compile(r"^(`{3,})[^\n]*\n([\s\S]*?)\n?^\1`*[^\S\n]*$", re.MULTILINE)
_TAGGED = re.compile(r"<(file|code|document)\b[^>]*>\n?([\s\S]*?)</\1>")
_PATHS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bFile `([^`\n]+)`",
        r"(?i)\b(?:explain|about|of|in|the file|describe|review)\s+`([^`\n]+\.\w+)(?::\d+[^`\n]*)?`",
        r"(?:path|name)=\"([^\"\n]+\.\w+)\"",
        r"`([^`\n]+\.\w{1,8})(?::\d+[^`\n]*)?`",
        rf"(?<![\w/.@:])((?:[\w.-]+/)*[\w.-]*\w\.(?:{_SUFFIXES}))(?![\w/])",
    )
)
_RANGE = re.compile(r"(?i)\blines?\s+(\d+)(?:\s*(?:-|\u2013|to)\s*(\d+))?|\.\w+:(\d+)(?:[-\u2013](\d+))?")
_TOTAL = re.compile(r"\bFile `[^`\n]+`, ([\d,]+) lines?\b")
_LIES_IN = re.compile(r"(?m)^It lies in ([a-z ]+ `[^`\n]+`), lines (\d+)-(\d+)\.$")
_QUESTIONS = (
    re.compile(r"<question>([\s\S]+?)</question>"),
    re.compile(r"(?im)^question:\s*(.+)$"),
    re.compile(r"^([\s\S]+?)\n\s*Answer this question about\b"),
)
_MOST_PROSE = 6000
"""Characters at either end of a prompt that are searched for words: the rest is material."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """`start` and `end` are 1-based lines; `code` is the longest piece of code the prompt shows, `total`
    the number of lines of its file, `lies_in` the definition that holds the chosen lines, in its words.
    """

    path: str | None
    start: int | None
    end: int | None
    question: str | None
    code: str | None
    prose: str
    total: int | None
    lies_in: str | None


def read_prompt(text: str) -> Prompt:
    """Tolerant: anybody's prompt is read as far as it goes."""
    pieces = [match[2] for match in _FENCE.finditer(text)] or [match[2] for match in _TAGGED.finditer(text)]
    prose = _TAGGED.sub(lambda found: found[0].split(">", 1)[0] + ">", _FENCE.sub("", text))
    if len(prose) > 2 * _MOST_PROSE:
        prose = f"{prose[:_MOST_PROSE]}\n{prose[-_MOST_PROSE:]}"
    start, end = _range(prose)
    code = max(pieces, key=len, default=None)
    path = _path(prose)
    question = _question(prose, path, asked_alone=code is None)
    told = _TOTAL.search(prose)
    total = int(told[1].replace(",", "")) if told else None
    around = _LIES_IN.search(prose)
    return Prompt(path, start, end, question, code, prose, total, _lies_in(around) if around else None)


def _lies_in(around: re.Match[str]) -> str:
    return f"{around[1]} ({lines_named(int(around[2]), int(around[3])).lower()})"


def _path(prose: str) -> str | None:
    for pattern in _PATHS:
        found = pattern.search(prose)
        if found:
            return found[1].strip()
    return None


def _range(prose: str) -> tuple[int | None, int | None]:
    found = _RANGE.search(prose)
    if found is None:
        return None, None
    start = int(found[1] or found[3])
    return start, int(found[2] or found[4] or start)


def _question(prose: str, path: str | None, *, asked_alone: bool) -> str | None:
    """What is asked, where it is more than "explain this"."""
    for pattern in _QUESTIONS:
        found = pattern.search(prose)
        if found:
            return found[1].strip()
    mark = prose.find("?")
    if mark >= 0:
        begin = max(prose.rfind(end, 0, mark) for end in ".!\n")
        return prose[begin + 1 : mark + 1].strip()
    says_more = bool(words(prose.replace(path, "") if path else prose))
    return prose.strip() if asked_alone and says_more else None
