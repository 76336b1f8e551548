"""Rename in Python: what a scope's variable, a module's name or a class's member is, is told by the tree."""

import builtins
import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from lakewright.sandbox.mind.knowledge import Place
from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Needs, Outcome
from lakewright.sandbox.mind.refactors.rename_told import told_renamed
from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.python_modules import is_file, module_of
from lakewright.sandbox.reading.python_scopes import Scope, Uses, uses_of
from lakewright.sandbox.reading.python_trees import Function, Parsed, parse_python

_COMMON = frozenset(
    chain.from_iterable(map(dir, (str, bytes, int, list, dict, set, tuple, re.Pattern, re.Match, open)))
)
"""Members of Python's own types: an attribute of such a name can belong to anything."""


_SUFFIXES = (".py", ".pyi")
_Places = Mapping[str, list[int]]
"""Offsets by path."""


@dataclass(frozen=True)
class _Module:
    """A file of the workspace, read for the old name."""

    path: str
    parsed: Parsed
    uses: Uses


@dataclass(frozen=True)
class _Renaming:
    old: str
    new: str
    own: _Module
    scope: Scope | None
    """The scope whose variable is meant in the file at hand; None for an attribute of instances."""


def rename_python(bench: Bench, asked: str, new: str) -> Outcome:
    """`asked` may be qualified: `Order.total`."""
    holder, _, old = asked.rpartition(".")
    parsed = parse_python(bench.text)
    if parsed is None:
        return Declined(f"`{bench.path}` can't be parsed as Python.")
    if reason := _no_name(new):
        return Declined(reason)
    own = _Module(bench.path, parsed, uses_of(parsed, old))
    scope = _meant(own.uses, bench, holder)
    if isinstance(scope, Declined):
        return scope
    if scope is None and not own.uses.attributes:
        return Declined(f"`{asked}` is not defined in `{bench.path}`.")
    renaming = _Renaming(old, new, own, scope)
    local = scope is not None and scope.kind == "function"
    return _rename_local(bench, renaming) if local else _rename_widely(bench, renaming)


def _no_name(new: str) -> str | None:
    """Why it can't be a name; None where it can."""
    if not new.isidentifier() or keyword.iskeyword(new):
        return f"`{new}` can't be a name in Python."
    return f"`{new}` is a name of Python's own; it would be hidden." if hasattr(builtins, new) else None


def _meant(uses: Uses, bench: Bench, holder: str) -> Scope | Declined | None:
    """The scope whose name is meant: what the selection points at, else the only one, else the module's."""
    binding = [scope for scope in uses.scopes if scope.binds and uses.meaning(scope) is scope]
    if holder:
        return next((scope for scope in binding if scope.name == holder.rsplit(".", maxsplit=1)[-1]), None)
    if bench.selected:
        first, last = bench.extent
        pointed = [scope for scope in binding if any(first <= at < last for at in uses.places_of(scope))] or [
            scope for scope in binding if scope.lines[0] <= bench.first <= scope.lines[1]
        ]
        if pointed:
            return max(pointed, key=lambda scope: scope.lines[0] if scope.kind != "module" else 0)
    if uses.root in binding:
        return uses.root
    if len(binding) > 1:
        places = " and ".join(f"`{scope.name or 'lambda'}`" for scope in binding[:4])
        return Declined(
            f"The name stands for different things in {places}; choose the lines of the one meant."
        )
    return binding[0] if binding else None


def _rename_local(bench: Bench, renaming: _Renaming) -> Outcome:
    """A variable of a function; of a parameter also the calls that name it."""
    own, scope = renaming.own, renaming.scope
    assert scope is not None
    taken = _line_of(own, renaming.new, scope.lines)
    if taken:
        return Declined(f"`{renaming.new}` stands already in `{own.path}:{taken}`.")
    places: dict[str, list[int]] = {own.path: own.uses.places_of(scope)}
    if not (scope.is_argument and isinstance(scope.node, Function)):
        return _changes(renaming, [own], places)
    above = scope.parent
    callee = above.name if scope.name == "__init__" and above is not None else scope.name
    modules = _modules(bench, renaming, callee, "who calls it by keyword")
    if not isinstance(modules, list):
        return modules
    for module in modules:
        by_keyword = [at for at, called in module.uses.keywords if called == callee]
        places[module.path] = [*places.get(module.path, ()), *by_keyword]
    return _changes(renaming, [module for module in modules if places[module.path]], places)


def _rename_widely(bench: Bench, renaming: _Renaming) -> Outcome:
    """A name of a module, or a member of a class."""
    modules = _modules(bench, renaming, renaming.old, "who uses it")
    if not isinstance(modules, list):
        return modules
    found = bench.found[renaming.old]
    assert found is not None
    defined = [place for place in found.places if place.defines and place.path.endswith(_SUFFIXES)]
    if renaming.scope is None or renaming.scope.kind == "class":
        places = _members(modules, renaming, defined)
    else:
        places = _exported(modules, renaming.own, {place.path for place in defined})
    if isinstance(places, Declined):
        return places
    touched = [module for module in modules if places.get(module.path)]
    for module in touched:
        if taken := _line_of(module, renaming.new):
            return Declined(f"`{renaming.new}` stands already in `{module.path}:{taken}`.")
    return _changes(renaming, touched, places)


