"""Where definitions begin and end, found by patterns, brackets and indentation."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lakewright.sandbox.reading.source import Source

_KEYWORDS = """
if for foreach while switch catch return new else do try synchronized using lock fixed sizeof typeof await
throw assert function with match when elif not and or in is lambda super this defined alignof decltype
static_assert
"""
_NO_FUNCTION = frozenset(_KEYWORDS.split())
_CANDIDATE = re.compile(
    r"^(?P<before>[^\S\n]*(?:[A-Za-z_@~*&\[][\w<>\[\],.&*:?@~ \t]*?[\s*&>\]]|[^\S\n]*)??)"
    r"(?P<name>[A-Za-z_$#~][\w$]*(?:::~?\w+)*)[^\S\n]*(?:<[^<>()\n]*>)?\(",
    re.MULTILINE,
)
_STARTS_STATEMENT = re.compile(r"\b(?:return|new|else|throw|await|yield|delete|goto|case|in|of)\b")
_BETWEEN = re.compile(r"[\w\s<>\[\],.&*:?|()\"'=~!-]*?(?P<body>\{|=>|;|\Z)")
_NEAR = 400
"""Characters in which a definition's head has to come to its body."""

_MOST_SYMBOLS = 1000
_TYPE_KINDS = frozenset(
    {"class", "interface", "enum", "struct", "trait", "object", "record", "impl", "namespace", "type"}
)

_VALUE_KINDS = frozenset({"macro", "constant", "variable", "field", "property", "module", "package"})


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition; lines are those of its file, inclusive. `named_at` is the line of its name where
    that is not the first one: decorators come before it.
    """

    kind: str
    name: str
    start: int
    end: int
    signature: str
    parent: str | None = None
    named_at: int | None = None

    @property
    def is_function(self) -> bool:
        """Whether it does something: a function, or a statement of SQL."""
        return self.kind not in _TYPE_KINDS and self.kind not in _VALUE_KINDS

    @property
    def line(self) -> int:
        return self.named_at or self.start

    @property
    def full_name(self) -> str:
        return f"{self.parent}.{self.name}" if self.parent else self.name

    @property
    def size(self) -> int:
        return self.end - self.start + 1


def find_symbols(source: Source) -> list[Symbol]:
    """The definitions in order of their first line, in a sane number."""
    language = source.language
    if language is None:
        return []
    found: dict[int, tuple[str, str, int, int]] = {}
    for definition in language.definitions:
        for match in islice(definition.pattern.finditer(source.masked), _MOST_SYMBOLS):
            start = source.number_at(match.start("name"))
            end = _end(source, match.start(), match.end())
            found.setdefault(start, (definition.kind, match["name"].strip('`"[]'), match.start("name"), end))
    if language.typed_functions:
        for name, start, end in islice(_typed_functions(source), _MOST_SYMBOLS):
            found.setdefault(source.number_at(start), ("function", name, start, end))
    symbols = [_symbol(source, *found[start]) for start in sorted(found)[:_MOST_SYMBOLS]]
    return list(_with_parents(symbols))


def _symbol(source: Source, kind: str, name: str, at: int, end: int) -> Symbol:
    start_line, end_line = source.number_at(at), source.number_at(end)
    return Symbol(kind, name, start_line, max(start_line, end_line), _signature(source, at, kind))


def _signature(source: Source, at: int, kind: str) -> str:
    """From the line's begin to where the body begins, on one line."""
    masked, text = source.masked, source.text
    start = _line_start(masked, at)
    depth = 0
    end = start
    for end in range(start, min(len(masked), start + 600)):
        letter = masked[end]
        depth += (letter in "([") - (letter in ")]")
        is_end = letter in "{;" or (
            letter == ":" and source.language is not None and source.language.indented
        )
        if depth <= 0 and end > at and (is_end or (letter == "\n" and _ends_line(masked, end))):
            break
        if kind == "common table expression" and letter == "(":
            break
    else:
        end += 1
    signature = " ".join(text[start:end].split())
    return signature.removesuffix("=").lstrip("), ").rstrip()


