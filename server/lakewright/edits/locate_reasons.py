"""Words that teach: what the file has where a search was meant to be, and where else it could belong."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import compress, count, islice

from lakewright.edits.locate_aligned import Match
from lakewright.edits.locate_view import View
from lakewright.edits.reindent import indentation
from lakewright.edits.similar import alike
from lakewright.edits.tiers_compare import Slip, fold
from lakewright.edits.values import Kind, Refused

MAX_LINES = 8
MAX_WIDTH = 160
MAX_CANDIDATES = 10
MAX_PLACES = 5_000
NEAR, SOME = 0.75, 0.4
"""Shares of a search's letters: what makes a place a rival, and what does with all lines but one."""


def not_found(search: Sequence[str], view: View) -> Refused:
    """The nearest real lines with their numbers, and the first line that differs."""
    near = nearest(search, view)
    if near is None:
        return Refused(
            "The search text is not in the file, nor anything like it: read the file again, quote exactly.",
            Kind.NOT_FOUND,
        )
    last = min(near + len(search), len(view.lines), near + MAX_LINES)
    shown = numbered(view, range(near, last))
    differs = next(
        (
            f" Line {near + i + 1} differs first; the search has there: {line.strip()[:MAX_WIDTH]!r}."
            for i, line in enumerate(search)
            if near + i < len(view.lines) and view.lines[near + i].rstrip() != line.rstrip()
        ),
        "",
    )
    return Refused(
        f"The search text is not in the file. The nearest lines are:\n{shown}\n{differs.strip()}".rstrip()
        + " Quote the file exactly.",
        Kind.NOT_FOUND,
    )


def ambiguous(view: View, lines: Iterable[int], *, why: str = "fits") -> Refused:
    """All candidates, by number."""
    places = sorted(set(lines))
    numbers = ", ".join(str(line + 1) for line in places[:MAX_CANDIDATES])
    more = "" if len(places) <= MAX_CANDIDATES else f" and {len(places) - MAX_CANDIDATES} more places"
    where = f"lines {numbers}" if len(places) > 1 else f"line {numbers} (more than once)"
    shown = numbered(view, places[:MAX_CANDIDATES])
    return Refused(
        f"The search text {why} in several places: {where}{more}.\n{shown}\n"
        "Quote more lines before or after, so that it is in one place only.",
        Kind.AMBIGUOUS,
    )


def numbered(view: View, lines: Iterable[int]) -> str:
    """Lines of the file with their numbers, cut to a width."""
    return "\n".join(
        f"{line + 1:>6} | {view.lines[line][:MAX_WIDTH]}" for line in lines if line < len(view.lines)
    )


def verbatim(search: Sequence[str], view: View) -> tuple[Counter[int], Counter[int]]:
    """For each line where the search could begin, how many letters and lines of it stand there as given."""
    wanted: dict[str, list[int]] = {}
    for index, line in enumerate(search):
        if line.strip():
            wanted.setdefault(line.rstrip(), []).append(index)
    letters: Counter[int] = Counter()
    lines: Counter[int] = Counter()
    places = compress(count(), map(wanted.__contains__, view.lines))
    for place in islice(places, MAX_PLACES):
        for index in wanted[view.lines[place]][:10]:
            letters[place - index] += len(view.lines[place].strip())
            lines[place - index] += 1
    return letters, lines


def nearest(search: Sequence[str], view: View) -> int | None:
    """The first line of the place that is most like the search."""
    votes, _ = verbatim(search, view)
    if votes:
        return max(0, votes.most_common(1)[0][0])
    loose: Counter[int] = Counter()
    for index, line in enumerate(search[:50]):
        text = line.strip()
        near = islice(view.lines_with(text), 100) if len(text) > 2 else ()
        loose.update(place - index for place in near if view.lines[place].strip() == text)
    if loose:
        return max(0, loose.most_common(1)[0][0])
    return _by_words(search, view)


