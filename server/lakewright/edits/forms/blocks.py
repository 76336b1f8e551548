"""Search/replace blocks, in a fence or bare:

    src/tax.py
    <<<<<<< SEARCH
    ...
    =======
    ...
    >>>>>>> REPLACE

Five to nine marks. The file's name stands behind SEARCH, on one of the three lines before, or in the
fence's info string; else the block goes on with the file of the one before. An empty search makes a new
file. What lies between the markers is taken as it is, fences too; markers inside it are refused.
"""

import re
from dataclasses import dataclass

from lakewright.edits.forms.fences import is_fence, opening, without_indent
from lakewright.edits.forms.names import is_path, mentions, name_on, read_info
from lakewright.edits.forms.source import Place, Reading, RefusedForm, Source, joined, refusal
from lakewright.edits.values import Edit, FileEdits, Kind, NewFile

_HEAD = re.compile(r"([ \t]*)<{5,9} ?SEARCH\b(.*)", re.IGNORECASE)
_DIVIDER = re.compile(r"([ \t]*)={5,9}[ \t]*")
_TAIL = re.compile(r"[ \t]*>{5,9} ?REPLACE\b(.*)", re.IGNORECASE)
_ESCAPED_HEAD = re.compile(r"[ \t]*(?:&lt;){5,9} ?SEARCH\b.*", re.IGNORECASE)
_ESCAPED_TAIL = re.compile(r"[ \t]*(?:&gt;){5,9} ?REPLACE\b.*", re.IGNORECASE)
_COMPARES = re.compile(r"\b(?:same|as|like|unlike|similar\w*|from|instead|with|than)\b", re.IGNORECASE)
_NAME_LINES = 3  # lines with something on them, before a block, that may hold its file's name
_LOOK_BACK = 8  # lines in all, blank ones and fences too


@dataclass(frozen=True, slots=True)
class _Name:
    """The file a block is for, and the first line that is only there to name it."""

    path: str | None
    line: int
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of a block's markers, the first one's indentation, and what follows first and last."""

    head: int
    dividers: tuple[int, ...]
    tail: int
    indent: str
    rests: tuple[str, str]


def read_block(source: Source, place: Place) -> Reading | None:
    """The block that begins at the place."""
    line = source.lines[place.at]
    if _ESCAPED_HEAD.fullmatch(line):
        return _escaped(source, place)
    head = _HEAD.fullmatch(line)
    if head is None:
        return None
    name = _name(source, place, head[2])
    dividers: list[int] = []
    for at in range(place.at + 1, len(source.lines)):
        line = source.lines[at]
        if _HEAD.fullmatch(line):
            return _lost(source, place, name, "another one begins inside it (or it has no end)", Kind.FORM)
        divider = _DIVIDER.fullmatch(line)
        if divider and divider[1] in ("", head[1]):
            dividers.append(at)
        elif tail := _TAIL.fullmatch(line):
            block = _Block(place.at, tuple(dividers), at, head[1], (head[2], tail[1]))
            return Reading(
                name.line, at + 1, (_block(source, block, name),), path=name.path, fence=place.fence
            )
    return _lost(source, place, name, "it has no `>>>>>>> REPLACE` line", Kind.UNFINISHED)


def begins_block(line: str) -> bool:
    return _HEAD.fullmatch(line) is not None or _ESCAPED_HEAD.fullmatch(line) is not None


def _block(source: Source, block: _Block, name: _Name) -> FileEdits | NewFile | RefusedForm:
    """One block with all its markers as a change."""
    lines = source.lines
    where = f"the search/replace block at line {block.head + 1} of the answer"
    if problem := _problem(block, name, where):
        return refusal(name.path, Kind.FORM, f"Not applied: {problem}")
    assert name.path is not None
    search, new = (
        joined(without_indent(part, block.indent) or part)
        for part in (
            lines[block.head + 1 : block.dividers[0]],
            lines[block.dividers[0] + 1 : block.tail],
        )
    )
    if search.strip():
        return FileEdits(name.path, (Edit(search, new),))
    if not new.strip():
        return refusal(name.path, Kind.EMPTY_SEARCH, f"Not applied: {where} is empty on both sides.")
    return NewFile(name.path, new)


def _problem(block: _Block, name: _Name, where: str) -> str | None:
    """Why a block can't be read as one edit of one file."""
    if not block.dividers:
        return f"{where} has no `=======` line."
    if len(block.dividers) > 1:
        return (
            f"{where} has several `=======` lines; which one divides it can't be told. Use edit_file for it."
        )
    head_rest = block.rests[0].strip().removeprefix(">").strip("` :")
    tail_rest = block.rests[1].strip().strip("`~")
    if tail_rest or (head_rest and not is_path(head_rest)):
        return f"{where} has `{(tail_rest or head_rest)[:40]}` behind a marker."
    if name.unclear:
        said = " and ".join(f"`{path}`" for path in name.unclear)
        return f"{where} follows {said}; write the name of its file alone on the line before it."
    if name.path is None:
        return f"{where} names no file; write the file's path alone on the line before it."
    return None


