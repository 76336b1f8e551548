"""Cells of prose as a notebook's text shows them: comments, without blanks at the ends of their lines."""

import re
from collections import defaultdict
from collections.abc import Sequence


def uncommented(line: str, comment: str) -> str | None:
    """What a line of the text stands for; None where it is no comment."""
    if line.rstrip() in ("", comment):
        return ""
    return line[len(comment) + 1 :] if line.startswith(f"{comment} ") else None


def prose_lines(old: Sequence[tuple[str, str]], new: Sequence[str], comment: str) -> list[str | None]:
    """The cell's own lines for `new` ones of the text; None for one that is no comment.

    `old` are its lines as the text shows them and as they are. What is the same keeps the blanks at its
    end, for in Markdown two are a line break; so does a line in the place of another.
    """
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    middle = (
        _replaced(before, after, comment) if len(before) == len(after) else _moved(before, after, comment)
    )
    return [*(own for _, own in old[:head]), *middle, *(own for _, own in old[len(old) - tail :])]


def _same(old: Sequence[tuple[str, str]], new: Sequence[str]) -> int:
    """How many lines are the same from the start on."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, ((line, _), now) in pairs if line != now), min(len(old), len(new)))


def _replaced(old: Sequence[tuple[str, str]], new: Sequence[str], comment: str) -> list[str | None]:
    """Each line in the place of another."""
    found: list[str | None] = []
    for (line, own), now in zip(old, new, strict=True):
        text = own if line == now else uncommented(now, comment)
        blanks = re.search(r"\s*\Z", own)
        keeps = line != now and text and not text[-1].isspace() and blanks is not None
        found.append(f"{text}{blanks[0]}" if keeps and blanks else text)
    return found


def _moved(old: Sequence[tuple[str, str]], new: Sequence[str], comment: str) -> list[str | None]:
    """Lines that were there before, in whatever order, and new ones."""
    known: dict[str, list[str]] = defaultdict(list)
    for line, own in reversed(old):
        known[line].append(own)
    return [known[line].pop() if known.get(line) else uncommented(line, comment) for line in new]
