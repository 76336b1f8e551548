"""Lines that stand for text left out: "... existing code ...", in any comment syntax."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

_LINE = re.compile(
    r"\s*(?P<mark>\#+|//+|--+|/\*+|\{/\*|<!--|\*|;+|%+|'|\"|rem\b)?\s*"
    r"(?P<body>.*?)\s*(?:\*+/\}?|-->)?\s*",
    re.IGNORECASE,
)
_DOTS = re.compile(r"\.{3,}|…")
_VOCABULARY = frozenset(
    (  # noqa: SIM905 - a list of words reads better
        "a above all and any are as before below body brevity change changed changes class code config "
        "content contents continue continues etc everything existing field fields file follow following "
        "follows for from function functions goes here implementation import imports in is it items "
        "keep keeps kept left line lines logic method methods module more no not of omitted on original "
        "other others out part previous properties remain remainder remaining remains rest same section "
        "skip skipped snip snipped stay stays still stuff that the then there this to unchanged "
        "unmodified untouched was were with your"
    ).split()
)
_TELLING = frozenset(
    [
        "existing",
        "rest",
        "remaining",
        "remainder",
        "unchanged",
        "same",
        "omitted",
        "snip",
        "snipped",
        "unmodified",
        "untouched",
    ]
)


def may_elide(text: str) -> bool:
    """Whether a text has any sign of lines left out; most have none."""
    if "..." in text or "…" in text:
        return True
    text = text.lower()
    return any(word in text for word in _TELLING)


def is_elision(line: str) -> bool:
    """Whether the line does nothing but stand for others: dots, or a comment made of the usual words."""
    if len(line) > 160 or not may_elide(line):
        return False
    match = _LINE.fullmatch(line)
    if match is None:
        return False
    body = match["body"]
    words = re.findall(r"[^\W\d_]+", body.lower())
    dots = bool(_DOTS.search(body))
    if re.sub(r"[\w\s.…,:;()\[\]<>'!-]", "", body) or re.search(r"\d", body):
        return False
    if not words:
        return dots and not body.strip(" .…()[]")
    if not set(words) <= _VOCABULARY or not set(words) & _TELLING:
        return False
    return dots or bool(match["mark"]) or bool(re.fullmatch(r"\s*[\[(<].*[\])>]\s*", line))


def elides(rows: Sequence[str]) -> bool:
    """Whether lines are left out; the dots of an interpreter's session are text."""
    if not any(map(is_elision, rows)):
        return False
    return not any(row.lstrip().startswith((">>>", "... ")) and not is_elision(row) for row in rows)


def has_words(line: str) -> bool:
    """Whether the line says in words that something was left out; bare dots may be code."""
    return bool(re.search(r"[^\W\d_]{3}", line))


def new_elision(replace: Sequence[str], known: AbstractSet[str], *, deleted: int) -> str | None:
    """A line of the replacement that stands for text left out, though none of the known lines is like it.

    Bare dots count only where lines go (`deleted`): they are also the body of a stub.
    """
    for line in replace:
        if is_elision(line) and line.strip() not in known and (has_words(line) or deleted > 1):
            return line.strip()
    return None
