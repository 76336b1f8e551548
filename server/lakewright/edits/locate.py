"""Where an edit belongs, or why it belongs nowhere: exact and unique first, then what models get wrong.

Each tier is unique or refused, and what carries meaning is never guessed.
"""

import re
from collections.abc import Callable, Sequence
from itertools import islice

from lakewright.edits.apply_merge import merged
from lakewright.edits.diff_lines import opcodes
from lakewright.edits.locate_aligned import Match, align, matches
from lakewright.edits.locate_elided import locate_elided
from lakewright.edits.locate_exact import occurrences
from lakewright.edits.locate_place import SAME, already_there, place
from lakewright.edits.locate_reasons import ambiguous, not_found, rivals
from lakewright.edits.locate_view import View, lf, lines_of, view_of
from lakewright.edits.masks import new_mask
from lakewright.edits.reindent import indentation
from lakewright.edits.tiers_compare import Slip
from lakewright.edits.tiers_elision import elides, is_elision, may_elide, new_elision
from lakewright.edits.tiers_noise import only_in_replacement, variants
from lakewright.edits.tiers_prose import Prose
from lakewright.edits.values import AlreadyApplied, Kind, Located, NothingToChange, Outcome, Refused
from lakewright.edits.work import TooMuchWorkError
from lakewright.workspace.languages import language_of

_LETTER = re.compile(r"[^\W_]")
MAX_TEXT = 4_000_000
MAX_LINES = 400_000
MAX_EDIT = 400_000


def locate(text: str, search: str, replace: str, *, path: str = "") -> Outcome:
    """Where `search` stands in `text`, and what shall stand there; the path tells the language."""
    return locator(text, path=path)(search, replace)


def locator(text: str, *, path: str = "") -> Callable[[str, str], Outcome]:
    """`locate` for several edits of one text, which is split into lines once."""
    lines = max(text.count("\n"), text.count("\r")) if len(text) > MAX_LINES else 0
    large = len(text) > MAX_TEXT or lines > MAX_LINES
    locating = None if large else _Locating(view_of(text), path)

    def located(search: str, replace: str) -> Outcome:
        if locating is None or max(len(search), len(replace)) > MAX_EDIT:
            return Refused("The file or the edit is too large: edit smaller pieces.", Kind.TOO_LARGE)
        search, replace = lf(search), lf(replace)
        if not search.strip():
            return Refused(
                "The search is empty: quote the text to be replaced; to insert, quote a line beside it.",
                Kind.EMPTY_SEARCH,
            )
        return NothingToChange() if search == replace else locating.outcome(search, replace)

    return located


