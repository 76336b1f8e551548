"""Give a literal a name: a constant at the top of the file in place of it."""

import ast
import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Outcome, Refactor, phrased
from lakewright.sandbox.mind.refactors.constants_braced import braced_constant
from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.python_trees import Parsed, parse_python
from lakewright.sandbox.reading.words import counted

_KNOWN: Mapping[str, str] = MappingProxyType(
    {"60": "SECONDS_PER_MINUTE", "3600": "SECONDS_PER_HOUR", "86400": "SECONDS_PER_DAY", "1024": "KIBIBYTE"}
)
_DULL = ("0", "1", "-1", "2", "''", '""', "0.0", "1.0", "True", "False", "None", "...")


def _work(bench: Bench, asked: re.Match[str]) -> Outcome:
    told = {key: value for key, value in asked.groupdict().items() if value}
    name, literal = told.get("name"), told.get("literal", "").strip("`") or None
    language = bench.language.name if bench.language else ""
    if language in ("JavaScript", "TypeScript", "Go"):
        return braced_constant(bench, language, literal, name)
    parsed = parse_python(bench.text) if language == "Python" else None
    if parsed is None:
        return Declined(f"`{bench.path}` is no Python, JavaScript, TypeScript or Go that I can read.")
    found = [node for node in _literals(parsed) if bench.is_chosen(node.lineno)]
    wanted = _wanted(parsed, found, literal)
    if isinstance(wanted, Declined):
        return wanted
    name = name or _name_for(parsed, wanted[0])
    if name is None or not name.isidentifier():
        return Declined("I need a name for the constant: extract the constant 3600 as SECONDS_PER_HOUR.")
    if any(word == name for _, word in parsed.names):
        return Declined(f"`{name}` stands already in `{bench.path}`.")
    text = parsed.source(wanted[0])
    at, before, after = _place(parsed)
    splices = [Splice(at, at, f"{before}{name} = {text}\n{after}")]
    splices += [Splice(parsed.start(node), parsed.end(node), name) for node in wanted]
    return Changes(
        {bench.path: tuple(splices)},
        f"Extracted `{text}` as `{name}` and put it in {counted(len(wanted), 'place')}.",
    )


def _wanted(parsed: Parsed, found: Sequence[ast.expr], literal: str | None) -> list[ast.expr] | Declined:
    """All nodes of the literal that is named, or of the only one that tells something."""
    if literal is not None:
        meant = _same_as(literal)
        nodes = [node for node in found if ast.dump(node) in meant]
        return nodes or Declined(f"`{literal}` doesn't stand there as a literal that a name could replace.")
    telling = [node for node in found if ast.unparse(node) not in _DULL]
    kinds = list(dict.fromkeys(ast.dump(node) for node in telling))
    if not kinds:
        return Declined("No literal there tells enough to deserve a name.")
    if len(kinds) > 1:
        shown = ", ".join(dict.fromkeys(f"`{parsed.source(node)}`" for node in telling[:6]))
        return Declined(f"Several literals could be meant: {shown}. Name the one, and the constant.")
    return telling


def _same_as(literal: str) -> set[str]:
    """How the tree shows the literal, and the string of these letters where it came without quotes."""
    meant = {ast.dump(ast.Constant(literal))}
    with contextlib.suppress(SyntaxError, ValueError):
        meant.add(ast.dump(ast.parse(literal, mode="eval").body))
    return meant


def _literals(parsed: Parsed) -> Iterator[ast.expr]:
    """Numbers and strings that a name can replace: no docstrings, patterns, types, parts of f-strings."""
    waiting: list[ast.AST] = [parsed.tree]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
                yield node
            case ast.Constant(value=int() | float() | str() | bytes()) if not isinstance(node.value, bool):
                if _is_one_token(parsed, node):
                    yield node
            case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.pattern():
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()) if name.isupper():
                pass
            case ast.AnnAssign(value=value):
                waiting += [value] if value is not None else []
            case ast.arg():
                pass
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                waiting += [*node.decorator_list, node.args, *node.body]
            case _:
                waiting += list(ast.iter_child_nodes(node))


def _is_one_token(parsed: Parsed, node: ast.Constant) -> bool:
    """Whether it is one literal on one line, not several side by side."""
    text = parsed.source(node)
    if isinstance(node.value, str | bytes):
        return re.fullmatch(r"[rRbBuU]{0,2}(?:'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")", text) is not None
    return re.fullmatch(r"[\w.+-]+", text) is not None


def _name_for(parsed: Parsed, node: ast.expr) -> str | None:
    """From a well-known number, from what it is given to, from the words of a string."""
    text = parsed.source(node).replace("_", "")
    if text in _KNOWN:
        return _KNOWN[text]
    row = parsed.lines[node.lineno - 1]
    given = re.search(rf"([A-Za-z_]\w*)\s*=\s*{re.escape(parsed.source(node))}(?!\w)", row)
    if given:
        return given[1].upper().strip("_")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = re.findall(r"[A-Za-z]\w*", node.value)[:4]
        return "_".join(words).upper() or None
    return None


def _place(parsed: Parsed) -> tuple[int, str, str]:
    """Where the constant goes, below the imports at the top; and the blank lines around it."""
    last: ast.stmt | None = None
    for number, node in enumerate(parsed.tree.body):
        is_docstring = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Import | ast.ImportFrom) or is_docstring:
            last = node
        elif not isinstance(node, ast.If | ast.Try) or not _only_imports(node):
            break
        else:
            last = node
    line = (last.end_lineno or last.lineno) + 1 if last is not None else 1
    while last is None and line <= len(parsed.lines) and parsed.lines[line - 1].startswith("#"):
        line += 1
    blank = line <= len(parsed.lines) and not parsed.lines[line - 1].strip()
    at = min(parsed.line_start(line), len(parsed.text))
    return at, "\n" if last is not None else "", "" if blank else "\n"


def _only_imports(node: ast.If | ast.Try) -> bool:
    inside = [*node.body, *node.orelse]
    if isinstance(node, ast.Try):
        inside += [one for handler in node.handlers for one in handler.body]
    return all(isinstance(one, ast.Import | ast.ImportFrom | ast.Pass | ast.Assign) for one in inside)


_LITERAL = r"(?P<literal>[rb]?\"[^\"\n]*\"|[rb]?'[^'\n]*'|`[^`\n]+`|-?\d[\w.]*)"
CONSTANT = Refactor(
    "extract a literal as a constant",
    "extract the constant 3600 as SECONDS_PER_HOUR",
    phrased(
        rf"\b(?:extract|replace|move|turn|make)\b[^\n]{{0,40}}?(?<!\w){_LITERAL}[^\n]{{0,30}}?\b(?:as|to|into|with|called|named|by)"
        r"\s+(?:(?:a|the|named|constant|module|level|called)[\s-]+)*[`'\"]?(?P<name>[A-Za-z_]\w*)",
        rf"\bextract\b[^\n]{{0,40}}?(?<!\w){_LITERAL}",
        r"\bextract\b[^.\n]{0,30}\b(?:constant|literal|number|string|magic)\b(?:[^.\n]{0,20}\b(?:as|called|named)\s+[`'\"]?(?P<name>[A-Za-z_]\w*))?",
        r"\bmagic (?:number|string|value)s?\b",
    ),
    _work,
)
