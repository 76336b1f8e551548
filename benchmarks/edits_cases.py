"""Edits of real files with what models get wrong: each with the text that must come of it, or none."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

# ruff: noqa: RUF001, ARG001 - look-alikes are a defect that is measured; a defect takes what all take


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

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    @property
    def wanted(self) -> str:
        end = self.start + len(self.old)
        return "\n".join([*self.lines[: self.start], *self.new, *self.lines[end:]]) + "\n"


Pair = tuple[Sequence[str], Sequence[str]]
Misquote = Callable[[random.Random, Block], Pair | None]
Stale = Callable[[random.Random, Block], tuple[list[str], Pair] | None]

_COMMENT = re.compile(r"\s*(?:#|//|\*)\s+[a-z ,.]{20,}$", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_NAME = re.compile(r"\b[a-z_]{5,}\b")


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
        if ("\n".join(lines) + "\n").count("\n".join(old)) != 1:
            continue
        new = _changed(rng, old)
        if new:
            return Block(path, lines, start, old, new)
    return None


def _changed(rng: random.Random, old: list[str]) -> list[str] | None:
    rows = [i for i, row in enumerate(old) if _NAME.search(row)]
    if not rows:
        return None
    at = rng.choice(rows)
    row = old[at]
    name = rng.choice(_NAME.findall(row))
    indent = row[: len(row) - len(row.lstrip())]
    kind = rng.randrange(3)
    if kind == 0:
        return [*old[:at], re.sub(rf"\b{name}\b", name + "_new", row, count=1), *old[at + 1 :]]
    if kind == 1:
        return [*old[: at + 1], f"{indent}added_{name}(1)", *old[at + 1 :]]
    return [*old[:at], *old[at + 1 :]] if len(old) > 3 and 0 < at < len(old) - 1 else None


def cases(
    rng: random.Random, block: Block, must_apply: dict[str, Misquote], must_refuse: dict[str, Stale]
) -> Iterator[Case]:
    """Every defect that can be made of one block."""
    for name, misquote in must_apply.items():
        pair = misquote(rng, block)
        if pair is not None:
            yield Case(name, block.path, block.text, *_texts(pair), block.wanted)
    for name, stale in must_refuse.items():
        made = stale(rng, block)
        if made is not None:
            lines, pair = made
            yield Case(name, block.path, "\n".join(lines) + "\n", *_texts(pair), None)


def _texts(pair: Pair) -> tuple[str, str]:
    return "\n".join(pair[0]), "\n".join(pair[1])


def both(change: Callable[[str], str]) -> Misquote:
    """The same slip on every line of search and replacement; None where it changes nothing."""

    def misquote(_: random.Random, block: Block) -> Pair | None:
        search = [change(row) for row in block.old]
        return None if search == block.old else (search, [change(row) for row in block.new])

    return misquote


def _exact(_: random.Random, block: Block) -> Pair:
    return block.old, block.new


def _dedent(_: random.Random, block: Block) -> Pair | None:
    rows = [row for row in block.old + block.new if row.strip()]
    depth = min(len(row) - len(row.lstrip()) for row in rows)
    return ([row[depth:] for row in block.old], [row[depth:] for row in block.new]) if depth else None


def _tabs(rng: random.Random, block: Block) -> Pair | None:
    def change(row: str) -> str:
        body = row.lstrip(" ")
        depth = len(row) - len(body)
        return "\t" * (depth // 4) + " " * (depth % 4) + body

    rows = [row for row in block.old + block.new if row.strip()]
    if any((len(row) - len(row.lstrip())) % 4 or row.startswith("\t") for row in rows):
        return None
    return both(change)(rng, block)


def _first_unindented(_: random.Random, block: Block) -> Pair | None:
    if block.old[0] == block.old[0].lstrip() or block.old[0] != block.new[0]:
        return None
    return [block.old[0].lstrip(), *block.old[1:]], [block.new[0].lstrip(), *block.new[1:]]


def _blank_dropped(_: random.Random, block: Block) -> Pair | None:
    at = next((i for i, row in enumerate(block.old[1:-1], 1) if not row.strip()), None)
    if at is None:
        return None
    head, tail = block.old[:at], block.old[at + 1 :]
    if block.new[: len(head) + 1] == [*head, block.old[at]]:
        return head + tail, [*head, *block.new[at + 1 :]]
    shift = len(block.new) - len(block.old)
    if block.new[at + shift :] == block.old[at:]:
        return head + tail, [*block.new[: at + shift], *block.new[at + shift + 1 :]]
    return None


def _blank_added(_: random.Random, block: Block) -> Pair | None:
    return ["", *block.old], ["", *block.new]


def _blank_inside(rng: random.Random, block: Block) -> Pair | None:
    same = next((i for i, (a, b) in enumerate(zip(block.old, block.new, strict=False)) if a != b), 0)
    if same < 2 or not all(row.strip() for row in block.old[:same]):
        return None
    at = rng.randrange(1, same)
    return [*block.old[:at], "", *block.old[at:]], [*block.new[:at], "", *block.new[at:]]


def _typo(rng: random.Random, block: Block) -> Pair | None:
    rows = [i for i, row in enumerate(block.old) if _COMMENT.match(row) and row in block.new]
    for at in rows:
        row = block.old[at]
        words = re.findall(r"(?<= )[a-z]{6,}(?=[ .,]|$)", row)
        if not words:
            continue
        word = rng.choice(words)
        slip = word[:3] + word[4:]
        if word[3] == word[4] or re.search(rf"\b{slip}\b", block.text):
            continue
        wrong = row.replace(word, slip, 1)
        return [wrong if other == row else other for other in block.old], [
            wrong if other == row else other for other in block.new
        ]
    return None


def _elision(_: random.Random, block: Block, mark: str = "...") -> Pair | None:
    if len(block.old) < 6 or len(block.new) != len(block.old):
        return None
    at = next(i for i, (a, b) in enumerate(zip(block.old, block.new, strict=True)) if a != b)
    if at not in (0, 1) or not block.old[-2].strip():
        return None
    indent = block.old[2][: len(block.old[2]) - len(block.old[2].lstrip())]
    return [*block.old[:2], indent + mark, *block.old[-2:]], [*block.new[:2], indent + mark, *block.new[-2:]]


def _elision_comment(rng: random.Random, block: Block) -> Pair | None:
    return _elision(
        rng, block, "# ... existing code ..." if block.path.endswith(".py") else "// ... existing code ..."
    )


def _numbered(form: str) -> Misquote:
    def misquote(_: random.Random, block: Block) -> Pair:
        def number(rows: Sequence[str]) -> list[str]:
            return [form.format(block.start + i + 1) + row for i, row in enumerate(rows)]

        return number(block.old), number(block.new)

    return misquote


def _fenced(_: random.Random, block: Block) -> Pair:
    return ["```python", *block.old, "```"], ["```python", *block.new, "```"]


def _tagged(_: random.Random, block: Block) -> Pair:
    return ["<old_str>", *block.old, "</old_str>"], ["<new_str>", *block.new, "</new_str>"]


def _diff_signs(_: random.Random, block: Block) -> Pair:
    return ["-" + row for row in block.old], ["+" + row for row in block.new]


def _quotes(row: str) -> str:
    return re.sub(r"'([^']*)'", r"‘\1’", re.sub(r'"([^"]*)"', r"“\1”", row))


def _escaped(row: str) -> str:
    return row.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _spaces(rng: random.Random, block: Block) -> Pair | None:
    rows = [
        i
        for i, row in enumerate(block.old)
        if re.fullmatch(r"\s*[a-z_.]+ = [a-z_.]+\(?\)?", row) and row in block.new
    ]
    if not rows:
        return None
    row = block.old[rows[0]]
    wrong = row.replace(" = ", "  = ")
    return [wrong if r == row else r for r in block.old], [wrong if r == row else r for r in block.new]


MUST_APPLY: dict[str, Misquote] = {
    "exact": _exact,
    "trailing blanks": both(lambda row: row + "  "),
    "uniform dedent": _dedent,
    "over-indented": both(lambda row: "    " + row if row.strip() else row),
    "tabs for spaces": _tabs,
    "first line unindented": _first_unindented,
    "smart quotes": both(_quotes),
    "dashes": both(lambda row: row.replace("-", "–")),
    "no-break spaces": both(lambda row: row.replace("  ", "\u00a0 ")),
    "blank line dropped": _blank_dropped,
    "blank line before": _blank_added,
    "blank line inside": _blank_inside,
    "typo in a comment": _typo,
    "two blanks for one": _spaces,
    "elision": _elision,
    "elision in a comment": _elision_comment,
    "line numbers |": _numbered("{:>4} | "),
    "line numbers tab": _numbered("{:>6}\t"),
    "line numbers :": _numbered("{}: "),
    "fence": _fenced,
    "tags": _tagged,
    "diff signs": _diff_signs,
    "entities": both(_escaped),
    "doubled backslashes": both(lambda row: row.replace("\\", "\\\\")),
    "escaped quotes": both(lambda row: row.replace("\\", "\\\\").replace('"', '\\"')),
}


def _twice(rng: random.Random, block: Block) -> tuple[list[str], Pair]:
    at = rng.choice([0, len(block.lines)])
    return [*block.lines[:at], *block.old, *block.lines[at:]], (block.old, block.new)


def _stale(change: Callable[[random.Random, str], str | None]) -> Stale:
    """The user has changed one line of the block since the model read it."""

    def made(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
        order = [i for i, row in enumerate(block.old) if row.strip()]
        rng.shuffle(order)
        for at in order:
            row = change(rng, block.old[at])
            if row is not None and row != block.old[at]:
                place = block.start + at
                return [*block.lines[:place], row, *block.lines[place + 1 :]], (block.old, block.new)
        return None

    return made


def _renamed(rng: random.Random, row: str) -> str | None:
    """A name in a line of code: one with brackets or an assignment, no comment."""
    code = re.split(r"#|//|--|\"\"\"", row)[0]
    names = _NAME.findall(code) if re.search(r"[=(){};]", code) and not _COMMENT.match(row) else []
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
    names = _NAME.findall(row)
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
    rows = [_NAME.sub(lambda match: match[0][::-1], row) for row in block.old]
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


MUST_REFUSE: dict[str, Stale] = {
    "twice in the file": _twice,
    "name changed since": _stale(_renamed),
    "number changed since": _stale(_renumbered),
    "operator changed since": _stale(_operator),
    "letter case changed since": _stale(_case),
    "string changed since": _stale(_string),
    "lines added since": _lines_added,
    "deleted since": _deleted,
    "already applied": _already,
    "invented": _invented,
    "changed, and a deeper copy": _clone,
    "elision in the replacement": _elided_replacement,
    "masked by a gateway": _masked,
    "cut inside a word": _cut,
}
