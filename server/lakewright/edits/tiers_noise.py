"""What models and gateways put into text, taken out of search and replacement alike: line numbers, a
diff's signs, escapes. Each remedy gives a new pair, or None where its signs aren't all there.
"""

import html
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from lakewright.edits.locate_view import lines_of
from lakewright.edits.tiers_compare import WIDTHLESS
from lakewright.edits.tiers_shown import COLOUR, coloured, found_lines, json_string, shown_ends
from lakewright.edits.tiers_wrapped import (
    Pair,
    backticks,
    fences,
    headed,
    named,
    quoted,
    sections,
    unfenced,
)

MAX_LENGTH = 200_000
Remedy = Callable[[str, str], Pair | None]

_NUMBERED = re.compile(
    r"[ \t]*(?:L|line |\[)?(\d{1,7})(?:[ ]{0,4}([|:│→\]]|->)|(\t)|(?=[ ]{1,4}\S|[ ]*$))(.*)", re.DOTALL
)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#39|#x27|#34|#x22);", re.IGNORECASE)
_WIDTHLESS = dict.fromkeys(map(ord, WIDTHLESS), "")
_HARD_BLANKS = re.compile(r"^(?:&nbsp;|[ \t])+", re.MULTILINE)
_ESCAPED_NAME = re.compile(r"\w\\_\w")
_ESCAPED_SIGN = re.compile(r"\\([_*])")
_CODE = re.compile(r"(?<!\\)\\u([0-9a-fA-F]{4})")
_ENTITY_CHARS = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def variants(search: str, replace: str, is_text: Callable[[str], bool]) -> Iterator[tuple[str, str, str]]:
    """(search, replacement, name of what was taken off), simplest first; remedies may follow each other.

    What `is_text` says to begin with a line of the file isn't unwrapped.
    """
    seen = {(search, replace)}
    front: list[tuple[Pair, str]] = [((search, replace), "")]
    if max(len(search), len(replace)) > MAX_LENGTH:
        return
    for _ in range(3):
        following: list[tuple[Pair, str]] = []
        for pair, name in front:
            for title, remedy in _REMEDIES:
                cleaned = remedy(*pair)
                if cleaned is None or (title in _WRAPPED and is_text(pair[0])):
                    continue
                if cleaned in seen or not cleaned[0].strip():
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
    if unfenced(replace) is not None and unfenced(search) is None:
        return "is wrapped in a fence"
    if len(rows) > 1 and _unnumbered(replace) is not None and _unnumbered(search) is None:
        numbers = [int(match[1]) for row in rows if (match := _NUMBERED.fullmatch(row))]
        if all(b - a == 1 for a, b in pairwise(numbers)):
            return "begins its lines with line numbers"
    if COLOUR.search(replace) and not COLOUR.search(search):
        return "has a terminal's colours"
    signed = all(row[0] == "+" for row in rows)
    if signed and not any(row.lstrip().startswith("+") for row in lines_of(search)):
        return "begins its lines with + as a diff does"
    return None


def _numbers(search: str, replace: str) -> Pair | None:
    own = _unnumbered(search)
    if own is None:
        return None
    numbers = [int(match[1]) for line in lines_of(search) if (match := _NUMBERED.fullmatch(line))]
    if any(b - a != 1 for a, b in pairwise(numbers)):
        return None
    other = _unnumbered(replace)
    if other is None:
        return None if any(map(_marked, lines_of(replace))) else (_ended(search, _spaceless(own)), replace)
    if _spaced(own) and not _spaced(other):
        return None
    if _spaced(own):
        own, other = _spaceless(own), _spaceless(other)
    return _ended(search, own), _ended(replace, other)


def _marked(line: str) -> bool:
    match = _NUMBERED.fullmatch(line)
    return bool(match and (match[2] or match[3]))


def _unnumbered(text: str) -> list[str] | None:
    """The lines without their numbers; None unless every line with text has one, all in the same form."""
    rows = lines_of(text)
    parts = [_NUMBERED.fullmatch(line) if line.strip() else None for line in rows]
    found = [part for row, part in zip(rows, parts, strict=True) if row.strip()]
    if not found or any(part is None for part in found):
        return None
    forms = {(part[2], part[3]) for part in found if part is not None}
    if len(forms) != 1 or (forms == {(None, None)} and len(found) < 2):
        return None
    blank = " " if forms == {(None, "\t")} else ""  # a tab is never followed by a blank that isn't the line's
    return [blank + part[4] if part else "" for part in parts]


