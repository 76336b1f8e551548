"""Python's own syntax trees, with offsets that count characters of the text."""

import ast
import io
import tokenize
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Parsed:
    """A module: its text, its tree, its tokens."""

    text: str
    tree: ast.Module
    tokens: tuple[tokenize.TokenInfo, ...]

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def line_start(self, line: int) -> int:
        """The offset of a line, counted from 1."""
        return self._starts[min(line - 1, len(self._starts) - 1)]

    def line_at(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def offset(self, line: int, column: int) -> int:
        """The offset of a place of the tree, whose columns count UTF-8 bytes."""
        row = self.lines[line - 1]
        if row.isascii():
            return self._starts[line - 1] + column
        return self._starts[line - 1] + len(
            row.encode(errors="surrogatepass")[:column].decode(errors="ignore")
        )

    def start(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias) -> int:
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def source(self, node: ast.expr | ast.stmt) -> str:
        return self.text[self.start(node) : self.end(node)]

    def token_start(self, token: tokenize.TokenInfo) -> int:
        return self._starts[token.start[0] - 1] + token.start[1]

    def token_end(self, token: tokenize.TokenInfo) -> int:
        return self._starts[token.end[0] - 1] + token.end[1]

    @cached_property
    def names(self) -> list[tuple[int, str]]:
        """Each name in the code, keywords too, with its offset; in order."""
        return [
            (self.token_start(token), token.string) for token in self.tokens if token.type == tokenize.NAME
        ]

    def next_name(self, offset: int, name: str) -> int | None:
        """Where the name next stands as a token, at `offset` or behind it."""
        first = bisect_left(self.names, (offset, ""))
        return next((at for at, found in self.names[first:] if found == name), None)


def parse_python(text: str) -> Parsed | None:
    """None for what this Python can't read, and for line ends that would shift every offset."""
    if "\r" in text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the escapes of other people's strings
            tree = ast.parse(text)
        tokens = tuple(tokenize.generate_tokens(io.StringIO(text).readline))
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return None
    return Parsed(text, tree, tokens)


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(parsed: Parsed) -> Iterator[tuple[Function, ast.AST]]:
    """Each function with what holds it, in order of lines."""
    found = [
        (child, parent)
        for parent in ast.walk(parsed.tree)
        for child in ast.iter_child_nodes(parent)
        if isinstance(child, Function)
    ]
    yield from sorted(found, key=lambda pair: pair[0].lineno)


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """What belongs to the function itself: not to functions, classes and lambdas inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
