"""Defects that were held out once: invented when the matcher was finished, and since then written for."""

import random
import re
from collections.abc import Callable

from edits_cases import NAME, Block, Misquote, Pair, Stale, both, on_unchanged, unless_copied

# ruff: noqa: ARG001 - a defect takes what all take

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_CALL = re.compile(r"(\s*)([\w.]+(?: = [\w.]+)?\()(\w[\w. =]*(?:, [\w. =]+)+)(\)[;:]?)")


def _wrapped(rows: list[str]) -> tuple[int, int] | None:
    """Lines of a bracket that opens at a line's end and closes at the beginning of a later one."""
    for start, row in enumerate(rows):
        opener = row.rstrip()[-1:]
        depth = len(row) - len(row.lstrip())
        for end in range(start + 1, len(rows) if opener in _CLOSERS and opener != "{" else 0):
            other = rows[end]
            if not other.strip() or re.search(r"#|//|/\*|\"\"\"|'''", other):
                break
            if len(other) - len(other.lstrip()) <= depth:
                closes = other.lstrip().startswith(_CLOSERS[opener]) and end > start + 1
                return (start, end) if closes else None
    return None


def _joined_line(_: random.Random, block: Block) -> Pair | None:
    """A call that the file has on several lines, on one; its last comma goes, as formatters do it."""
    found = _wrapped(block.old)
    if found is None:
        return None
    start, end = found
    inner = " ".join(row.strip() for row in block.old[start + 1 : end]).removesuffix(",")
    return on_unchanged(block, start, end + 1, [block.old[start].rstrip() + inner + block.old[end].strip()])


def _split_line(_: random.Random, block: Block) -> Pair | None:
    """A call on one line, on three."""
    for at, row in enumerate(block.old):
        call = _CALL.fullmatch(row)
        pair = call and on_unchanged(
            block, at, at + 1, [call[1] + call[2], f"{call[1]}    {call[3]}", call[1] + call[4]]
        )
        if pair:
            return pair
    return None


def _trailing_comma(_: random.Random, block: Block) -> Pair | None:
    found = _wrapped(block.old)
    if found is None or found[1] - found[0] < 3:
        return None
    rows = block.old[found[0] + 1 : found[1]]
    last = found[1] - 1
    if not all(row.endswith(",") for row in rows[:-1]) or not re.search(r"\w$", rows[-1]) or "*" in rows[-1]:
        return None
    return on_unchanged(block, last, last + 1, [block.old[last] + ","])


def _body(block: Block) -> tuple[list[str], list[str], list[str]]:
    """The edit as the lines of a hunk: all, the old side, the new side; each with its sign."""
    head = next((i for i, (a, b) in enumerate(zip(block.old, block.new, strict=False)) if a != b), 0)
    tail = next(
        (i for i, (a, b) in enumerate(zip(block.old[::-1], block.new[::-1], strict=False)) if a != b), 0
    )
    tail = min(tail, len(block.old) - head, len(block.new) - head)
    first = [" " + row for row in block.old[:head]]
    last = [" " + row for row in block.old[len(block.old) - tail :]]
    gone = ["-" + row for row in block.old[head : len(block.old) - tail]]
    came = ["+" + row for row in block.new[head : len(block.new) - tail]]
    return [*first, *gone, *came, *last], [*first, *gone, *last], [*first, *came, *last]


def _hunk_as_search(_: random.Random, block: Block) -> Pair:
    """The whole hunk, added lines too, where the old text belongs."""
    return _body(block)[0], block.new


def _hunk_header(rng: random.Random, block: Block) -> Pair | None:
    old, new = _body(block)[1:]
    if not any(row[0] == "-" for row in old) or not any(row[0] == "+" for row in new):
        return None
    header = f"@@ -{block.start + 1},{len(old)} +{block.start + 1},{len(new)} @@"
    return [header, *old], [header, *new]


def _around(before: str, after: str) -> Misquote:
    """Something before the first line and after the last, on the same lines."""

    def misquote(_: random.Random, block: Block) -> Pair:
        old, new = "\n".join(block.old), "\n".join(block.new)
        return f"{before}{old}{after}".split("\n"), f"{before}{new}{after}".split("\n")

    return misquote


def _cited(_: random.Random, block: Block) -> Pair:
    line = f"src/{block.path}:{block.start + 1}-{block.start + len(block.old)}"
    return [line, *block.old], [line, *block.new]


def _unicode_escapes(row: str) -> str:
    return "".join(f"\\u{ord(char):04x}" if 127 < ord(char) < 65_536 else char for char in row)


def _markdown_escapes(row: str) -> str:
    return row if "\\" in row else re.sub(r"([_*])", r"\\\1", row)


def _no_semicolons(_: random.Random, block: Block) -> Pair | None:
    """JavaScript in the style without them."""
    if not block.path.endswith((".js", ".mjs", ".cjs", ".ts")):
        return None
    for at, row in enumerate(block.old):
        ends = re.search(r"[\w)\]'\"];$", row) and not re.match(r"\s*(?:for|while|if|else|do|\})", row)
        pair = on_unchanged(block, at, at + 1, [row[:-1]]) if ends else None
        if pair:
            return pair
    return None


def _other_quotes(_: random.Random, block: Block) -> Pair | None:
    """A string between the other quotes; its value is the same."""
    if not block.path.endswith((".py", ".js", ".mjs", ".cjs", ".ts")):
        return None
    for at, row in enumerate(block.old):
        if "'" in row and '"' in row:
            continue
        other = re.sub(r"(?<!\w)(['\"])([\w .:/-]+)\1", lambda m: f"{_other(m[1])}{m[2]}{_other(m[1])}", row)
        pair = on_unchanged(block, at, at + 1, [other]) if other != row else None
        if pair:
            return pair
    return None


