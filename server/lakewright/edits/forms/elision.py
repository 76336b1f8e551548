"""Whole files that aren't whole: a line that stands for text the model left out."""

import re

_LEAD = re.compile(
    r"[ \t]*(?:#+|//+|/\*+|<!--|\{/\*|--+|;+|%+|\*+|'+|\"{3}|rem\b|\(\*|<%--)?[ \t]*", re.IGNORECASE
)
_TAIL = re.compile(r"[ \t]*(?:\*+/\}?|-->|\*\)|--%>|\"{3})?[ \t]*$")
_DOTS = re.compile(r"^[\[(<{]*\s*(?:\.{3,}|\u2026)|(?:\.{3,}|\u2026)\s*[\])>}]*$")
_ONLY_DOTS = re.compile(r"[\[(<{]*\s*(?:\.{3,}|\u2026)\s*[\])>}]*")
_LEFT_OUT = re.compile(
    r"\b(?:rest|remain\w*|existing|unchanged|same|previous|other|others|omitted|original|before|above|as is"
    r"|elided|snip\w*|more|keep|continue\w*|implementation|unmodified|truncated|stays?)\b",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"[\[(<]?\s*(?:(?:and )?(?:the )?(?:rest|remainder|remaining \w+)\b.{0,60}\b"
    r"(?:unchanged|same|before|here|omitted|unmodified|is|goes|follows|code|file|class|function|module|methods?)"
    r"|(?:all )?(?:the )?(?:existing|other|previous|original) (?:code|contents?|methods?|functions?|imports?"
    r"|implementation|tests?|lines?)\b.{0,40}\b(?:here|unchanged|remains?|stays?|above|below|goes|as before)"
    r"|unchanged|no changes?(?: (?:here|below|above|needed))?|same as (?:before|above|original)|as before"
    r"|code omitted|omitted(?: for brevity)?|snip|unchanged code|existing code"
    r"|(?:\w+ ){0,4}(?:omitted|truncated|elided) for brevity)\s*[\])>]?[.:]?",
    re.IGNORECASE,
)
_LONGEST = 200  # characters; a longer line says something of its own


def elided_line(content: str, path: str) -> int | None:
    """The line, from 1, that stands for left out text; None where the content is whole."""
    lines = content.split("\n")
    return next((at + 1 for at in range(len(lines)) if _stands_for_more(lines, at, path)), None)


def _stands_for_more(lines: list[str], at: int, path: str) -> bool:
    line = lines[at]
    if len(line) > _LONGEST or not line.strip():
        return False
    lead = _LEAD.match(line)
    said = line[lead.end() if lead else 0 :]
    commented = bool(lead and lead[0].strip())
    said = _TAIL.sub("", said).strip()
    if _ONLY_DOTS.fullmatch(said):
        return commented or not _is_code(lines, at, path)
    bracketed = said[:1] in "[(<" and said[-1:] in "])>"
    if _DOTS.search(said) and _LEFT_OUT.search(said):
        return commented or bracketed or said.startswith(("...", "\u2026"))
    return (commented or bracketed) and _PHRASE.fullmatch(said) is not None


def _is_code(lines: list[str], at: int, path: str) -> bool:
    """Whether dots alone are the language's own: Python's empty body, the end of a YAML document."""
    line = lines[at].rstrip()
    if path.endswith((".yaml", ".yml")):
        return line == "..."
    if not path.endswith((".py", ".pyi")) or line.lstrip() != "..." or line == "...":
        return False
    before = next((lines[i].rstrip() for i in range(at - 1, -1, -1) if lines[i].strip()), "")
    after = next((lines[i] for i in range(at + 1, len(lines)) if lines[i].strip()), "")
    depth = len(line) - len(line.lstrip())
    return before.endswith((":", '"""', "'''", '"')) and len(after) - len(after.lstrip()) < depth
