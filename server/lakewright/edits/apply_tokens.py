"""Three forms of one line: what the model misquoted stays the file's, what it changed becomes the model's."""

import re

from lakewright.edits.diff_lines import opcodes
from lakewright.edits.tiers_compare import fold, is_lookalike

_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
_STRINGS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`")
MAX_TOKENS = 3_000


def merge(search: str, found: str, replace: str) -> str | None:
    """The file's line with the model's change; None where the change touches what was misquoted.

    All three without their indentation; search and found mean the same.
    """
    base, mine, yours = _TOKENS.findall(search), _TOKENS.findall(found), _TOKENS.findall(replace)
    if max(len(base), len(mine), len(yours)) > MAX_TOKENS:
        return None
    slips = _changes(base, mine)
    out: list[str] = []
    done = 0
    for start, end, first, last in _changes(base, yours):
        kept = _as_found(base, mine, slips, done, start)
        if kept is None:
            return None
        touched = [slip for slip in slips if slip[0] < end and slip[1] > start]
        if any(slip[0] < start or slip[1] > end for slip in touched) or any(
            _in_string(mine, slip[2]) for slip in touched
        ):
            return None
        out.extend([*kept, fold_new("".join(yours[first:last]), search, found)])
        done = end
    kept = _as_found(base, mine, slips, done, len(base))
    return None if kept is None else "".join([*out, *kept])


def fold_new(new: str, search: str, found: str) -> str:
    """New text in the file's characters, where the search shows that the model had others for them."""
    if new.isascii() or search.isascii():
        return new
    others = {char for char in search if is_lookalike(char)} - set(found)
    return "".join(fold(char) if char in others else char for char in new)


def _changes(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    return [(a, b, c, d) for tag, a, b, c, d in opcodes(old, new) if tag != "equal"]


def _as_found(
    base: list[str], mine: list[str], slips: list[tuple[int, int, int, int]], start: int, end: int
) -> list[str] | None:
    """The file's tokens for the unchanged tokens start to end of the search."""
    out: list[str] = []
    at = start
    if start >= end and start:
        return out
    for a, b, c, d in slips:
        if b < start or (b == start and a < b):
            continue
        if a >= end and not (a == b == end == len(base)):
            break
        if a < start or b > end:  # reported by the change that touches it
            at = max(at, min(b, end))
            continue
        out.extend([*base[at:a], *mine[c:d]])
        at = b
    return [*out, *base[at:end]]


def _in_string(tokens: list[str], index: int) -> bool:
    """Whether the token lies inside quotes of its line; the quotes themselves don't."""
    line, offset = "".join(tokens), len("".join(tokens[:index]))
    return any(match.start() < offset < match.end() - 1 for match in _STRINGS.finditer(line))
