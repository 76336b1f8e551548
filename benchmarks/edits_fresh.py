"""Defects invented after the matcher; once a held-out measure, by now some of them have been written for."""

# ruff: noqa: ARG001, ARG005 - a defect takes what all take

import random
import re

from edits_cases import Block, Misquote, Pair, Stale, both


def _file_name_on_top(_: random.Random, block: Block) -> Pair:
    mark = "#" if block.path.endswith(".py") else "//"
    return [f"{mark} {block.path}", *block.old], [f"{mark} {block.path}", *block.new]


def _quote_style(row: str) -> str:
    return re.sub(r"'(\w*)'", r'"\1"', row) if '"' not in row else row


def _bold_numbers(_: random.Random, block: Block) -> Pair:
    def number(rows: list[str]) -> list[str]:
        return [f"[{block.start + i + 1}] {row}" for i, row in enumerate(rows)]

    return number(block.old), number(block.new)


def _arrow_on_changed(_: random.Random, block: Block) -> Pair | None:
    """A pointer to the place, as in an error message."""
    if block.old[0] != block.new[0]:
        return None
    return ["> " + row for row in block.old], ["> " + row for row in block.new]


def _last_line_unindented(_: random.Random, block: Block) -> Pair | None:
    last = block.old[-1]
    if last == last.lstrip() or block.new[-1] != last:
        return None
    return [*block.old[:-1], last.lstrip()], [*block.new[:-1], last.lstrip()]


def _semicolon_lost(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The user has put a statement at the end of a line."""
    at = block.start + rng.randrange(len(block.old))
    if not block.lines[at].strip():
        return None
    row = block.lines[at] + "; audit()"
    return [*block.lines[:at], row, *block.lines[at + 1 :]], (block.old, block.new)


def _commented_out(rng: random.Random, block: Block) -> tuple[list[str], Pair]:
    """The user has commented the block out."""
    mark = "# " if block.path.endswith(".py") else "// "
    end = block.start + len(block.old)
    rows = [mark + row for row in block.old]
    return [*block.lines[: block.start], *rows, *block.lines[end:]], (block.old, block.new)


def _moved_deeper(_: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The user has copied the block, a level deeper, above it and below it, and deleted it."""
    rows = ["    " + row if row.strip() else row for row in block.old]
    end = block.start + len(block.old)
    return [*block.lines[: block.start], *rows, "between()", *rows, *block.lines[end:]], (
        block.old,
        block.new,
    )


MUST_APPLY: dict[str, Misquote] = {
    "file name on top": _file_name_on_top,
    "other quotes": both(_quote_style),
    "[12] as line numbers": _bold_numbers,
    "> before each line": _arrow_on_changed,
    "last line unindented": _last_line_unindented,
    "two slips: dedent and |": lambda rng, block: (
        (
            [f"{block.start + i + 1} | {row.strip()}" for i, row in enumerate(block.old)],
            [f"{block.start + i + 1} | {row.strip()}" for i, row in enumerate(block.new)],
        )
        if len({len(row) - len(row.lstrip()) for row in block.old + block.new}) == 1
        else None
    ),
}
MUST_REFUSE: dict[str, Stale] = {
    "statement added to a line": _semicolon_lost,
    "commented out since": _commented_out,
    "moved deeper, twice": _moved_deeper,
}
