"""One change and one file: the file after it, or why it can't be had. No I/O.

A notebook is edited as the text of its cells, as tools show it; its bytes come back from that.
"""

from dataclasses import dataclass

from lakewright.edits.bytes_of import bytes_of
from lakewright.edits.check import check
from lakewright.edits.forms.elision import elided_line
from lakewright.edits.masks import new_mask
from lakewright.edits.several import apply_edits
from lakewright.edits.values import FileEdits, Kind, NewFile, Refused
from lakewright.errors import InputError
from lakewright.staging.words import counted_lines, made
from lakewright.workspace.decode import Decoded
from lakewright.workspace.languages import language_named
from lakewright.workspace.notebooks import read_ipynb

PROSE = (".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc")
"""Files in which dots and fences are text."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a file becomes; `said` tells the model where it differs."""

    after: Decoded
    data: bytes
    said: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The file has it already, or nothing was asked: done, not refused."""

    said: str


Result = Changed | Unchanged | Refused


def edited(path: str, now: Decoded, change: FileEdits) -> Result:
    """The file after all edits of one call."""
    if path.lower().endswith(".ipynb") and now.text.strip():
        return _edited_cells(path, now, change)
    text = _located(now.text, change, path)
    return checked(path, now, text.new, text.said) if isinstance(text, _Text) else text


def created(path: str, change: NewFile) -> Result:
    """A new file, in UTF-8. It ends with a newline: models leave it out, and every other tool expects it."""
    text = change.content
    mask = new_mask(text, "")
    if mask:
        return masked(mask)
    if not path.lower().endswith(PROSE):
        line = elided_line(text, path)
        if line:
            return elision(text, line)
        if text.lstrip().startswith("```") and text.rstrip().endswith("```"):
            return Refused("The content stands in a fence (```): send only the file's text.", Kind.FORM)
    if text and not text.endswith("\n"):
        text += "\n"
    if path.lower().endswith(".ipynb") and text:
        try:
            read_ipynb(text, path)
        except InputError as error:
            return Refused(f"{error.message} A new notebook is given as its JSON.", Kind.SYNTAX)
    return checked(path, None, text, f"{counted_lines(text)}.")


def checked(path: str, now: Decoded | None, text: str, said: str) -> Result:
    """The new text as bytes, once it parses as well as before; `now` is None for a new file."""
    worse = check(path, None if now is None else now.text, text)
    if worse:
        return worse
    old = now or Decoded("", "utf-8")
    data = bytes_of(old, text, path)
    return data if isinstance(data, Refused) else Changed(Decoded(text, old.encoding, old.bom), data, said)


def masked(mask: str) -> Refused:
    """As `locate` says it of an edit."""
    return Refused(
        f"{mask} stands where a gateway has masked what was written: it isn't in the file, so this can't be"
        " used.",
        Kind.MASKED,
    )


def elision(text: str, line: int) -> Refused:
    """`line` of the text stands for lines that were left out."""
    said = text.split("\n")[line - 1].strip()[:160]
    return Refused(
        f"Line {line} of the text ({said!r}) stands for text that is left out: write out every line.",
        Kind.ELISION,
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """A text after its edits."""

    new: str
    said: str


def _located(text: str, change: FileEdits, path: str) -> _Text | Unchanged | Refused:
    """The edits made in a text; the path tells its language."""
    applied = apply_edits(text, change.edits, path=path)
    if isinstance(applied, Refused):
        several = " None of this call's edits was made." if len(change.edits) > 1 else ""
        return Refused(applied.reason + several, applied.kind)
    notes = " ".join(applied.notes)
    if applied.text == text:
        return Unchanged(notes or "Nothing to change: together these edits leave the file as it is.")
    said = made(len(change.edits) - len(applied.notes), text, applied.text)
    return _Text(applied.text, f"{said} {notes}".rstrip())


def _edited_cells(path: str, now: Decoded, change: FileEdits) -> Result:
    """A notebook after the edits of its cells."""
    from lakewright.workspace.notebook_edits import rewritten_ipynb  # noqa: PLC0415 - for notebooks only

    try:
        notebook = read_ipynb(now.text, path)
        language = language_named(notebook.language)
        name = path + (language.extensions[0] if language else ".txt")
        text = _located(notebook.text, change, name)
        if isinstance(text, Refused):
            return Refused(f"{text.reason} A notebook is edited as read_file shows it: its cells.", text.kind)
        if isinstance(text, Unchanged):
            return text
        new = rewritten_ipynb(now.text, text.new, path)
    except InputError as error:
        return Refused(error.message, Kind.FORM)
    if new == now.text:
        return Unchanged("Nothing to change: blank lines at the end of a cell aren't part of it.")
    return check(name, notebook.text, text.new) or checked(path, now, new, text.said)
