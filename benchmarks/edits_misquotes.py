"""What models get wrong when they quote a file: slips that carry no meaning and must be forgiven."""

import random
import re
from collections.abc import Sequence

from edits_cases import Block, Misquote, Pair, both

# ruff: noqa: RUF001, ARG001, ARG005 - look-alikes are a defect that is measured; a defect takes what all take

_COMMENT = re.compile(r"\s*(?:#|//|\*)\s+[a-z ,.]{20,}$", re.IGNORECASE)


def _exact(_: random.Random, block: Block) -> Pair:
    return block.old, block.new


def _dedent(_: random.Random, block: Block) -> Pair | None:
    rows = [row for row in block.old + block.new if row.strip()]
    depth = min(len(row) - len(row.lstrip()) for row in rows)
    if len({row[:depth] for row in rows}) > 1:  # tabs here and blanks there: no one takes that off
        return None
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
    "file name on top": _file_name_on_top,
    "other quotes": both(_quote_style),
    "[12] as line numbers": _bold_numbers,
    "> before each line": _arrow_on_changed,
    "two slips: dedent and |": lambda rng, block: (
        (
            [f"{block.start + i + 1} | {row.strip()}" for i, row in enumerate(block.old)],
            [f"{block.start + i + 1} | {row.strip()}" for i, row in enumerate(block.new)],
        )
        if len({len(row) - len(row.lstrip()) for row in block.old + block.new}) == 1
        else None
    ),
}
