"""What can be counted and pointed at: complexity, calls, imports, what deserves a second look."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lakewright.sandbox.reading.outline import symbols_of
from lakewright.sandbox.reading.source import Source, shorten
from lakewright.sandbox.reading.sql import Step
from lakewright.sandbox.reading.steps import MOST_LINES, nesting, steps_of
from lakewright.sandbox.reading.symbols import Symbol

_CALL = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)*)!?\s*\(")
_KEYWORDS = """
if for foreach while switch catch return function func fn def and or not in await match with print except elif
lambda typeof sizeof super case when select from where using lock assert class new async
"""
_NOT_CALLED = frozenset(_KEYWORDS.split())
_CALLS_METHODS_BARE = frozenset({"Java", "C#", "C++", "Scala"})
_OVERLOAD = re.compile(r"\s*@(?:\w+\.)*overload\b")
_TODO = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b[^\n]*")
_TESTED_IN_CODE = (
    (re.compile(r"^\s*except\s*:"), "a bare `except` hides every error, Ctrl-C included"),
    (re.compile(r"^\s*except\s+(?:Base)?Exception\b"), "catches every exception"),
    (re.compile(r"catch\s*\(\s*(?:Exception|Throwable|\.\.\.)"), "catches every exception"),
    (re.compile(r"catch\s*(?:\([^)]*\)\s*)?\{\s*\}"), "swallows the error without a word"),
    (re.compile(r"def\s+\w+\(.*=\s*(?:\[\]|\{\})"), "a mutable default argument is shared between calls"),
    (re.compile(r"(?<![\w.])(?:eval|exec)\s*\("), "runs text as code"),
    (re.compile(r"\.unwrap\(\)|\.expect\("), "panics when there is no value"),
    (re.compile(r"^\s*global\s+\w"), "changes a global name"),
    (re.compile(r"\bpanic\("), "ends the program when it gets here"),
    (re.compile(r"\bselect\s+\*", re.IGNORECASE), "`SELECT *` follows every change of the table below"),
    (re.compile(r"\b(?:as\s+any|:\s*any)\b"), "`any` switches type checking off"),
    (re.compile(r"\bshell\s*=\s*True"), "goes through a shell"),
    (re.compile(r"\bgoto\s+\w"), "jumps with `goto`"),
)


@dataclass(frozen=True, slots=True)
class Portrait:
    """A function measured. Complexity is McCabe's: one, and one for each branch. `seen` is the lines
    of it that were shown, when others were not.
    """

    symbol: Symbol
    complexity: int
    nesting: int
    steps: tuple[Step, ...]
    calls: tuple[str, ...]
    summary: str
    seen: range | None = None
    language: str = ""

    @property
    def recursive(self) -> bool:
        own = {
            f"{holder}{mark}{self.symbol.name}" for holder in self._holders() for mark in (".", "::", "->")
        }
        bare = self.symbol.parent is None or self.language in _CALLS_METHODS_BARE
        return any(called in own or (bare and called == self.symbol.name) for called in self.calls)

    def _holders(self) -> tuple[str, ...]:
        return ("self", "this", "cls", "Self", *([self.symbol.parent] if self.symbol.parent else []))

    def of_kind(self, *kinds: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.kind in kinds)


@dataclass(frozen=True, slots=True)
class Import:
    """An import: the module, the names taken from it, and the line."""

    module: str
    names: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth a second look."""

    line: int
    text: str


@dataclass(frozen=True)
class Study:
    """All that was found in one source."""

    source: Source
    symbols: tuple[Symbol, ...]
    portraits: tuple[Portrait, ...]
    imports: tuple[Import, ...]
    remarks: tuple[Remark, ...]
    summary: str
    outlined: bool

    def portrait(self, name: str) -> Portrait | None:
        return next((one for one in self.portraits if name in (one.symbol.name, one.symbol.full_name)), None)


def study(source: Source, outline: Sequence[Symbol] = ()) -> Study:
    """Read a source; an outline of its file tells the definitions, when there is one."""
    symbols = symbols_of(source, outline)
    defined = {symbol.name for symbol in symbols}
    return Study(
        source,
        tuple(symbols),
        tuple(_portrait(source, symbol, symbols) for symbol in symbols if _has_body(source, symbol)),
        tuple(one for one in _imports(source) if one.module not in defined),
        tuple(_remarks(source)),
        _opening_comment(source),
        bool(outline),
    )


def _has_body(source: Source, symbol: Symbol) -> bool:
    """Whether what it does was shown: not of a prototype, an overload, a definition elsewhere in the file."""
    if not symbol.is_function or source.language is None:
        return False
    shown = [number for number in range(symbol.start, symbol.end + 1) if number in source.lines]
    rows = [source.masked_rows[number - source.first] for number in shown]
    if not shown or any(_OVERLOAD.match(row) for row in [source.line(symbol.start - 1), *rows[:3]]):
        return False
    if shown[0] > symbol.line or source.language.indented or source.language.name == "SQL":
        return True
    signs = ("{", "=") if source.language.name in ("Scala", "Java") else ("{", "=>")
    return any(sign in row for row in rows for sign in signs)