def _spaced(rows: list[str]) -> bool:
    """Whether a blank stands between each number and its line; one that is indented may hide that."""
    return all(row.startswith(" ") for row in rows if row.strip())


def _spaceless(rows: list[str]) -> list[str]:
    return [row[1:] for row in rows] if _spaced(rows) else rows


def _ended(text: str, rows: list[str]) -> str:
    return "\n".join(rows) + ("\n" if text.endswith("\n") else "")


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


def _hunk(search: str, replace: str) -> Pair | None:
    """A whole hunk as the search; only if its new side is the replacement, which proves how it is meant."""
    rows = lines_of(search)
    signs = {row[:1] for row in rows}
    if not signs <= {"", " ", "+", "-"} or not signs & {"+", "-"}:
        return None
    old = [row[1:] for row in rows if row[:1] != "+"]
    new = [row[1:] for row in rows if row[:1] != "-"]
    given = lines_of(replace)
    signed = bool(given) and {row[:1] for row in given} <= {"", " ", "+"}
    if new != (given if replace else []) and not (signed and new == [row[1:] for row in given]):
        return None
    end = "\n" if search.endswith("\n") else ""
    return "\n".join(old) + end, "\n".join(new) + end


def _cut(rows: list[str], text: str) -> str:
    return "\n".join(row[1:] for row in rows) + ("\n" if text.endswith("\n") else "")


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


def _hard_blanks(search: str, replace: str) -> Pair | None:
    """Indentation written as HTML's blanks."""
    own, other = (_HARD_BLANKS.sub(_soft, text) for text in (search, replace))
    return None if own == search or "&nbsp;" in own + other else (own, other)


def _soft(match: re.Match[str]) -> str:
    return match[0].replace("&nbsp;", " ")


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


def _widthless(search: str, replace: str) -> Pair | None:
    """Byte order marks and other characters that take no room; the file's own are found letter for letter."""
    own, other = search.translate(_WIDTHLESS), replace.translate(_WIDTHLESS)
    return None if own == search else (own, other)


def _markdown(search: str, replace: str) -> Pair | None:
    r"""Every `_` and `*` after a backslash, as in Markdown; one is within a name, where no code has it."""
    if not _ESCAPED_NAME.search(search):
        return None
    own, other = (_ESCAPED_SIGN.sub("", text) for text in (search, replace))
    if any(sign in own + other for sign in "\\_*"):
        return None
    return _ESCAPED_SIGN.sub(r"\1", search), _ESCAPED_SIGN.sub(r"\1", replace)


def _characters(search: str, replace: str) -> Pair | None:
    r"""Characters as `\u` and their number, where the file has them plain."""
    used = {code for code in _CODE.findall(search) if not 0xD800 <= int(code, 16) < 0xE000}
    if not used or any(int(code, 16) < 0xA0 for code in used):
        return None

    def plain(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] in used else match[0]

    return _CODE.sub(plain, search), _CODE.sub(plain, replace)


def _codes(form: str) -> Remedy:
    r"""The other way round: plain in the search, `\u` and their number in the file."""

    def remedy(search: str, replace: str) -> Pair | None:
        used = {ord(char): form.format(ord(char)) for char in search if 0xA0 <= ord(char) < 0x10000}
        return (search.translate(used), replace.translate(used)) if used else None

    return remedy


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


_REMEDIES: tuple[tuple[str, Remedy], ...] = (
    ("marks without width", _widthless),
    ("fence", fences),
    ("section", sections),
    ("backticks", backticks),
    ("hunk header", headed),
    ("line numbers", _numbers),
    ("diff signs", _signs),
    ("hunk", _hunk),
    ("grep's prefixes", found_lines),
    ("shown line ends", shown_ends),
    ("colours", coloured),
    ("quotation", quoted),
    ("file name", named),
    ("entities", _entities),
    ("hard blanks", _hard_blanks),
    ("escapes", _escapes),
    ("Markdown escapes", _markdown),
    ("one line", _one_line),
    ("JSON string", json_string),
    ("character escapes", _characters),
    ("character codes", _codes("\\u{:04x}")),
    ("character codes", _codes("\\u{:04X}")),
)
_WRAPPED = frozenset({"fence", "section", "backticks", "hunk header", "file name"})
