"""Sort imports: Python as isort does with its own style, TypeScript and JavaScript, Go."""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Outcome, Refactor, phrased
from lakewright.sandbox.mind.splices import Splice, line_starts
from lakewright.sandbox.reading.python_trees import Parsed, parse_python

_SCRIPT_IMPORT = re.compile(
    r"import\s+(?P<what>[\w*{][^;'\"]*?)\s+from\s+['\"](?P<module>[^'\"\n]+)['\"];?[ \t]*"
)
_GO_BLOCK = re.compile(r"^import \(\n(?P<body>[\s\S]*?)^\)", re.MULTILINE)
_GO_ROW = re.compile(r"\s*(?:[\w.]+\s+)?\"(?P<path>[^\"]+)\"\s*(?://.*)?")
_OF_NODE = """
assert buffer child_process crypto events fs http https net os path process stream url util zlib
"""
_NODE = frozenset(_OF_NODE.split())


@dataclass(frozen=True, slots=True)
class _Statement:
    """An import with the remarks above it: its group, its key, its lines."""

    group: int
    key: tuple[object, ...]
    rows: tuple[str, ...]


def _work(bench: Bench, _asked: re.Match[str]) -> Outcome:
    language = bench.language.name if bench.language else ""
    if language == "Python":
        parsed = parse_python(bench.text)
        if parsed is None:
            return Declined(f"`{bench.path}` can't be parsed as Python.")
        regions = list(_python(parsed, bench))
    elif language in ("JavaScript", "TypeScript"):
        regions = list(_scripts(bench.text))
    elif language == "Go":
        regions = list(_go(bench.text))
    else:
        return Declined("I sort imports of Python, JavaScript, TypeScript and Go only.")
    starts = line_starts(bench.text)
    rows = bench.text.split("\n")
    splices = [
        Splice(starts[first], starts[last] - 1, "\n".join(sorted_rows))
        for first, last, sorted_rows in regions
        if rows[first:last] != sorted_rows
    ]
    if not splices:
        return Changes({}, "The imports are sorted already.")
    return Changes(
        {bench.path: tuple(splices)},
        "Sorted the imports: those of the language first, then of others, then own.",
    )


_Region = tuple[int, int, list[str]]
"""First line and the one after the last, counted from 0, and the lines that belong there."""


def _python(parsed: Parsed, bench: Bench) -> Iterator[_Region]:
    """Runs of imports at the top level with nothing but blank lines and remarks between them."""
    run: list[ast.Import | ast.ImportFrom] = []
    for node in [*parsed.tree.body, None]:
        if isinstance(node, ast.Import | ast.ImportFrom) and _stands_alone(parsed, node):
            run.append(node)
            continue
        if len(run) > 1:
            yield _python_run(parsed, run, bench.path)
        run = []


def _stands_alone(parsed: Parsed, node: ast.stmt) -> bool:
    rows = parsed.lines[node.lineno - 1 : node.end_lineno]
    return node.col_offset == 0 and not any(";" in row for row in rows)


def _python_run(parsed: Parsed, run: Sequence[ast.Import | ast.ImportFrom], path: str) -> _Region:
    statements = []
    before = run[0].lineno - 1
    for node in run:
        end = node.end_lineno or node.lineno
        remarks = [row for row in parsed.lines[before : node.lineno - 1] if row.strip()]
        own = _with_sorted_names(parsed, node)
        statements.append(_Statement(_python_group(node, path), _python_key(node), (*remarks, *own)))
        before = end
    return run[0].lineno - 1, before, _written(statements)


def _written(statements: Sequence[_Statement]) -> list[str]:
    """In order of group and key, a blank line between groups, no statement twice."""
    rows: list[str] = []
    group: int | None = None
    seen: set[tuple[str, ...]] = set()
    for one in sorted(statements, key=lambda one: (one.group, one.key)):
        if one.rows in seen:
            continue
        seen.add(one.rows)
        rows += ["", *one.rows] if group not in (None, one.group) else one.rows
        group = one.group
    return rows


