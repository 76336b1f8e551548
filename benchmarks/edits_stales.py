"""What must be refused: the file has changed since, or the edit says something else than the file."""

import random
import re
from collections.abc import Callable

from edits_cases import NAME, Block, Pair, Stale, unless_copied

# ruff: noqa: ARG001 - a defect takes what all take

_COMMENT = re.compile(r"\s*(?:#|//|\*)\s+[a-z ,.]{20,}$", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")


def _twice(rng: random.Random, block: Block) -> tuple[list[str], Pair]:
    at = rng.choice([0, len(block.lines)])
    return [*block.lines[:at], *block.old, *block.lines[at:]], (block.old, block.new)


def _stale(change: Callable[[random.Random, str], str | None], *, in_code: bool = False) -> Stale:
    """The user has changed one line of the block since the model read it. `in_code`: a line of code, since
    one letter more or less in the prose of a comment is a typo, which must be forgiven.
    """

    def made(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
        order = [i for i, row in enumerate(block.old) if row.strip()]
        if in_code:
            order = [i for i in order if not _in_long_comment(block.lines[: block.start + i])]
        rng.shuffle(order)
        for at in order:
            row = change(rng, block.old[at])
            if row is not None and row != block.old[at]:
                place = block.start + at
                return [*block.lines[:place], row, *block.lines[place + 1 :]], (block.old, block.new)
        return None

    return made


def _in_long_comment(above: list[str]) -> bool:
    """Whether a comment or a docstring that began in the lines above is still open after them."""
    text = "\n".join(above)
    return text.rfind("/*") > text.rfind("*/") or text.count('"""') % 2 == 1


def _renamed(rng: random.Random, row: str) -> str | None:
    """A name in a line of code: one with brackets or an assignment, no comment."""
    code = re.split(r"#|//|--|\"\"\"", row)[0]
    names = NAME.findall(code) if re.search(r"[=(){};]", code) and not _COMMENT.match(row) else []
    names = [name for name in names if re.search(rf"\b{name}\b[^a-z]*[=(.;]", code)]
    return re.sub(rf"\b{(name := rng.choice(names))}\b", name[:-1], row, count=1) if names else None


def _renumbered(_: random.Random, row: str) -> str | None:
    match = _NUMBER.search(row)
    return row[: match.start()] + str(int(match[0]) + 1) + row[match.end() :] if match else None


def _operator(_: random.Random, row: str) -> str | None:
    for a, b in ((" == ", " != "), (" and ", " or "), (" + ", " - "), (" < ", " <= "), ("&&", "||")):
        if a in row:
            return row.replace(a, b, 1)
    return None


def _case(rng: random.Random, row: str) -> str | None:
    names = NAME.findall(row)
    return row.replace(name := rng.choice(names), name.capitalize(), 1) if names else None


def _string(_: random.Random, row: str) -> str | None:
    match = re.search(r"([\"'])([a-z]{4,})\1", row)
    return row.replace(match[2], match[2] + "s", 1) if match else None


def _lines_added(rng: random.Random, block: Block) -> tuple[list[str], Pair]:
    at = block.start + rng.randrange(1, len(block.old))
    return [*block.lines[:at], "user_added_this()", *block.lines[at:]], (block.old, block.new)


def _deleted(_: random.Random, block: Block) -> tuple[list[str], Pair]:
    return [*block.lines[: block.start], *block.lines[block.start + len(block.old) :]], (block.old, block.new)


def _already(_: random.Random, block: Block) -> tuple[list[str], Pair]:
    end = block.start + len(block.old)
    return [*block.lines[: block.start], *block.new, *block.lines[end:]], (block.old, block.new)


def _invented(rng: random.Random, block: Block) -> tuple[list[str], Pair]:
    rows = [NAME.sub(lambda match: match[0][::-1], row) for row in block.old]
    return block.lines, (rows, [*rows, "more()"])


def _clone(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The block was changed by the user, and stands unchanged but deeper somewhere else."""
    stale = _stale(_renamed)(rng, block)
    if stale is None or not all(row.strip() for row in block.old[:1]):
        return None
    return [*stale[0], *("    " + row if row.strip() else row for row in block.old)], stale[1]


def _elided_replacement(_: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    if len(block.old) < 6:
        return None
    mark = (
        "# ... rest of the code unchanged ..." if block.path.endswith(".py") else "// ... existing code ..."
    )
    return block.lines, (block.old, [block.new[0], mark, block.new[-1]])


def _masked(_: random.Random, block: Block) -> tuple[list[str], Pair]:
    return block.lines, (block.old, [*block.new, 'owner = "<EMAIL_ADDRESS>"'])


def _cut(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The search ends inside a word, the replacement doesn't go on with it."""
    last = block.old[-1]
    match = re.search(r"[a-z]{6,}$", last)
    return (
        (block.lines, ([*block.old[:-1], last[:-2]], [*block.old[:-1], last[: match.start()] + "other"]))
        if match
        else None
    )


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


def _last_line_unindented(_: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """One line at another depth than the rest, which is meaning in some languages."""
    last = block.old[-1]
    if last == last.lstrip() or block.new[-1] != last:
        return None
    return block.lines, ([*block.old[:-1], last.lstrip()], [*block.new[:-1], last.lstrip()])


MUST_REFUSE: dict[str, Stale] = {
    "twice in the file": _twice,
    "name changed since": _stale(_renamed, in_code=True),
    "number changed since": _stale(_renumbered),
    "operator changed since": _stale(_operator),
    "letter case changed since": _stale(_case),
    "string changed since": _stale(_string),
    "lines added since": _lines_added,
    "deleted since": unless_copied(_deleted),
    "already applied": _already,
    "invented": _invented,
    "changed, and a deeper copy": _clone,
    "elision in the replacement": _elided_replacement,
    "masked by a gateway": _masked,
    "cut inside a word": _cut,
    "last line unindented": _last_line_unindented,
    "statement added to a line": _semicolon_lost,
    "commented out since": unless_copied(_commented_out),
    "moved deeper, twice": _moved_deeper,
}
