"""The changes of a run, made again to a text that has moved on since: by content, or not at all."""

from collections.abc import Sequence

from lakewright.edits.values import FileEdits, Kind, Refused
from lakewright.staging.applying import Changed, edited
from lakewright.staging.values import Change
from lakewright.workspace.decode import Decoded

_WHY = {
    Kind.NOT_FOUND: "text that they replace is no longer there",
    Kind.AMBIGUOUS: "text that they replace is there more than once",
    Kind.SYNTAX: "with them it would not parse",
}


def made_again(path: str, now: Decoded, changes: Sequence[Change]) -> Decoded | str:
    """`now` with the changes; why not, where they don't fit: the end of a sentence.

    A change that the text has by now is done; one that gave the whole file can't be made again.
    """
    for change in changes:
        if not isinstance(change, FileEdits):
            return "all of its text was to be replaced"
        result = edited(path, now, change)
        if isinstance(result, Refused):
            return _WHY.get(result.kind, result.reason.partition("\n")[0])
        if isinstance(result, Changed):
            now = result.after
    return now
