"""Comments and strings blanked out, also in a part of a file that begins inside one of them."""

import re

from lakewright.sandbox.reading.languages import Language

_LONG_QUOTES = ('"""', "'''")
_QUOTES = "\"'`"
_SIGNS_OF_CODE = "()=:"
_STARTS_STRING = re.compile(r"(?:^\s*|[=(,\[{:+]\s*|\b(?:return|in|not|and|or)\s+)[rRbBuUfF]{0,2}$")
_STARRED = re.compile(r"\s*\*(?:\s|/|$)")
_ENDS_COMMENT = re.compile(r"(?P<before>.*?)\*/\s*$")
_REGEX_BEGINS = re.compile(r"(?:^|[=(,:\[!&|?{};\s])/(?![/*])")
"""What stands before a regular expression of JavaScript, which may end in `*/`, too."""


def masked(language: Language, text: str, *, from_first_line: bool) -> str:
    """The text, letter by letter, with blanks for comments and strings.

    A part of a file may begin inside a block comment, which its lines tell, or inside a long string,
    which turns code and strings round: what stands beside its quotes tells, else of both readings the one
    that leaves most code counts.
    """
    if from_first_line:
        return _after(language, "", text)
    if language.noise.fullmatch("/**/") and _begins_in_comment(text.split("\n")):
        return _after(language, "/*", text)
    quotes = [
        quote for quote in _LONG_QUOTES if quote in text and language.noise.fullmatch(f"{quote}a\nb{quote}")
    ]
    votes = {quote: _began_inside(quote, text) for quote in quotes}
    readings = [_after(language, quote, text) for quote in quotes if votes[quote] >= 0]
    if not any(vote > 0 for vote in votes.values()):
        readings.append(_after(language, "", text))
    return max(readings, key=lambda reading: sum(reading.count(sign) for sign in _SIGNS_OF_CODE))


def _after(language: Language, opening: str, text: str) -> str:
    return language.noise.sub(lambda found: _blank(found[0]), opening + text)[len(opening) :]


def _began_inside(quote: str, text: str) -> int:
    """Above zero when the quotes look as if the text began inside a string, below when it did not."""
    vote = 0
    for index, found in enumerate(re.finditer(quote, text)):
        above, _, before = text[: found.start()].rpartition("\n")
        after = text[found.end() :].split("\n", 1)[0]
        opens, closes = _STARTS_STRING.search(before) is not None, not after.strip(" ,;)]}")
        if opens and closes:
            above = above.rstrip()
            opens = above.endswith((":", "(", ",", "=", "[")) or before.strip(" rRbBuUfF") != ""
            closes = not opens and bool(above)
        if opens != closes:
            vote += 1 if opens == bool(index % 2) else -1
    return vote


def _begins_in_comment(rows: list[str]) -> bool:
    """Whether a `*/` comes that nothing opened, or all lines begin with a star."""
    starred = True
    filled = False
    for row in rows:
        if row.strip():
            starred = starred and _STARRED.match(row) is not None
            filled = True
        if starred and "*/" in row:
            return True
        end = _ENDS_COMMENT.match(row)
        if end and "/*" not in end["before"] and not _REGEX_BEGINS.search(end["before"]):
            return not re.match(r"\s*//", row)
        if "/*" in row and not starred:
            return False
    return starred and filled


def _blank(noise: str) -> str:
    """Blanks but for line breaks and the quotes at either end."""
    blank = re.sub(r"[^\n]", " ", noise)
    first = noise[0] if noise[0] in _QUOTES else blank[0]
    last = noise[-1] if noise[-1] in _QUOTES else blank[-1]
    return first + blank[1:-1] + last if len(noise) > 1 else first
