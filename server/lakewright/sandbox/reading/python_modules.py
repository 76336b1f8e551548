"""Which file of a workspace a Python import means, as far as paths tell."""

import ast
import sys

from lakewright.sandbox.reading.python_scopes import Uses


def is_file(module: str, level: int, importer: str, path: str) -> bool:
    """Whether `module`, imported in the file `importer` (`level` dots before it), is the file `path`."""
    own = path.removesuffix(".pyi").removesuffix(".py").split("/")
    if own[-1] == "__init__":
        own.pop()
    parts = module.split(".") if module else []
    if level:
        return [*importer.split("/")[:-level], *parts] == own
    if parts and parts[0] in sys.stdlib_module_names:
        return parts == own
    return bool(parts) and own[-len(parts) :] == parts


def module_of(value: ast.expr, uses: Uses) -> list[tuple[str, int]]:
    """The modules, with their dots, that an expression before a dot can mean by the module's imports."""
    dotted = _dotted(value)
    found = []
    for one in uses.imports:
        if one.bound != dotted:
            continue
        inner = f"{one.module}.{one.name}" if one.module else one.name
        found.append((inner if one.name else one.module, one.level))
    return found


def _dotted(value: ast.expr) -> str:
    """`a.b.c`, or nothing for what is no chain of names."""
    match value:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr=name):
            before = _dotted(inner)
            return f"{before}.{name}" if before else ""
        case _:
            return ""
