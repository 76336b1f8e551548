"""Search, file and replacement line by line: the file's lines where the model changed nothing, else the
model's, with the file's indentation and line endings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from lakewright.edits.apply_tokens import fold_new, merge
from lakewright.edits.diff_lines import Opcode, opcodes
from lakewright.edits.locate_aligned import Match
from lakewright.edits.locate_view import View
from lakewright.edits.reindent import Indents, indentation
from lakewright.edits.similar import alike
from lakewright.edits.tiers_compare import fold, only_quotes_differ
from lakewright.edits.values import Kind, Refused

Line = tuple[str, str]
"""Content and line ending."""


MAX_PAIRS = 400
"""New lines times old ones up to which each is asked what it changes."""


@dataclass(frozen=True)
class _Job:
    given: Sequence[str]
    search: Sequence[str]
    replace: Sequence[str]
    view: View
    match: Match

    def found(self, index: int) -> str:
        """The file's line for a line of the search, "" for a blank one that it hasn't."""
        line = self.match.pairs[index]
        return "" if line is None else self.view.lines[line]

    @property
    def trims(self) -> bool:
        """Whether the model put blanks at line ends where the file has none."""
        return any(
            line != line.rstrip() and line.strip() and self.found(index) == self.found(index).rstrip()
            for index, line in enumerate(self.given)
        )

    def misquoted(self, index: int) -> bool:
        return self.search[index].strip() != self.found(index).strip()

    @cached_property
    def shown(self) -> str:
        """All that the search says, if any of it is misquoted."""
        return "".join(self.search) if any(map(self.misquoted, range(len(self.search)))) else ""

    @cached_property
    def there(self) -> str:
        return "".join(map(self.found, range(len(self.search))))

    @cached_property
    def depths(self) -> set[str]:
        """The indentations of the file's lines."""
        return {indentation(self.found(index)) for index in range(len(self.search))}

    @cached_property
    def before(self) -> list[int]:
        """For each line of the search, the last line of the file beside those up to it; -1: none."""
        return list(accumulate((-1 if line is None else line for line in self.match.pairs), max))

    @cached_property
    def after(self) -> list[int]:
        """For each line of the search, the first line of the file beside it or those that follow."""
        end = len(self.view.lines)
        lines = [end if line is None else line for line in self.match.pairs]
        return list(accumulate(reversed(lines), min))[::-1]


def merged(search: Sequence[str], replace: Sequence[str], view: View, match: Match) -> str | Refused:
    """The text that takes the place of the matched lines, line endings included."""
    job = _Job(search, [line.rstrip() for line in search], replace, view, match)
    if job.trims:
        job = _Job(search, job.search, [line.rstrip() for line in replace], view, match)
    out: list[Line] = []
    changes = opcodes(job.search, [line.rstrip() for line in replace])
    for position, (tag, a, b, c, d) in enumerate(changes):
        if tag == "equal":
            out.extend(_kept(job, a, b))
        else:
            lines = _changed(job, (tag, a, b, c, d))
            if isinstance(lines, Refused):
                return lines
            out.extend(lines)
        if position + 1 < len(changes) and changes[position + 1][0] != "insert":
            out.extend(_gap(job, b))
    return _joined(job, out)


def _kept(job: _Job, start: int, end: int) -> list[Line]:
    """The file's own lines, with the blank ones between them that the search left out."""
    out: list[Line] = []
    for index in range(start, end):
        if index > start:
            out.extend(_gap(job, index))
        line = job.match.pairs[index]
        if line is not None:
            out.append((job.view.lines[line], job.view.ending(line)))
    return out


def _gap(job: _Job, index: int) -> list[Line]:
    """The file's blank lines between two neighbours of the search, the second of them at the index."""
    pairs = job.match.pairs
    if not 0 < index < len(pairs) or pairs[index] is None:
        return []  # beside a blank line that the file hasn't, the gap is told once, before it
    before, after = job.before[index - 1], job.after[index]
    if before < 0:
        return []
    return [(job.view.lines[line], job.view.ending(line)) for line in range(before + 1, after)]


