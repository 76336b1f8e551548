"""One change and one file: the text after it, or why it can't be had. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.edits.bytes_of import bytes_of
from lakewright.edits.check import check
from lakewright.edits.diff_lines import opcodes
from lakewright.edits.forms.elision import elided_line
from lakewright.edits.masks import new_mask
from lakewright.edits.several import apply_edits
from lakewright.edits.values import FileEdits, Kind, NewFile, Refused
from lakewright.workspace.decode import Decoded

_PROSE = (".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc")
_MOST_RANGES = 12


@dataclass(frozen=True, slots=True)
class Changed:
    """What a file becomes; `said` tells the model where."""

    after: Decoded
    data: bytes
    said: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The file has it already, or nothing was asked: done, not refused."""

    said: str


Result = Changed | Unchanged | Refused


def edited(path: str, now: Decoded, change: FileEdits) -> Result:
    """The file after all edits of a call."""
    applied = apply_edits(now.text, change.edits, path=path)
    if isinstance(applied, Refused):
        several = " None of the call's edits was made." if len(change.edits) > 1 else ""
        return Refused(applied.reason + several, applied.kind)
    notes = " ".join(applied.notes)
    if applied.text == now.text:
        return Unchanged(notes or "Nothing to change: together these edits leave the file as it is.")
    made = len(change.edits) - len(applied.notes)
    count = f"{made} edit{'s' if made != 1 else ''}, {changed_lines(now.text, applied.text)}."
    return _checked(path, now, applied.text, f"{count} {notes}".strip())


def created(path: str, change: NewFile) -> Result:
    """A new file, in UTF-8. It ends with a newline, which models leave out and every other tool expects."""
    text = change.content
    mask = new_mask(text, "")
    if mask:
        return masked(mask)
    line = None if path.lower().endswith(_PROSE) else elided_line(text, path)
    if line:
        return elision(text, line)
    is_fenced = text.lstrip().startswith("```") and text.rstrip().endswith("```")
    if is_fenced and not path.lower().endswith(_PROSE):
        return Refused("The content stands in a fence (```): send only the file's text.", Kind.FORM)
    if text and not text.endswith("\n"):
        text += "\n"
    return _checked(path, None, text, f"{count_lines(text)}.")


def masked(mask: str) -> Refused:
    return Refused(
        f"{mask} stands where a gateway has masked what was written: it isn't in the file, so this can't be"
        " used. Leave that text out.",
        Kind.MASKED,
    )


def elision(text: str, line: int) -> Refused:
    shown = text.split("\n")[line - 1].strip()[:160]
    return Refused(
        f"Line {line} of the content, {shown!r}, stands for text that was left out: write out every line.",
        Kind.ELISION,
    )


def changed_lines(before: str, after: str) -> str:
    """Where the new text differs, in its own lines: `lines 10-14 and 40`."""
    codes = [code for code in opcodes(before.split("\n"), after.split("\n")) if code[0] != "equal"]
    ranges = [f"{c + 1}" if d - c < 2 else f"{c + 1}-{d}" for _, _, _, c, d in codes]
    if len(ranges) > _MOST_RANGES:
        ranges = [*ranges[:_MOST_RANGES], f"{len(ranges) - _MOST_RANGES} more places"]
    return ("line " if len(ranges) == 1 and "-" not in ranges[0] else "lines ") + joined(ranges)


def joined(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def count_lines(text: str) -> str:
    count = text.count("\n")
    return f"{count} line{'s' if count != 1 else ''}"


def _checked(path: str, now: Decoded | None, text: str, said: str) -> Result:
    """The change as bytes, once it parses as well as before."""
    worse = check(path, None if now is None else now.text, text)
    if worse:
        return worse
    old = now or Decoded("", "utf-8")
    data = bytes_of(old, text, path)
    return data if isinstance(data, Refused) else Changed(Decoded(text, old.encoding, old.bom), data, said)
