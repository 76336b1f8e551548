"""The layers of `server/ARCHITECTURE.md`, checked against every import of the package."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "server" / "lakewright"

MAY_IMPORT: Mapping[str, frozenset[str]] = {
    name: frozenset(allowed.split())
    for name, allowed in {
        "errors": "",
        "core": "errors",
        "workspace": "core errors",
        "edits": "workspace core errors",
        "staging": "edits workspace core errors",
        "tools": "staging edits workspace core errors",
        "wire": "core errors",
        "transport": "core errors",
        "agent": "tools workspace core errors",
        "tasks": "agent tools staging edits workspace core errors",
        "serving": "wire transport core errors",
        "settings": "serving wire transport core errors",
        "wiring": "settings serving wire transport sandbox core errors",
        "lsp": "wiring settings tasks agent tools staging edits workspace serving core errors",
        "cli": "lsp wiring settings sandbox tasks agent tools staging edits workspace serving wire transport "
        "core errors",
        "sandbox": "core errors",
        "__main__": "cli",
    }.items()
}
"""For each part of the package, the parts it may import. Arrows point down; `sandbox` is a witness of
its own, which only `cli` and `wiring` start.
"""

ONLY_IN: Mapping[str, tuple[str, ...]] = {
    "pygls": ("lsp/",),
    "lsprotocol": ("lsp/",),
    "httpx": ("transport/",),
    "httpcore": ("transport/",),
    "databricks": ("transport/auth",),
    "starlette": ("sandbox/", "gateway/"),
    "uvicorn": ("sandbox/", "gateway/"),
    "click": ("cli/",),
    "rich": ("cli/",),
    "tree_sitter": ("workspace/",),
    "requests": ("transport/auth",),
    "truststore": ("transport/",),
    "yaml": ("settings/", "edits/"),
}
"""Libraries that belong to one place, by their import name."""

NO_IO_IN_WIRE = frozenset(
    {"asyncio", "io", "logging", "os", "pathlib", "socket", "subprocess", "time", "datetime"}
)


def _imports(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: relative imports hide the layer"
            yield node.module, node.lineno
            if node.module == "lakewright":
                yield from ((f"lakewright.{alias.name}", node.lineno) for alias in node.names)


def _part(module: str) -> str | None:
    pieces = module.split(".")
    return pieces[1] if pieces[0] == "lakewright" and len(pieces) > 1 else None


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_down(file: Path) -> None:
    """No module imports a layer above it, nor a library that belongs elsewhere."""
    relative = file.relative_to(PACKAGE).as_posix()
    own = relative.removesuffix(".py").split("/")[0]
    if own == "__init__":
        return
    for module, line in _imports(file):
        part = _part(module)
        if part is not None and part != own and part in MAY_IMPORT:
            assert part in MAY_IMPORT[own], f"{relative}:{line}: {own} may not import {part}"
        homes = ONLY_IN.get(module.split(".")[0])
        assert homes is None or relative.startswith(homes), f"{relative}:{line}: {module} belongs in {homes}"
        if own == "wire":
            assert module.split(".")[0] not in NO_IO_IN_WIRE, f"{relative}:{line}: wire does no I/O"


def test_every_part_has_a_layer() -> None:
    """A new folder or module of the package must be placed in the table above."""
    parts = {file.relative_to(PACKAGE).parts[0].removesuffix(".py") for file in FILES} - {"__init__"}
    assert parts <= set(MAY_IMPORT)


def test_files_stay_small() -> None:
    """A file over 400 lines is a boundary not yet drawn."""
    long = {file.name: count for file in FILES if (count := file.read_text("utf-8").count("\n")) > 400}
    assert long == {}


def test_databricks_sdk_is_imported_late() -> None:
    """The SDK costs a second: only a function may import it."""
    for file in FILES:
        for node in ast.parse(file.read_text("utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not any(name.startswith("databricks") for name in [*names, module]), file
