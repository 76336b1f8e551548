"""What a function does, line by line, in words made from its own text."""

import re
from collections.abc import Iterator, Sequence

from lakewright.sandbox.reading.source import Source, shorten
from lakewright.sandbox.reading.sql import Step, sql_steps
from lakewright.sandbox.reading.symbols import Symbol

MOST_LINES = 1000
"""Lines of one definition that are looked at."""

_CONTROL = re.compile(
    r"^(?:\}\s*)?(?:(?:async )?(?:for|foreach|with)|if|elif|else|while|loop|switch|match|case|try|except"
    r"|catch|finally|do|select|using|lock)\b"
)


def steps_of(source: Source, symbol: Symbol, nested: Sequence[Symbol] = ()) -> list[Step]:
    """The steps of a function in order, without those of functions inside it."""
    if source.language is not None and source.language.name == "SQL":
        return sql_steps(source, symbol, nested)
    hidden = {line for inner in nested for line in range(inner.start, inner.end + 1)}
    return [step for step in _steps(source, symbol) if step.line not in hidden]


def nesting(steps: Sequence[Step]) -> int:
    """How many loops and conditions are inside one another at most."""
    return max((step.depth + 1 for step in steps if step.kind in ("branch", "loop")), default=0)


def _steps(source: Source, symbol: Symbol) -> Iterator[Step]:
    open_indents: list[int] = []
    for number in range(symbol.line + 1, min(symbol.end, symbol.start + MOST_LINES) + 1):
        if number not in source.lines:
            continue
        shown = source.masked_rows[number - source.first]
        if not shown.strip():
            continue
        indent = len(shown) - len(shown.lstrip())
        bare = shown.strip().lstrip("}").strip()
        while open_indents and open_indents[-1] >= indent:
            open_indents.pop()
        depth = len(open_indents)
        if _CONTROL.match(bare):
            open_indents.append(indent)
        step = _step(source, number, bare, depth)
        if step is not None:
            yield step


def _step(source: Source, number: int, bare: str, depth: int) -> Step | None:
    assert source.language is not None
    real = _statement(source, number)
    head = _HEAD.match(bare) and _HEAD.match(real)
    if head:
        word = " ".join(head[1].split())
        kind, sentence = _HEADS[word]
        if kind == "else":
            then = _plain(real[head.end() :].strip(" :{};"))
            return Step(number, depth, kind, f"{sentence}: {then[1]}" if then else sentence)
        condition, tail = _condition(real[head.end() :].strip(), indented=source.language.indented)
        then = _plain(tail)
        text = sentence.format(f"`{shorten(condition)}`" if condition else "anything")
        return Step(number, depth, kind, f"{text}: {then[1]}" if then else text)
    plain = _plain(real) if _plain(bare) else None
    return Step(number, depth, *plain) if plain else None


def _plain(text: str) -> tuple[str, str] | None:
    """Kind and sentence of a statement that doesn't branch."""
    for kind, pattern, sentence in _PLAIN:
        match = pattern.match(text)
        if match:
            pieces = (shorten(piece) if piece else "" for piece in match.groups())
            return kind, sentence.format(*(f"`{piece}`" if piece else "nothing" for piece in pieces))
    return None


def _condition(rest: str, *, indented: bool) -> tuple[str, str]:
    """What stands between the keyword and the body, and what follows on the same line."""
    if rest.startswith("(") and not indented:
        closing = _closing(rest)
        return rest[1:closing].strip(), rest[closing + 1 :].lstrip(" {").rstrip(" ;}")
    depth = 0
    for at, letter in enumerate(rest):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and (letter == ":" if indented else letter == "{"):
            return rest[:at].strip(), rest[at + 1 :].strip(" ;}")
    return rest.strip(), ""


def _closing(text: str) -> int:
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return at
    return len(text)


def _statement(source: Source, number: int) -> str:
    """The line's text, with the lines that its open brackets take in; without a brace at its end."""
    rows = []
    balance = 0
    for offset in range(6):
        at = number - source.first + offset
        if at >= len(source.rows):
            break
        rows.append(source.rows[at].strip())
        masked = source.masked_rows[at]
        balance += sum(masked.count(letter) for letter in "([") - sum(masked.count(letter) for letter in ")]")
        if balance <= 0:
            break
    text = " ".join(rows).lstrip("}").strip()
    return re.sub(r"\s*(?:;|//.*)\s*$", "", text).strip()


_HEAD = re.compile(
    r"((?:async )?for(?:each)?|if|elif|else if|else|finally|try|do|while|switch|match|except|catch|loop)\b"
    r"(?:\s+await\b|\s+let\b)?"
)
_HEADS = {
    "if": ("branch", "if {}"),
    "elif": ("branch", "otherwise, if {}"),
    "else if": ("branch", "otherwise, if {}"),
    "else": ("else", "otherwise"),
    "try": ("else", "tries"),
    "do": ("else", "does at least once"),
    "finally": ("else", "in the end, whatever happened"),
    "for": ("loop", "for each {}"),
    "async for": ("loop", "for each {}, as it comes"),
    "foreach": ("loop", "for each {}"),
    "while": ("loop", "repeats while {}"),
    "loop": ("loop", "repeats until it leaves"),
    "switch": ("branch", "decides by {}"),
    "match": ("branch", "decides by {}"),
    "except": ("branch", "handles {}"),
    "catch": ("branch", "handles {}"),
}
_NAMES = r"([\w.,* \[\]<>:]*?\w)\s*(?::[^=:]+)?"
_KEPT = (
    rf"(?:(?:const|let|var|val|final|auto|mut)\s+)*{_NAMES}(?::=|(?<![=!<>])=(?![=>]))"
    r"\s*((?:await\s+)?[\w.:&]+(?:<[\w, ]*>)?!?\(.*)$"
)
_PLAIN = tuple(
    (kind, re.compile(pattern), sentence)
    for kind, pattern, sentence in (
        ("raise", r"(?:raise|throw)\b\s*(?:new\s+)?(.*?)\s*$", "raises {}"),
        ("raise", r"(panic!?\(.*)$", "gives up with {}"),
        ("return", r"return\b\s*(.*?)\s*$", "returns {}"),
        ("yield", r"yield\b\s*(.*?)\s*$", "yields {}"),
        ("context", r"(?:async )?with\b\s*(.+?)\s*:?\s*$", "works inside {}"),
        ("skip", r"continue\b.*$", "goes on with the next round"),
        ("skip", r"break\b.*$", "leaves the loop"),
        (
            "assign",
            _KEPT,
            "keeps {1} as {0}",
        ),
    )
)
