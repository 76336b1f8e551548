"""Text of a model or a file on one line of an editor: it never breaks the line, hides in it or turns it
around. Lengths are in code points.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 100
"""Code points of a message of progress."""

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSEEN = re.compile(
    "[\xad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, marks of direction, zero-width space
    "\u202a-\u202e\u2060-\u206f\ufeff"  # bidi embeddings, overrides and isolates, joiners, byte order mark
    "\ufff9-\ufffb\U000e0000-\U000e007f]"  # annotations; tags, which hide text
)
_HALVES = re.compile("[\ud800-\udfff]")  # nothing can encode them


def one_line(text: str) -> str:
    """The text on one line, single blanks between words, without what can't be seen."""
    return _BREAKS.sub(" ", without_unseen(text)).strip(" ")


def without_unseen(text: str) -> str:
    """The text without what hides in it, turns it around or can't be encoded; its lines stay."""
    return _HALVES.sub("\ufffd", _UNSEEN.sub("", text))


def shortened(text: str, most: int) -> str:
    """The beginning of a line, at whole words where possible, with an ellipsis where it is cut."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    words = head.rpartition(" ")[0] if text[most - 1] != " " else head
    return f"{(words if len(words) > most // 2 else head).rstrip(' ')}…"


def tail_of(pieces: Iterable[str], most: int) -> str:
    """The end of a text that came in pieces, as `shortened` has its beginning; reads the last pieces only."""
    enough, length, last = 4 * most, 0, []
    for piece in reversed(list(pieces)):
        last.append(piece[-enough:])
        length += len(last[-1])
        if length >= enough:
            break
    text = one_line("".join(reversed(last)))
    if len(text) <= most:
        return text
    tail = text[1 - most :]
    words = tail.partition(" ")[2] if text[-most] != " " else tail
    tail = words if len(words) > most // 2 else tail
    while tail and (unicodedata.combining(tail[0]) or tail[0] in " \u200c\u200d\ufe0e\ufe0f"):
        tail = tail[1:]
    return f"…{tail}"


def time_of(seconds: float) -> str:
    """`12 s`, `2 min 5 s`."""
    whole = max(0, int(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def ending_of(outcome: Mapping[str, Any]) -> str:
    """How a run ended, from its RunOutcome: `done · databricks-claude · 703 in, 231 out · 4 s`."""
    usage, timing = outcome.get("usage") or {}, outcome.get("timing") or {}
    counts = [
        f"{usage[name]:,} {word}"
        for name, word in (("inputTokens", "in"), ("outputTokens", "out"))
        if usage.get(name) is not None
    ]
    words = [str(outcome["state"])]
    if outcome.get("endpoint"):
        words.append(shortened(one_line(str(outcome["endpoint"])), LONGEST // 2))
    if counts:
        words.append(", ".join(counts))
    if timing.get("totalMs") is not None:
        words.append(time_of(timing["totalMs"] / 1000 + 0.5))
    return shortened(" · ".join(words), LONGEST)
