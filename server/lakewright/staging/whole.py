"""An answer in text that repeats a whole file: what it changes, or why it can't be all of the file.

Lines that differ from the file's in nothing but blanks at their end stay as the file has them, and so do
line endings, the final newline and blank lines at the end: text in a fence doesn't show those.
"""

from collections import Counter
from collections.abc import Sequence
from posixpath import basename

from lakewright.edits.diff_lines import Opcode, opcodes
from lakewright.edits.forms.elision import elided_line
from lakewright.edits.forms.names import name_on
from lakewright.edits.locate_view import View, view_of
from lakewright.edits.masks import new_mask
from lakewright.edits.values import Kind, Refused, WholeFile
from lakewright.staging.applying import Result, Unchanged, checked, elision, masked
from lakewright.staging.words import changed_lines
from lakewright.workspace.decode import Decoded
from lakewright.workspace.languages import language_of
from lakewright.workspace.syntax import outline

SMALL = 4
"""Lines of a file that may be replaced as a whole without a question."""

LEAST_KEPT = 0.5
"""The share of the file's lines, or of its definitions, that an answer which holds less text must keep."""

MOST_CUT = 3
"""Lines that may go from the file's begin or end without others in their place."""

_COMMENTS = ("#", "//", "--", ";", "/*", "<!--", "%")


def rewritten(path: str, now: Decoded, change: WholeFile) -> Result:
    """The file as the answer has it."""
    if path.lower().endswith(".ipynb"):
        return Refused("A notebook is not taken as a whole: use search and replace on its cells.", Kind.FORM)
    old = view_of(now.text)
    rows = _without_title(_rows(change.content), old, path)
    rows, own = rows[: _end(rows)], old.lines[: _end(old.lines)]
    content = "\n".join(rows)
    mask = new_mask(content, now.text)
    if mask:
        return masked(mask)
    line = _new_elision(rows, old, path)
    if line:
        return elision(content, line)
    codes = opcodes([row.rstrip() for row in own], [row.rstrip() for row in rows])
    part = _why_part(path, old, rows, codes)
    if part:
        return Refused(
            f"The answer {part}: it looks like a part of the file, and the rest would be lost. Answer with"
            " the whole file, every line of it, or with search and replace for what changes.",
            Kind.VANISHES,
        )
    text = _rebuilt(old, rows, codes)
    if text == now.text:
        text = _rebuilt(old, rows, opcodes(own, rows))
    if text == now.text:
        return Unchanged("Nothing to change: the file reads so already.")
    return checked(path, now, text, f"{changed_lines(now.text, text)}.")


def _rows(content: str) -> list[str]:
    """The lines of the answer."""
    rows = content.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return rows if rows[-1] else rows[:-1]


def _end(rows: Sequence[str]) -> int:
    """The number of lines without the blank ones at the end."""
    return next((at for at in range(len(rows), 0, -1) if rows[at - 1].strip()), 0)


def _without_title(rows: list[str], old: View, path: str) -> list[str]:
    """The lines without a comment at the top that names the file and isn't in it."""
    if not rows or not rows[0].lstrip().startswith(_COMMENTS) or rows[0] in old.lines[:1]:
        return rows
    name = name_on(rows[0])
    if name is None or basename(name) != basename(path) or not f"/{path}".endswith(f"/{name.lstrip('/')}"):
        return rows
    blank = len(rows) > 1 and not rows[1].strip() and bool(old.lines) and bool(old.lines[0].strip())
    return rows[2:] if blank else rows[1:]


def _new_elision(rows: Sequence[str], old: View, path: str) -> int | None:
    """The first line, from 1, that stands for left out text and isn't the file's own."""
    own = {row.strip() for row in old.lines}
    rows = list(rows)
    while line := elided_line("\n".join(rows), path):
        if rows[line - 1].strip() not in own:
            return line
        rows[line - 1] = rows[line - 1].replace("...", "x").replace("\u2026", "x") + " x"
    return None


def _why_part(path: str, old: View, rows: Sequence[str], codes: Sequence[Opcode]) -> str | None:
    """What makes the answer look like a piece of the file, in words; None for a whole file."""
    there, given = _said(old.lines), _said(rows)
    if there.total() <= SMALL:
        return None
    kept = (there & given).total()
    if given.total() < there.total() and kept < there.total() * LEAST_KEPT:
        return f"keeps {kept} of the file's {there.total()} lines"
    lost = _lost_definitions(path, old, rows)
    if lost:
        return f"lacks {lost}"
    for code, where in ((codes[0], "first"), (codes[-1], "last")):
        tag, a, b, c, d = code
        gone = _said(old.lines[a:b]).total() - _said(rows[c:d]).total()
        if tag != "equal" and gone > max(MOST_CUT, (d - c) * 2):
            return f"lacks the file's {where} {gone} lines"
    return None


def _said(rows: Sequence[str]) -> "Counter[str]":
    """The lines that aren't blank, whatever their indentation."""
    return Counter(row.strip() for row in rows if row.strip())


def _lost_definitions(path: str, old: View, rows: Sequence[str]) -> str | None:
    """Names that are gone, where most of them are and nothing has come in their place."""
    language = language_of(path)
    if language is None:
        return None
    before = [symbol.name for symbol in outline(old.flat, language)]
    after = [symbol.name for symbol in outline("\n".join(rows), language)]
    gone = sorted(set(before) - set(after))
    if len(gone) < 2 or len(after) >= len(before) or len(gone) <= len(set(before)) * LEAST_KEPT:
        return None
    return ", ".join(gone[:5]) + (" and more" if len(gone) > 5 else "")


def _rebuilt(old: View, rows: Sequence[str], codes: Sequence[Opcode]) -> str:
    """The answer's lines with the file's own where the two are equal, its line endings and its end."""
    lines: list[tuple[str, str]] = []
    for tag, a, b, c, d in codes:
        if tag == "equal":
            lines.extend((old.lines[at], old.ending(at)) for at in range(a, b))
        else:
            lines.extend((rows[at], old.usual_ending(min(a + at - c, b))) for at in range(c, d))
    tail = range(_end(old.lines), len(old.lines))
    lines.extend((old.lines[at], old.ending(at)) for at in tail)
    usual = old.usual_ending(len(old.lines) - 1)
    text = "".join(line + (ending or usual) for line, ending in lines[:-1])
    if not lines:
        return text
    is_open = bool(old.lines) and not old.ending(len(old.lines) - 1)
    return text + lines[-1][0] + ("" if is_open else lines[-1][1] or usual)