class _Locating:
    """One text, asked with several readings of one edit."""

    def __init__(self, view: View, path: str) -> None:
        self.view = view
        self.prose = Prose(view, path)
        self.known = language_of(path) is not None or (not path and "```" not in view.text)

    def outcome(self, search: str, replace: str) -> Outcome:
        self.view.work.spent = 0
        try:
            return (
                self._masked(search, replace)
                or self._located(search, replace)
                or self._done(search, replace)
                or not_found(lines_of(search), self.view)
            )
        except TooMuchWorkError:
            return Refused(
                "The file repeats itself too much, or the edit misquotes too much of it, to tell where this "
                "belongs: quote less of it, or more exactly.",
                Kind.AMBIGUOUS,
            )

    def _located(self, search: str, replace: str) -> Outcome | None:
        found = self._exact(search, replace) or self._aligned(search, replace, "")
        if found is not None:
            return found
        for own, other, name in variants(search, replace, self._is_text):
            masked = self._masked(own, other)
            if masked:
                return masked
            found = self._exact(own, other, name) or self._aligned(own, other, name)
            if found is not None:
                return found
        if elides(lines_of(search)):
            return locate_elided(self.prose, search, replace)
        return None

    def _masked(self, search: str, replace: str) -> Refused | None:
        mask = new_mask(replace, self.view.text) or new_mask(search, self.view.text)
        if mask is None:
            return None
        return Refused(
            f"{mask} stands where a gateway has masked what was written: it isn't in the file, so "
            "the edit can't be used. Leave that text out.",
            Kind.MASKED,
        )

    def _is_text(self, search: str) -> bool:
        """Whether the search begins as a line of the file does, or as its hunks do: it may be meant."""
        if search.lstrip("\n").startswith("@@ -") and "\n@@ -" in self.view.flat:
            return True
        top = search.strip("\n").partition("\n")[0].strip()
        near = islice(self.view.lines_with(top), 1_000)
        return any(self.view.lines[line].strip() == top for line in near)

    def _exact(self, search: str, replace: str, name: str = "") -> Outcome | None:
        spots = occurrences(self.view.flat, search, replace, self.view.work)
        if len(spots) > 1:
            return ambiguous(self.view, (self.view.place(start)[0] for start, _ in spots), why="stands")
        if not spots:
            return None
        line, column = self.view.place(spots[0][0])
        if column and not self.view.lines[line][:column].strip():  # its first line is deeper in the file
            done = self._inserted(search, replace, line, self.view.place(spots[0][1])[0])
            if done:
                return done
        return self._unless_wrong(search, replace, name) or place(self.view, spots[0], search, replace, name)

    def _aligned(self, search: str, replace: str, name: str) -> Outcome | None:
        rows = lines_of(search)
        if not any(line.strip() for line in rows):
            return None
        found = matches(rows, self.prose)
        best = _best(found)
        if best is None:
            return ambiguous(self.view, (match.first for match in found)) if found else None
        if best.slip & ~Slip.TRAILING:
            others = rivals(rows, self.view, best)
            if others:
                return ambiguous(self.view, [best.first, *others], why="could belong")
            if self._thin(rows, best):
                return ambiguous(self.view, [best.first], why="has another depth and too little text, and")
        return (
            self._unless_wrong(search, replace, name)
            or self._inserted(search, replace, best.first, best.last)
            or self._merged(search, replace, best, name)
        )

    def _inserted(self, search: str, replace: str, first: int, last: int) -> AlreadyApplied | None:
        """Whether the lines that the edit adds stand already where the search was found with a slip."""
        rows = lines_of(replace)
        more = sum(bool(row.strip()) for row in rows) > sum(bool(row.strip()) for row in lines_of(search))
        for line in range(max(0, first - len(rows)), last + 1) if more else ():
            match = align(rows, self.prose, line)
            if match and match.first <= last and match.last >= first:
                return AlreadyApplied(
                    match.first + 1, f"Already applied: line {match.first + 1} of the file reads so already."
                )
        return None

    def _thin(self, rows: Sequence[str], match: Match) -> bool:
        """A few signs at another depth: as likely a copy of what was meant, which is gone."""
        if not match.slip & Slip.INDENT or match.indents.first or sum(len(row.strip()) for row in rows) >= 32:
            return False
        depths = {indentation(row)[:1] for row in rows if row.strip()}
        found = {indentation(self.view.lines[line])[:1] for line in match.pairs if line is not None}
        return depths == {" "} and found - {""} == {" "}

    def _merged(self, search: str, replace: str, match: Match, name: str) -> Outcome:
        rows = [] if not replace else lines_of(replace)
        result = merged(lines_of(search), rows, self.view, match)
        if isinstance(result, Refused):
            return result
        start, end = self.view.starts[match.first], self.view.starts[match.last + 1]
        done = already_there(self.view, start, end, result)
        return done or Located(start, end, result, _tier(match.slip, name))

    def _unless_wrong(self, search: str, replace: str, name: str) -> Refused | None:
        if not name and self.known:
            wrap = only_in_replacement(search, replace)
            if wrap:
                return Refused(
                    f"The replacement {wrap} and the search not: send only the file's text.", Kind.FORM
                )
        return elided(search, replace)

    def _done(self, search: str, replace: str) -> AlreadyApplied | None:
        """The replacement stands in the file, in one place, and the search's like nowhere else."""
        if len(_LETTER.findall(replace[:1_000])) < 6 or (
            may_elide(replace) and any(map(is_elision, set(lines_of(replace))))
        ):
            return None
        spots = occurrences(self.view.flat, replace, replace, self.view.work)
        if len(spots) != 1:
            return self._done_loosely(replace) if not spots else None
        first, _ = self.view.place(spots[0][0])
        last, _ = self.view.place(spots[0][1])
        rows = lines_of(search)
        if rivals(rows, self.view, Match(first, last, (None,) * len(rows), Slip.NONE, SAME)):
            return None
        return AlreadyApplied(first + 1, f"Already applied: line {first + 1} of the file reads so already.")

    def _done_loosely(self, replace: str) -> AlreadyApplied | None:
        """As above, but for blanks at line ends and indentation; several lines only."""
        for other in (replace, *(row[0] for row in variants(replace, "", self._is_text))):
            rows = lines_of(other)
            if sum(bool(row.strip()) for row in rows) < 2:
                continue
            found = matches(rows, self.prose)
            if len(found) == 1 and not found[0].slip & ~(Slip.TRAILING | Slip.INDENT):
                first = found[0].first
                return AlreadyApplied(
                    first + 1, f"Already applied: line {first + 1} of the file reads so already."
                )
        return None


def elided(search: str, replace: str) -> Refused | None:
    """A replacement that leaves out lines which the search shows would make them vanish."""
    if not may_elide(replace):
        return None
    own, other = ([line.strip() for line in lines_of(text)] for text in (search, replace))
    if not any(map(is_elision, set(other))):
        return None
    known = set(own)
    for tag, a, b, c, d in opcodes(own, other):
        if tag == "equal":
            continue
        line = new_elision(other[c:d], known, deleted=b - a)
        if line:
            return Refused(
                f"The replacement has {line!r} where text is needed: write out every line, or make several "
                "small edits; what is left out would be lost.",
                Kind.ELISION,
            )
    return None


def _best(found: Sequence[Match]) -> Match | None:
    """The only match, or the only one that differs by no more than blanks at line ends."""
    if len(found) == 1:
        return found[0]
    strict = [match for match in found if not match.slip & ~Slip.TRAILING]
    return strict[0] if len(strict) == 1 else None


def _tier(slip: Slip, name: str) -> str:
    names = [str(one.name).lower().replace("_", " ") for one in Slip if one and one in slip]
    return "+".join(filter(None, [name, *names])) or "exact"
