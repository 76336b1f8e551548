"""Where an answer's first line begins, and how far its lines are indented.

Models leave out the newline that a fence swallows, repeat the cursor's indentation or leave it out.
"""

import re
from collections.abc import Sequence
from functools import partial

from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.scan import scan

_UNFINISHED = re.compile(
    r"(?:(?<![=-])>|[=+\-*/%<&|^~.!,]|\b(?:return|and|or|not|in|is|import|from|await|yield|new|const|let|var))\s*$"
)
_FINISHED = re.compile(r"(?:\+\+|--|\*/|/>|=>|->)\s*$")
_OPENERS = ("{", "(", "[", "=>", "->")
_CLOSERS = (")", "]", "}")
_CONTINUES = re.compile(r"\s*(?:\.(?!\.)|\?|&&|\|\|)")
"""What a line begins with that goes on with the one before."""

_YAML_BLOCK = re.compile(r"- |[\w.\"'-]+:(?: |$)")


def aligned(lines: Sequence[str], hole: Hole, *, whole: bool) -> list[str] | None:
    """The lines as they go in at the cursor: the first goes on with the cursor's line and is empty where
    a newline comes first. None while only more lines can tell.
    """
    at = [index for index, line in enumerate(lines) if line.strip()][:2]
    if not whole and len(at) < 2:
        return None
    if not at:
        return []
    body = _in_units(lines[at[0] :], hole)
    if not hole.head.strip():
        return _on_blank_line(body, hole)
    return _behind_code(body, at[0], hole)


def indent(line: str) -> int:
    """The number of blanks at the beginning."""
    return len(line) - len(line.lstrip(" \t"))


def opens_block(line: str, hole: Hole) -> bool:
    """Whether an indented block begins below the line, by how it ends."""
    opening = hole.syntax.opening
    return bool(opening and opening.search(line)) or line.rstrip().endswith(_OPENERS)


def _on_blank_line(body: list[str], hole: Hole) -> list[str]:
    here, given = len(hole.head), indent(body[0])
    first = body[0].lstrip()
    if given == 0 or here == 0:
        shift = here if _is_relative(first, body[1:], here, hole) else 0
    elif given < here or not (opens_block(hole.previous, hole) or indent(hole.previous) >= given):
        shift = here - given
    else:
        shift = 0
    deeper = body[0][here:given] if given > here and shift == 0 else ""
    return [deeper + first, *map(partial(_shifted, by=shift, hole=hole), body[1:])]


def _behind_code(body: list[str], blank: int, hole: Hole) -> list[str]:
    """`blank` is the number of blank lines that the answer begins with."""
    head, given = hole.head, indent(body[0])
    here, opened = indent(head), opens_block(head, hole)
    inner = here + len(hole.unit)
    unfinished = bool(_UNFINISHED.search(head) and not _FINISHED.search(head)) and not opened
    breaks = blank > 0 or _lost_newline(body[0], opened=opened, hole=hole)
    if breaks and not unfinished:
        return _on_new_line(body, blank, inner if opened else here, hole)
    if given == 0 and opened and not hole.tail.strip() and _wants_new_line(body, hole):
        return ["", *_block(body, inner, here, hole)]
    first = body[0]
    if hole.state.quote(hole.syntax) is None or given == 1:
        first = first.lstrip() if head[-1].isspace() else first
        first = " " * (not head[-1].isspace()) + first.lstrip() if unfinished and given > 1 else first
    if hole.syntax.name == "yaml" and head.endswith(":") and given == 0:
        first = " " + first
    shift = here if _is_relative(first, body[1:], here, hole) else 0
    return [first, *map(partial(_shifted, by=shift, hole=hole), body[1:])]


def _lost_newline(line: str, *, opened: bool, hole: Hole) -> bool:
    """Whether a line without a newline before it is indented as one that stands below the cursor's."""
    given, here = indent(line), indent(hole.head)
    inner = here + len(hole.unit)
    if hole.tail.strip() or (given < 2 and line[0] != "\t"):
        return False
    if hole.head[-1].isspace():
        return given >= inner and opened
    return opened or given in (here, inner)


