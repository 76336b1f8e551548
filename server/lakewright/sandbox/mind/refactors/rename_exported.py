"""A name of a Python module: where it is meant, in its own file and wherever it is imported."""

from collections.abc import Iterable, Sequence

from lakewright.sandbox.mind.refactors.base import Declined
from lakewright.sandbox.mind.refactors.rename_values import Module, Places
from lakewright.sandbox.reading.python_modules import is_file, module_of


def exported(modules: Sequence[Module], own: Module, defined: set[str]) -> Places | Declined:
    """The places where a name of one module is meant, there and wherever it is imported."""
    origins = _origins(own, defined, modules)
    if isinstance(origins, Declined):
        return origins
    exporting = set(origins)
    while more := [one.path for one in modules if one.path not in exporting and _hands_on(one, exporting)]:
        exporting.update(more)
    return {module.path: sorted(_places_in(module, exporting)) for module in modules}


def _origins(own: Module, defined: set[str], modules: Iterable[Module]) -> set[str] | Declined:
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


def _hands_on(module: Module, exporting: set[str]) -> bool:
    """Whether the name at the module's top is one that it takes from an exporting module."""
    uses = module.uses
    taken = [] if uses.root.binds else uses.stars
    at_top = [one for one in uses.imports if one.scope is uses.root and one.bound == one.name == uses.name]
    taken = [*taken, *((one.module, one.level) for one in at_top)]
    return any(_is_any(*one, module, exporting) for one in taken)


def _places_in(module: Module, exporting: set[str]) -> set[int]:
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


def _is_any(name: str, level: int, importer: Module, paths: set[str]) -> bool:
    return any(is_file(name, level, importer.path, path) for path in paths)
