"""Where a completion ends: with the block around the cursor, before what follows there already, balanced.

Lines are taken one by one; what comes later never takes a line back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lakewright.tasks.completion.echo import words_in
from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.indent import indent
from lakewright.tasks.completion.scan import Closer, State, scan
from lakewright.tasks.completion.unwrap import is_sentence

_ELISION = re.compile(
    r"(?i)\s*(?:#|//|--|/\*|<!--)\s*"
    r"(?:\.\.\.|\u2026|(?:the )?(?:rest|remainder) of |(?:existing|your|remaining) code)"
)
_LONGEST_CYCLE = 4


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
    """How far the lines were gone through. `good`: the text up to the last place that balances."""

    hole: Hole
    bounds: Bounds
    lines: list[str] = field(default_factory=list)
    state: State = field(default_factory=State)
    good: str = ""
    definitions: int = 0
    bare: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def take(lines: Sequence[str], hole: Hole, bounds: Bounds, *, bare: bool) -> Taken:
    """The text of aligned whole lines up to where the completion ends and balances."""
    taking = _Taking(hole, bounds, state=hole.state, bare=bare)
    for line in lines:
        if _ends_before(line, taking) or len(taking.lines) == bounds.lines:
            return Taken(taking.good, ended=True)
        if _add(line, taking):
            return Taken(taking.good, ended=True)
    return Taken(taking.good, ended=False)


def _add(line: str, taking: _Taking) -> bool:
    """Take the line, or what of it fits; True when the completion ends with it."""
    hole, first = taking.hole, not taking.lines
    without_tail = _before_tail(line, taking)
    if without_tail is not None:
        taking.lines.append(without_tail)
        taking.good = taking.text
        return True
    closers: list[Closer] = []
    start = scan("" if first else "\n", taking.state, hole.syntax)
    after = scan(line, start, hole.syntax, closers)
    depth = len(hole.state.stack)
    if any(closer.depth < depth - len(hole.state.missing) for closer in closers):
        return _add_closing(line, start, closers, taking)
    taking.lines.append(line)
    taking.state = after
    if _fits(after, taking) and not _dangles(line, taking):
        taking.good = taking.text
    one_line = re.search(r"\w", hole.tail) and not re.match(r"\s*[)\]}>\"'`<]", hole.tail)
    if one_line and hole.head.strip():
        return True
    terminator = hole.syntax.terminator
    return bool(terminator) and line.rstrip().endswith(terminator) and after.quote(hole.syntax) is None


def _add_closing(line: str, start: State, closers: list[Closer], taking: _Taking) -> bool:
    """A line that closes what was open at the cursor: up to where that still balances."""
    hole = taking.hole
    below = len(hole.state.stack) - len(hole.state.missing)
    cuts = [len(line), *(place.at for place in reversed(closers) if place.depth < below)]
    for cut in cuts:
        after = scan(line[:cut], start, hole.syntax)
        if _fits(after, taking):
            kept = line[:cut] if cut == len(line) else line[:cut].rstrip()
            taking.lines.append(kept)
            taking.state = after
            if kept.strip() or not taking.lines[:-1]:
                taking.good = taking.text
            return cut < len(line) or len(after.stack) < len(hole.state.stack)
    if closers[-1].depth >= below:
        taking.lines.append(line)
        taking.state = scan(line, start, hole.syntax)
        return False
    return True


def _fits(after: State, taking: _Taking) -> bool:
    hole = taking.hole
    if after.stack == hole.state.stack and (after.extra, after.missing) == (
        hole.state.extra,
        hole.state.missing,
    ):
        return True
    return hole.trouble_after(after).no_worse_than(hole.trouble)


def _before_tail(line: str, taking: _Taking) -> str | None:
    """The line without what follows the cursor anyway, where it ends in that."""
    hole = taking.hole
    tail = hole.tail.strip()
    said = line.rstrip()
    if not tail:
        return None
    telling = bool(re.search(r"\w", tail)) or not set(tail) <= set("()[]{}\"'`<>")
    if telling and said.endswith(tail):
        return _trimmed(said[: -len(tail)], hole)
    for length in range(len(tail) - 1, 2, -1):
        piece = tail[:length]
        if said.endswith(piece) and words_in(piece) >= 3 and not (piece[-1:] + tail[length]).isalnum():
            return _trimmed(said[:-length], hole)
    return None


def _trimmed(text: str, hole: Hole) -> str:
    return text.rstrip() if hole.tail[:1].isspace() else text


def _ends_before(line: str, taking: _Taking) -> bool:
    """Whether the completion is over before this line."""
    if _ELISION.match(line) or _follows_already(line, taking) or _repeats(line, taking):
        return True
    if not line.strip():
        return bool(taking.lines) and not taking.lines[-1].strip() and any(map(str.strip, taking.lines))
    hole = taking.hole
    quote = taking.state.quote(hole.syntax)
    if (quote is not None and quote.lines) or len(taking.state.stack) > len(hole.state.stack):
        return False
    if taking.bare and is_sentence(line) and taking.lines and not taking.lines[-1].strip():
        return hole.syntax.definition is not None
    return _leaves_block(line, taking) or _one_definition_too_many(line, taking)


def _follows_already(line: str, taking: _Taking) -> bool:
    """Whether the line is the next one of the text below the cursor."""
    hole = taking.hole
    whole = line if taking.lines else hole.head + line
    if not hole.below or hole.tail.strip() or (not taking.lines and hole.head.strip()):
        return False
    return whole.rstrip() == hole.below[0] and words_in(whole) >= 3


def _repeats(line: str, taking: _Taking) -> bool:
    """Whether the model goes round in circles: the same lines a third time."""
    lines = [*taking.lines, line]
    for length in range(1, _LONGEST_CYCLE + 1):
        cycle = lines[-length:]
        if len(lines) < 3 * length or words_in("".join(cycle)) < 3:
            continue
        if lines[-3 * length : -2 * length] == cycle == lines[-2 * length : -length]:
            return True
    return False


def _leaves_block(line: str, taking: _Taking) -> bool:
    """By indentation: a line to the left of the block that the cursor is in."""
    hole = taking.hole
    if hole.syntax.blocks != "indent" or not taking.lines:
        return False
    first = hole.head + taking.lines[0]
    here = indent(first)
    definition = hole.syntax.definition
    defines = bool(hole.head.strip() and definition and definition.match(first))
    return indent(line) <= here if defines else indent(line) < here


def _one_definition_too_many(line: str, taking: _Taking) -> bool:
    hole = taking.hole
    definition = hole.syntax.definition
    whole = line if taking.lines else hole.head + line
    if definition is None or indent(whole) > indent(hole.head) or hole.syntax.terminator:
        return False
    if not definition.match(whole):
        return False
    if not whole.lstrip().startswith(("@", "#[")):
        taking.definitions += 1
    elif taking.definitions >= taking.bounds.definitions:
        return True
    return taking.definitions > taking.bounds.definitions


def _dangles(line: str, taking: _Taking) -> bool:
    """Whether a block is begun that has no lines yet, above nothing that could be one."""
    hole = taking.hole
    opening = hole.syntax.opening
    whole = line if len(taking.lines) > 1 else hole.head + line
    if opening is None or hole.syntax.name == "yaml" or taking.state.stack != hole.state.stack:
        return False
    if hole.state.stack or not (opening.search(whole) or whole.lstrip().startswith("@")):
        return False
    if hole.tail.strip():
        return False
    below = next(iter(hole.below), "")
    deeper = indent(below) > indent(whole)
    return not (deeper or (whole.lstrip().startswith("@") and bool(below)))