def _on_new_line(body: list[str], blank: int, expected: int, hole: Hole) -> list[str]:
    """`expected` is the indentation that belongs there."""
    here, given = indent(hole.head), indent(body[0])
    if body[0].lstrip().startswith(_CLOSERS):
        expected = here
    leaves = blank > 1 or _is_definition(body[0], hole)
    shift = max(0, expected - given)
    if expected == here and (given > 0 or leaves):
        shift = 0
    leading = ["", ""] if blank > 1 else [""]
    return [*leading, *map(partial(_shifted, by=shift, hole=hole), body)]


def _wants_new_line(body: list[str], hole: Hole) -> bool:
    """Behind what opens a block: whether the block's first line stands below it."""
    if hole.syntax.name == "yaml":
        return bool(_YAML_BLOCK.match(body[0]))
    if hole.syntax.blocks == "indent":
        return hole.state.quote(hole.syntax) is None and not hole.state.stack
    return hole.head.endswith("{") and any(line.strip() for line in body[1:])


def _block(body: list[str], inner: int, here: int, hole: Hole) -> list[str]:
    """Lines of a block whose first one has lost its indentation, and perhaps the others, too."""
    rest = next((line for line in body[1:] if line.strip()), None)
    shift = 0
    if rest is not None:
        given = indent(rest)
        if rest.lstrip().startswith(_CLOSERS) and not opens_block(body[0], hole):
            shift = max(0, here - given)
        elif given < inner or (given == inner and opens_block(body[0], hole)):
            shift = inner if opens_block(body[0], hole) else inner - given
    return [_shifted(body[0], by=inner, hole=hole), *map(partial(_shifted, by=shift, hole=hole), body[1:])]


def _is_relative(first: str, rest: Sequence[str], here: int, hole: Hole) -> bool:
    """Whether the lines below the first, which goes in at the cursor, count from the cursor's line."""
    at = next((index for index, line in enumerate(rest) if line.strip()), None)
    if at is None or here == 0:
        return False
    if indent(rest[at]) > here:  # below the bracket that the first line opens
        return indent(rest[at]) - 1 == max(map(first.rfind, "([{")) < len(first) - 1
    closes = rest[at].lstrip().startswith(_CLOSERS)
    after = scan(first + "\n", hole.state, hole.syntax)
    given = indent(rest[at])
    if rest[at].rstrip() in hole.below[:1]:
        return False
    in_code = after.quote(hole.syntax) is None and hole.state.quote(hole.syntax) is None
    if in_code and (len(after.stack) > len(hole.state.stack) or opens_block(hole.head + first, hole)):
        return not (closes and given == here)
    if _CONTINUES.match(rest[at]):
        return True
    by_hand = given == 0 if hole.syntax.blocks == "indent" and in_code else given < here
    return by_hand and at == 0 and not closes and not _is_definition(rest[at], hole)


def _is_definition(line: str, hole: Hole) -> bool:
    definition = hole.syntax.definition
    return bool(definition and definition.match(line))


def _shifted(line: str, *, by: int, hole: Hole) -> str:
    """The line, indented further; by less than nothing: by as much less as it has."""
    if not line.strip():
        return ""
    if by <= 0:
        return line[min(-by, indent(line)) :]
    return (hole.head[0] if hole.head[:1].isspace() else hole.unit[0]) * by + line


def _in_units(lines: Sequence[str], hole: Hole) -> list[str]:
    """With tabs where the file has only tabs, with blanks where it has only blanks."""
    first = next((line for line in lines if line[:1] in (" ", "\t")), "")
    if not first or hole.mixes_indentation or hole.state.quote(hole.syntax) is not None:
        return list(lines)
    if hole.unit == "\t" and first[0] == " ":
        width = 4 if indent(first) % 4 == 0 else 2
        return [_tabbed(line, width) for line in lines]
    if hole.unit[0] == " " and first[0] == "\t":
        return [hole.unit * (len(line) - len(line.lstrip("\t"))) + line.lstrip("\t") for line in lines]
    return list(lines)


def _tabbed(line: str, width: int) -> str:
    blanks = len(line) - len(line.lstrip(" "))
    return "\t" * (blanks // width) + " " * (blanks % width) + line[blanks:]
