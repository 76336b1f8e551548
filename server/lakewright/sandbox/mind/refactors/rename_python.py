"""Rename in Python: what a scope's variable, a module's name or a class's member is, is told by the tree."""

import builtins
import keyword
from collections.abc import Iterable, Mapping

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Needs, Outcome
from lakewright.sandbox.mind.refactors.rename_exported import exported
from lakewright.sandbox.mind.refactors.rename_members import members
from lakewright.sandbox.mind.refactors.rename_told import told_renamed
from lakewright.sandbox.mind.refactors.rename_values import Module, Renaming
from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.python_scopes import Scope, Uses, uses_of
from lakewright.sandbox.reading.python_trees import Function, parse_python

_SUFFIXES = (".py", ".pyi")


def rename_python(bench: Bench, asked: str, new: str) -> Outcome:
    """`asked` may be qualified: `Order.total`."""
    holder, _, old = asked.rpartition(".")
    parsed = parse_python(bench.text)
    if parsed is None:
        return Declined(f"`{bench.path}` can't be parsed as Python.")
    if reason := _no_name(new):
        return Declined(reason)
    own = Module(bench.path, parsed, uses_of(parsed, old))
    scope = _meant(own.uses, bench, holder)
    if isinstance(scope, Declined):
        return scope
    if scope is None and not own.uses.attributes:
        return Declined(f"`{asked}` is not defined in `{bench.path}`.")
    renaming = Renaming(old, new, own, scope)
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


def _rename_local(bench: Bench, renaming: Renaming) -> Outcome:
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
    makes = scope.name == "__init__" and above is not None
    callee = above.name if makes and above is not None else scope.name
    modules = _modules(bench, renaming, callee, "who calls it by keyword")
    if not isinstance(modules, list):
        return modules
    known = (
        set() if makes else {one.name for module in modules for one in module.uses.scopes if one.is_argument}
    )
    for module in modules:
        starred = [(at, "**") for at, called in module.uses.starred if called == callee]
        for at, called in [*module.uses.keywords, *starred]:
            if called == callee and not _is_defined_again(bench, callee):
                places.setdefault(module.path, []).append(at)
            elif called == callee or called not in known:
                where = f"`{module.path}:{module.parsed.line_at(at)}`"
                return Declined(
                    f"Whether {where} means it with its keyword `{renaming.old}`, words don't tell."
                )
    return _changes(renaming, [module for module in modules if module.path in places], places)


def _is_defined_again(bench: Bench, name: str) -> bool:
    found = bench.found[name]
    return found is not None and sum(place.defines for place in found.places) > 1


def _rename_widely(bench: Bench, renaming: Renaming) -> Outcome:
    """A name of a module, or a member of a class."""
    modules = _modules(bench, renaming, renaming.old, "who uses it")
    if not isinstance(modules, list):
        return modules
    found = bench.found[renaming.old]
    assert found is not None
    defined = [place for place in found.places if place.defines and place.path.endswith(_SUFFIXES)]
    if renaming.scope is None or renaming.scope.kind == "class":
        places = members(modules, renaming, defined)
    else:
        places = exported(modules, renaming.own, {place.path for place in defined})
    if isinstance(places, Declined):
        return places
    touched = [module for module in modules if places.get(module.path)]
    for module in touched:
        if taken := _line_of(module, renaming.new):
            return Declined(f"`{renaming.new}` stands already in `{module.path}:{taken}`.")
    return _changes(renaming, touched, places)


def _modules(bench: Bench, renaming: Renaming, looked_up: str, why: str) -> list[Module] | Needs | Declined:
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
        modules.append(Module(path, parsed, uses_of(parsed, renaming.old)))
    return modules


def _line_of(module: Module, name: str, lines: tuple[int, int] = (1, 10**9)) -> int | None:
    """The first line on which the name stands in code."""
    found = (module.parsed.line_at(at) for at, word in module.parsed.names if word == name)
    return next((line for line in found if lines[0] <= line <= lines[1]), None)


def _changes(renaming: Renaming, modules: Iterable[Module], places: Mapping[str, Iterable[int]]) -> Outcome:
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
