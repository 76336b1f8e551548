"""What models and gateways wrap around text, taken off search and replacement alike.

Each remedy gives a new pair, or None where its signs aren't all there: half a sign is none.
"""

import html
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from lakewright.edits.locate_view import lines_of

Pair = tuple[str, str]
MAX_LENGTH = 200_000

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[\w+#.:/ -]*")
_OPEN_TAG = re.compile(r"[ \t]*<([A-Za-z][\w-]*)(?: [^<>]*)?>[ \t]*")
_TAGS = frozenset(
    (  # noqa: SIM905 - a list of words reads better
        "search replace replacement code old new old_str new_str old_string new_string original updated "
        "file content block snippet before after find text"
    ).split()
)
_NUMBERED = re.compile(
    r"[ \t]*(?:L|line |\[)?(\d{1,7})(?:[ ]?([|:│→\]]|->)|(\t)|(?=[ ]{1,4}\S|[ ]*$))(.*)", re.DOTALL
)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#39|#x27|#34|#x22);", re.IGNORECASE)
_ENTITY_CHARS = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def variants(search: str, replace: str) -> Iterator[tuple[str, str, str]]:
    """(search, replacement, name of what was taken off), simplest first; remedies may follow each other."""
    seen = {(search, replace)}
    front: list[tuple[Pair, str]] = [((search, replace), "")]
    if max(len(search), len(replace)) > MAX_LENGTH:
        return
    for _ in range(3):
        following: list[tuple[Pair, str]] = []
        for pair, name in front:
            for title, remedy in _REMEDIES:
                cleaned = remedy(*pair)
                if cleaned is None or cleaned in seen or not cleaned[0].strip():
                    continue
                seen.add(cleaned)
                names = f"{name}+{title}" if name else title
                following.append((cleaned, names))
                yield (*cleaned, names)
        front = following[:8]


def only_in_replacement(search: str, replace: str) -> str | None:
    """What is wrapped around the replacement and not around the search: nobody can tell if it is meant."""
    rows = [line for line in lines_of(replace) if line.strip()]
    if not rows:
        return None
    if _wrapped(replace) and not _wrapped(search):
        return "is wrapped in a fence"
    if len(rows) > 1 and _unnumbered(replace) is not None and _unnumbered(search) is None:
        numbers = [int(match[1]) for row in rows if (match := _NUMBERED.fullmatch(row))]
        if all(b - a == 1 for a, b in pairwise(numbers)):
            return "begins its lines with line numbers"
    signed = all(row[0] == "+" for row in rows)
    if signed and not any(row.lstrip().startswith("+") for row in lines_of(search)):
        return "begins its lines with + as a diff does"
    return None


def _fences(search: str, replace: str) -> Pair | None:
    inner = _unfenced(search)
    if inner is None:
        return None
    other = _unfenced(replace)
    if other is None and (_FENCE.fullmatch(replace.strip("\n").partition("\n")[0]) is not None):
        return None
    return inner, replace if other is None else other


def _wrapped(text: str) -> bool:
    return _unfenced(text) is not None


def _unfenced(text: str) -> str | None:
    rows = text.strip("\n").split("\n")
    if len(rows) < 2 or not rows[0].strip():
        return None
    fence, tag = _FENCE.fullmatch(rows[0]), _OPEN_TAG.fullmatch(rows[0])
    last = rows[-1].strip()
    closes = bool(fence and last == fence[1]) or bool(
        tag and tag[1].lower() in _TAGS and last.lower() == f"</{tag[1].lower()}>"
    )
    return "\n".join(rows[1:-1]) + ("\n" if len(rows) > 2 else "") if closes else None


def _numbers(search: str, replace: str) -> Pair | None:
    own = _unnumbered(search)
    if own is None:
        return None
    numbers = [int(match[1]) for line in lines_of(search) if (match := _NUMBERED.fullmatch(line))]
    if any(b - a != 1 for a, b in pairwise(numbers)):
        return None
    other = _unnumbered(replace)
    if other is None:
        if any(_marked(line) for line in lines_of(replace)):
            return None
        other = replace
    return own, other


def _marked(line: str) -> bool:
    match = _NUMBERED.fullmatch(line)
    return bool(match and (match[2] or match[3]))


def _unnumbered(text: str) -> str | None:
    """The text without line numbers; None unless every line with text has one, all in the same form."""
    rows = lines_of(text)
    parts = [_NUMBERED.fullmatch(line) if line.strip() else None for line in rows]
    found = [part for row, part in zip(rows, parts, strict=True) if row.strip()]
    if not found or any(part is None for part in found):
        return None
    forms = {(part[2], part[3]) for part in found if part is not None}
    if len(forms) != 1 or (forms == {(None, None)} and len(found) < 2):
        return None
    bodies = [part[4] for part in found if part is not None]
    spaced = "\t" not in next(iter(forms)) and all(
        not body.strip() or body.startswith(" ") for body in bodies
    )
    out = [("" if part is None else part[4][1:] if spaced else part[4]) for part in parts]
    return "\n".join(out) + ("\n" if text.endswith("\n") else "")


def _signs(search: str, replace: str) -> Pair | None:
    """A piece of a diff: `-` and blank in the search, `+` and blank in the replacement."""
    own, other = lines_of(search), lines_of(replace)
    minus = [line for line in own if line.strip()]
    plus = [line for line in other if line.strip()]
    if not minus or not all(line[0] in "- " for line in minus) or not any(line[0] == "-" for line in minus):
        return None
    if not all(line[0] in "+ " for line in plus) or (plus and not any(line[0] == "+" for line in plus)):
        if any(line[0] == " " for line in minus) or any(line[0] in "+-" for line in plus):
            return None
        return _cut(own, search), replace
    return _cut(own, search), _cut(other, replace)


def _cut(rows: list[str], text: str) -> str:
    return "\n".join(row[1:] for row in rows) + ("\n" if text.endswith("\n") else "")


def _quoted(search: str, replace: str) -> Pair | None:
    """Every line after the same mark of a quotation."""
    own, other = lines_of(search), lines_of(replace)
    mark = next((mark for mark in ("> ", ">", "| ", "» ") if own[0].startswith(mark)), None)
    if mark is None or not all(
        row.startswith(mark) or row == mark.strip() for row in (*own, *filter(None, other))
    ):
        return None
    rows = ["\n".join(row[len(mark) :] for row in part) for part in (own, other)]
    return rows[0] + "\n" * search.endswith("\n"), rows[1] + "\n" * replace.endswith("\n")


def _named(search: str, replace: str) -> Pair | None:
    """The file's name on a line of its own, above search and replacement alike."""
    own, rest = search.partition("\n")[::2]
    other, new = replace.partition("\n")[::2]
    if (
        own != other
        or not rest.strip()
        or not re.fullmatch(r"[ \t]*(?:#|//|--|<!--)?[ \t]*[\w./-]+\.\w+:?(?: -->)?", own)
    ):
        return None
    return rest, new


def _entities(search: str, replace: str) -> Pair | None:
    used = {html.unescape(entity) for entity in _ENTITY.findall(search)}
    if not used:
        return None
    bare = _ENTITY.sub("", search + replace)
    if any(char in bare for char in used & set(_ENTITY_CHARS)):
        return None  # some are escaped and some are not: nobody knows which are meant
    more = {html.unescape(entity) for entity in _ENTITY.findall(replace)} - used
    if any(char in search for char in more & set(_ENTITY_CHARS)):
        return None
    return _ENTITY.sub(_unescaped, search), _ENTITY.sub(_unescaped, replace)


def _unescaped(match: re.Match[str]) -> str:
    return html.unescape(match[0].lower())


def _escapes(search: str, replace: str) -> Pair | None:
    """Every backslash doubled, or every quote escaped, as in a string of a string."""
    if "\\" not in search:
        return None
    own, other = _once(search), _once(replace)
    return None if own is None or other is None else (own, other)


def _once(text: str) -> str | None:
    rest = re.sub(r"\\[\\\"']", "", text)
    if "\\" in rest:
        return None
    if '\\"' in text and '"' in rest:
        return None
    if "\\'" in text and "'" in rest:
        return None
    return re.sub(r"\\([\\\"'])", r"\1", text)


def _one_line(search: str, replace: str) -> Pair | None:
    r"""A block on one line, with `\n` written out: escaped as a whole."""
    if "\\n" not in search or "\n" in search.strip("\n") or "\n" in replace.strip("\n"):
        return None
    own, other = _decoded(search), _decoded(replace)
    return None if own is None or other is None or "\n" not in own.strip("\n") else (own, other)


def _decoded(text: str) -> str | None:
    if re.search(r"\\(?![nt\\\"'/r])", text) or (re.search(r"(?<!\\)\"", text) and '\\"' in text):
        return None
    table = {"n": "\n", "t": "\t", "r": ""}
    return re.sub(r"\\([nt\\\"'/r])", lambda match: table.get(match[1], match[1]), text)


_REMEDIES: tuple[tuple[str, Callable[[str, str], Pair | None]], ...] = (
    ("fence", _fences),
    ("line numbers", _numbers),
    ("diff signs", _signs),
    ("quotation", _quoted),
    ("file name", _named),
    ("entities", _entities),
    ("escapes", _escapes),
    ("one line", _one_line),
)
