"""How the indentation of a search became that of the file, and the same step for new lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Step = Callable[[str], str | None]
"""From the model's indentation to the file's; None where it can't be told."""


@dataclass(frozen=True, slots=True)
class Indents:
    """`first` is (search's, file's) indentation of a first line that doesn't follow the step; `folded`
    when the search has other blanks there than plain ones.
    """

    step: Step
    same: bool
    first: tuple[str, str] | None = None
    folded: bool = False


def indentation(line: str) -> str:
    """The blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def learn(pairs: Sequence[tuple[str, str]], unit: int) -> Indents | None:
    """One step that explains every pair (search's indentation, file's), or None: not uniform.

    `unit` is how many columns a depth of the file has.
    """
    if all(ours == theirs for ours, theirs in pairs):
        return Indents(lambda own: own, same=True)
    step = _shift(pairs) or _units(pairs, unit) or _columns(pairs)
    if step:
        return Indents(step, same=False)
    own, other = pairs[0]
    if len(pairs) > 1 and len(own) < len(other) and other.endswith(own):  # the first line lost its own
        rest = pairs[1:]
        if all(ours == theirs for ours, theirs in rest):
            return Indents(lambda own: own, same=True, first=pairs[0])
        step = _units(rest, unit)
        if step:
            return Indents(step, same=False, first=pairs[0])
    return None


def _shift(pairs: Sequence[tuple[str, str]]) -> Step | None:
    """The file has the same prefix more, or less, on every line."""
    ours, theirs = pairs[0]
    if theirs.endswith(ours):
        more = theirs[: len(theirs) - len(ours)]
        if all(other == more + own for own, other in pairs):
            return lambda own: more + own
    if ours.endswith(theirs):
        less = ours[: len(ours) - len(theirs)]
        if all(own == less + other for own, other in pairs):
            return lambda own: own.removeprefix(less) if own.startswith(less) else None
    return None


def _units(  # noqa: PLR0911 - one return a reason
    pairs: Sequence[tuple[str, str]], unit: int
) -> Step | None:
    """The same depth in another unit: tabs for spaces, two spaces for four."""
    ours, theirs = "".join(own for own, _ in pairs), "".join(other for _, other in pairs)
    if len(set(ours)) != 1 or len(set(theirs)) != 1:
        return None
    mine, yours = ours[0], theirs[0]
    own, other = next((len(own), len(other)) for own, other in pairs if own or other)
    if mine not in " \t" or yours not in " \t" or not own or not other:
        return None
    if any(len(one) * other != len(two) * own for one, two in pairs):
        return None
    if max(own, other) % min(own, other):
        return None
    if len({len(one) for one, _ in pairs if one}) < 2:  # may be a shift as well
        if mine == yours:
            return None
        if not _one_depth_tells(mine, own, other, unit):
            return dict(pairs).get

    def step(indent: str) -> str | None:
        if indent.strip(mine) or len(indent) * other % own:
            return None
        return yours * (len(indent) * other // own)

    return step


def _one_depth_tells(mine: str, own: int, other: int, unit: int) -> bool:
    """Whether one depth, in tabs here and blanks there, is the file's unit and not a shift besides."""
    if mine == "\t":
        return other == own * unit
    return own in (2, 4, 8) if other == 1 else own == other * 4


def _columns(pairs: Sequence[tuple[str, str]]) -> Step | None:
    """The same number of columns more, or less, where the file mixes tabs and blanks; for depths seen."""
    for tab in (8, 4):
        moved = {len(theirs.expandtabs(tab)) - len(own.expandtabs(tab)) for own, theirs in pairs}
        table = dict(pairs)
        if len(moved) == 1 and all(table[own] == theirs for own, theirs in pairs):
            return table.get
    return None


_OPENERS = (":", "{", "(", "[", "=>", "->", ",", "\\", "=", "&&", "||", "do", "then")


def unindented_line(file_indent: str, new: Sequence[str], unit: int) -> Indents | None:
    """For a search of one line without its indentation, and a replacement of several lines.

    Either all of them lack it, or only the first; what a block looks like tells which. None: it doesn't.
    """
    everywhere = Indents(lambda own: file_indent + own, same=False)
    only_first = Indents(lambda own: own, same=True, first=("", file_indent))
    rest = [indentation(line) for line in new[1:] if line.strip()]
    if not rest:
        return everywhere
    if any(not own.startswith(file_indent) for own in rest):
        return everywhere
    deeper = len(rest[0].expandtabs(unit)) - len(file_indent.expandtabs(unit))
    if not new[0].rstrip().endswith(_OPENERS):
        return only_first
    all_fits = len(rest[0].expandtabs(unit)) == unit
    first_fits = deeper == unit
    if all_fits == first_fits:
        return None
    return everywhere if all_fits else only_first


def unit_of(lines: Sequence[str]) -> int:
    """Columns of one depth in this file; a tab counts as four."""
    widths = (len(indentation(line).expandtabs(4)) for line in lines[:2000] if line[:1] in (" ", "\t"))
    return min((width for width in widths if width > 1), default=4)
