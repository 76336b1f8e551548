"""Defects that the matcher has never been changed for: the held-out measure. One that is written for moves
to `edits_later.py` or `edits_shown.py`, and another takes its place.
"""

import random
import re

from edits_cases import Block, Misquote, Pair, Suite, both, unless_copied
from edits_misquotes import MUST_APPLY as KNOWN
from edits_shown import each_line, noisy

# ruff: noqa: ARG001 - a defect takes what all take


def _then(first: str, second: Misquote) -> Misquote:
    """A known slip, and another one over it."""

    def misquote(rng: random.Random, block: Block) -> Pair | None:
        pair = KNOWN[first](rng, block)
        if pair is None:
            return None
        return second(rng, Block(block.path, block.lines, block.start, list(pair[0]), list(pair[1])))

    return misquote


def _around(before: str, after: str) -> Misquote:
    def misquote(_: random.Random, block: Block) -> Pair:
        old, new = "\n".join(block.old), "\n".join(block.new)
        return f"{before}{old}{after}".split("\n"), f"{before}{new}{after}".split("\n")

    return misquote


def _two_typos(rng: random.Random, block: Block) -> Pair | None:
    """Two words of one comment, a letter lost in each."""
    for row in block.old:
        words = re.findall(r"(?<= )[a-z]{7,}(?= |$)", row) if re.match(r"\s*(?:#|//) ", row) else []
        if len(set(words)) < 2 or row not in block.new or len(row.split()) < 7:
            continue
        wrong = row
        for word in words[:2]:
            wrong = wrong.replace(word, word[:3] + word[4:], 1)
        slips = [word[:3] + word[4:] for word in words[:2]]
        if not any(re.search(rf"\b{slip}\b", block.text) for slip in slips):
            return tuple([wrong if one == row else one for one in part] for part in (block.old, block.new))  # type: ignore[return-value] # two parts
    return None


# What must be refused.


def _uncommented(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The user has commented one line out."""
    at = rng.randrange(len(block.old))
    row = block.old[at]
    if not re.match(r"\s*(?!rem\b)[a-z(]\w", row):  # code, not a comment of its own
        return None
    indent = row[: len(row) - len(row.lstrip())]
    mark = "# " if block.path.endswith(".py") else "// "
    place = block.start + at
    return [*block.lines[:place], indent + mark + row.lstrip(), *block.lines[place + 1 :]], (
        block.old,
        block.new,
    )


def _twin(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The block stands twice, once deeper; the search has another depth still."""
    pair = KNOWN["over-indented"](rng, block)
    rows = ["        " + row if row.strip() else row for row in block.old]
    return None if pair is None else ([*block.lines, *rows], pair)


SUITE = Suite(
    must_apply={
        "dedent and smart quotes": _then("uniform dedent", KNOWN["smart quotes"]),
        "tabs and line numbers": _then("tabs for spaces", each_line("{n:>4} | {row}")),
        "entities, fence, blanks at ends": _then("entities", _around("```\n", "  \n```")),
        "two typos in a comment": _two_typos,
        "blank line dropped, over-indented": _then("blank line dropped", KNOWN["over-indented"]),
        "1. as line numbers": each_line("{n}. {row}"),
        "triple quotes around": _around('"""\n', '\n"""'),
        "dots at both ends": _around("...\n", "\n..."),
        "<pre><code> around": _around("<pre><code>", "</code></pre>"),
    },
    must_refuse={
        "commented out since, one line": unless_copied(_uncommented),
        "two depths, neither the search's": _twin,
        "number changed since, smart quotes": noisy("number changed since", KNOWN["smart quotes"]),
        "letter case changed since, entities": noisy("letter case changed since", KNOWN["entities"]),
        "invented, in a fence": noisy("invented", KNOWN["fence"]),
        "name changed since, two depths off": noisy(
            "name changed since", both(lambda row: "        " + row if row.strip() else row)
        ),
    },
)
