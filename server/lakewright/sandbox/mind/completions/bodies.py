"""Bodies of functions that their names tell."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lakewright.sandbox.mind.completions.hole import Hole
from lakewright.sandbox.mind.completions.signatures import Head, head_around
from lakewright.sandbox.reading.words import words

_COLLECTION = re.compile(r"(?:items|lines|rows|values|numbers|list|names|elements|entries|words|\w+s)$")


@dataclass(frozen=True, slots=True)
class _Body:
    """What a body is made from: the head, its names and words, the hole."""

    head: Head
    names: tuple[str, ...]
    said: frozenset[str]
    hole: Hole

    def says(self, *wanted: str) -> bool:
        return bool(self.said.intersection(wanted)) or self.head.name in wanted

    @property
    def many(self) -> str | None:
        """The parameter that holds several things."""
        return next((name for name in self.names if _COLLECTION.search(name)), None)

    def member(self, suffix: str = "") -> str | None:
        """A word of the name that the document uses as a member: `price` of `total_price`."""
        own = re.split(r"_|(?<=[a-z])(?=[A-Z])", self.head.name)
        return next(
            (word.lower() for word in own if re.search(rf"\.{word.lower()}{suffix}\b", self.hole.code)), None
        )


def body_at(hole: Hole) -> str | None:
    """The body of the function whose head, or docstring, ends right above the cursor."""
    found = _empty_body(hole)
    if found is None:
        return None
    head, lead, indent = found
    names = tuple(one.name for one in head.own if not one.stars)
    said = frozenset(words(f"{head.name} {_docstring(hole, head)}") | set(re.split(r"_", head.name.lower())))
    body = _Body(head, names, said, hole)
    rules = _PYTHON if hole.is_python else _SCRIPT if _is_script(hole) else ()
    rows = next((rows for rule in rules if (rows := rule(body))), None)
    return lead + f"\n{indent}".join(rows) if rows else None


def _is_script(hole: Hole) -> bool:
    return hole.language is not None and hole.language.name in ("JavaScript", "TypeScript")


def _empty_body(hole: Hole) -> tuple[Head, str, str] | None:
    """The head, what comes before the first line of the body, and the indentation of its lines."""
    if hole.after.strip():
        return None
    head = head_around(hole, 10**6)
    if head is None:
        return None
    between = hole.prefix[head.end :]
    if hole.is_python:
        opened = re.match(r"[^\n:]*(?:\[[^\n]*\])?[^\n:]*:[ \t]*(?:#[^\n]*)?(?P<rest>[\s\S]*)", between)
        rest = (
            re.sub(r"^\s*[rR]?(?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?''')", "", opened["rest"]) if opened else "x"
        )
    else:
        opened = re.match(r"[^\n{]*\{(?P<rest>\s*)$", between)
        rest = opened["rest"] if opened else "x"
    if rest.strip() or _goes_on(hole, head):
        return None
    unit = "\t" if re.search(r"^\t", hole.code, re.MULTILINE) else "    " if hole.is_python else _unit(hole)
    indent = _head_indent(hole, head) + unit
    if hole.before.strip():
        return head, f"\n{indent}", indent
    return head, indent.removeprefix(hole.before) if indent.startswith(hole.before) else "", indent


def _goes_on(hole: Hole, head: Head) -> bool:
    """Whether the body has lines below the cursor already."""
    below = next((row for row in hole.suffix.split("\n")[1:] if row.strip()), "")
    return len(below) - len(below.lstrip()) > len(_head_indent(hole, head))


def _head_indent(hole: Hole, head: Head) -> str:
    row = hole.prefix[: head.end].rsplit("\n", 1)[-1]
    first = re.search(
        rf"^([ \t]*)[^\n]*\b{re.escape(head.name)}\s*(?:=[^\n(]*)?\([^\x00]*\Z",
        hole.prefix[: head.end],
        re.MULTILINE,
    )
    return first[1] if first else row[: len(row) - len(row.lstrip())]


def _unit(hole: Hole) -> str:
    found = re.search(r"^( +)\S", hole.code, re.MULTILINE)
    return found[1][:4] if found else "  "


def _docstring(hole: Hole, head: Head) -> str:
    found = re.match(r"[^\n]*\n\s*[rR]?(?:\"\"\"|''')([^\n.]*)", hole.prefix[head.end :])
    return found[1] if found else ""


_Rows = Sequence[str] | None
_Rule = Callable[[_Body], _Rows]


def _init(body: _Body) -> _Rows:
    return [f"self.{name} = {name}" for name in body.names] if body.head.name == "__init__" else None


def _repr(body: _Body) -> _Rows:
    found = re.search(r"self\.(\w+) = ", body.hole.prefix)
    if body.head.name not in ("__repr__", "__str__") or not found:
        return None
    return [f'return f"{{type(self).__name__}}({{self.{found[1]}!r}})"']


def _sum(body: _Body) -> _Rows:
    if body.many is None or not body.says("sum", "total", "add"):
        return None
    member = body.member()
    each = body.many.removesuffix("s") if body.many.endswith("s") and len(body.many) > 3 else "item"
    return [
        f"return sum({each}.{member} for {each} in {body.many})" if member else f"return sum({body.many})"
    ]


def _fold(body: _Body) -> _Rows:
    """Average, count, greatest, least of several things."""
    many = body.many
    forms = {
        f"return sum({many}) / len({many})": ("average", "mean"),
        f"return len({many})": ("count", "number", "size", "length"),
        f"return max({many})": ("max", "maximum", "largest", "greatest", "highest", "longest"),
        f"return min({many})": ("min", "minimum", "smallest", "least", "lowest", "shortest"),
        f"return sorted({many})": ("sort", "sorted", "ordered"),
        f"return list(reversed({many}))": ("reverse", "reversed"),
        f"return not {many}": ("empty",),
    }
    return next(([form] for form, wanted in forms.items() if many and body.says(*wanted)), None)


_OPERATIONS = {
    "+": ("add", "plus"),
    "-": ("subtract", "minus", "difference"),
    "*": ("multiply", "times", "product"),
    "/": ("divide", "ratio", "quotient"),
}


def _arithmetic(body: _Body) -> _Rows:
    if len(body.names) != 2:
        return None
    one, other = body.names
    return next(
        ([f"return {one} {sign} {other}"] for sign, wanted in _OPERATIONS.items() if body.says(*wanted)), None
    )


def _single(body: _Body) -> _Rows:
    if len(body.names) != 1:
        return None
    name = body.names[0]
    forms = {
        f"return {name} * {name}": ("square", "squared"),
        f"return {name} * 2": ("double", "twice"),
        f"return {name} % 2 == 0": ("even",),
        f"return {name} % 2 == 1": ("odd",),
    }
    return next(([form] for form, wanted in forms.items() if body.says(*wanted)), None)


def _getter(body: _Body) -> _Rows:
    name = body.head.name.removeprefix("get_")
    if body.names or not body.head.parameters or body.head.parameters[0].name != "self":
        return None
    member = next((one for one in (f"_{name}", name) if re.search(rf"self\.{one}\b", body.hole.code)), None)
    return [f"return self.{member}"] if member and member != body.head.name else None


def _setter(body: _Body) -> _Rows:
    name = body.head.name.removeprefix("set_")
    if len(body.names) != 1 or name == body.head.name:
        return None
    member = f"_{name}" if re.search(rf"self\._{name}\b", body.hole.code) else name
    return [f"self.{member} = {body.names[0]}"]


def _script_constructor(body: _Body) -> _Rows:
    return [f"this.{name} = {name};" for name in body.names] if body.head.name == "constructor" else None


def _script_sum(body: _Body) -> _Rows:
    if body.many is None or not body.says("sum", "total"):
        return None
    member = body.member()
    return [f"return {body.many}.reduce((sum, item) => sum + item{'.' + member if member else ''}, 0);"]


def _script_arithmetic(body: _Body) -> _Rows:
    rows = _arithmetic(body) or _single(body)
    return [f"{row};".replace(" == ", " === ") for row in rows] if rows else None


_PYTHON: tuple[_Rule, ...] = (_init, _repr, _sum, _fold, _arithmetic, _single, _getter, _setter)
_SCRIPT: tuple[_Rule, ...] = (_script_constructor, _script_sum, _script_arithmetic)
