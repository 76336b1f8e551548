"""The symbols that an outline tool tells, as the whole file has them: the reader of a part relies on them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lakewright.sandbox.reading.source import Source, shorten
from lakewright.sandbox.reading.symbols import Symbol, find_symbols

_ROW = re.compile(
    r"(?P<indent> *)(?P<start>\d+)(?:-(?P<end>\d+))?  (?P<kind>[a-z]+(?: [a-z]+)*)  (?P<signature>\S.*)"
)
_NAME = r"(?P<name>[A-Za-z_$][\w$]*)"
_BEFORE = r"^(?:(?:export|default|public|private|protected|static|readonly|final|declare|abstract)\s+)*"
_FUNCTION_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^func\s+\([^)]*\)\s*{_NAME}",
        rf"(?:^|\s)(?:def|function\*?|func|fn)\s+{_NAME}",
        rf"{_BEFORE}(?:(?:const|let|var)\s+)?{_NAME}\s*[?!]?(?::(?!:)|=)",
        r"(?P<name>[~A-Za-z_$#][\w$]*(?:::~?\w+)*)\s*(?:<[^()]*>)?\(",
    )
)
_OTHER_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^#\s*define\s+{_NAME}",
        r"^(?P<name>typedef \w+)$",
        r"^typedef\b.*?(?P<name>\w+)\s*;$",
        rf"^{_NAME}(?:\[.*\])? (?:struct|interface)(?:\s*\{{.*)?$",
        rf"^impl\b.*\bfor\s+{_NAME}",
        r"(?i)\b(?:view|table|function|procedure|schema|trigger|index|merge\s+into)\s+(?P<name>[\w.`\"]+)",
        r"(?i)^\W*(?:with\s+(?:recursive\s+)?)?(?P<name>\w+)\s+as\b",
        rf"(?:^|\s)(?:class|interface|enum|struct|trait|object|record|impl|mod)\s+{_NAME}",
        r"(?:^|\s)namespace\s+(?P<name>[\w.:]+)",
        rf"{_BEFORE}(?:type|const|let|var|val)\s+{_NAME}",
        rf"{_BEFORE}{_NAME}\s*(?:[:=]|$|\()",
        rf"^{_NAME} [\w.*\[\]]+$",
    )
)
_OF_SQL = {"cte": "common table expression"}


def read_outline(text: str) -> tuple[Symbol, ...]:
    """Rows of `12-40  kind  signature`, inner ones indented; nothing of a text that has no such rows."""
    rows = [row for row in text.split("\n") if row.strip() and not row.startswith("[")]
    found = [match for row in rows if (match := _ROW.fullmatch(row))]
    if 2 * len(found) < len(rows):
        return ()
    return tuple(_with_parents(found))


def _with_parents(found: Sequence[re.Match[str]]) -> Iterator[Symbol]:
    holders: list[tuple[int, str | None]] = []
    for match in found:
        depth = len(match["indent"])
        while holders and holders[-1][0] >= depth:
            holders.pop()
        start = int(match["start"])
        kind, name = match["kind"], _name(match["kind"], match["signature"])
        parent = holders[-1][1] if holders else None
        end = max(start, int(match["end"] or start))
        yield Symbol(_OF_SQL.get(kind, kind), name, start, end, match["signature"], parent)
        holders.append((depth, None if kind in ("namespace", "view", "statement", "cte") else name))


def _name(kind: str, signature: str) -> str:
    patterns = _FUNCTION_NAMES if kind.endswith(("function", "method")) else _OTHER_NAMES
    return next((found["name"] for pattern in patterns if (found := pattern.search(signature))), signature)


def symbols_of(source: Source, outlined: Sequence[Symbol]) -> list[Symbol]:
    """The symbols of the whole file by its outline, else those that can be seen in what was shown.

    What was shown adds the line of a name, below its decorators, and a definition's head as written.
    """
    seen = find_symbols(source)
    if not outlined:
        return seen
    by_name: dict[str, list[Symbol]] = {}
    for symbol in seen:
        by_name.setdefault(symbol.name, []).append(symbol)
    symbols = [_completed(source, one, by_name.get(one.name, ())) for one in outlined]
    symbols += [one for one in seen if one.kind == "statement" and one.name not in {o.name for o in outlined}]
    return sorted(symbols, key=lambda one: (one.start, -one.end))


def _completed(source: Source, outlined: Symbol, seen: Sequence[Symbol]) -> Symbol:
    same = next((one for one in seen if outlined.start <= one.start <= outlined.end), None)
    if same is not None:
        parent = outlined.parent or same.parent
        return replace(outlined, named_at=same.start, signature=same.signature, parent=parent)
    word = re.compile(rf"(?<!\w){re.escape(outlined.name)}(?!\w)")
    for number in range(outlined.start, min(outlined.end, outlined.start + 20) + 1):
        if number in source.lines and word.search(source.masked_rows[number - source.first]):
            return replace(outlined, named_at=number)
    return replace(outlined, signature=shorten(outlined.signature, 200))
