"""Text as tools show it, not as the file has it: grep's prefixes, `cat -A`, a terminal's colours, JSON.

Each remedy gives a new pair of search and replacement, or None where its signs aren't all there.
"""

import json
import re
from itertools import pairwise

from lakewright.edits.locate_view import lines_of
from lakewright.edits.tiers_wrapped import Pair

_FOUND = re.compile(r"([\w./\\][\w./\\-]*\.\w+)[:-](\d{1,7})([:-])(.*)", re.DOTALL)
COLOUR = re.compile(r"\x1b\[[0-9;]*[mK]")


def found_lines(search: str, replace: str) -> Pair | None:
    """`path:line:` before each line, as grep has it; lines beside a hit have dashes."""
    own = _without_paths(search)
    if own is None or any(b - a != 1 for a, b in pairwise(own[1])):
        return None
    other = _without_paths(replace)
    if other is None and any(map(_FOUND.search, lines_of(replace))):
        return None
    return own[0], replace if other is None else other[0]


def _without_paths(text: str) -> tuple[str, list[int]] | None:
    rows = [_FOUND.fullmatch(row) for row in lines_of(text)]
    found = [row for row in rows if row is not None]
    if not found or len(found) != len(rows) or len({row[1] for row in found}) > 1:
        return None
    end = "\n" if text.endswith("\n") else ""
    return "\n".join(row[4] for row in found) + end, [int(row[2]) for row in found]


def shown_ends(search: str, replace: str) -> Pair | None:
    """`$` after each line and `^I` for tabs, as `cat -A` has it; two lines or more, for one may be text."""
    rows, new = lines_of(search), lines_of(replace)
    if len(rows) < 2 or not all(row.endswith("$") for row in rows):
        return None
    if replace and not all(row.endswith("$") for row in new):
        return None
    own, other = ("\n".join(row[:-1].replace("^I", "\t") for row in part) for part in (rows, new))
    return own + "\n" * search.endswith("\n"), other + "\n" * replace.endswith("\n")


def coloured(search: str, replace: str) -> Pair | None:
    """A terminal's colours."""
    own, other = COLOUR.sub("", search), COLOUR.sub("", replace)
    return None if own == search or "\x1b" in own + other else (own, other)


def json_string(search: str, replace: str) -> Pair | None:
    """All of it as one string of JSON with its quotes, several lines in it."""
    own = _loaded(search)
    other = _loaded(replace)
    if own is None or "\n" not in own.strip("\n") or (other is None and replace.strip()[:1] == '"'):
        return None
    return own, replace if other is None else other


def _loaded(text: str) -> str | None:
    bare = text.strip()
    if len(bare) < 2 or bare[0] != '"' or bare[-1] != '"' or "\n" in bare:
        return None
    try:
        value = json.loads(bare)
    except ValueError:
        return None
    return value if isinstance(value, str) else None
