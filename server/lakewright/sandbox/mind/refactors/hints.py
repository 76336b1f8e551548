"""Type hints where a literal tells the type: defaults, and what a function returns."""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Outcome, Refactor, phrased
from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.python_trees import Function, Parsed, functions, own_nodes, parse_python
from lakewright.sandbox.reading.words import counted

_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
_TYPES = (bool, int, float, str, bytes)


def _work(bench: Bench, _asked: re.Match[str]) -> Outcome:
    parsed = parse_python(bench.text) if bench.language and bench.language.name == "Python" else None
    if parsed is None:
        return Declined(f"`{bench.path}` is no Python that I can parse.")
    splices: list[Splice] = []
    for function, _ in functions(parsed):
        if bench.is_chosen(function.lineno):
            splices += _of_arguments(parsed, function)
            splices += _of_return(parsed, function)
    if not splices:
        return Changes({}, "No default or returned value there is a literal that lacks its type.")
    return Changes(
        {bench.path: tuple(splices)}, f"Added {counted(len(splices), 'type hint')} that literals tell."
    )


def _of_arguments(parsed: Parsed, function: Function) -> Iterator[Splice]:
    every = function.args
    plain = [*every.posonlyargs, *every.args]
    pairs = [*zip(plain[len(plain) - len(every.defaults) :], every.defaults, strict=True)]
    pairs += [(one, value) for one, value in zip(every.kwonlyargs, every.kw_defaults, strict=True) if value]
    for argument, default in pairs:
        kind = _type_of(default)
        if kind is None or argument.annotation is not None:
            continue
        start, end, value = parsed.start(argument), parsed.end(argument), parsed.start(default)
        if parsed.text[end:value].strip() == "=":
            yield Splice(start, value, f"{argument.arg}: {kind} = ")


def _of_return(parsed: Parsed, function: Function) -> Iterator[Splice]:
    kind = _returned(function)
    if kind is None or function.returns is not None:
        return
    at = _end_of_parameters(parsed, function)
    if at is not None:
        yield Splice(at, at, f" -> {kind}")


def _type_of(node: ast.expr | None) -> str | None:
    match node:
        case None:
            return None
        case ast.Constant(value=value):
            return next((kind.__name__ for kind in _TYPES if type(value) is kind), None)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return _type_of(node.operand)
        case ast.JoinedStr():
            return "str"
        case ast.UnaryOp(op=ast.Not()):
            return "bool"
        case _:
            return None


def _returned(function: Function) -> str | None:
    """The type of all that it returns, "None" where it returns nothing; None where that isn't sure."""
    nodes = list(own_nodes(function))
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes) or _is_stub(function):
        return None
    values = [node.value for node in nodes if isinstance(node, ast.Return)]
    if not any(values):
        return "None" if not any(isinstance(node, ast.Raise) for node in function.body) else None
    kinds = {_type_of(value) for value in values}
    return kinds.pop() if len(kinds) == 1 and _always_returns(function.body) else None


def _is_stub(function: Function) -> bool:
    """Whether its body says nothing: abstract, a protocol's, an overload, to be overridden."""
    told = [
        one
        for one in function.body
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
    ]
    named = " ".join(ast.unparse(one) for one in function.decorator_list)
    return (
        all(isinstance(one, ast.Pass | ast.Raise) for one in told)
        or "abstract" in named
        or "overload" in named
    )


def _always_returns(body: Sequence[ast.stmt]) -> bool:
    """Whether the end of the body is never reached."""
    match body[-1]:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=then, orelse=other):
            return bool(other) and _always_returns(then) and _always_returns(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return _always_returns(inner)
        case ast.Try(body=tried, handlers=handlers, orelse=other, finalbody=final):
            ways = [other or tried, *(one.body for one in handlers)]
            return all(map(_always_returns, ways)) or bool(final and _always_returns(final))
        case _:
            return False


def _end_of_parameters(parsed: Parsed, function: Function) -> int | None:
    """Behind the bracket that closes them."""
    first = bisect_left(parsed.tokens, (function.lineno, function.col_offset), key=lambda token: token.start)
    depth = 0
    for token in parsed.tokens[first:]:
        depth += (token.string in _OPENING) - (token.string in _CLOSING)
        if depth == 0 and token.string == ")":
            return parsed.token_end(token)
    return None


HINTS = Refactor(
    "add type hints that literals tell",
    "add type hints",
    phrased(
        r"\btype[- ]?(?:hints?|annotations?)\b", r"\badd\s+(?:the\s+)?(?:missing\s+)?(?:types|annotations)\b"
    ),
    _work,
)