def _by_words(search: Sequence[str], view: View) -> int | None:
    """The line that shares most words with the longest line of the search."""
    index, longest = max(enumerate(search[:500]), key=lambda item: len(item[1].strip()), default=(0, ""))
    words = sorted({word for word in longest[:2000].split() if len(word) > 2}, key=len)[-6:]
    scores: Counter[int] = Counter()
    for word in words:
        for line in islice(view.lines_with(word), 400):
            scores[line] += len(word)
    if not scores:
        return None
    return max(0, scores.most_common(1)[0][0] - index)


def rivals(search: Sequence[str], view: View, match: Match) -> list[int]:
    """Places other than the match that could be meant just as well.

    There a good part of the search stands letter for letter, or whatever its depth where the match has
    another depth, too; or, for a search of one or two lines, a line of the same depth is almost the same.
    """
    if not all(map(str.isascii, search)) and (plain := [fold(line) for line in search]) != list(search):
        return rivals(plain, view, match)  # where the model has other quotes, the rival has plain ones
    rows = [line.rstrip() for line in search if line.strip()]
    total = sum(len(line.strip()) for line in rows)
    kept = [
        len(line.strip())
        for line, place in zip(search, match.pairs, strict=True)
        if place is not None and line.strip() and view.lines[place].rstrip() == line.rstrip()
    ]
    enough = max(min(sum(kept), total * NEAR), total * SOME, 1)
    many = max(2, len(kept), (len(rows) + 1) // 2)
    found = [
        max(0, line)
        for line, (letters, lines) in _shared(search, view).items()
        if letters >= enough or lines >= many or (lines >= max(2, len(rows) - 1) and letters >= total * SOME)
    ]
    found = [line for line in found if not match.first - len(search) <= line <= match.last + 1]
    if match.slip & Slip.INDENT and len(rows) > 2:
        found.extend(_near_at_any_depth([row.strip() for row in rows], view, match, total))
    if len(rows) <= 2:
        found.extend(_alike(rows[0] if rows else "", view, match.first, match.last))
    return found


def _near_at_any_depth(rows: Sequence[str], view: View, match: Match, total: int) -> list[int]:
    """Where all but one line stand, or almost all letters, at whatever depth: the search's own depth speaks
    for neither place.
    """
    votes: Counter[int] = Counter()
    for index, row in enumerate(rows[:40]):
        for place in islice(view.lines_with(row), 60) if len(row) > 2 else ():
            if view.lines[place].strip() == row:
                votes[place - index] += len(row)
    found = []
    for at, letters in votes.most_common(20):
        there = [line.strip() for line in view.lines[max(0, at) : at + 2 * len(rows) + 2] if line.strip()]
        same = sum(one == two for one, two in zip(there, rows, strict=False))
        elsewhere = not match.first - len(rows) <= at <= match.last + 1
        if elsewhere and letters >= total * (SOME if same >= len(rows) - 1 else NEAR):
            found.append(max(0, at))
    return found


def _shared(search: Sequence[str], view: View) -> dict[int, tuple[int, int]]:
    """For each line where the search could begin, its letters and lines that stand there; a line may be
    missing or new between them.
    """
    letters, lines = verbatim(search, view)
    return {
        at: (
            sum(letters[at + near] for near in (-1, 0, 1)),
            sum(lines[at + near] for near in (-1, 0, 1)),
        )
        for at in letters
    }


def _alike(row: str, view: View, first: int, last: int) -> list[int]:
    content = row.strip()[:300]
    depth = indentation(row)
    word = max(content.replace("(", " ").replace("=", " ").split(), key=len, default="")
    if len(word) < 3 or not depth:
        return []
    return [
        line
        for line in islice(view.lines_with(word), 200)
        if not first <= line <= last
        and indentation(view.lines[line]) == depth
        and alike(content, view.lines[line].strip()[:300]) >= 0.75
    ]
