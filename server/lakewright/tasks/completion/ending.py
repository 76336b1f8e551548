"""Where a completion ends: with the block around the cursor, before what follows there already."""

import re

from lakewright.tasks.completion.echo import words_in
from lakewright.tasks.completion.indent import indent
from lakewright.tasks.completion.scan import State
from lakewright.tasks.completion.taking import Taking
from lakewright.tasks.completion.unwrap import is_sentence

_ELISION = re.compile(
    r"(?i)\s*(?:#|//|--|/\*|<!--)\s*"
    r"(?:\.\.\.|\u2026|(?:the )?(?:rest|remainder) of |(?:existing|your|remaining) code)"
)
_LONGEST_CYCLE = 4
_DECORATORS = ("@", "#[")


def ends_before(line: str, taking: Taking) -> bool:
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


def _follows_already(line: str, taking: Taking) -> bool:
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


def _repeats(line: str, taking: Taking) -> bool:
    """Whether the model goes round in circles: what it wrote twice begins a third time."""
    lines = [*(taking.hole.head + one for one in taking.lines[:1]), *taking.lines[1:]]
    for length in range(1, _LONGEST_CYCLE + 1):
        first, second = lines[-2 * length : -length], lines[-length:]
        if len(first) == length and first == second and line == first[0] and words_in("".join(first)) >= 3:
            return True
    return False


def _leaves_block(line: str, taking: Taking) -> bool:
    """By indentation: a line to the left of the block that the cursor is in."""
    hole = taking.hole
    if hole.syntax.blocks != "indent":
        return False
    first = hole.head + taking.lines[0]
    here = indent(first)
    definition = hole.syntax.definition
    defines = bool(hole.head.strip() and definition and definition.match(first))
    return indent(line) <= here if defines else indent(line) < here


def _one_definition_too_many(line: str, taking: Taking) -> bool:
    hole = taking.hole
    definition = hole.syntax.definition
    shown = taking.shown(line)
    base = indent(hole.head + taking.lines[0]) if taking.lines else indent(shown)
    if definition is None or hole.syntax.terminator or indent(shown) > base:
        return False
    if not definition.match(shown):
        return False
    if shown.lstrip().startswith(_DECORATORS):
        return taking.definitions >= taking.bounds.definitions
    taking.definitions += 1
    return taking.definitions > taking.bounds.definitions


def dangles(line: str, after: State, taking: Taking) -> bool:
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
