"""A staged file as a unified diff, for people and for `git apply`."""

from lakewright.edits.diff import diff, diff_bytes
from lakewright.staging.values import StagedFile


def diff_of(file: StagedFile) -> str:
    """The diff as decoded text."""
    return diff(file.path, file.before, file.after)


def diff_bytes_of(file: StagedFile) -> bytes:
    """The diff with the lines of the file in its own bytes."""
    return diff_bytes(file.path, file.before, file.after)
