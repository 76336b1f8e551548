"""True edits of real files, and cases made of them: each with the text that must come of it, or none."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Case:
    """`wanted` is the text after the edit; None: the edit must be refused (or be told as done already)."""

    defect: str
    path: str
    text: str
    search: str
    replace: str
    wanted: str | None


@dataclass(frozen=True)
class Block:
    """A true edit: lines of the file, and the same lines with one of them changed or one added."""

    path: str
    lines: list[str]
    start: int
    old: list[str]
    new: list[str]

    @cached_property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    @cached_property
    def wanted(self) -> str:
        end = self.start + len(self.old)
        return "\n".join([*self.lines[: self.start], *self.new, *self.lines[end:]]) + "\n"


Pair = tuple[Sequence[str], Sequence[str]]
Misquote = Callable[[random.Random, Block], Pair | None]
Stale = Callable[[random.Random, Block], tuple[list[str], Pair] | None]


@dataclass(frozen=True)
class Suite:
    """Defects by name: what must be forgiven, and what must be refused."""

    must_apply: dict[str, Misquote]
    must_refuse: dict[str, Stale]


NAME = re.compile(r"\b[a-z_]{5,}\b")


def block_of(rng: random.Random, path: str, lines: list[str], *, size: int = 0) -> Block | None:
    """A block of 3 to 9 lines that stands once, with a change on one line that has a word."""
    for _ in range(30):
        length = size or rng.randint(3, 9)
        if len(lines) <= length + 2:
            return None
        start = rng.randrange(len(lines) - length)
        old = lines[start : start + length]
        if (
            not old[0].strip()
            or not old[-1].strip()
            or sum(bool(row.strip()) for row in old) < min(length, 3)
        ):
            continue
        text, wanted = "\n".join(lines), "\n".join(old)
        if text.find(wanted, text.find(wanted) + 1) >= 0:  # one that overlaps is another one, too
            continue
        new = _changed(rng, old)
        if new:
            return Block(path, lines, start, old, new)
    return None


def _changed(rng: random.Random, old: list[str]) -> list[str] | None:
    rows = [i for i, row in enumerate(old) if NAME.search(row)]
    if not rows:
        return None
    at = rng.choice(rows)
    row = old[at]
    name = rng.choice(NAME.findall(row))
    indent = row[: len(row) - len(row.lstrip())]
    kind = rng.randrange(3)
    if kind == 0:
        return [*old[:at], re.sub(rf"\b{name}\b", name + "_new", row, count=1), *old[at + 1 :]]
    if kind == 1:
        return [*old[: at + 1], f"{indent}added_{name}(1)", *old[at + 1 :]]
    return [*old[:at], *old[at + 1 :]] if len(old) > 3 and 0 < at < len(old) - 1 else None


def cases(rng: random.Random, block: Block, suite: Suite) -> Iterator[Case]:
    """Every defect of the suite that can be made of one block.

    A misquoted search that stands letter for letter somewhere else is left out: it is an exact and unique
    match there, and nobody can know that another place was meant.
    """
    for name, misquote in suite.must_apply.items():
        pair = misquote(rng, block)
        if pair is not None and not _stands_elsewhere(block, _joined(pair[0])):
            yield Case(name, block.path, block.text, _joined(pair[0]), _joined(pair[1]), block.wanted)
    for name, stale in suite.must_refuse.items():
        made = stale(rng, block)
        if made is not None:
            lines, pair = made
            yield Case(name, block.path, _joined(lines) + "\n", _joined(pair[0]), _joined(pair[1]), None)


def _stands_elsewhere(block: Block, search: str) -> bool:
    begin = sum(len(line) + 1 for line in block.lines[: block.start])
    end = begin + sum(len(line) + 1 for line in block.old)
    at = block.text.find(search)
    while at >= 0:
        if not begin - 1 <= at < end:
            return True
        at = block.text.find(search, at + 1)
    return False


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines)


def both(change: Callable[[str], str]) -> Misquote:
    """The same slip on every line of search and replacement; None where it changes nothing."""

    def misquote(_: random.Random, block: Block) -> Pair | None:
        search = [change(row) for row in block.old]
        return None if search == block.old else (search, [change(row) for row in block.new])

    return misquote


def on_unchanged(block: Block, start: int, end: int, rows: Sequence[str]) -> Pair | None:
    """Other rows for `block.old[start:end]` in search and replacement, if the edit leaves these alone."""
    head = next((i for i, (a, b) in enumerate(zip(block.old, block.new, strict=False)) if a != b), end)
    if end <= head:
        return [*block.old[:start], *rows, *block.old[end:]], [*block.new[:start], *rows, *block.new[end:]]
    shift = len(block.new) - len(block.old)
    if start + shift < head or block.new[start + shift :] != block.old[start:]:
        return None
    new = [*block.new[: start + shift], *rows, *block.new[end + shift :]]
    return [*block.old[:start], *rows, *block.old[end:]], new


def unless_copied(stale: Stale) -> Stale:
    """Not where a copy of the block stays that differs in blanks alone: the search misquotes that one then,
    and nobody can know that another was meant.
    """

    def checked(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
        made = stale(rng, block)
        wanted = ["".join(row.split()) for row in block.old if row.strip()]
        rows = [] if made is None else ["".join(row.split()) for row in made[0] if row.strip()]
        copied = any(
            row == wanted[0] and rows[at : at + len(wanted)] == wanted for at, row in enumerate(rows)
        )
        return None if copied else made

    return checked
