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
_TO_THE_END = (arguments, same_beginning, same_words)
"""Rules that finish the line: what is still open behind them is closed."""

_IN_TEXT: tuple[Rule, ...] = (same_beginning,)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_CLOSING = {opening: closing for closing, opening in _PAIRS.items()}


def completion(hole: Hole) -> str:
    """What comes next, empty where no rule fits."""
    for rule in _IN_TEXT if hole.in_text else _IN_CODE:
        found = rule(hole)
        fitted = _fitted(hole, found, ends=rule in _TO_THE_END) if found else ""
        if fitted.strip():
            return fitted
    return ""


def _fitted(hole: Hole, text: str, *, ends: bool) -> str:
    """Without what stands behind the cursor already, in the lines allowed; one line before other text."""
    rows = text.split("\n")[: hole.most_lines]
    if hole.after.strip():
        rows = rows[:1]
        rows[0] = _without_overlap(hole, rows[0])
    text = "\n".join(rows)
    below = next((row.strip() for row in hole.suffix.split("\n")[1:] if row.strip()), "")
    opened = _left_open(hole, text)
    if opened is None or (hole.before + text).strip() == below:
        return ""
    ends = ends and not hole.after.strip() and not below.startswith(tuple(_PAIRS)) and "\n" not in text
    return (
        text + "".join(_CLOSING[sign] for sign in reversed(opened)) if ends and not _goes_on(text) else text
    )


def _goes_on(text: str) -> bool:
    """Whether the line ends where a bracket is meant to stay open."""
    return text.rstrip().endswith((",", "(", "[", "{", ":"))


def _without_overlap(hole: Hole, text: str) -> str:
    """Without an end that repeats the beginning of what follows, where the brackets are better off so."""
    after = hole.after
    sizes = [size for size in range(min(len(text), len(after)), 0, -1) if text.endswith(after[:size])]
    ways = [*(text[:-size] for size in sizes), text]
    return min(ways, key=lambda way: _unmatched(_code(hole, hole.before + way + after)))


def _unmatched(code: str) -> int:
    """How many brackets have no partner."""
    opened: list[str] = []
    lone = 0
    for letter in code:
        if letter in _CLOSING:
            opened.append(letter)
        elif letter in _PAIRS:
            if opened and opened[-1] == _PAIRS[letter]:
                opened.pop()
            else:
                lone += 1
    return lone + len(opened)


def _code(hole: Hole, text: str) -> str:
    """The text with blanks for strings and comments."""
    return hole.language.noise.sub(lambda found: " " * len(found[0]), text) if hole.language else text


def _left_open(hole: Hole, text: str) -> list[str] | None:
    """The brackets that are open behind the text, of the cursor's line and its own; None where it closes
    one that isn't.
    """
    opened: list[str] = []
    for at, letter in enumerate(_code(hole, hole.before + text)):
        if letter in _CLOSING:
            opened.append(letter)
        elif letter in _PAIRS:
            if opened and opened[-1] == _PAIRS[letter]:
                opened.pop()
            elif at >= len(hole.before):
                return None
    return opened
