"""`%` and `.format` to f-strings, where the outcome is surely the same."""

import ast
import itertools
import re
import string
from collections.abc import Iterator, Sequence

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Outcome, Refactor, phrased
from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.python_trees import Parsed, parse_python
from lakewright.sandbox.reading.words import counted

_LITERAL = re.compile(r"(?P<prefix>[rRuU]?)(?P<quote>'''|\"\"\"|'|\")(?P<body>[\s\S]*)(?P=quote)")
_PERCENT = re.compile(r"%(?:(?P<conversion>[sr])|(?P<spec>\.\d+[fFeEgG]|[xXo])|(?P<percent>%)|(?P<other>))")
_TEXT_CALLS = frozenset({"str", "repr", "len", "int", "float", "hex", "round", "sum", "abs", "ascii"})
_NAMED = re.compile(r"(?P<index>\d+|[A-Za-z_]\w*|)(?P<rest>(?:\.[A-Za-z_]\w*)*)")
_CODES = re.compile(r"\\(?:N\{[^}]*\}|u\{)")


def _work(bench: Bench, _asked: re.Match[str]) -> Outcome:
    parsed = parse_python(bench.text) if bench.language and bench.language.name == "Python" else None
    if parsed is None:
        return Declined(f"`{bench.path}` is no Python that I can parse: f-strings are Python's.")
    splices, left = [], 0
    for node in _candidates(parsed, bench):
        new = _f_string(parsed, node)
        if new is None:
            left += 1
        else:
            splices.append(Splice(parsed.start(node), parsed.end(node), new))
    notes = (
        (f"{counted(left, 'other')} stayed: I can't be sure that an f-string gives the same there.",)
        if left
        else ()
    )
    if not splices:
        return Changes({}, "No `%` or `.format` there can surely become an f-string.", notes)
    return Changes(
        {bench.path: tuple(splices)}, f"Turned {counted(len(splices), 'string')} into f-strings.", notes
    )


def _candidates(parsed: Parsed, bench: Bench) -> Iterator[ast.expr]:
    """The outermost ones: none lies in another."""
    done = -1
    found = [node for node in _outside_f_strings(parsed.tree) if _is_formatting(node)]
    for node in sorted(found, key=parsed.start):
        if bench.is_chosen(node.lineno) and parsed.start(node) >= done:
            done = parsed.end(node)
            yield node


def _outside_f_strings(tree: ast.AST) -> Iterator[ast.expr]:
    """All expressions but those inside an f-string, where quotes would clash."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.expr):
            yield node
        if not isinstance(node, ast.JoinedStr):
            yield from _outside_f_strings(node)


def _is_formatting(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod()):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return True
        case _:
            return False


def _f_string(parsed: Parsed, node: ast.expr) -> str | None:
    left = node.left if isinstance(node, ast.BinOp) else node.func.value  # type: ignore[attr-defined]  # a candidate
    found = _LITERAL.fullmatch(parsed.source(left))
    if found is None or _is_joined(found) or _CODES.search(found["body"]):
        return None
    if "r" not in found["prefix"].lower() and re.search(r"\\[0-9xuU]", found["body"]):
        return None  # an escape may spell a brace or a per cent sign
    if isinstance(node, ast.BinOp):
        body = _from_percent(parsed, found, node.right)
    else:
        assert isinstance(node, ast.Call)
        body = _from_format(parsed, found, node)
    if body is None:
        return None
    prefix = found["prefix"].replace("u", "").replace("U", "")
    return f"{prefix}f{found['quote']}{body}{found['quote']}" if "{" in body else None


def _is_joined(found: re.Match[str]) -> bool:
    """Whether it is several literals side by side, not one."""
    quote, body = found["quote"], found["body"]
    return re.search(rf"(?<!\\)(?:\\\\)*{quote}", body) is not None or ("\n" in body and len(quote) == 1)


def _from_percent(parsed: Parsed, found: re.Match[str], right: ast.expr) -> str | None:
    values = list(right.elts) if isinstance(right, ast.Tuple) else [right]
    if not isinstance(right, ast.Tuple) and not _is_no_tuple(right):
        return None
    pieces, done = [], 0
    left = list(values)
    for match in _PERCENT.finditer(found["body"]):
        pieces.append(_doubled(found["body"][done : match.start()]))
        done = match.end()
        if match["percent"]:
            pieces.append("%")
            continue
        if match["other"] is not None or not left:
            return None
        text = _inside(parsed, left.pop(0), found["quote"])
        if text is None:
            return None
        conversion = "!r" if match["conversion"] == "r" else ""
        spec = f":{match['spec']}" if match["spec"] else ""
        pieces.append(f"{{{text}{conversion}{spec}}}")
    return None if left else "".join([*pieces, _doubled(found["body"][done:])])


def _is_no_tuple(node: ast.expr) -> bool:
    """Whether `%` takes it for the one value that it is."""
    match node:
        case ast.Constant() | ast.JoinedStr():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _TEXT_CALLS
        case (
            ast.BinOp(left=ast.Constant(value=int() | float()))
            | ast.BinOp(right=ast.Constant(value=int() | float()))
        ):
            return not isinstance(node.op, ast.Mult)
        case _:
            return False


def _from_format(parsed: Parsed, found: re.Match[str], call: ast.Call) -> str | None:
    if any(isinstance(one, ast.Starred) for one in call.args) or any(
        one.arg is None for one in call.keywords
    ):
        return None
    values: dict[str, ast.expr] = {str(number): one for number, one in enumerate(call.args)}
    values |= {one.arg: one.value for one in call.keywords if one.arg is not None}
    try:
        fields = list(string.Formatter().parse(found["body"]))
    except ValueError:
        return None
    pieces: list[str] = []
    used: list[str] = []
    counting = itertools.count()
    for text, name, spec, conversion in fields:
        pieces.append(_doubled(text))
        if name is None:
            continue
        field = _NAMED.fullmatch(name)
        if field is None or "{" in (spec or ""):
            return None
        key = field["index"] or str(next(counting))
        value = _inside(parsed, values[key], found["quote"]) if key in values else None
        if value is None or (field["rest"] and not re.fullmatch(r"[\w.]+", value)):
            return None
        used.append(key)
        pieces.append(
            f"{{{value}{field['rest']}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}}}"
        )
    if not _keeps_order(used, values, call):
        return None
    return "".join(pieces)


def _keeps_order(used: Sequence[str], values: dict[str, ast.expr], call: ast.Call) -> bool:
    """Whether each value is used, and those that do something are worked out once, in the same order."""
    if set(used) != set(values):
        return False
    active = [key for key in used if not isinstance(values[key], ast.Name | ast.Constant)]
    if len(active) != len(set(active)):
        return False
    written = sorted(active, key=lambda key: (values[key].lineno, values[key].col_offset))
    return len(call.args) + len(call.keywords) == len(values) and active == written


def _inside(parsed: Parsed, node: ast.expr, quote: str) -> str | None:
    """The expression as it can stand in an f-string of any Python, or None."""
    text = parsed.source(node)
    if any(
        sign in text for sign in (quote[0], "\\", "\n", "#", "{", "}", "!", ":=", "lambda", "yield", "await")
    ):
        return None
    if isinstance(node, ast.Starred | ast.GeneratorExp | ast.Tuple):
        return None
    if isinstance(node, ast.IfExp | ast.BoolOp | ast.Compare):
        return f"({text})"
    return text


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


F_STRINGS = Refactor(
    "turn `%` and `.format` into f-strings",
    "use f-strings",
    phrased(r"\bf-?\s?strings?\b", r"\bformatted string literals?\b"),
    _work,
)
