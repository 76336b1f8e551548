"""Docstring skeletons for functions that have none: Python, JavaScript, TypeScript, Go."""

import ast
import re
from collections.abc import Iterator

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Outcome, Refactor, phrased
from lakewright.sandbox.mind.refactors.docstrings_braced import (
    comments_above,
    sentence_of_name,
    words_of_name,
)
from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.python_trees import Function, Parsed, functions, own_nodes, parse_python
from lakewright.sandbox.reading.source import read_source
from lakewright.sandbox.reading.words import counted

_BRACED = ("JavaScript", "TypeScript", "Go")


def _work(bench: Bench, _asked: re.Match[str]) -> Outcome:
    language = bench.language.name if bench.language else ""
    if language == "Python":
        parsed = parse_python(bench.text)
        if parsed is None:
            return Declined(f"`{bench.path}` can't be parsed as Python.")
        splices = tuple(_python(parsed, bench))
    elif language in _BRACED:
        splices = tuple(comments_above(read_source(bench.path, bench.text), bench, language))
    else:
        return Declined(f"I write docstrings in Python, {', '.join(_BRACED[:-1])} and {_BRACED[-1]} only.")
    if not splices:
        return Changes({}, "Every function there has a docstring already.")
    told = f"Added a docstring skeleton to {counted(len(splices), 'function')}."
    return Changes(
        {bench.path: splices}, told, ("Its words come from names: say what the names don't tell.",)
    )


def _python(parsed: Parsed, bench: Bench) -> Iterator[Splice]:
    for function, _ in functions(parsed):
        body = function.body[0]
        on_head = body.lineno <= _end_of_head(function)
        if not bench.is_chosen(function.lineno) or on_head or ast.get_docstring(function) is not None:
            continue
        if any(_last_name(one) == "overload" for one in function.decorator_list):
            continue
        line = min([body.lineno, *(one.lineno for one in getattr(body, "decorator_list", ()))])
        while _is_remark(parsed.lines[line - 2]):
            line -= 1
        indent = re.match(r"\s*", parsed.lines[body.lineno - 1])
        assert indent is not None
        at = parsed.line_start(line)
        rows = [f"{indent[0]}{row}" if row else "" for row in _python_rows(function)]
        yield Splice(at, at, "\n".join([*rows, ""]))


def _end_of_head(function: Function) -> int:
    """The last line that can belong to the head, as far as the tree tells."""
    parts: list[ast.AST] = [*ast.walk(function.args), *([function.returns] if function.returns else [])]
    return max([function.lineno, *(getattr(part, "end_lineno", 0) or 0 for part in parts)])


def _is_remark(row: str) -> bool:
    return not row.strip() or row.lstrip().startswith("#")


def _python_rows(function: Function) -> list[str]:
    summary = f"{sentence_of_name(function.name)}."
    rows = _python_sections(function)
    return [f'"""{summary}', *rows, '"""'] if rows else [f'"""{summary}"""']


def _python_sections(function: Function) -> list[str]:
    every = function.args
    names = [one.arg for one in (*every.posonlyargs, *every.args, *every.kwonlyargs)]
    names += [f"{'*' * stars}{one.arg}" for stars, one in ((1, every.vararg), (2, every.kwarg)) if one]
    names = [name for name in names if name not in ("self", "cls")]
    nodes = list(own_nodes(function))
    gives = any(isinstance(node, ast.Return) and node.value is not None for node in nodes)
    yields = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes)
    raised = [_last_name(node.exc) for node in nodes if isinstance(node, ast.Raise) and node.exc is not None]
    rows = ["", "Args:", *(f"    {name}: The {words_of_name(name)}." for name in names)] if names else []
    if gives and not _is_property(function):
        rows += ["", "Returns:", f"    The {words_of_name(function.name)}."]
    rows += ["", "Yields:", f"    The {words_of_name(function.name)}."] if yields else []
    errors = [name for name in dict.fromkeys(raised) if name[:1].isupper()]
    rows += ["", "Raises:", *(f"    {name}: If it can't be done." for name in errors)] if errors else []
    return rows


def _is_property(function: Function) -> bool:
    return any(_last_name(one) in ("property", "cached_property") for one in function.decorator_list)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Call(func=called):
            return _last_name(called)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


DOCSTRINGS = Refactor(
    "add docstring skeletons to functions that have none",
    "add docstrings",
    phrased(
        r"\b(?:add|write|create|insert|generate|give)\b[^.\n]{0,40}"
        r"\b(?:docstrings?|jsdoc|doc comments?|documentation)\b",
        r"^\s*document\b",
    ),
    _work,
)
