"""What an answer repeats of the text before the cursor: whole lines, the line's beginning, a word's part."""

import re
from dataclasses import replace
from enum import Enum, auto

from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.unwrap import Answer

MOST_LINES = 2_000
"""Lines above the cursor that an answer may repeat."""

_TELLING = 8
"""Characters of words with which a line is hardly written twice."""

_MANY_LINES = 4
"""So many lines are hardly the same by chance, be they brackets alone."""

_BULLETS = frozenset(("-", "*", "+", "#", "##", "###", "//", "///", "--", ">", "|"))
_WORD_AT_END = re.compile(r"(?<![\w.])[A-Za-z_]\w*$|(?<=\.)[A-Za-z_]\w*$")
_WORD = re.compile(r"[A-Za-z_]\w*")


def words_in(text: str) -> int:
    """The number of characters that words are made of."""
    return len(re.findall(r"\w", text))


def without_echo(answer: Answer, hole: Hole, *, whole: bool) -> Answer | None:
    """The answer from the cursor on; None while only more of it can tell. `whole`: no more will come."""
    lines = answer.lines
    while (rest := _without_lines(lines, hole, whole=whole)) is not None:
        rest = _without_beginning(rest, hole)
        if rest == lines:
            return _redefinition(_without_marker(replace(answer, lines=lines), hole), hole)
        lines = rest
    return None


def _without_lines(lines: tuple[str, ...], hole: Hole, *, whole: bool) -> tuple[str, ...] | None:
    """Without whole lines of the text above and the beginning of the cursor's line below them."""
    begin = _first(lines)
    if begin == len(lines):
        return lines
    above = hole.above[-MOST_LINES:]
    first = lines[begin].strip()
    for at, line in enumerate(above):
        if line.strip() != first:
            continue
        found, rest = _after_lines(lines[begin:], above[at:], hole.head)
        if found is _Found.PERHAPS and not whole:
            return None
        if found is _Found.YES or (found is _Found.PERHAPS and _is_end(lines[begin:], above[at:], hole)):
            return rest
    return lines


def _is_end(lines: tuple[str, ...], above: list[str], hole: Hole) -> bool:
    """Whether a whole answer repeats all that stands above, down to the cursor."""
    said = words_in("".join(lines)) >= 3
    return said and not "".join((*above[len(lines) :], hole.head)).strip()


class _Found(Enum):
    """Whether the answer repeats lines; `PERHAPS`: all that there is of it does."""

    NO = auto()
    PERHAPS = auto()
    YES = auto()


def _after_lines(lines: tuple[str, ...], above: list[str], head: str) -> tuple[_Found, tuple[str, ...]]:
    """Whether the answer repeats the lines above and the head below them, and what follows then."""
    pairs = list(zip(lines, above, strict=False))
    if any(said.rstrip() != there.rstrip() for said, there in pairs[1:]):
        return _Found.NO, ()
    if words_in("".join(above)) + words_in(head) < 3 and len(above) < _MANY_LINES:
        return _Found.NO, ()
    if len(lines) <= len(above) and (len(lines) < len(above) or head.strip()):
        return _Found.PERHAPS, ()
    rest = lines[len(above) :]
    if not head.strip():
        return _Found.YES, rest
    if rest[0].startswith(head):
        return _Found.YES, (rest[0][len(head) :], *rest[1:])
    return (_Found.YES, rest[1:]) if rest[0].rstrip() == head.rstrip() else (_Found.NO, ())


def _without_beginning(lines: tuple[str, ...], hole: Hole) -> tuple[str, ...]:
    """Without the beginning of the cursor's line."""
    begin, head = _first(lines), hole.head
    if begin == len(lines) or not head.strip():
        return lines
    rest = _after_head(lines[begin], head, hole)
    return lines if rest is None else (rest, *lines[begin + 1 :])


def _after_head(line: str, head: str, hole: Hole) -> str | None:
    bare = head.lstrip()
    telling = words_in(head) >= 2 or len(bare.rstrip()) >= 3 or (bare == "#" and hole.syntax.name == "c")
    telling = telling or (bare.rstrip() in _BULLETS and head[-1].isspace())
    if line.startswith(head) and (telling or head[0].isspace()):
        return line[len(head) :]
    if telling and line.lstrip().startswith(bare):
        return line.lstrip()[len(bare) :]
    if telling and line.strip() == head.strip():
        return ""
    for start in (match.start() for match in re.finditer(r"\b\w", head)):
        piece = head[start:]
        if words_in(piece) < 3 and not piece.endswith("."):
            break
        if line.startswith(piece):
            return line[len(piece) :]
    return _after_word(line, head, hole)


def _after_word(line: str, head: str, hole: Hole) -> str | None:
    """Where the cursor stands in a word: the rest of the word that the answer begins with."""
    part, word = _WORD_AT_END.search(head), _WORD.match(line)
    if part is None or word is None or word[0] == part[0] or not word[0].startswith(part[0]):
        return None
    if not part[0].strip("_") and not hole.knows(word[0]):
        return None
    return None if hole.knows(part[0] + word[0]) else line[len(part[0]) :]


def _without_marker(answer: Answer, hole: Hole) -> Answer:
    """From behind the markers that lead, else up to the first."""
    lines = list(answer.lines)
    begin, leads = 0, True
    for index, line in enumerate(lines):
        pieces = line.split(hole.marker)
        while leads and len(pieces) > 1:
            before = "\n".join((*lines[begin:index], pieces[0])).strip()
            if before and not (words_in(before) >= 3 and hole.prefix.rstrip().endswith(before)):
                break
            del pieces[0]
            begin = index
        leads = leads and not pieces[0].strip()
        lines[index] = pieces[0]
        if len(pieces) > 1:
            return Answer(tuple(lines[begin : index + 1]), ended=True, bare=answer.bare)
    return replace(answer, lines=tuple(lines[begin:]))


def _redefinition(answer: Answer, hole: Hole) -> Answer:
    """Nothing, where the answer begins with the file's first line, or by defining again what it defines."""
    line = next((line.rstrip() for line in answer.lines if line.strip()), "")
    top = next((line.rstrip() for line in hole.above if line.strip()), "")
    if line == top and words_in(line) >= _TELLING and len(hole.above) > 1:
        return Answer(ended=True)
    definition = hole.syntax.definition
    if definition is None or hole.head or line[:1].isspace() or line.startswith("@"):
        return answer
    if definition.match(line) and (line in hole.below or line in map(str.rstrip, hole.above)):
        return Answer(ended=True)
    return answer


def _first(lines: tuple[str, ...]) -> int:
    return next((index for index, line in enumerate(lines) if line.strip()), len(lines))
