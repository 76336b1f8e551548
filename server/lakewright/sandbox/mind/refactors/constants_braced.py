"""Give a literal a name in JavaScript, TypeScript and Go."""

import re

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Outcome
from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.code_words import code_words
from lakewright.sandbox.reading.source import read_source
from lakewright.sandbox.reading.words import counted

_NUMBER = re.compile(r"(?<![\w.$])\d[\w.]*(?![\w.])")
_DULL = frozenset({"0", "1", "2"})
_HEADS = {
    "Go": re.compile(r"^(?:package\b|import\s+(?:\(|\"|\w+\s+\"))"),
    "": re.compile(r"^(?:import\b|['\"]use |#!|(?:const|let|var)\b.*\brequire\s*\()"),
}


def braced_constant(bench: Bench, language: str, literal: str | None, name: str | None) -> Outcome:
    """Numbers and strings alike, in the chosen lines; the constant stands below the imports."""
    start, end = bench.extent
    masked = read_source(bench.path, bench.text).masked
    if len(masked) != len(bench.text):
        return Declined(f"`{bench.path}` has lines that are too long for me.")
    if literal is None:
        numbers = {found[0] for found in _NUMBER.finditer(masked, start, min(end, len(masked)))} - _DULL
        if len(numbers) != 1:
            shown = ", ".join(f"`{one}`" for one in sorted(numbers)) or "none"
            return Declined(f"Name the literal and the constant; numbers that could be meant: {shown}.")
        literal = numbers.pop()
    if name is None:
        return Declined(f"I need a name: extract the constant {literal} as LIMIT.")
    assert bench.language is not None
    if any(word.text == name for word in code_words(bench.language, bench.text)):
        return Declined(f"`{name}` stands already in `{bench.path}`.")
    found = [
        at for at in _occurrences(bench.text, literal) if start <= at < end and _is_code(masked, at, literal)
    ]
    if not found:
        return Declined(f"`{literal}` doesn't stand there as a literal that a name could replace.")
    at = _below_imports(bench.text, language)
    statement = f"const {name} = {literal}{';' if language != 'Go' and ';' in masked else ''}\n\n"
    splices = [Splice(at, at, statement), *(Splice(one, one + len(literal), name) for one in found)]
    told = f"Extracted `{literal}` as `{name}` and put it in {counted(len(found), 'place')}."
    return Changes({bench.path: tuple(splices)}, told)


def _occurrences(text: str, literal: str) -> list[int]:
    return [found.start() for found in re.finditer(rf"(?<![\w.$]){re.escape(literal)}(?![\w.])", text)]


def _is_code(masked: str, at: int, literal: str) -> bool:
    """A number stands in the masked text as it is; of a string the quotes do, and no more."""
    seen = masked[at : at + len(literal)]
    if literal[0] in "\"'`":
        return len(literal) > 1 and seen == f"{literal[0]}{' ' * (len(literal) - 2)}{literal[0]}"
    return seen == literal


def _below_imports(text: str, language: str) -> int:
    """The offset of the line after the last import and the blank lines below it."""
    head = _HEADS.get(language, _HEADS[""])
    rows = text.split("\n")
    after, number = 0, 0
    while number < len(rows):
        row = rows[number]
        if head.match(row):
            closes = ")" if "(" in row and ")" not in row else "}" if "{" in row and "}" not in row else ""
            while closes and number + 1 < len(rows) and closes not in rows[number]:
                number += 1
            while rows[number].rstrip().endswith(",") and number + 1 < len(rows):
                number += 1  # several variables, each with what it requires
            after = number + 1
        elif row.strip() and not row.lstrip().startswith(("//", "/*", "*")) and after:
            break
        number += 1
    while after < len(rows) and not rows[after].strip() and after:
        after += 1
    return sum(len(row) + 1 for row in rows[:after])