def _ends_line(masked: str, at: int) -> bool:
    """Whether a line break ends a definition that has no bracket: `type A = B`, `def f = 1`."""
    following = masked[at : at + _NEAR].lstrip()[:1]
    before = masked[max(0, at - _NEAR) : at].rstrip()
    return following not in ("{", ":", ")", "-", "=") and not before.endswith((",", "(", "="))


def _end(source: Source, start: int, after_name: int) -> int:
    """Where the definition ends: at its closing brace, or where the indentation falls back."""
    masked = source.masked
    if source.language is not None and source.language.name == "SQL":
        return _end_of_statement(source, after_name)
    if source.language is not None and source.language.indented:
        return _end_by_indentation(source, start, after_name)
    at = after_name
    while at < len(masked):
        letter = masked[at]
        if letter == "{":
            return source.close(at)
        if letter in "([":
            at = source.close(at)
        elif letter in ";}":
            return at
        elif letter == "\n" and _ends_line(masked, at):
            return _end_by_indentation(source, start, at)
        at += 1
    return len(masked)


def _end_of_statement(source: Source, at: int) -> int:
    if source.masked[at : at + 1] == "(":
        return source.close(at)
    end = source.masked.find(";", at)
    return len(source.masked) if end < 0 else end


def _end_by_indentation(source: Source, start: int, after: int) -> int:
    """The end of the last line that is indented deeper than the definition's own line."""
    rows = source.masked_rows
    own_number = source.number_at(
        start + len(source.masked[start:after]) - len(source.masked[start:after].lstrip())
    )
    own = _indent(rows[own_number - source.first])
    header_end = _end_of_header(source, after)
    last = source.number_at(header_end)
    end = header_end
    for number in range(last + 1, source.last + 1):
        row = rows[number - source.first]
        if row.strip():
            if _indent(row) <= own and not row.lstrip().startswith((")", "]", "}")):
                break
            last = number
    if last > source.number_at(header_end):
        end = source.end_of_line(last)
    return max(end - 1, after)


def _end_of_header(source: Source, after: int) -> int:
    """The end of the line on which all brackets of the definition's head are closed."""
    masked = source.masked
    at = after
    while at < len(masked) and masked[at] != "\n":
        at = source.close(at) if masked[at] in "([{" else at
        at += 1
    return min(at, len(masked))


def _typed_functions(source: Source) -> Iterator[tuple[str, int, int]]:
    """`type name(arguments) {` and what looks like it: methods, constructors, expression bodies."""
    masked = source.masked
    for match in _CANDIDATE.finditer(masked):
        name = match["name"]
        if name in _NO_FUNCTION or _STARTS_STATEMENT.search(match["before"]):
            continue
        closing = source.close(match.end() - 1)
        between = _BETWEEN.match(masked, closing + 1, closing + _NEAR)
        if between is None or between["body"] not in ("{", "=>") or "=" in between[0][:-2]:
            continue
        if between["body"] == "{":
            yield name, match.start("name"), source.close(between.end() - 1)
        elif match["before"].strip():
            end = masked.find(";", between.end())
            yield name, match.start("name"), len(masked) if end < 0 else end


def _with_parents(symbols: Sequence[Symbol]) -> Iterator[Symbol]:
    enclosing: list[Symbol] = []
    for symbol in symbols:
        while enclosing and enclosing[-1].end < symbol.start:
            enclosing.pop()
        parent = enclosing[-1] if enclosing else None
        enclosing.append(symbol)
        if parent is None or parent.kind in ("namespace", "statement", "common table expression"):
            yield symbol
            continue
        is_method = symbol.kind == "function" and parent.kind in _TYPE_KINDS
        yield replace(symbol, kind="method" if is_method else symbol.kind, parent=parent.name)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _indent(row: str) -> int:
    expanded = row.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
