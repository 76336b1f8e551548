"""What edits are made of, and what comes of them: the vocabulary of this package.

An outcome is a value, never an exception: a refusal is told to the model, and the run goes on.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Edit:
    """Text to look for, and what shall stand in its place; both as the model wrote them."""

    search: str
    replace: str


@dataclass(frozen=True, slots=True)
class FileEdits:
    """The edits of one file, in the order given; `path` is relative to the root, as the model wrote it."""

    path: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that must not exist yet."""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class WholeFile:
    """All of a file's text, old or new: an answer in text that repeats the file."""

    path: str
    content: str


class Kind(StrEnum):
    """Why an edit was refused, for programs; the sentence for the model is `Refused.reason`."""

    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"
    OVERLAP = "overlap"
    ORDER = "order"
    EMPTY_SEARCH = "empty_search"
    VANISHES = "vanishes"  # text that the search did not show would go
    ELISION = "elision"  # "... rest unchanged ..." where text is needed
    MASKED = "masked"  # a company's gateway has replaced what the model wrote
    SYNTAX = "syntax"  # parsed before, doesn't after
    ENCODING = "encoding"  # a character that the file's encoding hasn't
    EXISTS = "exists"
    OUTSIDE = "outside"
    DENIED = "denied"  # ignored, on the deny list, or not text
    MISSING = "missing"  # no such file
    UNFINISHED = "unfinished"  # a form begun and not finished
    FORM = "form"  # a form that can't be read as one edit
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Located:
    """`text[start:end]` becomes `replacement`, which has the file's own line endings and indentation.

    `tier` names what had to be forgiven; `exact` is nothing.
    """

    start: int
    end: int
    replacement: str
    tier: str = "exact"


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason` is told to the model: one or more sentences that let it do better."""

    reason: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class AlreadyApplied:
    """The file holds the replacement and not the search; `line` counts from 1. Counts as done."""

    line: int = 1
    reason: str = "Already applied: the file has this text already."


@dataclass(frozen=True, slots=True)
class NothingToChange:
    """Search and replacement say the same. Counts as done."""

    reason: str = "Nothing to change: search and replacement are the same."


@dataclass(frozen=True, slots=True)
class Applied:
    """The text after all edits of one call; `notes` are said to the model (what was done already)."""

    text: str
    tiers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Outcome = Located | Refused | AlreadyApplied | NothingToChange
