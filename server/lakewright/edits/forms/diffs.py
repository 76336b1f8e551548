"""A unified diff, git's or plain, in a fence or bare: each hunk becomes a search and a replacement.

Wrong numbers, missing `a/` and `b/`, `/dev/null` and CRLF are forgiven; deleting, renaming, copying,
changing modes and binary patches are refused. A bare diff at the answer's end must count right: nothing
else shows that it is whole.
"""

import re
from collections.abc import Sequence

from lakewright.edits.forms.fences import Fence, closing_line, opening, without_indent
from lakewright.edits.forms.headers import NOWHERE, Header, goes_on, path_of, read_header
from lakewright.edits.forms.hunks import Hunk, as_edit, is_header, is_hunk, read_hunk
from lakewright.edits.forms.names import name_on, read_info
from lakewright.edits.forms.source import Change, Place, Reading, RefusedForm, Source, refusal
from lakewright.edits.values import Edit, FileEdits, Kind, NewFile

_LANGUAGES = frozenset({"diff", "patch", "udiff", "git"})
_NUMBERED = re.compile(r"@@ -\d+(?:,\d+)? \+\d+")
PATCHES = (".diff", ".patch")  # a fence with such a name is a file that holds a diff
_HINT = "Edits and new files can be applied, nothing else; tell the user what else is needed."


def read_diff(source: Source, place: Place) -> Reading | None:
    """The diff that begins on the place's line, or that the fence there holds."""
    if place.fence is not None:
        return None
    fence = opening(source.lines[place.at], place.at)
    if fence is None:
        if not _begins_bare(source.lines, place.at):
            return None
        found, end = _read_files(source.lines, place.at, closed=False, bare=True)
        return Reading(place.at, end, found)
    close = closing_line(source.lines, fence, place.at + 1)
    end = len(source.lines) if close is None else close
    plain = source.lines[place.at + 1 : end]
    body = without_indent(plain, fence.indent) or plain
    begin, named = _begins_in_fence(source, place, fence, body)
    if begin is None:
        return None
    found, _ = _read_files(body, begin, closed=close is not None, named=named, line=place.at + 1)
    after = end if close is None else close + 1
    return Reading(place.at, after, found, fence=fence if close is None else None, stop=close is None)


def _begins_bare(lines: Sequence[str], at: int) -> bool:
    """Git's first line, or a pair of names with a hunk: prose may hold a line of dashes too."""
    end = len(lines)
    if lines[at].startswith("diff --git "):
        return at + 1 < end and goes_on(lines[at + 1])
    return (
        lines[at].startswith("--- ") and is_header(lines, at, end) and at + 2 < end and is_hunk(lines[at + 2])
    )


def _begins_in_fence(
    source: Source, place: Place, fence: Fence, body: Sequence[str]
) -> tuple[int | None, str | None]:
    """The first line of the diff in a fence's body, and the file that the fence is named after."""
    first = next((at for at, line in enumerate(body) if line.strip()), None)
    info = read_info(fence.info)
    if first is None or (info.sure or "").endswith(PATCHES):
        return None, None
    if is_header(body, first, len(body)):
        return first, None
    if info.language not in _LANGUAGES:
        return None, None
    for at in range(first, len(body)):
        if is_header(body, at, len(body)) or body[at].startswith("+++ "):
            return at, None
        if _NUMBERED.match(body[at]):
            before = (source.lines[i] for i in range(place.at - 1, max(place.floor, place.at - 3) - 1, -1))
            title = next((line for line in before if line.strip()), "")
            return at, info.sure or info.title or name_on(title)
    return None, None


