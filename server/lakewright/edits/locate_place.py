"""An exact match becomes an edit: whole lines are merged, a part of a line is replaced as it stands."""

import re

from lakewright.edits.apply_merge import merged
from lakewright.edits.locate_aligned import Match
from lakewright.edits.locate_exact import cut_word
from lakewright.edits.locate_reasons import ambiguous, numbered
from lakewright.edits.locate_view import View, lines_of
from lakewright.edits.reindent import Indents, indentation, unindented_line, unit_of
from lakewright.edits.tiers_compare import Slip
from lakewright.edits.values import AlreadyApplied, Kind, Located, Outcome, Refused

_COMMENT = re.compile(r"\s*(?:#+|//+|--+|;+|%+|/\*+|<!--)\s*")
SAME = Indents(lambda own: own, same=True)


def place(view: View, spot: tuple[int, int], search: str, replace: str, name: str) -> Outcome:
    """The outcome for the one exact match, `spot` in `view.flat`."""
    line, column = view.place(spot[0])
    last, end_column = view.place(spot[1])
    whole_end = end_column == 0 or (last < len(view.lines) and end_column == len(view.lines[last]))
    leading = len(search) - len(search.lstrip("\n"))
    if leading and column:
        line, column = line + 1, 0
        leading -= 1
        absent = 1
    else:
        absent = 0
    begins = "" if line >= len(view.lines) else view.lines[line][:column]
    if not whole_end and not begins.strip() and len(search.strip().split("\n")) > 1:
        return Refused(
            f"The search ends in the middle of line {last + 1}, which goes on: quote the whole line:\n"
            + numbered(view, [last]),
            Kind.NOT_FOUND,
        )
    if _cuts_begin(begins, search):
        return Refused(
            f"The search begins in the middle of line {line + 1}, which is more: quote the whole line:\n"
            + numbered(view, [line]),
            Kind.NOT_FOUND,
        )
    if not whole_end or begins.strip() or (absent and not replace):
        return _part(view, spot, search, replace, name)
    rows = lines_of(search)
    pairs: list[int | None] = [None] * absent
    pairs += range(line, line + len(rows) - absent)
    final = line + len(rows) - absent - 1
    indents = _indents(view, rows, replace, begins)
    if isinstance(indents, Refused):
        return indents
    match = Match(line, final, tuple(pairs), Slip.INDENT if begins else Slip.NONE, indents)
    new = [] if not replace else lines_of(replace)
    if replace.endswith("\n") and not search.endswith("\n") and view.ending(final):
        new.append("")  # letter for letter: the file's own line ending follows
    result = merged(rows, new, view, match)
    if isinstance(result, Refused):
        return result
    start, end = view.starts[line], view.starts[final + 1]
    return already_there(view, start, end, result) or Located(start, end, result, name or "exact")


def _cuts_begin(begins: str, search: str) -> bool:
    """Whether a search of several lines takes the end of a line for a whole one: signs alone, or what the
    file has after a comment's mark.
    """
    rows = search.strip("\n").split("\n")
    if len(rows) < 2 or not begins.strip():
        return False
    return bool(_COMMENT.fullmatch(begins)) or not any(map(str.isalnum, rows[0]))


def _indents(view: View, rows: list[str], replace: str, begins: str) -> Indents | Refused:
    new = [line for line in lines_of(replace) if line.strip()]
    if not begins:
        return SAME if not _shallower(rows, new) else _too_shallow(rows)
    shown = [line for line in rows if line.strip()]
    missing = indentation(shown[0])
    if len(shown) > 1 or not new or indentation(new[0]) != missing:
        return Indents(lambda own: own, same=True, first=(missing, begins + missing))
    if not missing:
        found = unindented_line(begins, new, unit_of(view.lines))
        if found is not None:
            return found
    return Refused(
        f"It can't be told how deep the replacement belongs: the line begins with {len(begins)} blanks in "
        "the file and the search leaves them out. Repeat them in search and replacement.",
        Kind.AMBIGUOUS,
    )


def _shallower(rows: list[str], new: list[str]) -> bool:
    old = [len(indentation(line).expandtabs(4)) for line in rows if line.strip()]
    fresh = [len(indentation(line).expandtabs(4)) for line in new]
    return bool(old and fresh) and fresh[0] < old[0] and min(fresh) < min(old)


def _too_shallow(rows: list[str]) -> Refused:
    depth = len(indentation(next(line for line in rows if line.strip())))
    return Refused(
        f"The replacement begins further left than the search, which begins with {depth} blanks: repeat the "
        "file's indentation; to move text left, quote a line of that depth beside it.",
        Kind.AMBIGUOUS,
    )


def _part(view: View, spot: tuple[int, int], search: str, replace: str, name: str) -> Outcome:
    start, end = view.origin(spot[0]), view.origin(spot[1])
    line, _ = view.place(spot[0])
    if search.endswith("\n") and replace and not replace.endswith("\n"):
        replace += "\n"
    if search.startswith("\n") and replace and not replace.startswith("\n") and view.place(spot[0])[1]:
        replace = "\n" + replace
    usual = view.usual_ending(line)
    endings = [view.ending(i) or usual for i in range(line, min(line + search.count("\n"), len(view.lines)))]
    pieces = replace.split("\n")
    result = pieces[0]
    for index, piece in enumerate(pieces[1:]):
        result += (endings[index] if index < len(endings) else usual) + piece
    return already_there(view, start, end, result) or Located(start, end, result, name or "exact")


def already_there(view: View, start: int, end: int, result: str) -> AlreadyApplied | Refused | None:
    """Whether the text reads so already: the same, or the additions stand around the place."""
    text, found = view.text, view.text[start:end]
    line = view.place(0)[0] if not start else text.count("\n", 0, start)
    done = AlreadyApplied(line + 1, f"Already applied: line {line + 1} of the file reads so already.")
    if result == found:
        return done
    if not found or len(result) <= len(found):
        return None
    at = result.find(found)
    for _ in range(50):
        if at < 0:
            return None
        begin = start - at
        if begin >= 0 and text.startswith(result, begin):
            extra = result[:at] + result[at + len(found) :]
            whole = cut_word(text, begin) is None and cut_word(text, begin + len(result)) is None
            if extra.strip() and whole:
                return (
                    done
                    if any(char.isalnum() for char in extra)
                    else ambiguous(view, [line], why="and more stands")
                )
            return None
        at = result.find(found, at + 1)
    return None
