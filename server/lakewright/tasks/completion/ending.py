"""Where a completion ends: with the block around the cursor, before what follows there already, balanced.

Lines are taken one by one; what comes later never takes a line back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lakewright.tasks.completion.echo import words_in
from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.indent import indent
from lakewright.tasks.completion.scan import Closer, State, Trouble, scan
from lakewright.tasks.completion.unwrap import is_sentence

_ELISION = re.compile(
    r"(?i)\s*(?:#|//|--|/\*|<!--)\s*"
    r"(?:\.\.\.|\u2026|(?:the )?(?:rest|remainder) of |(?:existing|your|remaining) code)"
)
_LONGEST_CYCLE = 4
_LONGEST_OVERLAP = 200
_DECORATORS = ("@", "#[")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a completion may be: lines, and definitions such as functions."""

    lines: int = 20
    definitions: int = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """The text that may go in. `ended`: nothing that may follow counts."""

    text: str
    ended: bool


@dataclass(slots=True)
class _Taking:
    """How far the lines were gone through. `good`: the text up to the last place that balances.

    `waiting` is text that counts only where something else follows it, or nothing at all. `below` is how
    many of the last lines are the first ones of the text below.
    """

    hole: Hole
    bounds: Bounds
    state: State
    bare: bool
    lines: list[str] = field(default_factory=list)
    good: str = ""
    waiting: str | None = None
    definitions: int = 0
    below: int = 0
    least: Trouble | None = None
    """What doesn't match with the text taken: it never becomes more again."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def shown(self, line: str) -> str:
        """A line that is next, as it stands in the file."""
        return line if self.lines else self.hole.head + line


def take(lines: Sequence[str], hole: Hole, bounds: Bounds, *, bare: bool, whole: bool) -> Taken:
    """The text of aligned lines up to where the completion ends and balances. `whole`: no more will come."""
    taking = _Taking(hole, bounds, hole.state, bare)
    for line in lines:
        if len(taking.lines) == bounds.lines or _ends_before(line, taking) or _add(line, taking):
            return Taken(taking.good, ended=True)
    if whole and taking.waiting is not None and not (taking.below and _is_unbalanced(taking)):
        taking.good = taking.waiting
    return Taken(taking.good, ended=False)


def _is_unbalanced(taking: _Taking) -> bool:
    """Whether brackets tell nothing here: in prose, strings and comments."""
    return not taking.hole.syntax.brackets or taking.hole.state.quote(taking.hole.syntax) is not None


def _add(line: str, taking: _Taking) -> bool:
    """Take the line, or what of it fits; True when the completion ends with it."""
    hole = taking.hole
    start = scan("\n" if taking.lines else "", taking.state, hole.syntax)
    own = _before_tail(line, start, taking)
    if own is not None:
        taking.lines.append(own)
        taking.good = taking.text
        return True
    closers: list[Closer] = []
    after = scan(line, start, hole.syntax, closers)
    if any(closer.depth < _depth(hole) for closer in closers):
        return _add_closing(line, start, closers, taking)
    again = bool(taking.lines) and words_in(line) > 0 and taking.shown(line) == _previous(taking)
    again = again or taking.below > 0
    dangles = _dangles(line, after, taking)
    taking.lines.append(line)
    taking.state, taking.waiting = after, None
    if _fits(after, taking) and not dangles:
        if again:
            taking.waiting = taking.text
        else:
            taking.good, taking.least = taking.text, hole.trouble_after(after)
    return _is_one_line(hole) or _is_terminated(line, after, hole)


def _depth(hole: Hole) -> int:
    return len(hole.state.stack) - len(hole.state.missing)


def _previous(taking: _Taking) -> str:
    return taking.lines[-1] if len(taking.lines) > 1 else taking.hole.head + taking.lines[-1]


def _is_one_line(hole: Hole) -> bool:
    """Whether code goes on behind the cursor, so that a second line would tear it."""
    if not hole.head.strip() or not re.search(r"\w", hole.tail):
        return False
    return not re.match(r"\s*[)\]}>\"'`<]", hole.tail)


def _is_terminated(line: str, after: State, hole: Hole) -> bool:
    terminator = hole.syntax.terminator
    return bool(terminator) and line.rstrip().endswith(terminator) and after.quote(hole.syntax) is None


def _add_closing(line: str, start: State, closers: list[Closer], taking: _Taking) -> bool:
    """A line that closes what was open at the cursor: up to where only what nothing else closes is."""
    hole = taking.hole
    for cut in (len(line), *(one.at for one in reversed(closers) if one.depth < _depth(hole))):
        after = scan(line[:cut], start, hole.syntax)
        if not _fits(after, taking) or _closed_too_much(cut, closers, hole):
            continue
        kept = line[:cut] if cut == len(line) else _kept(line[:cut].rstrip(), start, taking)
        taking.lines.append(kept)
        taking.state, taking.waiting = after, None
        if kept.strip():
            taking.good = taking.text
        return cut < len(line) or len(after.stack) < len(hole.state.stack)
    return True


def _kept(line: str, start: State, taking: _Taking) -> str:
    own = _before_tail(line, start, taking)
    return line if own is None else own


def _closed_too_much(cut: int, closers: list[Closer], hole: Hole) -> bool:
    """Whether more brackets of the text above are closed than the text below leaves open."""
    base = _depth(hole) - (hole.state.quote(hole.syntax) is not None)
    lowest = min((one.depth for one in closers if one.at < cut and not one.is_quote), default=base)
    return base - lowest > hole.trouble.left_open


def _fits(after: State, taking: _Taking) -> bool:
    hole = taking.hole
    return hole.trouble_after(after).no_worse_than(taking.least or hole.trouble)


def _before_tail(line: str, start: State, taking: _Taking) -> str | None:
    """The line without what follows the cursor anyway, where it ends in that."""
    hole = taking.hole
    tail, said = hole.tail.strip(), line.rstrip()
    if not tail:
        return None
    telling = bool(re.search(r"[\w;,:]", tail))
    if said.endswith(tail) and (telling or not _fits(scan(line, start, hole.syntax), taking)):
        own = _without_end(said, tail, start, taking)
        if own is not None:
            return own
    for length in range(min(len(tail) - 1, _LONGEST_OVERLAP), 2, -1):
        piece = tail[:length]
        if said.endswith(piece) and words_in(piece) >= 3 and not (piece[-1:] + tail[length]).isalnum():
            return _without_end(said, piece, start, taking)
    return _before_bracket(said, start, taking)


def _without_end(said: str, end: str, start: State, taking: _Taking) -> str | None:
    """The line without its end, unless that is half of a word or leaves something open."""
    own = said[: -len(end)]
    if re.search(r"\w$", own) and re.match(r"\w", end):
        return None
    if not _fits(scan(own, start, taking.hole.syntax), taking):
        return None
    return own.rstrip() if taking.hole.tail[:1].isspace() else own


def _before_bracket(said: str, start: State, taking: _Taking) -> str | None:
    """The line without the end of a statement that stands inside of brackets."""
    hole = taking.hole
    inside = hole.state.stack[-1:] in (("(",), ("[",)) and start.stack == hole.state.stack
    if not inside or not said.endswith(";") or not hole.tail.lstrip().startswith((")", "]")):
        return None
    after = scan(said, start, hole.syntax)
    return said[:-1] if after.stack == hole.state.stack and _fits(after, taking) else None


def _ends_before(line: str, taking: _Taking) -> bool:
    """Whether the completion is over before this line."""
    if _ELISION.match(line) or _follows_already(line, taking) or _repeats(line, taking):
        return True
    hole = taking.hole
    quote = taking.state.quote(hole.syntax)
    inside = len(taking.state.stack) > len(hole.state.stack) or (quote is not None and quote.lines)
    if not line.strip() or not taking.lines or (inside and not (quote and quote.lenient)):
        return not inside and _one_definition_too_many(line, taking)
    blank = len(taking.lines) - len(taking.text.rstrip().split("\n"))
    if blank > 0 and taking.bare and is_sentence(line) and hole.syntax.definition is not None:
        return True
    definition = hole.syntax.definition
    if blank > 1 and not (definition and definition.match(line)):
        return any(map(str.strip, taking.lines))
    return _leaves_block(line, taking) or _one_definition_too_many(line, taking)


def _follows_already(line: str, taking: _Taking) -> bool:
    """Whether the line is the next one of the text below the cursor."""
    hole = taking.hole
    shown = taking.shown(line).rstrip()
    if not shown.strip() or hole.tail.strip() or (not taking.lines and hole.head.strip()):
        return False
    if shown != "".join(hole.below[taking.below : taking.below + 1]):
        taking.below = 0
    if shown != "".join(hole.below[taking.below : taking.below + 1]):
        return False
    taking.below += 1
    return words_in(shown) > 0 and len(shown.strip()) > 2


def _repeats(line: str, taking: _Taking) -> bool:
    """Whether the model goes round in circles: what it wrote twice begins a third time."""
    lines = [*(taking.hole.head + one for one in taking.lines[:1]), *taking.lines[1:]]
    for length in range(1, _LONGEST_CYCLE + 1):
        first, second = lines[-2 * length : -length], lines[-length:]
        if len(first) == length and first == second and line == first[0] and words_in("".join(first)) >= 3:
            return True
    return False


def _leaves_block(line: str, taking: _Taking) -> bool:
    """By indentation: a line to the left of the block that the cursor is in."""
    hole = taking.hole
    if hole.syntax.blocks != "indent":
        return False
    first = hole.head + taking.lines[0]
    here = indent(first)
    definition = hole.syntax.definition
    defines = bool(hole.head.strip() and definition and definition.match(first))
    return indent(line) <= here if defines else indent(line) < here


def _one_definition_too_many(line: str, taking: _Taking) -> bool:
    hole = taking.hole
    definition = hole.syntax.definition
    shown = taking.shown(line)
    if definition is None or hole.syntax.terminator or indent(shown) > indent(hole.head):
        return False
    if not definition.match(shown):
        return False
    if shown.lstrip().startswith(_DECORATORS):
        return taking.definitions >= taking.bounds.definitions
    taking.definitions += 1
    return taking.definitions > taking.bounds.definitions


def _dangles(line: str, after: State, taking: _Taking) -> bool:
    """Whether a block is begun that has no lines yet, above nothing that could be one."""
    hole, shown = taking.hole, taking.shown(line)
    opening = hole.syntax.opening
    if opening is None or hole.syntax.name == "yaml" or hole.state.stack or after.stack:
        return False
    decorates = shown.lstrip().startswith(_DECORATORS)
    if hole.tail.strip() or not (decorates or opening.search(shown)):
        return False
    below = next(iter(hole.below), "")
    return not (below and (decorates or indent(below) > indent(shown)))
