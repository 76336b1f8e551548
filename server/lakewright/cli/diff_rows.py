"""The lines of a unified diff, each with what it is: a removed `-- x` is no file name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")


class Row(StrEnum):
    """What a line of a diff is. NOTE: a remark of the diff itself, such as a missing newline."""

    FILE = "file"
    HUNK = "hunk"
    ADDED = "added"
    REMOVED = "removed"
    SAME = "same"
    NOTE = "note"


_BODY = {"+": Row.ADDED, "-": Row.REMOVED, "\\": Row.NOTE}


@dataclass(frozen=True, slots=True)
class Size:
    """How many lines a diff adds and removes, and whether its file is a new one."""

    added: int
    removed: int
    new: bool


def diff_rows(diff: str) -> Iterator[tuple[Row, str]]:
    """Each line without its newline. A line ends at LF alone, as git sees it."""
    old = new = 0
    for line in diff.removesuffix("\n").split("\n") if diff else ():
        if (old or new) and (row := _BODY.get(line[:1], Row.SAME)) is not Row.NOTE:
            old -= row is not Row.ADDED
            new -= row is not Row.REMOVED
            yield row, line
        elif found := _HUNK.match(line):
            old, new = (int(found[part] or 1) for part in (1, 2))
            yield Row.HUNK, line
        else:
            yield (Row.NOTE if line.startswith(("\\", "#")) else Row.FILE), line


def size_of(diff: str) -> Size:
    """What a diff of one file amounts to."""
    rows = list(diff_rows(diff))
    kinds = [row for row, _ in rows]
    new = any((Row.FILE, line) in rows for line in ("--- /dev/null", "new file mode 100644"))
    return Size(kinds.count(Row.ADDED), kinds.count(Row.REMOVED), new)
