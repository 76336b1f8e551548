"""Defects that the matcher has never been changed for: the held-out measure. One that is written for moves
to `edits_later.py`, and another takes its place.
"""

import json
import random
import re

from edits_cases import NAME, Block, Misquote, Pair, Stale, Suite, both
from edits_stales import MUST_REFUSE as KNOWN_STALES


def _each_line(form: str) -> Misquote:
    """Something before and after each line; `n` is its number."""

    def misquote(_: random.Random, block: Block) -> Pair:
        def marked(rows: list[str]) -> list[str]:
            first = block.start + 1
            return [form.format(path=block.path, n=n, row=row) for n, row in enumerate(rows, first)]

        return marked(block.old), marked(block.new)

    return misquote


def _shown_ends(row: str) -> str:
    """As `cat -A` shows a line."""
    return row.replace("\t", "^I") + "$"


def _coloured(row: str) -> str:
    return NAME.sub(lambda match: f"\x1b[32m{match[0]}\x1b[0m", row, count=1)


def _json_string(_: random.Random, block: Block) -> Pair:
    """All of it as one JSON string, quotes too."""
    return [json.dumps("\n".join(block.old))], [json.dumps("\n".join(block.new))]


# What must be refused.


def _deeper_since(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The user has moved one line to another depth, which is meaning in some languages."""
    at = rng.randrange(1, len(block.old))  # a first line that is deeper in the file is forgiven
    row = block.old[at]
    if not re.search(r"\w{3}", row):
        return None
    place = block.start + at
    moved = row[4:] if row.startswith("    ") and rng.random() < 0.5 else "    " + row
    return [*block.lines[:place], moved, *block.lines[place + 1 :]], (block.old, block.new)


def _noisy(name: str, misquote: Misquote) -> Stale:
    """A known reason to refuse, in a search that has a slip to be forgiven."""

    def stale(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
        made = KNOWN_STALES[name](rng, block)
        pair = None if made is None else misquote(rng, block)
        return None if made is None or pair is None else (made[0], pair)

    return stale


def _escape_changed(_: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The file has another escape in a string by now."""
    for at, row in enumerate(block.old):
        other = re.sub(r"\\([nwdst])", lambda match: "\\" + {"n": "r"}.get(match[1], "b"), row, count=1)
        if other != row:
            place = block.start + at
            return [*block.lines[:place], other, *block.lines[place + 1 :]], (block.old, block.new)
    return None


SUITE = Suite(
    must_apply={
        "grep's path:line: before each line": _each_line("{path}:{n}:{row}"),
        "cat -A's ends": both(_shown_ends),
        "a wide gutter": _each_line("{n:>5}   │ {row}"),
        "terminal colours": both(_coloured),
        "one JSON string": _json_string,
    },
    must_refuse={
        "a line moved to another depth since": _deeper_since,
        "name changed since, grep's prefix": _noisy("name changed since", _each_line("{path}:{n}:{row}")),
        "operator changed since, no indentation": _noisy(
            "operator changed since", both(lambda row: row.lstrip())
        ),
        "string changed since, line numbers": _noisy("string changed since", _each_line("{n} | {row}")),
        "lines added since, blanks at ends": _noisy("lines added since", both(lambda row: row + " ")),
        "escape changed since": _escape_changed,
    },
)
