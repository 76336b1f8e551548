"""The lines of a diff that name its files, and what they ask for beyond edits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.edits.forms.names import clean

NOWHERE = "/dev/null"
_GIT = re.compile(r'diff --git "?a/([^"]+)"? "?b/([^"]+)"?')
_OCTAL = re.compile(r"\\([0-7]{3}|.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_PREFIXES = (("a/", "b/"), ("i/", "w/"), ("c/", "w/"), ("c/", "i/"), ("o/", "w/"))  # as git writes them
_BEYOND = {
    "deleted file mode": "deletes a file",
    "rename from": "renames a file",
    "rename to": "renames a file",
    "copy from": "copies a file",
    "old mode": "changes a file's mode",
    "GIT binary patch": "is a binary patch",
    "Binary files": "is a binary patch",
    "@@@": "is a merge's combined diff",
}
_EXTENDED = (*_BEYOND, "index ", "new file mode", "new mode", "similarity index", "dissimilarity", "copy to")


@dataclass(frozen=True, slots=True)
class Header:
    """The names of one file's part of a diff (None where it doesn't say); its hunks begin at `end`.

    `beyond` says what it asks for that isn't an edit.
    """

    old: str | None
    new: str | None
    end: int
    beyond: str | None = None


def read_header(lines: Sequence[str], at: int, end: int) -> Header:
    """The lines before a file's first hunk, from line `at`."""
    old = new = beyond = None
    if lines[at].startswith("diff --git "):
        git = _GIT.fullmatch(lines[at].rstrip())
        old, new = (f"a/{git[1]}", f"b/{git[2]}") if git else (None, None)
        at += 1
    while at < end and lines[at].startswith(_EXTENDED):
        beyond = beyond or next((said for word, said in _BEYOND.items() if lines[at].startswith(word)), None)
        old = NOWHERE if lines[at].startswith("new file mode") else old
        at += 1
    if at < end and lines[at].startswith("--- "):
        old = _name(lines[at])
        at += 1
    if at < end and lines[at].startswith("+++ "):
        new = _name(lines[at])
        at += 1
    return Header(old, new, at, beyond)


def goes_on(line: str) -> bool:
    """Whether the line can follow git's `diff --git` line."""
    return line.startswith((*_EXTENDED, "--- "))


def path_of(header: Header) -> tuple[str | None, str | None]:
    """The file that is edited, and why its diff can't be taken."""
    old, new = header.old, header.new
    if new == NOWHERE:
        return clean((old or "").removeprefix("a/")) or None, "deletes a file"
    if old is None or new is None or old == NOWHERE:
        return clean((new or old or "").removeprefix("b/")) or None, header.beyond
    if old in (new, f"{new}.orig"):
        return clean(new) or None, header.beyond
    for before, after in _PREFIXES:
        if old.removeprefix(before) == new.removeprefix(after):
            return clean(new.removeprefix(after)) or None, header.beyond
    return clean(new.removeprefix("b/")) or None, header.beyond or "renames a file"


def _name(line: str) -> str:
    """The name on a `---` or `+++` line: without a time behind a tab, git's quotation undone."""
    name = line[4:].partition("\t")[0].strip()
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name
    plain = _OCTAL.sub(_unescaped, name[1:-1])
    try:
        return plain.encode("latin-1").decode()
    except UnicodeError:
        return plain


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code, 8) % 256) if len(code) == 3 else _ESCAPES.get(code, code)
