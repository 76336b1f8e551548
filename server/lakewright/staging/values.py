"""What a run wants to change, accepted and not yet written."""

from dataclasses import dataclass

from lakewright.edits.values import FileEdits, NewFile, Refused, WholeFile
from lakewright.workspace.decode import Decoded

Change = FileEdits | NewFile | WholeFile
"""What a model may ask for, whatever the form it came in."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file as it will be. `before` is None for a new one.

    `data` are its new bytes; `expected` is the fingerprint of the bytes it was made from, None for a
    file that must not exist. `changes` are those accepted, in order, to locate them again when the
    file has changed meanwhile.
    """

    path: str
    before: Decoded | None
    after: Decoded
    data: bytes
    expected: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one change. `message` is for the model, and teaches where it was refused.

    `refused` is None for what was accepted and for what was done already.
    """

    path: str | None
    message: str
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class OpenRefusal:
    """A refused change that nothing has made good; `path` is None where it named no file of the
    workspace. `attempts` counts the refusals of this path since it was last accepted.
    """

    path: str | None
    refused: Refused
    attempts: int
