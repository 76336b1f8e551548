"""Where definitions begin and end, found by patterns, brackets and indentation."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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
_TYPE_KINDS = frozenset(
    {"class", "interface", "enum", "struct", "trait", "object", "record", "impl", "namespace", "type"}
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition; lines are those of its source, inclusive."""

    kind: str
    name: str
    start: int
    end: int
    signature: str
    parent: str | None = None

    @property
    def is_function(self) -> bool:
        """Whether it does something: a function, or a statement of SQL."""
        return self.kind not in _TYPE_KINDS and self.kind != "macro"

    @property
    def full_name(self) -> str:
        return f"{self.parent}.{self.name}" if self.parent else self.name

    @property
    def size(self) -> int:
        return self.end - self.start + 1


def find_symbols(source: Source) -> list[Symbol]:
    """All definitions in order of their first line."""
    language = source.language
    if language is None:
        return []
    found: dict[int, tuple[str, str, int, int]] = {}
    for definition in language.definitions:
        for match in definition.pattern.finditer(source.masked):
            start = _line_start(source.masked, match.start("name"))
            end = _end(source, match.start(), match.end())
            found.setdefault(start, (definition.kind, match["name"].strip('`"[]'), match.start("name"), end))
    if language.typed_functions:
        for name, start, end in _typed_functions(source.masked):
            found.setdefault(_line_start(source.masked, start), ("function", name, start, end))
    symbols = [_symbol(source, *found[start]) for start in sorted(found)]
    return list(_with_parents(symbols))


def _symbol(source: Source, kind: str, name: str, at: int, end: int) -> Symbol:
    masked = source.masked
    start_line = source.first + masked.count("\n", 0, at)
    end_line = source.first + masked.count("\n", 0, end)
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
    following = masked[at:].lstrip()[:1]
    return following not in ("{", ":", ")", "-", "=") and not masked[:at].rstrip().endswith((",", "(", "="))


def _end(source: Source, start: int, after_name: int) -> int:
    """Where the definition ends: at its closing brace, or where the indentation falls back."""
    masked = source.masked
    if source.language is not None and source.language.name == "SQL":
        return _end_of_statement(masked, after_name)
    if source.language is not None and source.language.indented:
        return _end_by_indentation(masked, start, after_name)
    depth = 0
    for at in range(after_name, len(masked)):
        letter = masked[at]
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif depth <= 0 and letter == "{":
            return matching_brace(masked, at)
        elif depth <= 0 and letter == ";":
            return at
        elif depth <= 0 and letter == "\n" and _ends_line(masked, at):
            return _end_by_indentation(masked, start, at)
    return len(masked)


def _end_of_statement(masked: str, at: int) -> int:
    if masked[at : at + 1] == "(":
        return matching_brace(masked, at, "()")
    end = masked.find(";", at)
    return len(masked) if end < 0 else end


def _end_by_indentation(masked: str, start: int, after: int) -> int:
    """The end of the last line that is indented deeper than the definition's own line."""
    line_start = _line_start(masked, after if masked[start:after].strip() == "" else start)
    while masked[line_start : line_start + 1] == "\n":
        line_start += 1
    own = _indent(masked[line_start:].split("\n", 1)[0])
    at = _end_of_header(masked, after)
    last = at
    while 0 <= at < len(masked):
        following = masked.find("\n", at + 1)
        row = masked[at + 1 : following if following >= 0 else len(masked)]
        if row.strip():
            if _indent(row) <= own and not row.lstrip().startswith((")", "]", "}")):
                break
            last = following if following >= 0 else len(masked)
        if following < 0:
            break
        at = following
    return max(last - 1, after)


def _end_of_header(masked: str, after: int) -> int:
    depth = 0
    for at in range(after, len(masked)):
        depth += (masked[at] in "([{") - (masked[at] in ")]}")
        if masked[at] == "\n" and depth <= 0:
            return at
    return len(masked)


def matching_brace(masked: str, at: int, pair: str = "{}") -> int:
    """The place of the bracket that closes the one at `at`; the end of the text when there is none."""
    depth = 0
    for place in range(at, len(masked)):
        if masked[place] == pair[0]:
            depth += 1
        elif masked[place] == pair[1]:
            depth -= 1
            if depth == 0:
                return place
    return len(masked)


def _typed_functions(masked: str) -> Iterator[tuple[str, int, int]]:
    """`type name(arguments) {` and what looks like it: methods, constructors, expression bodies."""
    for match in _CANDIDATE.finditer(masked):
        name = match["name"]
        if name in _NO_FUNCTION or _STARTS_STATEMENT.search(match["before"]):
            continue
        closing = matching_brace(masked, match.end() - 1, "()")
        between = _BETWEEN.match(masked, closing + 1)
        if between is None or between["body"] not in ("{", "=>") or "=" in between[0][:-2]:
            continue
        if between["body"] == "{":
            yield name, match.start("name"), matching_brace(masked, between.end() - 1)
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
