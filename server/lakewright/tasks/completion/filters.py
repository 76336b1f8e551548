"""From a model's answer to the text that may go in at a cursor. Pure; also for an answer that still grows.

A longer answer never takes back what `settled` gave for a shorter one; once it `is_complete`, nothing
that may follow changes it.
"""

import re

from lakewright.edits.masks import new_mask
from lakewright.tasks.completion.echo import without_echo
from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.indent import aligned
from lakewright.tasks.completion.take import Taken, take
from lakewright.tasks.completion.taking import Bounds
from lakewright.tasks.completion.unwrap import unwrap

MOST_CHARACTERS = 20_000
"""Of an answer; what is beyond it is left out: a completion is short."""

_NEAR = 10
"""Lines above and below the cursor whose comments are not said again."""

_DEFAULT = Bounds()
_TOKEN_END = re.compile(r"[\w)\]};\"'`]$")


def filtered(raw: str, hole: Hole, bounds: Bounds = _DEFAULT) -> str:
    """The text to insert for a whole answer, with the file's newlines; "" where nothing of it fits."""
    return _finished(_taken(raw, hole, bounds, final=True).text, hole)


def filtered_cut(raw: str, hole: Hole, bounds: Bounds = _DEFAULT) -> str:
    """The same of an answer that ended in the middle: of its whole lines, as many as balance."""
    return _finished(_taken(raw, hole, bounds, final=False, cut=True).text, hole)


def settled(partial: str, hole: Hole, bounds: Bounds = _DEFAULT) -> str:
    """What is sure by now of an answer that still grows, or was cut: whole lines that balance."""
    return _finished(_taken(partial, hole, bounds, final=False).text, hole)


def written(partial: str, hole: Hole) -> str:
    """What an answer that still grows has begun to write at the cursor, cut anywhere; nothing to be used."""
    answer = unwrap(partial[:MOST_CHARACTERS], hole, final=True)
    own = without_echo(answer, hole, whole=True)
    lines = aligned(own.lines, hole, whole=True) if own is not None else None
    return hole.newline.join(lines or ())


def is_complete(partial: str, hole: Hole, bounds: Bounds = _DEFAULT) -> bool:
    """Whether the rest of the answer can't change the completion: its stream can be cut."""
    return _taken(partial, hole, bounds, final=False).ended


def _taken(raw: str, hole: Hole, bounds: Bounds, *, final: bool, cut: bool = False) -> Taken:
    final = final or len(raw) > MOST_CHARACTERS
    answer = unwrap(raw[:MOST_CHARACTERS], hole, final=final)
    own = without_echo(answer, hole, whole=final or answer.ended)
    if own is None:
        return Taken("", ended=False)
    whole = final or cut or own.ended
    lines = aligned(own.lines, hole, whole=whole)
    if lines is None:
        return Taken("", ended=False)
    taken = take(lines, hole, bounds, bare=answer.bare, whole=whole)
    return Taken(taken.text, ended=taken.ended or own.ended)


def _finished(text: str, hole: Hole) -> str:
    text = _glued(_without_trailing_blanks(text, hole), hole)
    if not text.strip() or _is_known_comment(text, hole) or new_mask(text, hole.prefix + hole.suffix):
        return ""
    return text.replace("\n", hole.newline)


def _without_trailing_blanks(text: str, hole: Hole) -> str:
    """Without blanks that nothing follows on their line, and without blank lines at the end."""
    if not hole.tail.strip() or hole.tail[0].isspace() or "\n" in text[len(text.rstrip()) :]:
        text = text.rstrip()
    if hole.syntax.prose:
        return text
    *lines, last = text.split("\n")
    return "\n".join([*(line.rstrip() for line in lines), last])


def _glued(text: str, hole: Hole) -> str:
    """With a line of its own where code stands behind a cursor at a line's beginning."""
    if not text or hole.head.strip() or not re.match(r"\w", hole.tail) or not _TOKEN_END.search(text):
        return text
    return f"{text}\n{hole.head}"


def _is_known_comment(text: str, hole: Hole) -> bool:
    """Whether all it says are comments that stand around the cursor already."""
    if hole.head.strip() or hole.state.quote(hole.syntax) is not None:
        return False
    openings = hole.syntax.comment_openings
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    known = {line.strip() for line in (*hole.above[-_NEAR:], *hole.below[:_NEAR])}
    return bool(openings) and all(line.startswith(openings) and line in known for line in lines)
