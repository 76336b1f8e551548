"""From what a model answered to the lines it means: out of the fence, without greeting and explanation.

Decided from the top, line by line, so that a longer answer never changes what a shorter one gave.
"""

import re
import unicodedata
from dataclasses import dataclass

from lakewright.tasks.completion.hole import Hole

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})([^`]*)$")
_INLINE = re.compile(r"\s*(`{1,3})(?!`)([^`\n]+)\1\s*$")
_TAG = re.compile(r"\s*<(completion|insertion|insert|infill|fill|answer)>", re.IGNORECASE)
_PROSE_WRAPPERS = frozenset(("", "markdown", "md", "mdx", "text", "txt", "plaintext"))
"""What a fence around a Markdown file's own text may be called; other fences belong to it."""

_LEAD_IN = re.compile(
    r"(?i)\s*(?:\*\*)?(?:here(?:'s|\u2019s| is| are)|sure\b|certainly|of course|okay|ok[,.!]|absolutely|"
    r"below is|the (?:completion|completed|missing|text|code|following|answer|insertion|cursor)\b|"
    r"completion:|i(?:'ll|\u2019ll| will| would|'d)\b|to complete\b|based on\b|looking at\b|"
    r"this completes\b|insert\b.*:$)"
)
_NOTHING = re.compile(
    r"(?i)\W*(?:(?:empty|nothing)\W*|nothing (?:belongs|needs|to)\b.*|no (?:completion|insertion|text|code|"
    r"changes?)\b.*(?:needed|necessary|required|belongs)\W*|n/a|no completion)\W*$"
)
_SENTENCE = re.compile(
    r"\s*(?:\*\*|- )?[A-Z][\w'\u2019]*(?:[,;:]?\s+(?:`[^`\n]+`|\(?[\w'\u2019-]+\)?)){3,}[.:!]\W*$"
)
_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_HIDDEN = frozenset("\u061c\u200b\u200e\u200f\u2060\ufeff") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""Characters that show nothing, or turn the text around them: they hide what code does."""

MOST_BEFORE = 6
"""Lines of talk that may stand before the answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole lines of an answer. `ended`: nothing that may follow counts. `bare`: no fence was around."""

    lines: tuple[str, ...] = ()
    ended: bool = False
    bare: bool = False


def is_sentence(line: str) -> bool:
    """Whether a line is plain English rather than code."""
    return bool(_SENTENCE.match(line))


def unwrap(raw: str, hole: Hole, *, final: bool) -> Answer:
    """The answer's own lines; of an answer that goes on (not `final`) only those that are complete."""
    lines = _clean(raw).split("\n")
    if not final:
        lines.pop()
    at = _first(lines, 0)
    while at < len(lines) and at < MOST_BEFORE and _may_be_talk(lines[at], hole):
        after = _first(lines, at + 1)
        if after == len(lines) and not final:
            return Answer()
        if hole.syntax.prose and not (after < len(lines) and _opens_prose(lines[after])):
            break
        at = after
    if at == len(lines):
        return Answer()
    return _fenced(lines, at, hole) or _tagged(lines, at) or _bare(lines, at, hole)


def _first(lines: list[str], at: int) -> int:
    """The first line from `at` on that isn't blank."""
    return next((index for index in range(at, len(lines)) if lines[index].strip()), len(lines))


def _clean(raw: str) -> str:
    """Without control characters, hidden ones and halves of characters; plain newlines."""
    text = _SEQUENCE.sub("", raw.replace("\r\n", "\n"))
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(one for one in text if one in "\n\t" or not _is_hidden(one))


def _is_hidden(character: str) -> bool:
    return character in _HIDDEN or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _may_be_talk(line: str, hole: Hole) -> bool:
    """Whether the line speaks about the answer. Prose may say of itself what a greeting says."""
    leads_in = bool(_LEAD_IN.match(line))
    end = line.rstrip().rstrip("*")
    if hole.syntax.definition is None or hole.state.quote(hole.syntax) is not None:
        return leads_in and end.endswith(":")
    return (leads_in and end.endswith((":", ".", "!"))) or bool(_NOTHING.match(line)) or is_sentence(line)


def _opens_prose(line: str) -> bool:
    """Whether a fence begins that stands around a text, not in it."""
    match = _FENCE.match(line)
    return match is not None and match[2].strip().lower() in _PROSE_WRAPPERS


def _fenced(lines: list[str], at: int, hole: Hole) -> Answer | None:
    match = _FENCE.match(lines[at])
    if match is None:
        inline = _INLINE.match(lines[at])
        if inline is None or hole.syntax.prose or (len(inline[1]) < 3 and "`" in hole.syntax.by_opening):
            return None
        return Answer((inline[2],), ended=True)
    mark, info = match[1], match[2].strip().lower()
    if hole.syntax.prose and info not in _PROSE_WRAPPERS:
        return None
    body = lines[at + 1 :]
    end = next((i for i, line in enumerate(body) if _closes(line, mark)), None)
    return Answer(tuple(body)) if end is None else Answer(tuple(body[:end]), ended=True)


def _closes(line: str, mark: str) -> bool:
    stripped = line.rstrip()
    return stripped.startswith(mark) and set(stripped) == {mark[0]}


def _tagged(lines: list[str], at: int) -> Answer | None:
    match = _TAG.match(lines[at])
    if match is None:
        return None
    closing = f"</{match[1]}>".lower()
    body = [lines[at][match.end() :], *lines[at + 1 :]]
    for index, line in enumerate(body):
        cut = line.lower().find(closing)
        if cut >= 0:
            return Answer((*body[:index], line[:cut]), ended=True)
    return Answer(tuple(body))


def _bare(lines: list[str], at: int, hole: Hole) -> Answer:
    """Text without a fence; one that comes later ends it."""
    begin = 0 if all(not line.strip() for line in lines[:at]) else at
    fences = () if hole.syntax.prose else range(at, len(lines))
    end = next((i for i in fences if _FENCE.match(lines[i])), None)
    return Answer(tuple(lines[begin:end]), ended=end is not None, bare=True)
