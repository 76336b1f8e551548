"""Symbols, imports and identifiers of a source text, by its grammar; nothing is kept between calls.

What counts as a symbol is data: `queries/<language>.scm`. Broken code is parsed as far as it goes.
"""

import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from lakewright.workspace.languages import Language

if TYPE_CHECKING:
    import tree_sitter

MAX_SIGNATURE = 160
_HOLDERS = frozenset({"class", "interface", "trait", "struct", "enum", "object", "impl"})
"""Kinds whose functions are methods."""

_WRAPPERS = frozenset({"decorated_definition", "export_statement", "template_declaration"})
"""What stands around a definition and belongs to it."""

# The SQL grammar knows neither; blanks in their place leave every position as it is.
_SQL_UNKNOWN = re.compile(
    r"\bOR\s+(?:REPLACE|REFRESH)\b|\b(?:STREAMING|LIVE)(?=\s+(?:TABLE|VIEW)\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition. Lines are 1-based and inclusive, decorators included; `line` is the one with its
    name. `parent` is the qualified name of what it lies in, "" at the top; `depth` is 0 there.
    """

    kind: str
    name: str
    start_line: int
    end_line: int
    line: int
    signature: str
    parent: str
    depth: int

    @property
    def qualified(self) -> str:
        return f"{self.parent}.{self.name}" if self.parent else self.name


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text; both count from 1, the column in characters."""

    line: int
    column: int


def outline(text: str, language: Language) -> list[Symbol]:
    """The symbols in the order of the text, outer before inner."""
    found = sorted(_definitions(text, language), key=lambda one: (one.start, -one.end))
    symbols: list[Symbol] = []
    open_ones: list[tuple[_Definition, Symbol]] = []
    for one in found:
        while open_ones and open_ones[-1][0].end <= one.start:
            open_ones.pop()
        holders = [symbol for _, symbol in open_ones]
        symbol = _symbol(one, holders)
        open_ones.append((one, symbol))
        if symbol.kind != "impl":
            symbols.append(symbol)
    return symbols


def imports(text: str, language: Language) -> list[str]:
    """The import statements, each on one line."""
    root = _parsed(text, language)
    nodes = (node for _, captures in _matches(root, language) for node in captures.get("import", ()))
    return [_one_line(_text(node)) for node in nodes]


def enclosing(symbols: Sequence[Symbol], start: int, end: int) -> Symbol | None:
    """The smallest symbol that holds all of the lines, or None."""
    around = (symbol for symbol in symbols if symbol.start_line <= start and end <= symbol.end_line)
    return min(around, key=lambda symbol: (symbol.end_line - symbol.start_line, -symbol.depth), default=None)


def occurrences(text: str, language: Language, name: str) -> list[Position]:
    """Where the name stands as an identifier: not in comments, strings or parts of other names."""
    root = _parsed(text, language)
    flags = re.IGNORECASE if language.name == "sql" else 0
    found: list[Position] = []
    done = at = 0
    for match in re.finditer(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text, flags):
        at += len(_encoded(text[done : match.start()]))
        done = match.start()
        node = root.descendant_for_byte_range(at, at + len(_encoded(match[0])))
        if node is not None and "identifier" in node.type and len(_text(node)) == len(match[0]):
            line_start = text.rfind("\n", 0, done) + 1
            found.append(Position(node.start_point.row + 1, done - line_start + 1))
    return found


def broken_lines(text: str, language: Language) -> list[int]:
    """The lines, from 1, where the grammar had to skip or to add something; one entry for each place."""
    found: list[int] = []
    waiting = [_parsed(text, language)]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            found.append(node.start_point.row + 1)
        elif node.has_error:
            waiting.extend(node.children)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Definition:
    """A match of a query. `start` and `end` are byte offsets, `holder` the type named beside it."""

    kind: str
    name: str
    start: int
    end: int
    start_line: int
    end_line: int
    line: int
    signature: str
    holder: str


def _definitions(text: str, language: Language) -> Iterator[_Definition]:
    """One for each name. Where several patterns fit, the one that stands first in the file counts."""
    best: dict[int, tuple[int, _Definition]] = {}
    source = _encoded(text)
    for index, captures in _matches(_parsed(text, language), language):
        name = captures.get("name", [None])[0]
        kind = next((key for key in captures if key not in ("name", "receiver") and key[0] != "_"), None)
        if name is None or kind is None:
            continue
        known = best.get(name.start_byte)
        if known is None or index < known[0]:
            best[name.start_byte] = (index, _definition(kind, name, captures, source))
    return (definition for _, definition in best.values())


def _definition(
    kind: str, name: "tree_sitter.Node", captures: dict[str, list["tree_sitter.Node"]], source: bytes
) -> _Definition:
    node = captures[kind][0]
    outer = node
    while outer.parent is not None and outer.parent.type in _WRAPPERS:
        outer = outer.parent
    holder = "".join(_plain(_text(one)) for one in captures.get("receiver", ())[:1])
    qualifiers, _, last = _one_line(_text(name)).rpartition("::")
    end_row = outer.end_point.row + (outer.end_point.column > 0 or outer.end_point == outer.start_point)
    return _Definition(
        kind,
        last.strip("\"'`") or last,
        outer.start_byte,
        outer.end_byte,
        outer.start_point.row + 1,
        max(end_row, name.end_point.row + 1),
        name.start_point.row + 1,
        _signature(node, source),
        holder or re.sub(r"<[^>]*>", "", qualifiers).replace("::", "."),
    )


def _symbol(one: _Definition, holders: list[Symbol]) -> Symbol:
    parent = ".".join(part for part in (holders[-1].qualified if holders else "", one.holder) if part)
    is_method = one.kind == "function" and (one.holder or (holders and holders[-1].kind in _HOLDERS))
    depth = sum(symbol.kind != "impl" for symbol in holders)
    name = _plain(one.name) if one.kind == "impl" else one.name
    kind = "method" if is_method else one.kind
    return Symbol(kind, name, one.start_line, one.end_line, one.line, one.signature, parent, depth)


def _signature(node: "tree_sitter.Node", source: bytes) -> str:
    """The definition up to its body, on one line; its first line where it has no body."""
    inner = node.child_by_field_name("value") or node.child_by_field_name("right") or node
    body = node.child_by_field_name("body") or inner.child_by_field_name("body")
    if body is None or body.start_byte == node.start_byte:
        text = source[node.start_byte : node.end_byte].decode("utf-8", "replace").split("\n", 1)[0]
        return _one_line(text).rstrip(" {=:(")
    before = body.prev_sibling
    while before is not None and "comment" in before.type:
        before = before.prev_sibling
    end = before.end_byte if before is not None else body.start_byte
    text = source[node.start_byte : end].decode("utf-8", "replace")
    text = re.sub(r"([(\[])\s*\n\s*|,?\s*\n\s*([)\]])", r"\1\2", text)
    return _one_line(text).rstrip(" {=:").removesuffix("=>").rstrip()


def _one_line(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= MAX_SIGNATURE else joined[: MAX_SIGNATURE - 1] + "…"


def _plain(name: str) -> str:
    """A type's name without pointers, references, parameters: `*Stack[T]` is `Stack`."""
    match = re.search(r"[\w.]+", name)
    return match[0] if match else name


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _text(node: "tree_sitter.Node") -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _parsed(text: str, language: Language) -> "tree_sitter.Node":
    import tree_sitter  # noqa: PLC0415 - 20 ms that only those pay who ask for syntax

    if language.name == "sql":
        text = _SQL_UNKNOWN.sub(lambda match: re.sub(r"\S", " ", match[0]), text)
    return tree_sitter.Parser(_grammar(language)).parse(_encoded(text)).root_node


def _matches(
    root: "tree_sitter.Node", language: Language
) -> list[tuple[int, dict[str, list["tree_sitter.Node"]]]]:
    import tree_sitter  # noqa: PLC0415 - as above

    return tree_sitter.QueryCursor(_query(language)).matches(root)


@cache
def _grammar(language: Language) -> "tree_sitter.Language":
    import tree_sitter  # noqa: PLC0415 - as above

    return tree_sitter.Language(getattr(importlib.import_module(language.module), language.function)())


@cache
def _query(language: Language) -> "tree_sitter.Query":
    import tree_sitter  # noqa: PLC0415 - as above

    folder = files("lakewright.workspace").joinpath("queries")
    sources = [folder.joinpath(f"{name}.scm").read_text("utf-8") for name in language.query_names]
    return tree_sitter.Query(_grammar(language), "\n".join(sources))
