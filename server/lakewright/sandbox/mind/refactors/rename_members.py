"""A member of a Python class: every attribute of its name, where no other class has one."""

import ast
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from lakewright.sandbox.mind.knowledge import Place
from lakewright.sandbox.mind.refactors.base import Declined
from lakewright.sandbox.mind.refactors.rename_values import Module, Places, Renaming
from lakewright.sandbox.reading.python_modules import module_of
from lakewright.sandbox.reading.python_scopes import Scope

_COMMON = frozenset(
    chain.from_iterable(
        map(dir, (str, bytes, int, list, dict, set, tuple, re.Pattern, re.Match, io.TextIOWrapper))
    )
)
"""Members of Python's own types: an attribute of such a name can belong to anything."""
_UNTOLD = "which of the two is used, words don't tell."


def members(modules: Sequence[Module], renaming: Renaming, defined: Sequence[Place]) -> Places | Declined:
    """Every attribute of that name but those of modules; keywords where a field is given to its class."""
    scope, own = renaming.scope, renaming.own
    if reason := _not_only(modules, renaming, defined):
        return Declined(reason)
    places: dict[str, list[int]] = {}
    for module in modules:
        found = [at for at, value in module.uses.attributes if not module_of(value, module.uses)]
        if scope is not None:
            found += module.uses.places_of(scope) if module is own else []
            makers = () if _has_init(scope) else (scope.name, "replace")
            found += [at for at, called in module.uses.keywords if called in makers]
        places[module.path] = sorted(set(found))
    return places


def _not_only(modules: Sequence[Module], renaming: Renaming, defined: Sequence[Place]) -> str | None:
    """Why an attribute of that name can mean something else; None where it can't, as far as one sees."""
    scope, old = renaming.scope, renaming.old
    if old.startswith("__") or old in _COMMON:
        return f"`{old}` is a member of Python's own types, too; I can't tell its uses apart."
    for place in defined:
        if scope is None or not _lies_in(place, renaming.own, scope):
            return f"`{old}` is also defined in `{place.path}:{place.line}`: {_UNTOLD}"
    bound = {
        one.node for module in modules for one in module.uses.scopes if one.kind == "class" and one.binds
    }
    having = [one for module in modules for one in _classes(module) if one in bound or _has_own(one, old)]
    names = {one.name for one in having}
    if len([one for one in having if not names.intersection(map(_last_name, one.bases))]) > 1:
        return f"Another class has a member `{old}`, too: {_UNTOLD}"
    return None


def _classes(module: Module) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(module.parsed.tree) if isinstance(node, ast.ClassDef))


def _has_own(holder: ast.ClassDef, name: str) -> bool:
    """Whether its methods use `self.name`."""
    attributes = (node for node in ast.walk(holder) if isinstance(node, ast.Attribute) and node.attr == name)
    return any(isinstance(node.value, ast.Name) and node.value.id in ("self", "cls") for node in attributes)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _has_init(scope: Scope) -> bool:
    """Whether a class says itself what it is made from; else its fields are what it is given."""
    return any(getattr(one, "name", "") == "__init__" for one in getattr(scope.node, "body", ()))


def _lies_in(place: Place, own: Module, scope: Scope) -> bool:
    return place.path == own.path and scope.lines[0] <= place.line <= scope.lines[1]
