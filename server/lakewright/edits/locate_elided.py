"""A search with lines left out: its shown pieces must follow each other, and what was left out stays."""

from bisect import bisect_right
from collections.abc import Sequence

from lakewright.edits.apply_merge import merged
from lakewright.edits.locate_aligned import Match, matches
from lakewright.edits.locate_place import already_there
from lakewright.edits.locate_reasons import ambiguous, not_found
from lakewright.edits.locate_view import View, lines_of
from lakewright.edits.reindent import indentation
from lakewright.edits.tiers_compare import Slip
from lakewright.edits.tiers_elision import is_elision
from lakewright.edits.tiers_prose import Prose
from lakewright.edits.values import Kind, Located, Outcome, Refused

MAX_PIECES = 20


def locate_elided(prose: Prose, search: str, replace: str) -> Outcome:
    """Each piece between elisions is located for itself, in the order given; raises TooMuchWorkError."""
    own, other = _pieces(lines_of(search)), _pieces([] if not replace else lines_of(replace))
    if len(own) != len(other) or len(own) > MAX_PIECES:
        return Refused(
            "The search leaves lines out and the replacement doesn't leave out the same: they would be lost. "
            "Write the lines out, or make one small edit for each place.",
            Kind.ELISION,
        )
    found = _located(prose, own, other)
    if isinstance(found, Located) and _dots_are_text(prose.view, lines_of(search), found):
        return not_found(lines_of(search), prose.view)
    return found


def _dots_are_text(view: View, rows: Sequence[str], found: Located) -> bool:
    """Whether the file has such a line itself near the place: then it may be meant as it stands."""
    dots = {row.strip() for row in rows if is_elision(row)}
    first, last = (bisect_right(view.starts, at) - 1 for at in (found.start, found.end))
    near = view.lines[max(0, first - len(rows)) : last + len(rows)]
    return any(line.strip() in dots for line in near)


def _located(prose: Prose, own: list[list[str]], other: list[list[str]]) -> Outcome:
    view = prose.view
    at, end = 0, len(view.lines)
    start = final = -1
    out: list[str] = []
    for search, replace in zip(own, other, strict=True):
        if not any(line.strip() for line in search):
            if any(line.strip() for line in replace):
                return Refused(
                    "The replacement has new lines beside an elision: quote the lines beside them.",
                    Kind.ELISION,
                )
            continue
        match = _piece(prose, search, at, end)
        if isinstance(match, Refused):
            return match
        if start < 0:
            start = match.first
            end = _block_end(view, match)
        else:
            first, last = view.starts[at], view.starts[match.first]
            out.append(view.text[view.starts[at] : view.starts[match.first]])
        result = merged(search, replace, view, match)
        if isinstance(result, Refused):
            return result
        out.append(result)
        at, final = match.last + 1, match.last
    if start < 0:
        return not_found([line for piece in own for line in piece], view)
    first, last = view.starts[start], view.starts[final + 1]
    text = "".join(out)
    return already_there(view, first, last, text) or Located(first, last, text, "elision")


def _piece(prose: Prose, search: Sequence[str], start: int, end: int) -> Match | Refused:
    """The one place of a piece between two lines: the block that the first piece begins; else in the file."""
    found = _strict(prose, search, start, end)
    if not found:
        found = _strict(prose, search, 0, len(prose.view.lines))
        if found and found[0].first < start:
            found = []
    if not found:
        return not_found(search, prose.view)
    return found[0] if len(found) == 1 else ambiguous(prose.view, (match.first for match in found))


def _strict(prose: Prose, search: Sequence[str], start: int, end: int) -> list[Match]:
    found = matches(search, prose, start=start, end=end)
    return [match for match in found if not match.slip & ~(Slip.TRAILING | Slip.BLANK_LINE)]


def _block_end(view: View, match: Match) -> int:
    """Where the block ends that the first piece begins: before the next line that is not deeper."""
    depth = min(
        len(indentation(view.lines[line]).expandtabs(8))
        for line in range(match.first, match.last + 1)
        if view.lines[line].strip()
    )
    for line in range(match.last + 1, len(view.lines)):
        row = view.lines[line]
        shallow = len(indentation(row).expandtabs(8))
        if row.strip() and (shallow < depth or (shallow == depth and row.strip()[0] not in "})]#/")):
            closer = row.strip().startswith(("end", "else", "elif", "except", "finally", "catch"))
            if shallow < depth or not closer:
                return line if depth or shallow < depth else len(view.lines)
    return len(view.lines)


def _pieces(rows: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for row in rows:
        if is_elision(row):
            found.append([])
        else:
            found[-1].append(row)
    return found
