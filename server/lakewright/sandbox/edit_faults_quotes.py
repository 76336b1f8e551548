"""How models misquote the file in an edit that is still plain enough to be applied.

Each function takes an edit and what it may quote of its file, and gives the edit misquoted; where the
file has nowhere to put the defect, the edit as it was.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from lakewright.sandbox.edit_faults_window import Room, Spread, Wanted, spread, widened
from lakewright.sandbox.mind.edits import PlannedEdit

Misquote = Callable[[PlannedEdit, Room | None], PlannedEdit]

_SUBSTANTIAL = 60
_ROWS = 4
"""Characters and rows with text of a quotation that stays plain although some of it is wrong."""

_COMMENTED = re.compile(r"\s*(?:#|//|--|\*|\"\"\")\s*\w")
_PLAIN_WORD = re.compile(r"(?<=\s)[a-z]{5,}(?=[\s.,;]|$)")
_HASH = ("py", "pyi", "sh", "yaml", "yml", "toml", "rb", "pl", "r", "ex", "exs", "mk", "cfg")
_DASHES = ("sql", "lua", "hs")
_MARKUP = ("html", "htm", "xml", "md", "vue", "svelte")


def _with(wanted: Wanted, change: Callable[[Spread], Spread]) -> Misquote:
    """The change, as soon as the edit quotes what it needs, and if possible enough to be told by the rest."""

    def misquote(edit: PlannedEdit, room: Room | None) -> PlannedEdit:
        wide = widened(edit, room, lambda one: _ample(one) and wanted(one)) or widened(edit, room, wanted)
        return change(wide).edit() if wide is not None else edit

    return misquote


def _anyway(change: Callable[[Spread], Spread]) -> Misquote:
    return lambda edit, room: change(spread(edit, room)).edit()


def _holds(signs: str) -> Wanted:
    """Whether the search has one of these signs between other text."""
    return lambda one: any(sign in row.strip() for row in one.search for sign in signs)


def _rows(change: Callable[[str], str]) -> Callable[[Spread], Spread]:
    return lambda one: one.each_row(change)


def _indent(row: str) -> str:
    return row[: len(row) - len(row.lstrip())]


def _blanks_behind(row: str) -> str:
    return row + "  " if row.strip() else row


def _common_indent(one: Spread) -> str:
    indents = [_indent(row) for row in (*one.search, *one.replace) if row.strip()]
    least = min(indents, key=len, default="")
    return least if all(indent.startswith(least) for indent in indents) else ""


def _size(one: Spread) -> int:
    return sum(len(row.strip()) for row in one.search)


def _ample(one: Spread) -> bool:
    return _size(one) >= _SUBSTANTIAL and sum(1 for row in one.search if row.strip()) >= _ROWS


def _dedented(edit: PlannedEdit, room: Room | None) -> PlannedEdit:
    """All lines lose the indentation they share; where they share none, they get one too much."""
    wide = widened(edit, room, lambda one: _ample(one) and _common_indent(one) != "")
    wide = wide or widened(edit, room, _ample) or spread(edit, room)
    lost = len(_common_indent(wide))
    shift = (lambda row: row[lost:]) if lost else (lambda row: "    " + row if row.strip() else row)
    return wide.each_row(shift).edit()


def _tabs(one: Spread) -> Spread:
    """Tabs for blanks, or blanks for tabs where the file has those."""
    indents = [_indent(row) for row in one.search]
    if any("\t" in indent for indent in indents):
        return one.each_row(lambda row: _indent(row).replace("\t", "    ") + row.lstrip())
    unit = 2 if any(len(indent) % 4 == 2 for indent in indents) else 4
    return one.each_row(lambda row: _tabbed(row, unit))


def _tabbed(row: str, unit: int) -> str:
    depth = len(_indent(row))
    return "\t" * (depth // unit) + " " * (depth % unit) + row.lstrip()


def _first_line(one: Spread) -> Spread:
    return one.with_kept(0, (one.search[0].lstrip(),))


def _has_first_line(one: Spread) -> bool:
    return one.above > 0 and len(one.search) > 1 and bool(_indent(one.search[0]) and one.search[0].strip())


def _curly(row: str) -> str:
    row = re.sub(r'"([^"]*)"', "\u201c\\1\u201d", row).replace('"', "\u201d")
    return re.sub(r"'([^']*)'", "\u2018\\1\u2019", row).replace("'", "\u2019")


def _dashes(row: str) -> str:
    return row.replace("-", "\u2013")


def _unbreakable(row: str) -> str:
    return _indent(row) + row.strip().replace(" ", "\u00a0")


def _numbered(one: Spread) -> Spread:
    """Numbers and tabs, as `read_file` shows them; the replacement counts on from the same line."""

    def rows(side: tuple[str, ...]) -> tuple[str, ...]:
        width = len(str(one.line + len(side) - 1))
        return tuple(f"{number:>{width}}\t{row}" for number, row in enumerate(side, one.line))

    return replace(one, search=rows(one.search), replace=rows(one.replace))


def _signed(one: Spread) -> Spread:
    return replace(
        one,
        search=tuple(f"-{row}" for row in one.search),
        replace=tuple(f"+{row}" for row in one.replace),
    )


def _fenced(one: Spread) -> Spread:
    opening = "```" + one.path.rpartition(".")[2]
    return replace(one, search=(opening, *one.search, "```"), replace=(opening, *one.replace, "```"))


def _tagged(one: Spread) -> Spread:
    return replace(
        one,
        search=("<search>", *one.search, "</search>"),
        replace=("<replace>", *one.replace, "</replace>"),
    )


def _escaped(row: str) -> str:
    return row.replace("\\", "\\\\").replace('"', '\\"')


def _elided(one: Spread) -> Spread:
    """A line in the place of those taken in above, all but the first and the last."""
    rest = one.added - 1
    row = _indent(one.search[0]) + _elision(one.path)
    return replace(
        one,
        search=(one.search[0], row, *one.search[rest:]),
        replace=(one.replace[0], row, *one.replace[rest:]),
    )


def _can_elide(room: Room | None) -> Wanted:
    """Whether there are rows to leave out below one that occurs nowhere else."""
    rows = room.text.split("\n") if room else []
    return lambda one: one.added > 3 and bool(one.search[0].strip()) and rows.count(one.search[0]) == 1


def _elision(path: str) -> str:
    suffix = path.rpartition(".")[2].lower()
    if suffix in _HASH:
        return "# ... existing code ..."
    if suffix in _DASHES:
        return "-- ... existing code ..."
    return "<!-- ... existing code ... -->" if suffix in _MARKUP else "// ... existing code ..."


def _inner_blank(one: Spread) -> int | None:
    """A blank row between two that are kept."""
    kept = set(one.kept)
    inner = (at for at in one.kept if {at - 1, at + 1} <= kept and not one.search[at].strip())
    return next((at for at in inner if one.search[at - 1].strip() and one.search[at + 1].strip()), None)


def _without_blank(one: Spread) -> Spread:
    at = _inner_blank(one)
    return one if at is None else one.with_kept(at, ())


def _neighbours(one: Spread) -> int | None:
    """The first of two rows with text that are both kept."""
    kept = set(one.kept)
    return next(
        (at for at in one.kept if at + 1 in kept and one.search[at].strip() and one.search[at + 1].strip()),
        None,
    )


def _with_blank(one: Spread) -> Spread:
    at = _neighbours(one)
    return one if at is None else one.with_kept(at, (one.search[at], ""))


def _typo(one: Spread) -> tuple[int, str] | None:
    """A kept row of a comment, and how it reads with two letters swapped."""
    for at in one.kept:
        row = one.search[at]
        if not _COMMENTED.match(row) or "`" in row or len(row.split()) < 5:
            continue
        for found in _PLAIN_WORD.finditer(row):
            word = found[0]
            wrong = word[0] + word[2] + word[1] + word[3:]
            if wrong != word:
                return at, row[: found.start()] + wrong + row[found.end() :]
    return None


def _misspelt(one: Spread) -> Spread:
    found = _typo(one)
    return one if found is None else one.with_kept(found[0], (found[1],))


MISQUOTES: Mapping[str, tuple[str, Misquote]] = MappingProxyType(
    {
        "edit-trailing-blanks": (
            "blanks behind the lines",
            _anyway(_rows(_blanks_behind)),
        ),
        "edit-dedented": ("the indentation that all lines share is lost", _dedented),
        "edit-tabs": (
            "tabs for blanks, or blanks for tabs",
            _with(lambda one: any(map(_indent, one.search)), _tabs),
        ),
        "edit-first-line": ("the first line has lost its indentation", _with(_has_first_line, _first_line)),
        "edit-quotes": ("typographic quotes", _with(_holds("\"'"), _rows(_curly))),
        "edit-dashes": ("dashes for hyphens", _with(_holds("-"), _rows(_dashes))),
        "edit-nbsp": ("blanks that don't break", _with(_holds(" "), _rows(_unbreakable))),
        "edit-line-numbers": ("the line numbers of read_file are copied in", _anyway(_numbered)),
        "edit-diff-signs": ("a diff's - and + before the lines", _anyway(_signed)),
        "edit-fence": ("a fence around the text", _anyway(_fenced)),
        "edit-tags": ("tags around the text", _anyway(_tagged)),
        "edit-entities": (
            "HTML entities for signs",
            _with(_holds("<>&\"'"), _rows(html.escape)),
        ),
        "edit-escapes": (
            "backslashes and quotes are escaped once more",
            _with(_holds('\\"'), _rows(_escaped)),
        ),
        "edit-elision": (
            "lines are left out: # ... existing code ...",
            lambda edit, room: _with(_can_elide(room), _elided)(edit, room),
        ),
        "edit-blank-dropped": (
            "a blank line is left out",
            _with(lambda one: _inner_blank(one) is not None, _without_blank),
        ),
        "edit-blank-added": (
            "a blank line too many",
            _with(lambda one: _neighbours(one) is not None, _with_blank),
        ),
        "edit-typo": (
            "a typo in a comment that is quoted",
            _with(lambda one: _typo(one) is not None, _misspelt),
        ),
    }
)
"""Name to description and effect."""
