"""Where a search stands letter for letter; a match that cuts a word or a number is none."""

import re
import unicodedata

from lakewright.edits.work import Work

MAX_SHOWN = 50
MAX_WORD = 200
"""Characters to either side of a cut that are looked at for the word it is in."""
_NUMBER = re.compile(r"(?:\d\w*(?:\.\d\w*)*\.?(?:(?<=[eE])[+-]\d+)?)")
_RUN = re.compile(r"[A-Za-z0-9_$.+-]*")
_JOINERS = "\u200d\ufe0f\ufe0e"


def occurrences(flat: str, search: str, replace: str, work: Work) -> list[tuple[int, int]]:
    """All places, overlapping ones too, at most `MAX_SHOWN`, as (start, end) of `flat`.

    One that begins inside a word counts only if search and replacement begin with the same part of it,
    so that the word stays whole; likewise at the end. Raises TooMuchWorkError.
    """
    found: list[tuple[int, int]] = []
    at = flat.find(search)
    while at >= 0 and len(found) < MAX_SHOWN:
        end = at + len(search)
        work.take(20)
        if _whole_start(flat, at, search, replace) and _whole_end(flat, end, search, replace):
            found.append((at, end))
        at = flat.find(search, at + 1)
    return found


def _whole_start(flat: str, at: int, search: str, replace: str) -> bool:
    word = cut_word(flat, at)
    if word is None:
        return True
    shared = flat[at : word[1]]
    return len(shared) < len(search) and replace.startswith(shared) and not _wordy(replace[len(shared) :][:1])


def _whole_end(flat: str, end: int, search: str, replace: str) -> bool:
    word = cut_word(flat, end)
    if word is None:
        return True
    shared = flat[word[0] : end]
    rest = replace[: len(replace) - len(shared)]
    return len(shared) < len(search) and replace.endswith(shared) and not _wordy(rest[-1:])


def cut_word(text: str, at: int) -> tuple[int, int] | None:
    """The word, number or character that has its middle at the offset, as (start, end), or None."""
    if not 0 < at < len(text):
        return None
    before, after = text[at - 1], text[at]
    if unicodedata.combining(after) or after in _JOINERS or before == "\u200d":
        return at - 1, at + 1
    if before == "\\" and after not in "\r\n" and _odd_backslashes(text, at):
        return at - 1, at + 1
    if not _joined(before, after):
        return None
    floor, ceiling = max(0, at - MAX_WORD), min(len(text), at + MAX_WORD)
    around = text[floor:ceiling]
    if around.isascii():
        middle = at - floor
        left, right = _RUN.match(around[:middle][::-1]), _RUN.match(around, middle)
        start, end = at - (left.end() if left else 0), floor + (right.end() if right else middle)
    else:
        start, end = _run(text, at, floor, ceiling)
    if _wordy(before) and _wordy(after):
        return start, end
    return _dotted(text, at, start, end)


def _run(text: str, at: int, floor: int, ceiling: int) -> tuple[int, int]:
    """From where to where signs of words and numbers stand around a place."""
    start = end = at
    while start > floor and (start == at or _joined(text[start - 1], text[start])):
        start -= 1
    while end < ceiling and (end == at or _joined(text[end - 1], text[end])):
        end += 1
    return start, end


def _dotted(text: str, at: int, start: int, end: int) -> tuple[int, int] | None:
    """A dot or sign beside the cut: inside a number (`1.5`, `1e-5`), or a hyphen inside a name (`a-b`)."""
    word = text[start:end]
    for match in _NUMBER.finditer(word):
        if start + match.start() < at < start + match.end():
            return start + match.start(), start + match.end()
    before, after = text[at - 1], text[at]
    hyphen = (before == "-" and after.isalpha() and text[at - 2 : at - 1].isalpha()) or (
        after == "-" and before.isalpha() and text[at + 1 : at + 2].isalpha()
    )
    return (start, end) if hyphen else None


def _joined(before: str, after: str) -> bool:
    return (_wordy(before) or before in ".-+") and (_wordy(after) or after in ".-+")


def _wordy(char: str) -> bool:
    return char.isalnum() or char in ("_", "$") or bool(char and unicodedata.combining(char))


def _odd_backslashes(text: str, at: int) -> bool:
    run = 0
    while run < at and run < 64 and text[at - 1 - run] == "\\":
        run += 1
    return run % 2 == 1
