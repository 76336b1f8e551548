"""Where one name of a Python module occurs, and which scope's variable it means there."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lakewright.sandbox.reading.python_trees import Function, Parsed

_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_HOLDS_VALUES = ("Literal", "Annotated")
_ScopeKind = Literal["module", "class", "function"]


@dataclass(eq=False, slots=True)
class Scope:
    """A scope and what it does with the name: `binds` it, hands it on as `global` or `nonlocal`.

    `places` are the offsets at which the name stands in it; `arguments` tells that it is a parameter.
    """

    kind: _ScopeKind
    node: ast.AST
    parent: "Scope | None"
    binds: bool = False
    is_global: bool = False
    is_nonlocal: bool = False
    is_argument: bool = False
    places: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return getattr(self.node, "name", "")

    @property
    def lines(self) -> tuple[int, int]:
        start = getattr(self.node, "lineno", 1)
        return start, getattr(self.node, "end_lineno", None) or 10**9


@dataclass(slots=True)
class Imported:
    """`from module import name as other`, or `import module as other` with an empty name."""

    module: str
    level: int
    name: str
    bound: str
    place: int
    scope: Scope


@dataclass(slots=True)
class Uses:
    """All about one name in one module. `attributes` and `keywords` hold offset and what stands before:
    the expression before the dot, the last name of what is called.
    """

    name: str
    root: Scope
    scopes: list[Scope]
    attributes: list[tuple[int, ast.expr]] = field(default_factory=list)
    keywords: list[tuple[int, str]] = field(default_factory=list)
    imports: list[Imported] = field(default_factory=list)
    stars: list[tuple[str, int]] = field(default_factory=list)
    starred: list[tuple[int, str]] = field(default_factory=list)
    """Calls with `**`, which can hold any keyword: offset, and the last name of what is called."""

    lost: list[int] = field(default_factory=list)
    """Lines on which it stands where no offset could be told: inside an f-string of an old Python."""

    def meaning(self, scope: Scope) -> Scope:
        """The scope whose variable the name is in `scope`; the module's for what nobody binds."""
        if scope.is_global:
            return self.root
        if scope.binds and not scope.is_nonlocal:
            return scope
        above = scope.parent
        while above is not None and (above.kind == "class" or not above.binds or above.is_nonlocal):
            if above.is_global:
                return self.root
            above = above.parent
        return above or self.root

    def places_of(self, scope: Scope) -> list[int]:
        """The offsets at which the name means this scope's variable."""
        return sorted({at for one in self.scopes if self.meaning(one) is scope for at in one.places})


def uses_of(parsed: Parsed, name: str) -> Uses:
    """Read a whole module for one name."""
    root = Scope("module", parsed.tree, None)
    walker = _Walker(parsed, name, Uses(name, root, [root]))
    for node in parsed.tree.body:
        walker.visit(node, root)
    return walker.uses


