"""Comments above functions of JavaScript, TypeScript and Go; and names taken apart into words."""

import re
from collections.abc import Iterator, Sequence

from lakewright.sandbox.mind.refactors.base import Bench
from lakewright.sandbox.mind.splices import Splice, line_starts
from lakewright.sandbox.reading.source import Source
from lakewright.sandbox.reading.symbols import Symbol, find_symbols

_MODIFIERS = (
    "export|default|async|static|public|private|protected|readonly|const|let|var|get|set|override|abstract"
)
_PARAMETER = re.compile(r"(?:public|private|protected|readonly|\s)*(?:\.\.\.)?([A-Za-z_$][\w$]*)")


def comments_above(source: Source, bench: Bench, language: str) -> Iterator[Splice]:
    """A comment for each chosen function that begins a line and has none above it."""
    starts = line_starts(bench.text)
    for symbol in find_symbols(source):
        row = source.line(symbol.start)
        if not symbol.is_function or not bench.is_chosen(symbol.start) or not _begins(row, symbol):
            continue
        above = symbol.start - 1
        while above >= 1 and source.line(above).lstrip().startswith("@"):
            above -= 1
        if re.match(r"\s*(?://|/\*|\*)|.*\*/\s*$", source.line(above)):
            continue
        indent = row[: len(row) - len(row.lstrip())]
        at = starts[above]
        yield Splice(at, at, "".join(f"{indent}{one}\n" for one in _rows(source, symbol, language)))


def words_of_name(name: str) -> str:
    """`totalPrice` and `total_price` as words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.strip("_*$#").replace("_", " "))
    return " ".join(spaced.split()).lower() or "value"


def sentence_of_name(name: str) -> str:
    """The words, the first of them capitalised."""
    words = "set up" if name in ("constructor", "__init__") else words_of_name(name)
    return words[0].upper() + words[1:]


def _begins(row: str, symbol: Symbol) -> bool:
    """Whether the line begins with the definition, and is no part of an expression."""
    words = rf"(?:(?:{_MODIFIERS})\s+)*"
    kind = r"(?:function\s*\*?\s*|func\s+(?:\([^)]*\)\s*)?|\*\s*)?"
    return re.match(rf"\s*{words}{kind}#?{re.escape(symbol.name)}(?![\w$])", row) is not None


def _rows(source: Source, symbol: Symbol, language: str) -> Sequence[str]:
    if language == "Go":
        return [f"// {symbol.name} does what its name says."]
    numbers = range(symbol.start, symbol.end + 1)
    body = "\n".join(source.masked_rows[number - source.first] for number in numbers)
    rows = [f" * @param {name} The {words_of_name(name)}." for name in _parameters(symbol)]
    if symbol.name != "constructor" and re.search(r"\breturn\s+[^;\s}]", body):
        rows.append(f" * @returns The {words_of_name(symbol.name)}.")
    summary = f"{sentence_of_name(symbol.name)}."
    return ["/**", f" * {summary}", *rows, " */"] if rows else [f"/** {summary} */"]


def _parameters(symbol: Symbol) -> list[str]:
    """The plain names among the parameters of a head; destructured ones have none."""
    head = symbol.signature
    at = head.find("(", head.find(symbol.name) + len(symbol.name))
    if at < 0:
        return []
    pieces, depth = [""], 0
    for before, letter in zip(head[at:], head[at + 1 :], strict=False):
        if letter == ")" and depth == 0:
            break
        depth += (letter in "([{<") - (letter in ")]}") - (letter == ">" and before != "=" and depth > 0)
        if letter == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += letter
    found = [_PARAMETER.match(piece.strip()) for piece in pieces]
    return [match[1] for match in found if match]