def _portrait(source: Source, symbol: Symbol, symbols: Sequence[Symbol]) -> Portrait:
    assert source.language is not None
    nested = [
        other
        for other in symbols
        if other is not symbol and symbol.start < other.start <= other.end <= symbol.end
    ]
    inside = {line for inner in nested for line in range(inner.start, inner.end + 1)}
    end = min(symbol.end, symbol.start + MOST_LINES)
    shown = [number for number in range(symbol.line, end + 1) if number in source.lines]
    own = [number for number in shown if number not in inside]
    body = "\n".join(source.masked_rows[number - source.first] for number in own)
    partly = len(shown) < end + 1 - symbol.line
    steps = steps_of(source, symbol, nested)
    return Portrait(
        symbol,
        1 + len(source.language.branches.findall(body)),
        nesting(steps),
        tuple(steps),
        tuple(_calls(body, symbol)),
        summary_of(source, symbol),
        range(shown[0], shown[-1] + 1) if partly else None,
        source.language.name,
    )


def _calls(body: str, symbol: Symbol) -> Iterator[str]:
    if symbol.kind in ("statement", "common table expression"):
        return
    seen = set()
    header, _, rest = body.partition("\n")
    own_name = re.search(rf"(?<![\w$]){re.escape(symbol.name)}(?![\w$])", header)
    text = f"{header[own_name.end() :] if own_name else header}\n{rest}"
    for match in _CALL.finditer(text):
        name = f".{match[1]}" if text[match.start() - 1 : match.start()] == "." else match[1]
        short = re.split(r"\.|::|->", name)[-1]
        if short not in _NOT_CALLED and name not in seen:
            seen.add(name)
            yield name


def summary_of(source: Source, symbol: Symbol) -> str:
    """The first sentence that its author wrote about it, or nothing."""
    return _docstring(source, symbol) or _comment_above(source, symbol.start)


def _docstring(source: Source, symbol: Symbol) -> str:
    if source.language is None or not source.language.indented:
        return ""
    for number in range(symbol.line, min(symbol.line + 12, symbol.end) + 1):
        if re.match(r"\s*[rRuU]?(?:\"\"\"|''')", source.line(number)):
            rows = [source.line(line) for line in range(number, min(number + 6, symbol.end + 1))]
            text = re.sub(r"^\s*[rRuU]?(?:\"\"\"|''')\s*", "", "\n".join(rows))
            return _sentence(re.split(r"\"\"\"|'''|\n\s*\n", text, maxsplit=1)[0])
    return ""


def _comment_above(source: Source, start: int) -> str:
    rows: list[str] = []
    number = start - 1
    while number >= source.first and re.match(
        r"\s*(?://|#(?!\s*include)|--|/?\*|@|\[\w)", source.line(number)
    ):
        rows.insert(
            0, re.sub(r"^\s*(?://+!?|#+|--+|/?\*+/?|@.*|\[\w.*\]$)\s?|\*/\s*$", "", source.line(number))
        )
        number -= 1
    if number not in source.lines and number > 0:
        return ""  # its beginning was not shown
    kept = [row.strip() for row in rows if row.strip() and not row.strip().startswith("@")]
    return _sentence(" ".join(kept))


def _opening_comment(source: Source) -> str:
    """What the file says about itself on its first lines."""
    if source.first != 1:
        return ""
    found = re.match(r"(?:\s|#[^\n]*\n)*(?:\"\"\"|''')\s*([\s\S]*?)(?:\"\"\"|''')", source.text)
    if found:
        return _sentence(found[1])
    rows = []
    for row in source.rows[:12]:
        comment = re.match(r"\s*(?://+!?|#(?!!|\s*include|\[)|--+|/?\*+)\s?(.*)", row)
        if comment is None:
            break
        rows.append(comment[1].removesuffix("*/").strip())
    text = _sentence(" ".join(row for row in rows if row))
    return "" if re.match(r"(?i)copyright|licen[cs]e|-\*-|SPDX|MAGIC|Databricks notebook", text) else text


def _sentence(text: str) -> str:
    flat = " ".join(re.sub(r"</?\w+/?>", "", text).split())
    found = re.match(r"(.+?[.!?])(?:\s|$)", flat)
    return shorten(found[1] if found else flat, 160)


def _imports(source: Source) -> Iterator[Import]:
    if source.language is None:
        return
    seen = set()
    for match in source.language.imports.finditer(source.text):
        groups = match.groupdict()
        line = source.first + source.text.count(
            "\n", 0, match.start() + len(match[0]) - len(match[0].lstrip())
        )
        at = match.start() + len(match[0]) - len(match[0].lstrip())
        if source.language.name != "Go" and source.masked[at : at + 1] in (" ", ""):
            continue
        module = (groups.get("module") or groups.get("whole") or groups.get("names") or "").strip()
        names = re.findall(r"[A-Za-z_$][\w$]*", groups.get("names") or "") if groups.get("module") else []
        if module and module not in seen:
            seen.add(module)
            yield Import(shorten(module), tuple(name for name in names if name not in ("as", "type")), line)


def _remarks(source: Source) -> Iterator[Remark]:
    for offset, (row, masked) in enumerate(zip(source.rows, source.masked_rows, strict=True)):
        number = source.first + offset
        todo = _TODO.search(row)
        if todo and todo[0] not in masked:
            yield Remark(number, f"left to do: “{shorten(todo[0].rstrip(' */'), 90)}”")
        for pattern, text in _TESTED_IN_CODE:
            if pattern.search(masked):
                yield Remark(number, text)
