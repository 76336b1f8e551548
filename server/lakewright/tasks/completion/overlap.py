"""What an answer repeats of the line that follows the cursor."""

import re

from lakewright.tasks.completion.echo import words_in
from lakewright.tasks.completion.scan import State, scan
from lakewright.tasks.completion.taking import Taking, fits

_LONGEST_OVERLAP = 200


def before_tail(line: str, start: State, taking: Taking) -> str | None:
    """The line without what follows the cursor anyway, where it ends in that."""
    hole = taking.hole
    tail, said = hole.tail.strip(), line.rstrip()
    if not tail:
        return None
    telling = bool(re.search(r"[\w;,:]", tail))
    if said.endswith(tail) and (telling or not fits(scan(line, start, hole.syntax), taking)):
        own = _without_end(said, tail, start, taking)
        if own is not None:
            return own
    for length in range(min(len(tail) - 1, _LONGEST_OVERLAP), 2, -1):
        piece = tail[:length]
        if said.endswith(piece) and words_in(piece) >= 3 and not (piece[-1:] + tail[length]).isalnum():
            return _without_end(said, piece, start, taking)
    return _before_bracket(said, start, taking)


def _without_end(said: str, end: str, start: State, taking: Taking) -> str | None:
    """The line without its end, unless that is half of a word or leaves something open."""
    own = said[: -len(end)]
    if re.search(r"\w$", own) and re.match(r"\w", end):
        return None
    if not fits(scan(own, start, taking.hole.syntax), taking):
        return None
    return own.rstrip() if taking.hole.tail[:1].isspace() else own


def _before_bracket(said: str, start: State, taking: Taking) -> str | None:
    """The line without the end of a statement that stands inside of brackets."""
    hole = taking.hole
    inside = hole.state.stack[-1:] in (("(",), ("[",)) and start.stack == hole.state.stack
    if not inside or not said.endswith(";") or not hole.tail.lstrip().startswith((")", "]")):
        return None
    after = scan(said, start, hole.syntax)
    return said[:-1] if after.stack == hole.state.stack and fits(after, taking) else None
