"""The changes of a run, made again to a text that has moved on since: by content, or not at all."""

from dataclasses import replace

from lakewright.edits.values import FileEdits, Kind, Refused
from lakewright.staging.applying import Changed, edited
from lakewright.staging.trying import advanced
from lakewright.staging.values import StagedFile

_WHY = {
    Kind.NOT_FOUND: "text that they replace is no longer there",
    Kind.AMBIGUOUS: "text that they replace is there more than once",
    Kind.SYNTAX: "with them it would not parse",
}


def relocated(file: StagedFile, now: StagedFile) -> StagedFile | str:
    """`now` (the file without any change of the run) with the changes of `file`; why not, where they don't
    fit: the end of a sentence.

    A change that the text has by now is done; one that gave the whole file can't be made again.
    """
    for change in file.changes:
        if not isinstance(change, FileEdits):
            return "all of its text was to be replaced"
        result = edited(file.path, now.after, change)
        if isinstance(result, Refused):
            return _WHY.get(result.kind, result.reason.partition("\n")[0])
        if isinstance(result, Changed):
            now = advanced(now, result, change)
    return replace(now, changes=file.changes)