def _changed(job: _Job, code: Opcode) -> list[Line] | Refused:
    _, a, b, c, d = code
    gaps = {index: lines for index in range(a + 1, b) if (lines := _gap(job, index))}
    if gaps and d > c and b - a != d - c:
        return Refused(
            "The file has blank lines between the lines to be replaced that the search doesn't show: "
            "quote them as they are.",
            Kind.VANISHES,
        )
    partners = _partners(job, code)
    out: list[Line] = []
    for offset, index in enumerate(range(c, d)):
        out.extend(gaps.get(a + offset, []) if offset else [])
        partner = partners.get(index)
        content = _new_line(job, index, partner)
        if isinstance(content, Refused):
            return content
        line = job.match.pairs[min(a + offset, b - 1)] if b > a else None
        out.append((content, job.view.ending(line) if line is not None else ""))
    return out


def _partners(job: _Job, code: Opcode) -> dict[int, int]:
    """For new lines, the line of the search that each one changes."""
    _, a, b, c, d = code
    if b - a == d - c:
        return dict(zip(range(c, d), range(a, b), strict=True))
    if not any(job.misquoted(index) for index in range(a, b)) or (b - a) * (d - c) > MAX_PAIRS:
        return {}
    job.view.work.take(100 * (b - a) * (d - c))
    partners: dict[int, int] = {}
    at = c
    for own in range(a, b):
        scored = [(alike(job.search[own], job.replace[new]), -new) for new in range(at, d)]
        best, negative = max(scored, default=(0.0, 0))
        if best >= 0.6:
            partners[-negative] = own
            at = -negative + 1
    return partners


def _new_line(job: _Job, index: int, partner: int | None) -> str | Refused:
    line = job.replace[index]
    indents = job.match.indents
    if not line.strip():
        return line if indents.same else ""
    indent = _indent(job, index, partner, indents)
    if indent is None:
        return Refused(
            f"It can't be told how deep line {index + 1} of the replacement belongs "
            f"({line.strip()[:80]!r}), because the search's indentation isn't the file's: repeat the "
            "indentation of the file in search and replacement.",
            Kind.AMBIGUOUS,
        )
    content = line[len(indentation(line)) :]
    if partner is not None and job.misquoted(partner) and job.match.pairs[partner] is not None:
        own, found = job.search[partner].strip(), job.found(partner).strip()
        job.view.work.take(100 + len(own) // 2)
        if alike(own, content) >= 0.3:
            kept = None if only_quotes_differ(own, found) else merge(own, found, content.rstrip())
            if kept is None:
                return Refused(
                    f"The search misquotes a line that it changes: the file has {found[:120]!r}.",
                    Kind.AMBIGUOUS,
                )
            return indent + kept
    if not content.isascii() and job.shown:
        content = fold_new(content, job.shown, job.there)
    return indent + content


def _indent(job: _Job, index: int, partner: int | None, indents: Indents) -> str | None:
    own = indentation(job.replace[index])
    if not own.isascii() and (indents.folded or own not in job.depths):
        own = fold(own)
    first = indents.first
    if first is None:
        return _stepped(job, own)
    begins = next((i for i, line in enumerate(job.replace) if line.strip()), 0)
    if own == first[0] and (index == begins or partner == 0):
        return first[1]
    others = [indentation(line) for line in job.search[1:] if line.strip()]
    if others and len(own) <= len(first[0]) < min(map(len, others)):
        return None
    return _stepped(job, own)


def _stepped(job: _Job, own: str) -> str | None:
    """The model's indentation as the file's; None where the file never begins with such blanks."""
    indents = job.match.indents
    indent = indents.step(own)
    if indents.same or indent is None or indent in job.depths or job.view.may_begin_with(indent):
        return indent
    return None


def _joined(job: _Job, out: list[Line]) -> str:
    """Each line with an ending of its own or its neighbour's; the last as the file's last has it."""
    view, last = job.view, job.match.last
    usual = view.usual_ending(job.match.first)
    pieces: list[str] = []
    for index, (content, ending) in enumerate(out):
        if index == len(out) - 1:
            ending = view.ending(last)  # noqa: PLW2901 - the one that the file ends the place with
        pieces.append(content + (ending or (usual if index < len(out) - 1 else "")))
        usual = ending or usual
    return "".join(pieces)
