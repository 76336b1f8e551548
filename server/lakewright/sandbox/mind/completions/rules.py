"""The rules in the order they are tried, and what makes a find fit the cursor."""

from collections.abc import Callable

from lakewright.sandbox.mind.completions.bodies import body_at
from lakewright.sandbox.mind.completions.hole import Hole
from lakewright.sandbox.mind.completions.lines import (
    arguments,
    guarded,
    looped,
    next_member,
    rest_of_word,
    returned,
    same_beginning,
    same_words,
)

Rule = Callable[[Hole], str | None]

_IN_CODE: tuple[Rule, ...] = (
    body_at,
    next_member,
    arguments,
    returned,
    looped,
    guarded,
    same_beginning,
    same_words,
    rest_of_word,
)
_IN_TEXT: tuple[Rule, ...] = (same_beginning,)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def completion(hole: Hole) -> str:
    """What comes next, empty where no rule fits."""
    for rule in _IN_TEXT if hole.in_text else _IN_CODE:
        found = rule(hole)
        fitted = _fitted(hole, found) if found else ""
        if fitted.strip():
            return fitted
    return ""


def _fitted(hole: Hole, text: str) -> str:
    """Without what stands behind the cursor already, in the lines allowed; one line before other text."""
    rows = text.split("\n")[: hole.most_lines]
    if hole.after.strip():
        rows = rows[:1]
        rows[0] = _without_overlap(rows[0], hole.after)
    text = "\n".join(rows)
    below = next((row for row in hole.suffix.split("\n")[1:] if row.strip()), "")
    if (hole.before + text).strip() == below.strip():
        return ""
    return text if _closes_only_open(hole, text) else ""


def _without_overlap(text: str, after: str) -> str:
    """Without an end that repeats the beginning of what follows."""
    for size in range(min(len(text), len(after)), 0, -1):
        if text.endswith(after[:size]):
            return text[:-size]
    return text


def _closes_only_open(hole: Hole, text: str) -> bool:
    """Whether each bracket that the text closes is opened in it, or open on the cursor's line."""
    opened = [letter for letter in hole.before if letter in "([{"]
    for letter in hole.before:
        if letter in _PAIRS and _PAIRS[letter] in opened:
            opened.remove(_PAIRS[letter])
    for letter in text:
        if letter in "([{":
            opened.append(letter)
        elif letter in _PAIRS:
            if not opened or opened[-1] != _PAIRS[letter]:
                return False
            opened.pop()
    return True
