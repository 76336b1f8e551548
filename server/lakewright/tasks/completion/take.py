"""An answer's lines one by one, up to where the completion ends and balances.

What comes later never takes a line back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.tasks.completion.echo import words_in
from lakewright.tasks.completion.ending import dangles, ends_before
from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.overlap import before_tail
from lakewright.tasks.completion.scan import Closer, State, scan
from lakewright.tasks.completion.taking import Bounds, Taking, fits


@dataclass(frozen=True, slots=True)
class Taken:
    """The text that may go in. `ended`: nothing that may follow counts."""

    text: str
    ended: bool


def take(lines: Sequence[str], hole: Hole, bounds: Bounds, *, bare: bool, whole: bool) -> Taken:
    """The text of aligned lines up to where the completion ends and balances. `whole`: no more will come."""
    taking = Taking(hole, bounds, hole.state, bare)
    for line in lines:
        if ends_before(line, taking) or _add(line, taking) or len(taking.lines) >= bounds.lines:
            return Taken(taking.good, ended=True)
    if whole and taking.waiting is not None and not (taking.below and _is_unbalanced(taking)):
        taking.good = taking.waiting
    return Taken(taking.good, ended=False)


def _is_unbalanced(taking: Taking) -> bool:
    """Whether brackets tell nothing here: in prose, strings and comments."""
    return not taking.hole.syntax.brackets or taking.hole.state.quote(taking.hole.syntax) is not None


def _add(line: str, taking: Taking) -> bool:
    """Take the line, or what of it fits; True when the completion ends with it."""
    hole = taking.hole
    start = scan("\n" if taking.lines else "", taking.state, hole.syntax)
    own = before_tail(line, start, taking)
    if own is not None:
        taking.lines.append(own)
        taking.good = taking.text
        return True
    closers: list[Closer] = []
    after = scan(line, start, hole.syntax, closers)
    if any(closer.depth < _depth(hole) for closer in closers):
        return _add_closing(line, start, closers, taking)
    repeats = bool(taking.lines) and words_in(line) > 0 and taking.shown(line) == taking.previous
    is_open = dangles(line, after, taking)
    taking.lines.append(line)
    taking.state, taking.waiting = after, None
    if fits(after, taking) and not is_open:
        if repeats or taking.below:
            taking.waiting = taking.text
        else:
            taking.good, taking.least = taking.text, hole.trouble_after(after)
    return _is_one_line(hole) or _is_terminated(line, after, hole)


def _depth(hole: Hole) -> int:
    return len(hole.state.stack) - len(hole.state.missing)


def _is_one_line(hole: Hole) -> bool:
    """Whether code goes on behind the cursor, so that a second line would tear it."""
    if not hole.head.strip() or not re.search(r"\w", hole.tail):
        return False
    return not re.match(r"\s*[)\]}>\"'`<]", hole.tail)


def _is_terminated(line: str, after: State, hole: Hole) -> bool:
    terminator = hole.syntax.terminator
    return bool(terminator) and line.rstrip().endswith(terminator) and after.quote(hole.syntax) is None


def _add_closing(line: str, start: State, closers: list[Closer], taking: Taking) -> bool:
    """A line that closes what was open at the cursor: up to where only what nothing else closes is."""
    hole = taking.hole
    for cut in (len(line), *(one.at for one in reversed(closers) if one.depth < _depth(hole))):
        after = scan(line[:cut], start, hole.syntax)
        if not fits(after, taking) or _closed_too_much(cut, closers, hole):
            continue
        kept = line[:cut] if cut == len(line) else _kept(line[:cut].rstrip(), start, taking)
        taking.lines.append(kept)
        taking.state, taking.waiting = after, None
        if kept.strip():
            taking.good = taking.text
        return cut < len(line) or len(after.stack) < len(hole.state.stack)
    return True


def _kept(line: str, start: State, taking: Taking) -> str:
    own = before_tail(line, start, taking)
    return line if own is None else own


def _closed_too_much(cut: int, closers: list[Closer], hole: Hole) -> bool:
    """Whether more brackets of the text above are closed than the text below leaves open."""
    base = _depth(hole) - (hole.state.quote(hole.syntax) is not None)
    lowest = min((one.depth for one in closers if one.at < cut and not one.is_quote), default=base)
    return base - lowest > hole.trouble.left_open