def _other(quote: str) -> str:
    return '"' if quote == "'" else "'"


# What must be refused, unless it happens to stand letter for letter in the file.


def _not_exact(stale: Stale) -> Stale:
    def checked(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
        made = stale(rng, block)
        return None if made is None or "\n".join(made[1][0]) in "\n".join(made[0]) else made

    return checked


def _cut_last_line(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The last line is quoted up to a sign within it; it can't be told from a line that has grown since."""
    last = block.old[-1]
    places = [
        match.end() for match in re.finditer(r"[(,=]", last[:-1]) if len(last[: match.end()].strip()) > 8
    ]
    if not places:
        return None
    pair = on_unchanged(block, len(block.old) - 1, len(block.old), [last[: rng.choice(places)]])
    return (block.lines, pair) if pair else None


def _line_not_shown(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """A line of the block is left out of search and replacement, with no sign of it."""
    at = rng.randrange(1, len(block.old) - 1)
    pair = on_unchanged(block, at, at + 1, [])
    return (block.lines, pair) if pair and block.old[at].strip() else None


def _respelt(pattern: str, change: Callable[[re.Match[str]], str]) -> Stale:
    """The search says one line in other words than the file."""

    def stale(_: random.Random, block: Block) -> tuple[list[str], Pair] | None:
        for at, row in enumerate(block.old):
            other = re.sub(pattern, change, row, count=1)
            pair = on_unchanged(block, at, at + 1, [other]) if other != row and other.strip() else None
            if pair:
                return block.lines, pair
        return None

    return stale


def _paraphrased(_: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    for at, row in enumerate(block.old):
        words = re.fullmatch(r"(\s*(?:#|//|\*) )(\w+(?: \w+){3,})[.,:]?", row)
        pair = words and on_unchanged(block, at, at + 1, [words[1] + " ".join(words[2].split()[::-1])])
        if pair:
            return block.lines, pair
    return None


def _swapped(_: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """Two neighbours in the other order, as if sorted."""
    for at in range(len(block.old) - 1):
        one, two = block.old[at], block.old[at + 1]
        pair = (
            on_unchanged(block, at, at + 2, [two, one])
            if one.strip() and two.strip() and one != two
            else None
        )
        if pair:
            return block.lines, pair
    return None


def _line_too_many(_: random.Random, block: Block) -> tuple[list[str], Pair]:
    """A last line that the file hasn't, guessed."""
    indent = block.old[-1][: len(block.old[-1]) - len(block.old[-1].lstrip())]
    return block.lines, ([*block.old, indent + "return result"], [*block.new, indent + "return result"])


def _clone_stays(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The block was deleted; a sister that differs in one name stands elsewhere."""
    at = next((i for i, row in enumerate(block.old) if re.search(r"[=(]", row) and NAME.search(row)), None)
    if at is None:
        return None
    sister = [*block.old]
    sister[at] = NAME.sub(lambda match: match[0] + "_two", sister[at], count=1)
    end = block.start + len(block.old)
    rest = [*block.lines[: block.start], *block.lines[end:]]
    place = rng.choice([0, len(rest)])
    return [*rest[:place], *sister, *rest[place:]], (block.old, block.new)


def _wrapped_since(rng: random.Random, block: Block) -> tuple[list[str], Pair] | None:
    """The user has wrapped a call and given it another argument."""
    for at, row in enumerate(block.old):
        call = _CALL.fullmatch(row)
        if call:
            rows = [call[1] + call[2], f"{call[1]}    {call[3]}, more=1", call[1] + call[4]]
            place = block.start + at
            return [*block.lines[:place], *rows, *block.lines[place + 1 :]], (block.old, block.new)
    return None


MUST_APPLY: dict[str, Misquote] = {
    "a wrapped call joined": _joined_line,
    "a long call split": _split_line,
    "last comma added": _trailing_comma,
    "whole hunk as the search": _hunk_as_search,
    "@@ on top": _hunk_header,
    "CDATA around": _around("<![CDATA[", "]]>"),
    "backticks around": _around("`", "`"),
    "parameter tags around": _around('<parameter name="text">\n', "\n</parameter>"),
    "byte order mark": _around("\ufeff", ""),
    "path:lines on top": _cited,
    "\\u escapes": both(_unicode_escapes),
    "Markdown escapes": both(_markdown_escapes),
    "&nbsp;": both(lambda row: row.replace("  ", "&nbsp; ")),
    "semicolon dropped": _no_semicolons,
    "other quotes of a string": _other_quotes,
}
MUST_REFUSE: dict[str, Stale] = {
    name: _not_exact(stale)
    for name, stale in {
        "a line not shown": _line_not_shown,
        "self. dropped": _respelt(r"\b(?:self|this)\.", lambda _: ""),
        "await or not dropped": _respelt(r"\b(?:await|not|async|const|static) ", lambda _: ""),
        "annotation dropped": _respelt(r"(\w)(?:: \w+| -> \w+)(?=[,):=])", lambda match: match[1]),
        "string prefix dropped": _respelt(r"\b[rbf](?=[\"'])", lambda _: ""),
        "number in another form": _respelt(r"\b\d{2,9}\b", lambda match: hex(int(match[0]))),
        "other words in a comment": _paraphrased,
        "neighbours swapped": _swapped,
        "a line too many": _line_too_many,
        "deleted, and a sister": unless_copied(_clone_stays),
        "wrapped and changed since": _wrapped_since,
    }.items()
} | {"last line cut": _cut_last_line}
