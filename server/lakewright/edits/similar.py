"""How much two lines are alike, in bounded work: letter by letter where that is cheap, else by words."""

import re
from difflib import SequenceMatcher

from lakewright.edits.diff_lines import matching_work

MAX_LENGTH = 500
LEAST = 0.6
MAX_WORK = 60_000
"""Comparisons for one pair of lines; about three milliseconds."""
_WORDS = re.compile(r"\w+|\W")


def alike(one: str, two: str) -> float:
    """From 0 to 1, of the first `MAX_LENGTH` characters without indentation; 0 for what can't be alike."""
    one, two = one.strip()[:MAX_LENGTH], two.strip()[:MAX_LENGTH]
    if one == two:
        return 1.0
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    if matcher.real_quick_ratio() < LEAST or matcher.quick_ratio() < LEAST:
        return 0.0
    if matching_work(one, two) <= MAX_WORK:
        return matcher.ratio()
    ours, theirs = _WORDS.findall(one), _WORDS.findall(two)
    if matching_work(ours, theirs) > MAX_WORK:
        return matcher.quick_ratio()
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    same = sum(len("".join(ours[block.a : block.a + block.size])) for block in blocks)
    return 2 * same / (len(one) + len(two))