def _modules(bench: Bench, renaming: _Renaming, looked_up: str, why: str) -> list[_Module] | Needs | Declined:
    """The file at hand and all Python files in which `looked_up` was found, once they were read."""
    if looked_up not in bench.found:
        return Needs(f"Before I rename `{renaming.old}` I have to know {why}.", names=(looked_up,))
    found = bench.found[looked_up]
    if found is None:
        return Declined(f"I could not look up {why}: a rename in one file alone would break the others.")
    if not found.complete:
        return Declined(f"`{looked_up}` is used in more places than I was shown.")
    paths = [path for path in dict.fromkeys(place.path for place in found.places) if path.endswith(_SUFFIXES)]
    wanted = tuple(path for path in paths if path not in bench.texts and path != bench.path)
    if wanted:
        return Needs(f"`{looked_up}` stands in these files, too; I need their whole text.", paths=wanted)
    modules = [renaming.own]
    for path in paths:
        if path == bench.path:
            continue
        text = bench.texts[path]
        parsed = parse_python(text) if text is not None else None
        if parsed is None:
            return Declined(
                f"`{path}` uses `{looked_up}` and can't be {'read' if text is None else 'parsed'}."
            )
        modules.append(_Module(path, parsed, uses_of(parsed, renaming.old)))
    return modules


def _origins(own: _Module, defined: set[str], modules: Iterable[_Module]) -> set[str] | Declined:
    """The file in which the module's name at hand is defined: this one, or the one it is imported from."""
    uses = own.uses
    at_top = [one for one in uses.imports if one.scope is uses.root]
    if any(
        not one.name and one.bound == one.module and one.module.split(".")[0] == uses.name for one in at_top
    ):
        return Declined(f"`{uses.name}` is a module: its file would have to be renamed, which I can't.")
    imported = [one for one in at_top if one.bound == one.name == uses.name]
    if not imported:
        return {own.path}
    known = defined & {module.path for module in modules}
    for one in imported:
        origins = {path for path in known if is_file(one.module, one.level, own.path, path)}
        if len(origins) == 1:
            return origins
    return Declined("It is imported, and I can't tell from where; begin in the file that defines it.")


def _exported(modules: Sequence[_Module], own: _Module, defined: set[str]) -> _Places | Declined:
    """The places where a name of one module is meant, there and wherever it is imported."""
    origins = _origins(own, defined, modules)
    if isinstance(origins, Declined):
        return origins
    exporting = set(origins)
    while more := [one.path for one in modules if one.path not in exporting and _hands_on(one, exporting)]:
        exporting.update(more)
    return {module.path: sorted(_places_in(module, exporting)) for module in modules}


def _hands_on(module: _Module, exporting: set[str]) -> bool:
    """Whether the name at the module's top is one that it takes from an exporting module."""
    uses = module.uses
    taken = [] if uses.root.binds else uses.stars
    at_top = [one for one in uses.imports if one.scope is uses.root and one.bound == one.name == uses.name]
    taken = [*taken, *((one.module, one.level) for one in at_top)]
    return any(_is_any(*one, module, exporting) for one in taken)


def _places_in(module: _Module, exporting: set[str]) -> set[int]:
    """Where a module means the name of the exporting ones, itself among them or not."""
    uses = module.uses
    found: set[int] = set(uses.places_of(uses.root)) if module.path in exporting else set()
    for one in uses.imports:
        if one.name == uses.name and _is_any(one.module, one.level, module, exporting):
            found.add(one.place)
            if one.bound == uses.name:
                found.update(uses.places_of(uses.meaning(one.scope)))
    for at, value in uses.attributes:
        if any(_is_any(*target, module, exporting) for target in module_of(value, uses)):
            found.add(at)
    return found


def _is_any(name: str, level: int, importer: _Module, paths: set[str]) -> bool:
    return any(is_file(name, level, importer.path, path) for path in paths)


def _members(modules: Sequence[_Module], renaming: _Renaming, defined: Sequence[Place]) -> _Places | Declined:
    """Every attribute of that name but those of modules; keywords where a field is given to its class."""
    scope, own, old = renaming.scope, renaming.own, renaming.old
    if old.startswith("__") or old in _COMMON:
        return Declined(f"`{old}` is a member of Python's own types, too; I can't tell its uses apart.")
    for place in defined:
        if scope is None or not _lies_in(place, own, scope):
            where = f"`{place.path}:{place.line}`"
            return Declined(
                f"`{old}` is also defined in {where}: which of the two is used, words don't tell."
            )
    places: dict[str, list[int]] = {}
    for module in modules:
        found = [at for at, value in module.uses.attributes if not module_of(value, module.uses)]
        if scope is not None:
            found += module.uses.places_of(scope) if module is own else []
            found += [at for at, called in module.uses.keywords if called in (scope.name, "replace")]
        places[module.path] = sorted(set(found))
    return places


def _lies_in(place: Place, own: _Module, scope: Scope) -> bool:
    return place.path == own.path and scope.lines[0] <= place.line <= scope.lines[1]


def _line_of(module: _Module, name: str, lines: tuple[int, int] = (1, 10**9)) -> int | None:
    """The first line on which the name stands in code."""
    found = (module.parsed.line_at(at) for at, word in module.parsed.names if word == name)
    return next((line for line in found if lines[0] <= line <= lines[1]), None)


def _changes(renaming: _Renaming, modules: Iterable[_Module], places: Mapping[str, Iterable[int]]) -> Outcome:
    lost = [f"`{module.path}:{line}`" for module in modules for line in module.uses.lost]
    if lost:
        return Declined(
            f"`{renaming.old}` stands in an f-string at {lost[0]} where I can't place it for sure."
        )
    size = len(renaming.old)
    splices = {
        path: tuple(Splice(at, at + size, renaming.new) for at in sorted(set(own)))
        for path, own in places.items()
        if own
    }
    texts = {module.path: module.parsed.text for module in modules}
    return Changes(splices, *told_renamed(renaming.old, renaming.new, splices, texts))
