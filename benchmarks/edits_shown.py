"""Defects that were held out once, second part: text as tools show it, and stale texts inside noise."""

import json
import random
import re

from edits_cases import NAME, Block, Misquote, Pair, Stale, both
from edits_stales import MUST_REFUSE as KNOWN_STALES


def each_line(form: str) -> Misquote:
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
    moved = (
        row[4:]
        if row.startswith("    ") and rng.random() < 0.5
        else ("\t" if row.startswith("\t") else "    ") + row
    )
    return [*block.lines[:place], moved, *block.lines[place + 1 :]], (block.old, block.new)


def noisy(name: str, misquote: Misquote) -> Stale:
    """A known reason to refuse, in a search that has a slip to be forgiven."""

    def stale(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
        made = KNOWN_STALES[name](rng, block)
        if made is None:
            return None
        lines, (old, new) = made
        pair = misquote(rng, Block(block.path, block.lines, block.start, list(old), list(new)))
        return None if pair is None else (lines, pair)

    return stale


def _escape_changed(_: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The file has another escape in a string by now."""
    for at, row in enumerate(block.old):
        other = re.sub(r"\\([nwdst])", lambda match: "\\" + {"n": "r"}.get(match[1], "b"), row, count=1)
        if other != row:
            place = block.start + at
            return [*block.lines[:place], other, *block.lines[place + 1 :]], (block.old, block.new)
    return None


MUST_APPLY: dict[str, Misquote] = {
    "grep's path:line: before each line": each_line("{path}:{n}:{row}"),
    "cat -A's ends": both(_shown_ends),
    "a wide gutter": each_line("{n:>5}   │ {row}"),
    "terminal colours": both(_coloured),
    "one JSON string": _json_string,
}
MUST_REFUSE: dict[str, Stale] = {
    "a line moved to another depth since": _deeper_since,
    "name changed since, grep's prefix": noisy("name changed since", each_line("{path}:{n}:{row}")),
    "operator changed since, no indentation": noisy("operator changed since", both(lambda row: row.lstrip())),
    "string changed since, line numbers": noisy("string changed since", each_line("{n} | {row}")),
    "lines added since, blanks at ends": noisy("lines added since", both(lambda row: row + " ")),
    "escape changed since": _escape_changed,
}
