"""What the forms read and what they hand back; the reader in `registry.py` goes from line to line."""

from collections.abc import Callable
from dataclasses import dataclass

from lakewright.edits.forms.fences import Fence
from lakewright.edits.values import FileEdits, Kind, NewFile, Refused, WholeFile

Change = FileEdits | NewFile | WholeFile


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """A form that was begun and can't be used; `path` is None where it named no file."""

    path: str | None
    refused: Refused


@dataclass(frozen=True, slots=True)
class Source:
    """An answer without Windows line ends; `starts` are the offsets of its lines in `text`."""

    text: str
    lines: tuple[str, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader stands: line `at`, nothing before line `floor` is free to be read again.

    `fence` is open around the line; `path` is what the last search/replace block changed.
    """

    at: int
    floor: int
    fence: Fence | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A form that was read: lines `start` up to (not with) `end`.

    `said` is text for the person that stood inside; `fence` is what is still open after it; with
    `stop`, nothing after the form can be told apart and the rest is left.
    """

    start: int
    end: int
    found: tuple[Change | RefusedForm, ...]
    said: str = ""
    notes: tuple[str, ...] = ()
    path: str | None = None
    fence: Fence | None = None
    stop: bool = False


Reader = Callable[[Source, Place], Reading | None]
"""The form that begins at a place, or None where it doesn't begin there."""


def source_of(text: str) -> Source:
    """The lines of an answer, without a byte order mark and with Windows line ends undone."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    lines = tuple(text.split("\n"))
    starts = []
    offset = 0
    for line in lines:
        starts.append(offset)
        offset += len(line) + 1
    return Source(text, lines, tuple(starts))


def refusal(path: str | None, kind: Kind, reason: str) -> RefusedForm:
    return RefusedForm(path, Refused(reason, kind))


def joined(lines: tuple[str, ...] | list[str]) -> str:
    """Whole lines as text: each with its newline."""
    return "".join(f"{line}\n" for line in lines)
