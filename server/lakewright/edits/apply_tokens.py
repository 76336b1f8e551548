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
    used: set[tuple[int, int, int, int]] = set()
    out: list[str] = []
    done = 0
    for start, end, first, last in _changes(base, yours):
        touched = [slip for slip in slips if slip[0] < end and slip[1] > start]
        if any(slip[0] < start or slip[1] > end or _in_string(mine, slip[2]) for slip in touched):
            return None
        out.extend(_as_found(base, mine, slips, (done, start), used))
        out.append(fold_new("".join(yours[first:last]), search, found))
        done = end
    return "".join([*out, *_as_found(base, mine, slips, (done, len(base)), used)])


def fold_new(new: str, search: str, found: str) -> str:
    """New text in the file's characters, where the search shows that the model had others for them."""
    if new.isascii() or search.isascii():
        return new
    others = {char for char in search if is_lookalike(char)} - set(found)
    return "".join(fold(char) if char in others else char for char in new)


def _changes(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    return [(a, b, c, d) for tag, a, b, c, d in opcodes(old, new) if tag != "equal"]


def _as_found(
    base: list[str],
    mine: list[str],
    slips: list[tuple[int, int, int, int]],
    span: tuple[int, int],
    used: set[tuple[int, int, int, int]],
) -> list[str]:
    """The file's tokens for unchanged tokens of the search; what it has more beside a change comes once."""
    at, end = span
    out: list[str] = []
    for slip in slips:
        a, b, c, d = slip
        if a < at or b > end or slip in used:
            continue
        out.extend([*base[at:a], *mine[c:d]])
        used.add(slip)
        at = b
    return [*out, *base[at:end]]


def _in_string(tokens: list[str], index: int) -> bool:
    """Whether the token lies inside quotes of its line; the quotes themselves don't."""
    line, offset = "".join(tokens), len("".join(tokens[:index]))
    return any(match.start() < offset < match.end() - 1 for match in _STRINGS.finditer(line))
