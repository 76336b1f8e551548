"""What stands around a text: fences, tags, marks of quotation, a file's name or a hunk's header above it.

Each remedy gives a new pair, or None where its signs aren't all there: half a sign is none.
"""

import re

from lakewright.edits.locate_view import lines_of

Pair = tuple[str, str]
"""Search and replacement."""

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[\w+#.:/ -]*")
_OPEN_TAG = re.compile(r"[ \t]*<([A-Za-z][\w:-]*)(?: [^<>]*)?>[ \t]*")
_TAGS = frozenset(
    (  # noqa: SIM905 - a list of words reads better
        "search replace replacement code old new old_str new_str old_string new_string original updated "
        "file content block snippet before after find text parameter param argument arg antml:parameter"
    ).split()
)
_NAME = re.compile(
    r"(?:[ \t]*(?:#|//|--|<!--)[ \t]*[\w./-]+|(?:[\w.-]*/)+[\w.-]+|[\w-]+)\.[a-z]\w{0,9}"
    r"(?::\d+(?:[-:]\d+)?|#L\d+(?:-L?\d+)?|[ ]\(lines? \d+(?:-\d+)?\))?:?(?: -->)?"
)
_HEADER = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@.*")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def fences(search: str, replace: str) -> Pair | None:
    inner = unfenced(search)
    if inner is None:
        return None
    other = unfenced(replace)
    if other is None and (_FENCE.fullmatch(replace.strip("\n").partition("\n")[0]) is not None):
        return None
    return inner, replace if other is None else other


def unfenced(text: str) -> str | None:
    rows = text.strip("\n").split("\n")
    if len(rows) < 2 or not rows[0].strip():
        return None
    fence, tag = _FENCE.fullmatch(rows[0]), _OPEN_TAG.fullmatch(rows[0])
    last = rows[-1].strip()
    closes = bool(fence and last == fence[1]) or bool(
        tag and tag[1].lower() in _TAGS and last.lower() == f"</{tag[1].lower()}>"
    )
    return "\n".join(rows[1:-1]) + ("\n" if len(rows) > 2 else "") if closes else None


def sections(search: str, replace: str) -> Pair | None:
    """XML's mark for plain text around both, or around the search."""
    inner = _inside(search, _CDATA, _CDATA_END)
    other = _inside(replace, _CDATA, _CDATA_END)
    if inner is None or (other is None and (_CDATA in replace or _CDATA_END in replace)):
        return None
    return inner, replace if other is None else other


def backticks(search: str, replace: str) -> Pair | None:
    """Markdown's marks for code around several lines; one line between them may be text of the file."""
    inner, other = _inside(search, "`", "`"), _inside(replace, "`", "`")
    if inner is None or "\n" not in inner.strip("\n") or "`" in inner:
        return None
    if other is None or "`" in other:
        return None
    return inner, other


def _inside(text: str, begin: str, end: str) -> str | None:
    body = text.strip("\n")
    if len(body) <= len(begin) + len(end) or not (body.startswith(begin) and body.endswith(end)):
        return None
    return body[len(begin) : -len(end)]


def quoted(search: str, replace: str) -> Pair | None:
    """Every line after the same mark of a quotation."""
    own, other = lines_of(search), lines_of(replace)
    mark = next((mark for mark in ("> ", ">", "| ", "» ") if own[0].startswith(mark)), None)
    if mark is None or not all(
        row.startswith(mark) or row == mark.strip() for row in (*own, *filter(None, other))
    ):
        return None
    rows = ["\n".join(row[len(mark) :] for row in part) for part in (own, other)]
    return rows[0] + "\n" * search.endswith("\n"), rows[1] + "\n" * replace.endswith("\n")


def named(search: str, replace: str) -> Pair | None:
    """The file's name on a line of its own, above search and replacement alike."""
    own, rest = search.partition("\n")[::2]
    other, new = replace.partition("\n")[::2]
    if own != other or not rest.strip() or not _NAME.fullmatch(own):
        return None
    return rest, new


def headed(search: str, replace: str) -> Pair | None:
    """A hunk's `@@` line above the search, and above the replacement or not."""
    own, rest = search.lstrip("\n").partition("\n")[::2]
    other, new = replace.lstrip("\n").partition("\n")[::2]
    if not _HEADER.fullmatch(own) or not rest.strip():
        return None
    return rest, new if _HEADER.fullmatch(other) else replace
