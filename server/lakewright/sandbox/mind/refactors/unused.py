"""Remove imports that nothing in the file uses: Python."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Needs, Outcome, Refactor, phrased
from lakewright.sandbox.mind.splices import Splice, without_lines
from lakewright.sandbox.reading.python_trees import Parsed, parse_python
from lakewright.sandbox.reading.words import counted

_Import = ast.Import | ast.ImportFrom
_MOST_NAMES = 24
_TYPE = re.compile(r"[\w.\[\], |'\"]{1,120}")


def _work(bench: Bench, _asked: re.Match[str]) -> Outcome:
    parsed = parse_python(bench.text) if bench.language and bench.language.name == "Python" else None
    if parsed is None:
        return Declined(f"`{bench.path}` is no Python that I can parse.")
    if bench.path.endswith("__init__.py"):
        return Declined("What a package's `__init__.py` imports is often meant for others.")
    unused = list(_unused(parsed, bench))[:_MOST_NAMES]
    wanted = tuple(dict.fromkeys(_bound(alias) for _, alias in unused if _bound(alias) not in bench.found))
    if wanted:
        return Needs("Nothing here uses these imports; does another file take them from here?", names=wanted)
    kept = {_bound(alias) for _, alias in unused if _taken_elsewhere(bench, _bound(alias))}
    going = [(node, alias) for node, alias in unused if _bound(alias) not in kept]
    notes = (
        (f"Kept {', '.join(f'`{name}`' for name in sorted(kept))}: other files may take it from here.",)
        if kept
        else ()
    )
    if not going:
        return Changes({}, "Every import there is used.", notes)
    splices = tuple(_removals(parsed, going))
    names = ", ".join(f"`{_bound(alias)}`" for _, alias in going)
    return Changes({bench.path: splices}, f"Removed {counted(len(going), 'unused import')}: {names}.", notes)


def _unused(parsed: Parsed, bench: Bench) -> Iterator[tuple[_Import, ast.alias]]:
    """Those at the top of the file, one a line or several, without a remark that asks to keep them."""
    is_unused = _never_said(parsed)
    for node in parsed.tree.body:
        if not isinstance(node, _Import) or getattr(node, "module", "") == "__future__":
            continue
        rows = parsed.lines[node.lineno - 1 : node.end_lineno]
        alone = (
            parsed.text[parsed.line_start(node.lineno) : parsed.start(node)].strip() == ""
            and ";" not in rows[-1]
        )
        if not bench.is_chosen(node.lineno) or not alone or any("#" in row or "\\" in row for row in rows):
            continue
        for alias in node.names:
            if alias.name not in ("*", alias.asname) and is_unused(_bound(alias)):
                yield node, alias


def _never_said(parsed: Parsed) -> Callable[[str], bool]:
    """Tells whether a name stands in the imports only: as a word of the code, or of a string that can be a
    type or a name, as `__all__` and `getattr` have them.
    """
    nodes = list(ast.walk(parsed.tree))
    words = Counter(word for _, word in parsed.names)
    texts = [one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    words.update(word for text in texts if _TYPE.fullmatch(text) for word in re.findall(r"\w+", text))
    bound = Counter(_bound(alias) for one in nodes if isinstance(one, _Import) for alias in one.names)
    return lambda name: words[name] <= bound[name]


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _taken_elsewhere(bench: Bench, name: str) -> bool:
    """Whether another file seems to import the name from this one."""
    found = bench.found[name]
    if found is None or not found.complete:
        return True
    stem = bench.path.rsplit("/", 1)[-1].removesuffix(".py")
    own = re.compile(
        rf"\b{re.escape(stem)}\.{re.escape(name)}\b|\b{re.escape(stem)}\s+import\b|^\s*{re.escape(name)},?$"
    )
    return any(place.path != bench.path and own.search(place.text) for place in found.places)


def _removals(parsed: Parsed, going: list[tuple[_Import, ast.alias]]) -> Iterator[Splice]:
    for node in dict.fromkeys(node for node, _ in going):
        gone = [alias for other, alias in going if other is node]
        left = [alias for alias in node.names if alias not in gone]
        if not left:
            yield without_lines(parsed.text, node.lineno, node.end_lineno or node.lineno)
        elif node.lineno == node.end_lineno:
            start = parsed.start(node.names[0])
            yield Splice(start, parsed.end(node.names[-1]), ", ".join(ast.unparse(one) for one in left))
        else:
            yield from _from_several_lines(parsed, node, gone, left)


def _from_several_lines(
    parsed: Parsed, node: _Import, gone: list[ast.alias], left: list[ast.alias]
) -> Iterator[Splice]:
    """Whole lines where each name has its own, else the names written anew."""
    rows = [alias.lineno for alias in node.names]
    if len(set(rows)) == len(rows) and node.lineno not in rows and node.end_lineno not in rows:
        for alias in gone:
            yield without_lines(parsed.text, alias.lineno, alias.lineno)
    else:
        yield Splice(
            parsed.start(node.names[0]),
            parsed.end(node.names[-1]),
            ", ".join(ast.unparse(one) for one in left),
        )


UNUSED = Refactor(
    "remove imports that nothing uses",
    "remove unused imports",
    phrased(
        r"\b(?:remove|delete|drop|clean(?:\s+up)?)\b[^.\n]{0,20}\bunused\b[^.\n]{0,20}\bimports?\b",
        r"\bunused imports?\b",
    ),
    _work,
)