def _name(source: Source, place: Place, head_rest: str) -> _Name:
    """The block's file: beside the marker, on the lines before, in the fence, or the last block's."""
    beside = head_rest.strip("` :")
    if is_path(beside):
        return _Name(name_on(beside), place.at)
    seen = 0
    spoken: tuple[str, ...] = ()
    compared = False
    for at in range(place.at - 1, max(place.floor, place.at - _LOOK_BACK) - 1, -1):
        line = source.lines[at]
        if not line.strip():
            continue
        fence = opening(line, at)
        around = fence is not None and place.fence is not None and at == place.fence.line
        if fence is not None and not fence.info and not around:
            break  # the end of another fence: what stands in there names nothing
        path = read_info(fence.info).sure if fence else name_on(line)
        if path is not None:
            return _agreed(path, at if not is_fence(line) else place.at, spoken)
        if not is_fence(line):
            seen += 1
            if not spoken and (spoken := mentions(line)):
                compared = not line.rstrip().endswith(":") or _COMPARES.search(line) is not None
            if seen == _NAME_LINES:
                break
    if place.fence is not None and (inside := read_info(place.fence.info).sure):
        return _agreed(inside, place.at, spoken)
    if place.path is not None:
        return _agreed(place.path, place.at, spoken)
    introduced = len(spoken) == 1 and not compared
    return _Name(spoken[0], place.at) if introduced else _Name(None, place.at, spoken)


def _agreed(path: str, line: int, spoken: tuple[str, ...]) -> _Name:
    """A name found farther away than a line of prose that speaks of another file can't be trusted."""
    if spoken and path not in spoken:
        return _Name(None, line, (path, *spoken[:3]))
    return _Name(path, line)


def _lost(source: Source, place: Place, name: _Name, why: str, kind: Kind) -> Reading:
    """A block without a sure end: what comes after it can't be told from what is in it."""
    reason = (
        f"Not applied: the search/replace block at line {place.at + 1} of the answer can't be read: {why}."
        " Nothing from there on was applied; send those edits again, best with edit_file."
    )
    return Reading(
        name.line, len(source.lines), (refusal(name.path, kind, reason),), fence=place.fence, stop=True
    )


def _escaped(source: Source, place: Place) -> Reading:
    """A block whose markers are HTML: how much of its text is escaped as well can't be known."""
    tails = (at for at in range(place.at + 1, len(source.lines)) if _ESCAPED_TAIL.fullmatch(source.lines[at]))
    end = next(tails, len(source.lines) - 1) + 1
    path = _name(source, place, "").path
    reason = (
        f"Not applied: the markers at line {place.at + 1} of the answer are HTML-escaped (`&lt;`); write the"
        " block with plain characters, or use edit_file."
    )
    return Reading(place.at, end, (refusal(path, Kind.FORM, reason),), path=path, fence=place.fence)