def _python_group(node: ast.Import | ast.ImportFrom, path: str) -> int:
    """0: the future, 1: Python's own, 2: others', 3: own, 4: relative."""
    if isinstance(node, ast.ImportFrom) and node.level:
        return 4
    module = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
    top = module.split(".")[0]
    if top == "__future__":
        return 0
    if top in sys.stdlib_module_names:
        return 1
    return 3 if top in path.split("/")[:-1] or top == path.rsplit("/", 1)[-1].removesuffix(".py") else 2


def _python_key(node: ast.Import | ast.ImportFrom) -> tuple[object, ...]:
    """Whole modules come before names from modules; more dots come first."""
    if isinstance(node, ast.Import):
        return 0, 0, node.names[0].name.lower()
    return 1, -node.level, (node.module or "").lower()


def _with_sorted_names(parsed: Parsed, node: ast.Import | ast.ImportFrom) -> list[str]:
    """Its lines; the names of a `from` that stands on one line in order."""
    rows = parsed.lines[node.lineno - 1 : node.end_lineno]
    if isinstance(node, ast.Import) or len(rows) > 1 or node.names[0].name == "*":
        return rows
    names = sorted(node.names, key=lambda one: (_rank(one.name), one.name.lower(), one.name))
    start, end = parsed.start(node.names[0]), parsed.end(node.names[-1])
    row = parsed.line_start(node.lineno)
    text = ", ".join(ast.unparse(one) for one in names)
    return [rows[0][: start - row] + text + rows[0][end - row :]]


def _rank(name: str) -> int:
    """Constants, then classes, then the rest: isort's order by type."""
    if name.isupper() and len(name) > 1:
        return 0
    return 1 if name[:1].isupper() else 2


def _scripts(text: str) -> Iterator[_Region]:
    """Runs of `import … from`; an import for its effect stays where it is, and ends a run."""
    rows = text.split("\n")
    run: list[_Statement] = []
    first = last = number = 0
    while number <= len(rows):
        found = _SCRIPT_IMPORT.match("\n".join(rows[number : number + 30])) if number < len(rows) else None
        if found and rows[number : number + 1] and _ends_line(rows, number, found):
            size = found[0].count("\n") + 1
            first = first if run else number
            run.append(_script_statement(found, tuple(rows[number : number + size])))
            number += size
            last = number
            continue
        if number == len(rows) or rows[number].strip():
            if len(run) > 1:
                yield first, last, _written(run)
            run = []
        number += 1


def _ends_line(rows: Sequence[str], number: int, found: re.Match[str]) -> bool:
    """Whether nothing follows on the line of its end."""
    size = found[0].count("\n")
    return "\n".join(rows[number : number + size + 1]).rstrip() == found[0].rstrip()


def _script_statement(found: re.Match[str], rows: tuple[str, ...]) -> _Statement:
    module = found["module"]
    if module.startswith("node:") or module.split("/")[0] in _NODE:
        group = 1
    elif module.startswith("."):
        group = 4
    else:
        group = 3 if module.startswith(("@/", "~/")) else 2
    return _Statement(group, (not module.startswith(".."), module.lower(), module), rows)


def _go(text: str) -> Iterator[_Region]:
    """Each block of imports: those of Go, which have no dot in their first part, then the others."""
    for block in _GO_BLOCK.finditer(text):
        rows = block["body"].split("\n")[:-1]
        first = text.count("\n", 0, block.start("body"))
        found = [_GO_ROW.fullmatch(row) for row in rows if row.strip()]
        if not all(found):
            continue
        statements = [
            _Statement(2 if "." in match["path"].split("/")[0] else 1, (match["path"],), (match[0],))
            for match in found
            if match
        ]
        yield first, first + len(rows), _written(statements)


IMPORTS = Refactor(
    "sort imports",
    "sort the imports",
    phrased(r"\b(?:sort|order|organi[sz]e|tidy|arrange|group|isort)\b[^.\n]{0,30}\bimports?\b", r"\bisort\b"),
    _work,
)
