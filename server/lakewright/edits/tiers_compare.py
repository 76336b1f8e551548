"""How a line of a search compares to one of the file: the same, the same but for a slip, or not."""

# ruff: noqa: RUF001 - look-alikes are this file's subject

import re
import unicodedata
from enum import IntFlag

from lakewright.edits.tiers_prose import Prose


class Slip(IntFlag):
    """What was forgiven, weakest evidence last."""

    NONE = 0
    TRAILING = 1
    INDENT = 2
    BLANK_LINE = 4
    LOOKALIKE = 8
    BLANKS = 16
    QUOTES = 32
    TYPO = 64


WIDTHLESS = frozenset("\u200b\u200c\u2060\ufeff\u00ad\u200e\u200f")
_LOOKALIKES = {
    **dict.fromkeys("“”„‟″＂", '"'),
    **dict.fromkeys("‘’‚‛′＇´", "'"),
    **dict.fromkeys("–—‒―−‐‑﹣－", "-"),
    **dict.fromkeys(
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    ),
    **dict.fromkeys(WIDTHLESS, ""),
    "…": "...",
    "，": ",",
    "；": ";",
    "：": ":",
    "（": "(",
    "）": ")",
    "！": "!",
    "？": "?",
    "＝": "=",
    "［": "[",
    "］": "]",
    "｛": "{",
    "｝": "}",
}
"""Characters that models and editors put in the place of others. Letters are not among them: a name
with a foreign letter is another name.
"""
_TABLE = str.maketrans(_LOOKALIKES)
_PLAIN_STRING = re.compile(r"(?<!\w)(['\"])([^'\"\\`{}$%\n]*)\1(?!\w)")
_SEPARATOR = re.compile(r"[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")  # lines end there, in some languages
_ATOMS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|[\"'`].*|\w+|\s+|[^\w\s]", re.DOTALL)


def fold(text: str) -> str:
    """The text with plain characters for look-alikes, and composed letters."""
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_TABLE)


def is_lookalike(char: str) -> bool:
    return char in _LOOKALIKES


def compare(search: str, line: int, prose: Prose) -> Slip | None:  # noqa: PLR0911 - one return a tier
    """What has to be forgiven for the search's line to be the file's line; None: they differ in meaning."""
    found = prose.view.lines[line]
    if search == found:
        return Slip.NONE
    if search.rstrip() == found.rstrip():
        return Slip.TRAILING
    ours, theirs = search.strip(), found.strip()
    prose.view.work.take(6 + (len(search) + len(found)) // 20)
    slip = (
        Slip.NONE
        if search[: -len(search.lstrip()) or None] == found[: -len(found.lstrip()) or None]
        else Slip.INDENT
    )
    if ours == theirs:
        return slip
    if not ours or not theirs or min(len(ours), len(theirs)) * 3 + 20 < max(len(ours), len(theirs)):
        return None
    if prose.either_quotes and only_quotes_differ(ours, theirs):
        same = _same_strings(ours, theirs)
        return slip | Slip.QUOTES if same and not prose.in_string(line) else None
    if ours[0] != theirs[0] and ours[0].isascii() and theirs[0].isascii():  # no slip changes it
        return None
    if not (ours.isascii() and theirs.isascii()):
        ours, theirs = fold(ours).strip(), fold(theirs).strip()
        slip |= Slip.LOOKALIKE
        if ours == theirs:
            return slip
    one, two = prose.squeezed(ours), prose.squeezed(theirs)
    if one == two:
        blanks = _spaced(ours) == _spaced(theirs) and _SEPARATOR.findall(ours) == _SEPARATOR.findall(theirs)
        return slip | Slip.BLANKS if blanks and not prose.in_string(line) else None
    if abs(len(one) - len(two)) > 2 or one[:1] != two[:1] or one[-1:] != two[-1:]:  # beyond any typo
        return None
    if slip & Slip.LOOKALIKE == 0 and prose.forgives(search, line):
        return slip | Slip.TYPO
    return None


def only_quotes_differ(ours: str, theirs: str) -> bool:
    """Whether two lines have other quotes in the same places, and are the same else."""
    return len(ours) == len(theirs) and ours.replace("'", '"') == theirs.replace("'", '"')


def _same_strings(ours: str, theirs: str) -> bool:
    """Whether all quotes stand around strings that mean the same in either kind."""
    one, two = _PLAIN_STRING.sub(r"<\2>", ours), _PLAIN_STRING.sub(r"<\2>", theirs)
    return one == two and "'" not in one and '"' not in one


def _spaced(line: str) -> list[str]:
    """Words, signs and whole strings; a blank counts where two signs meet. Words never merge: each is one."""
    found: list[str] = []
    atoms = _ATOMS.findall(line)
    for index, atom in enumerate(atoms):
        if not atom.isspace():
            found.append(atom)
        elif 0 < index < len(atoms) - 1 and not (_worded(atoms[index - 1]) or _worded(atoms[index + 1])):
            found.append(" ")
    return found


def _worded(atom: str) -> bool:
    return atom[0].isalnum() or atom[0] in "_\"'`(),[]{};=:"
