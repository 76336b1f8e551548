"""Heads of functions by their looks: names, parameters, the one around the cursor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lakewright.sandbox.mind.completions.hole import Hole

_PYTHON = re.compile(r"^(?P<indent>[ \t]*)(?:async[ \t]+)?def[ \t]+(?P<name>\w+)[ \t]*\(", re.MULTILINE)
_BRACED = re.compile(
    r"^(?P<indent>[ \t]*)(?:export\s+|default\s+|async\s+|public\s+|private\s+|static\s+)*"
    r"(?:func\s+(?:\((?P<receiver>[^)\n]*)\)\s*)?|function\s*\*?\s*|(?:const|let|var)\s+(?=\w+\s*=\s*(?:async\s*)?\()|(?=\w+\([^\n]*\{$))"
    r"(?P<name>[A-Za-z_$][\w$]*)\s*(?:=\s*(?:async\s*)?)?\(",
    re.MULTILINE,
)
_NO_FUNCTION = frozenset({"if", "for", "while", "switch", "catch", "return", "with", "elif"})
_PARAMETER = re.compile(
    r"(?:public\s+|private\s+|readonly\s+)*(\*{0,2}|\.\.\.)([A-Za-z_$][\w$]*)(.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`stars` marks one that takes any number; `optional` one that needn't be given."""

    name: str
    stars: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A function's head. `end` is the offset behind the bracket that closes its parameters."""

    name: str
    indent: str
    parameters: tuple[Parameter, ...]
    end: int

    @property
    def own(self) -> tuple[Parameter, ...]:
        """The parameters that a caller gives."""
        return tuple(one for one in self.parameters if one.name not in ("self", "cls"))


def heads(hole: Hole, text: str) -> Iterator[Head]:
    """All heads in a piece of code, in order."""
    pattern = _PYTHON if hole.is_python else _BRACED
    for found in pattern.finditer(text):
        end = _closing(text, found.end())
        if end is not None and found["name"] not in _NO_FUNCTION:
            pieces = _split(text[found.end() : end])
            parameters = tuple(filter(None, map(_parameter, pieces)))
            yield Head(found["name"], found["indent"].expandtabs(4), parameters, end + 1)


def head_around(hole: Hole, indent: int) -> Head | None:
    """The last head above the cursor that is indented less than the cursor's code."""
    above = [head for head in heads(hole, hole.prefix) if len(head.indent) < max(indent, 1)]
    return above[-1] if above else None


def _closing(text: str, at: int) -> int | None:
    depth = 1
    for place in range(at, min(len(text), at + 2000)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0:
            return place
    return None


def _split(text: str) -> list[str]:
    pieces, depth = [""], 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += letter
    return [piece.strip() for piece in pieces]


def _parameter(piece: str) -> Parameter | None:
    found = _PARAMETER.match(piece)
    if found is None:
        return None
    return Parameter(found[2], found[1], "=" in found[3] or found[3].startswith("?"))
