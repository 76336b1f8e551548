"""Edits that no client may apply: what models get wrong in a way that leaves the meaning open, or worse.

Each function changes a whole plan, as a rule its first edit of a file; a plan without one stays.
"""

import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from lakewright.sandbox.edit_faults_window import Room, Spread, widened
from lakewright.sandbox.mind.edits import Plan, PlannedEdit, PlannedFile
from lakewright.sandbox.reading.source import read_source

Replan = Callable[[Plan], Plan]

_NAME = re.compile(r"[A-Za-z_]\w{2,}")
_INNER_WORD = re.compile(r"(?<=[^\n\w])\w+(?=[^\n\w])")
"""Where a line ends, its end would tell one place from the others."""
_STALE = "previous_state = legacy_lookup(registry)"
"""A line that no file holds: what the model remembers of one that has changed."""

_BREAKS = "([{"
_MASK = "<EMAIL_ADDRESS>"
_DENIED = ".env"


def _first(change: Callable[[PlannedEdit, str | None], PlannedEdit]) -> Replan:
    """The change of the first edit, which is told the file's text where it is known."""

    def replan(plan: Plan) -> Plan:
        edits = list(plan.edits)
        for at, edit in enumerate(edits):
            if isinstance(edit, PlannedEdit):
                edits[at] = change(edit, plan.texts.get(edit.path))
                break
        return replace(plan, edits=tuple(edits))

    return replan


def _elsewhere(rename: Callable[[str], str]) -> Replan:
    """All edits of the first edited file go to another path."""

    def replan(plan: Plan) -> Plan:
        path = next((edit.path for edit in plan.edits if isinstance(edit, PlannedEdit)), None)
        if path is None:
            return plan
        edits = (replace(edit, path=rename(path)) if edit.path == path else edit for edit in plan.edits)
        return replace(plan, edits=tuple(edits))

    return replan


def _misspelt_path(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    return f"{folder}{slash}{stem}_module{dot}{suffix}" if stem else f"{path}_module"


def _ambiguous(edit: PlannedEdit, text: str | None) -> PlannedEdit:
    """A line of the file that occurs more than once, else a word that does, within lines."""
    rows = (text or "").split("\n")
    counts = Counter(row for row in rows if any(map(str.isalnum, row)))
    repeated = next((row for row in rows if counts[row] > 1), None)
    if repeated is not None:
        return replace(edit, search=repeated, replace=f"{repeated}\n{repeated}")
    words = Counter(_INNER_WORD.findall(text or edit.search)).most_common(1)
    if not words:
        return edit
    word = words[0][0]
    return replace(edit, search=word, replace=f"{word}_once")


def _stale(edit: PlannedEdit, _text: str | None) -> PlannedEdit:
    """A line above that isn't in the file any more."""
    first = edit.search.partition("\n")[0]
    row = first[: len(first) - len(first.lstrip())] + _STALE
    return replace(edit, search=f"{row}\n{edit.search}", replace=f"{row}\n{edit.replace}")


def _wrong_name(edit: PlannedEdit, text: str | None) -> PlannedEdit:
    """A name in the code that is quoted differs from the file's."""
    room = Room(text, 1, tuple(text.split("\n"))) if text is not None else None
    wide = widened(edit, room, lambda one: next(_names(one), None) is not None)
    name = next(_names(wide), None) if wide else None
    if wide is None or name is None:
        return _stale(edit, text)
    other = f"{name}_entry"
    while text is not None and other in text:
        other += "_2"
    return wide.each_row(lambda row: re.sub(rf"\b{name}\b", other, row)).edit()


def _names(one: Spread) -> Iterator[str]:
    """Names in the search, those in comments and strings left out."""
    masked = read_source(one.path, "\n".join(one.search)).masked
    yield from (name for name in _NAME.findall(masked) if not keyword.iskeyword(name))


def _breaks(edit: PlannedEdit, _text: str | None) -> PlannedEdit:
    last = edit.replace.rpartition("\n")[2]
    return replace(edit, replace=f"{edit.replace}\n{last[: len(last) - len(last.lstrip())]}{_BREAKS}")


def _masked(edit: PlannedEdit, _text: str | None) -> PlannedEdit:
    return replace(edit, replace=f"{edit.replace} {_MASK}")


def _without_search(edit: PlannedEdit, _text: str | None) -> PlannedEdit:
    return replace(edit, search="")


def _overlapping(plan: Plan) -> Plan:
    """An edit before the first one that deletes what that one changes."""
    at = next((at for at, edit in enumerate(plan.edits) if isinstance(edit, PlannedEdit)), None)
    if at is None:
        return plan
    first = plan.edits[at]
    assert isinstance(first, PlannedEdit)
    return replace(plan, edits=(*plan.edits[:at], replace(first, replace=""), *plan.edits[at:]))


def _over_existing(plan: Plan) -> Plan:
    """The first edited file is created once more, with what the edit writes."""
    first = next((edit for edit in plan.edits if isinstance(edit, PlannedEdit)), None)
    if first is None:
        return plan
    others = (edit for edit in plan.edits if edit.path != first.path)
    return replace(plan, edits=(PlannedFile(first.path, f"{first.replace}\n"), *others))


REFUSED: Mapping[str, tuple[str, Replan]] = MappingProxyType(
    {
        "edit-wrong-path": ("a file that isn't there", _elsewhere(_misspelt_path)),
        "edit-outside": ("a file outside the root", _elsewhere(lambda path: f"../{path}")),
        "edit-denied": ("a file that nobody may touch: .env", _elsewhere(lambda _: _DENIED)),
        "edit-exists": ("create_file over a file that is there", _over_existing),
        "edit-ambiguous": ("a search that occurs more than once", _first(_ambiguous)),
        "edit-stale": ("a search with a line that the file hasn't any more", _first(_stale)),
        "edit-wrong-name": ("a search with another name than the file has", _first(_wrong_name)),
        "edit-empty-search": ("a search with nothing in it", _first(_without_search)),
        "edit-overlap": ("two edits of the same lines: one deletes them, one changes them", _overlapping),
        "edit-breaks-syntax": ("a replacement that doesn't parse", _first(_breaks)),
        "edit-masked": ("a replacement that a gateway has masked: <EMAIL_ADDRESS>", _first(_masked)),
    }
)
"""Name to description and effect."""