@dataclass(slots=True)
class _Walker:
    parsed: Parsed
    name: str
    uses: Uses

    def visit(self, node: ast.AST, scope: Scope) -> None:  # noqa: C901, PLR0912 - one branch a kind of node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, scope)
            case ast.ClassDef():
                self._class(node, scope)
            case ast.Lambda():
                self._lambda(node, scope)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, scope)
            case ast.Name():
                self._bind_or_use(scope, self.parsed.start(node), node.id, node.ctx)
            case ast.NamedExpr():
                holder = scope
                while holder.kind == "function" and isinstance(holder.node, _Comprehension):
                    assert holder.parent is not None
                    holder = holder.parent
                self.visit(node.target, holder)
                self.visit(node.value, scope)
            case ast.Attribute():
                self.visit(node.value, scope)
                at = self.parsed.end(node) - len(self.name)
                if node.attr == self.name and self._stands(at):
                    self.uses.attributes.append((at, node.value))
            case ast.Import() | ast.ImportFrom():
                self._import(node, scope)
            case ast.Global() | ast.Nonlocal():
                self._declared(node, scope)
            case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.AugAssign(target=ast.Name(id="__all__")):
                self._exported(node.value, scope)
            case ast.AnnAssign():
                self._annotation(node.annotation, scope)
                for child in (node.target, node.value):
                    if child is not None:
                        self.visit(child, scope)
            case ast.keyword(arg=str()):
                self.visit(node.value, scope)
            case _:
                self._plain(node, scope)

    def _plain(self, node: ast.AST, scope: Scope) -> None:
        """What binds by a word of its own, and all that has no scope of its own."""
        bound = getattr(node, "rest" if isinstance(node, ast.MatchMapping) else "name", None)
        if bound == self.name and isinstance(
            node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.MatchMapping
        ):
            scope.binds = True
            inner = node.pattern if isinstance(node, ast.MatchAs) else None
            begin = node.type if isinstance(node, ast.ExceptHandler) else inner
            start = self.parsed.offset(node.lineno, node.col_offset)
            if begin is not None:
                start = self.parsed.offset(begin.end_lineno or 1, begin.end_col_offset or 0)
            self._at_next(scope, start)
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for keyword in node.keywords:
                kind = self.uses.keywords if keyword.arg == self.name else self.uses.starred
                if keyword.arg in (self.name, None):
                    kind.append((self.parsed.start(keyword), called))
        for child in ast.iter_child_nodes(node):
            self.visit(child, scope)

    def _function(self, node: Function, scope: Scope) -> None:
        self._defined(node, scope)
        for outside in [*node.decorator_list, *_defaults(node.args)]:
            self.visit(outside, scope)
        inner = self._inner("function", node, scope)
        for one in getattr(node, "type_params", []):
            self._type_parameter(one, inner)
        for annotation in [*(one.annotation for one in _arguments(node.args)), node.returns]:
            if annotation is not None:
                self._annotation(annotation, inner if getattr(node, "type_params", []) else scope)
        self._bind_arguments(node.args, inner)
        for statement in node.body:
            self.visit(statement, inner)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        self._defined(node, scope)
        inner = self._inner("class", node, scope)
        for one in getattr(node, "type_params", []):
            self._type_parameter(one, inner)
        for outside in [*node.decorator_list, *node.bases, *node.keywords]:
            self.visit(outside, scope)
        for statement in node.body:
            self.visit(statement, inner)

    def _lambda(self, node: ast.Lambda, scope: Scope) -> None:
        for default in _defaults(node.args):
            self.visit(default, scope)
        inner = self._inner("function", node, scope)
        self._bind_arguments(node.args, inner)
        self.visit(node.body, inner)

    def _comprehension(self, node: _Comprehension, scope: Scope) -> None:
        self.visit(node.generators[0].iter, scope)
        inner = self._inner("function", node, scope)
        for number, one in enumerate(node.generators):
            for child in [one.target, *([one.iter] if number else []), *one.ifs]:
                self.visit(child, inner)
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for child in results:
            self.visit(child, inner)

    def _type_parameter(self, node: ast.AST, scope: Scope) -> None:
        if getattr(node, "name", None) == self.name:
            scope.binds = True
            self._at_next(scope, self.parsed.offset(node.lineno, node.col_offset))  # type: ignore[attr-defined]  # only Python 3.12 knows its class
        for child in ast.iter_child_nodes(node):
            self.visit(child, scope)

    def _inner(self, kind: _ScopeKind, node: ast.AST, scope: Scope) -> Scope:
        inner = Scope(kind, node, scope)
        self.uses.scopes.append(inner)
        return inner

    def _defined(self, node: Function | ast.ClassDef, scope: Scope) -> None:
        if node.name == self.name:
            scope.binds = True
            self._at_next(scope, self.parsed.start(node))

    def _bind_arguments(self, arguments: ast.arguments, scope: Scope) -> None:
        for argument in _arguments(arguments):
            if argument.arg == self.name:
                scope.binds = scope.is_argument = True
                self._at(scope, self.parsed.start(argument))

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        level = node.level if isinstance(node, ast.ImportFrom) else 0
        for alias in node.names:
            at = self.parsed.start(alias)
            if isinstance(node, ast.Import):
                bound = alias.asname or alias.name.split(".")[0]
                self.uses.imports.append(Imported(alias.name, 0, "", alias.asname or alias.name, at, scope))
            elif alias.name == "*":
                self.uses.stars.append((module, level))
                continue
            else:
                bound = alias.asname or alias.name
                self.uses.imports.append(Imported(module, level, alias.name, bound, at, scope))
            if bound == self.name:
                scope.binds = True
                place = self.parsed.end(alias) - len(self.name) if alias.asname else at
                self._at(scope, place)

    def _declared(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        if self.name not in node.names:
            return
        if isinstance(node, ast.Global):
            scope.is_global = True
            self.uses.root.binds = True
        else:
            scope.is_nonlocal = True
        self._at_next(scope, self.parsed.start(node))

    def _exported(self, value: ast.AST, scope: Scope) -> None:
        """The strings of `__all__` are names of the module."""
        for node in ast.walk(value):
            if isinstance(node, ast.Constant) and node.value == self.name:
                quoted = self.parsed.source(node)
                if quoted[1:-1] == self.name:
                    self._at(self.uses.root, self.parsed.start(node) + 1)
        if not isinstance(value, ast.List | ast.Tuple | ast.Constant):
            self.visit(value, scope)

    def _annotation(self, node: ast.expr, scope: Scope) -> None:
        """As an expression, and inside the strings of it."""
        self.visit(node, scope)
        for quoted in _quoted(node):
            start, source = self.parsed.start(quoted), self.parsed.source(quoted)
            for found in re.finditer(rf"(?<![\w.]){self.name}(?!\w)", source):
                self._at(scope, start + found.start())

    def _bind_or_use(self, scope: Scope, at: int, name: str, context: ast.expr_context) -> None:
        if name == self.name:
            scope.binds = scope.binds or not isinstance(context, ast.Load)
            self._at(scope, at)

    def _at(self, scope: Scope, at: int) -> None:
        if self._stands(at):
            scope.places.append(at)

    def _at_next(self, scope: Scope, start: int) -> None:
        at = self.parsed.next_name(start, self.name)
        if at is not None:
            scope.places.append(at)

    def _stands(self, at: int) -> bool:
        """Whether the name really stands there; where it doesn't is remembered."""
        if self.parsed.text.startswith(self.name, at):
            return True
        self.uses.lost.append(self.parsed.text.count("\n", 0, max(0, at)) + 1)
        return False


def _quoted(annotation: ast.AST) -> Iterator[ast.Constant]:
    """The strings of an annotation that are types themselves: not those of `Literal`."""
    match annotation:
        case ast.Constant(value=str()):
            yield annotation
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _HOLDS_VALUES:
            if name == "Annotated" and isinstance(annotation.slice, ast.Tuple):
                yield from _quoted(annotation.slice.elts[0])
        case _:
            for child in ast.iter_child_nodes(annotation):
                yield from _quoted(child)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        arguments.vararg,
        *arguments.kwonlyargs,
        arguments.kwarg,
    ]
    return [one for one in every if one is not None]


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [one for one in (*arguments.defaults, *arguments.kw_defaults) if one is not None]
