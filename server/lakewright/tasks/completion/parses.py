"""A file that parsed before a completion parses after it. A large one takes its time: off the event loop."""

from collections.abc import Callable
from dataclasses import replace

from lakewright.edits.check import check
from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.taking import Bounds

MAX_CHARACTERS = 200_000
MOST_TRIES = 6
"""A larger file isn't checked; a completion is shortened so often."""


def longest_that_parses(
    raw: str, hole: Hole, bounds: Bounds, path: str, *, filters: Callable[[str, Hole, Bounds], str]
) -> str:
    """The completion, or as many of its first lines as leave the file no worse; "" where none do."""
    for _ in range(MOST_TRIES):
        text = filters(raw, hole, bounds)
        if not text or _is_no_worse(text, hole, path):
            return text
        lines = text.count("\n")
        if lines == 0:
            break
        bounds = replace(bounds, lines=lines)
    return ""


def _is_no_worse(text: str, hole: Hole, path: str) -> bool:
    if len(hole.prefix) + len(hole.suffix) > MAX_CHARACTERS:
        return True
    inserted = text.replace(hole.newline, "\n")
    return check(path, hole.prefix + hole.suffix, f"{hole.prefix}{inserted}{hole.suffix}") is None