def _read_files(
    lines: Sequence[str],
    at: int,
    *,
    closed: bool,
    bare: bool = False,
    named: str | None = None,
    line: int = 0,
) -> tuple[tuple[Change | RefusedForm, ...], int]:
    """All files of a diff, and the line after it; `line` is the answer's line of `lines[0]`."""
    found: list[Change | RefusedForm] = []
    end = len(lines)
    while at < end:
        if is_header(lines, at, end) or lines[at].startswith("+++ "):
            header = read_header(lines, at, end)
        elif is_hunk(lines[at]) and not found:
            header = Header(named, named, at)
        elif bare:
            break
        elif lines[at].strip():
            reason = f"Not applied: line {line + at + 1} of the answer, inside a diff, belongs to no diff."
            return (*found, refusal(None, Kind.FORM, reason)), end
        else:
            at += 1
            continue
        hunks: list[Hunk] = []
        at = header.end
        while at < end and _in_file(lines, at):
            hunks.append(read_hunk(lines, at, end, closed=closed, bare=bare))
            at = hunks[-1].end
        found += _file(header, hunks, line)
    return tuple(found), at


def _in_file(lines: Sequence[str], at: int) -> bool:
    """Whether a hunk begins here, with or without an `@@` line."""
    return is_hunk(lines[at]) or (lines[at][:1] in ("+", "-", " ") and not is_header(lines, at, len(lines)))


def _file(header: Header, hunks: Sequence[Hunk], line: int) -> list[Change | RefusedForm]:
    """The change of one file, then what of it is refused."""
    path, beyond = path_of(header)
    if beyond:
        return [refusal(path, Kind.FORM, f"Not applied: the diff of {path or 'a file'} {beyond}. {_HINT}")]
    if path is None:
        return [refusal(None, Kind.FORM, "Not applied: the diff names no file; begin it with ---/+++ lines.")]
    if not hunks:
        return [refusal(path, Kind.UNFINISHED, f"Not applied: the diff of {path} has no hunk.")]
    if header.old == NOWHERE or hunks[0].from_zero:
        return [_created(path, hunks, line)]
    read = [_edit(path, hunk, line) for hunk in hunks]
    edits = tuple(edit for edit in read if isinstance(edit, Edit))
    refused = [problem for problem in read if isinstance(problem, RefusedForm)]
    return [FileEdits(path, edits), *refused] if edits else [*refused]


def _created(path: str, hunks: Sequence[Hunk], line: int) -> NewFile | RefusedForm:
    """A new file: one whole hunk of added lines."""
    if problem := next((problem for hunk in hunks if (problem := _problem(path, hunk, line))), None):
        return problem
    edit = as_edit(hunks[0].body)
    if len(hunks) > 1 or edit.search:
        reason = f"Not applied: the diff creates {path}, but not all of its lines are added ones."
        return refusal(path, Kind.FORM, reason)
    return NewFile(path, edit.replace)


def _edit(path: str, hunk: Hunk, line: int) -> Edit | RefusedForm:
    if problem := _problem(path, hunk, line):
        return problem
    edit = as_edit(hunk.body)
    if edit.search.strip():
        return edit
    reason = (
        f"Not applied: the hunk of {path} at line {line + hunk.start + 1} of the answer shows no line of the"
        " file, so where it belongs can't be told; repeat some lines around it."
    )
    return refusal(path, Kind.EMPTY_SEARCH, reason)


def _problem(path: str, hunk: Hunk, line: int) -> RefusedForm | None:
    """Why a hunk can't be trusted to be all that was meant."""
    where = f"the hunk of {path} at line {line + hunk.start + 1} of the answer"
    if hunk.wrong is not None:
        wrong = line + hunk.wrong + 1
        reason = f"Not applied: {where} holds a line ({wrong}) that begins with none of ' ', + and -."
        return refusal(path, Kind.FORM, reason)
    if hunk.whole and hunk.body:
        return None
    reason = (
        f"Not applied: {where} may not be whole: it ends without a closing fence, and its numbers don't show"
        " that nothing is missing. Put the diff in a fence, or use edit_file."
    )
    return refusal(path, Kind.UNFINISHED, reason)
