"""What of the ignored files a scratch copy needs: facts about the tools that make them.

Left out in doubt: a check that fails for want of a file is seen, one that passes on old output is not.
"""

import os
from collections.abc import Collection, Mapping
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path

SMALL = 10_000_000
"""Bytes of the largest ignored file that is copied: configuration, generated modules, a small database."""


class Fate(Enum):
    """What becomes of a folder in the copy."""

    COPY = "copied, entry by entry"
    WHOLE = "copied, with all it holds"
    LINK = "one link to the real folder"
    MIRROR = "a folder of its own, of links to the real entries"
    SKIP = "not there"


_DEPENDENCIES: Mapping[str, Fate] = {
    "node_modules": Fate.MIRROR,
    "bower_components": Fate.LINK,
    "jspm_packages": Fate.LINK,
    ".pnpm-store": Fate.LINK,
    ".yarn/cache": Fate.LINK,
    ".yarn/unplugged": Fate.LINK,
    ".venv": Fate.LINK,
    "venv": Fate.LINK,
    ".tox": Fate.LINK,
    ".nox": Fate.LINK,
    ".pixi": Fate.LINK,
    "__pypackages__": Fate.LINK,
    ".eggs": Fate.LINK,
    "vendor": Fate.LINK,
    ".bundle": Fate.LINK,
    "deps": Fate.LINK,
    "Pods": Fate.LINK,
    "Carthage": Fate.LINK,
    ".terraform": Fate.LINK,
    "elm-stuff": Fate.LINK,
    ".dart_tool": Fate.LINK,
}
"""Ignored folders that hold what was installed, by name, or by the parent's name and it."""

_CACHES = frozenset({
    "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints",
    ".gradle", ".idea", ".vs",
})  # fmt: skip
"""Made again when missing; several ignore their content, not themselves."""

_OUTPUTS = (
    "*.pyc", "*.pyo", "*.o", "*.obj", "*.class", "*.log", "*.tsbuildinfo", ".eslintcache", ".stylelintcache",
    ".coverage", ".coverage.*", "*.swp", "*.pid", ".DS_Store",
)  # fmt: skip
"""Ignored files that say what has been built or done, which in the copy isn't so."""

_NATIVE = (".so", ".pyd", ".dylib", ".dll", ".node")
"""Modules built in their place, of whatever size: the interpreter needs them."""

_EDITABLE = "__editable__."
"""How setuptools names it in `build/` (`editable_mode=strict`)."""

MIRRORS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "node_modules": (
        frozenset({".bin"}),
        frozenset({".cache", ".vite", ".vite-temp", ".vitest", ".parcel-cache", ".tmp"}),
    ),
    "vendor": (frozenset({"composer", "bin"}), frozenset()),
}
"""Of a mirrored folder: what is copied, since it leads back to the project by its own place (Composer's
loader by `__DIR__`), and what is left out, since tools write there.
"""


def fate_of_folder(path: Path, *, ignored: bool) -> Fate:
    """What becomes of an untracked folder."""
    name = path.name
    if name in _CACHES:
        return Fate.SKIP
    if is_environment(path):
        return Fate.LINK
    if ignored and name == "build" and _editables(path):
        return Fate.COPY
    if ignored and name.startswith(_EDITABLE):
        return Fate.WHOLE
    fate = _DEPENDENCIES.get(name) or _DEPENDENCIES.get(f"{path.parent.name}/{name}")
    if fate is not None and (ignored or name == "node_modules"):
        composer = name == "vendor" and os.path.isfile(path / "composer/installed.json")  # noqa: PTH113 - never raises
        return Fate.MIRROR if composer else fate
    return Fate.SKIP if ignored else Fate.COPY


def is_wanted(name: str, size: int, changed: Collection[str]) -> bool:
    """Whether an ignored file is copied. `changed` are the names of the changed files beside it: what
    is named after one of them (`a.js` beside `a.ts`) was made from what it was before.
    """
    if size > SMALL and not name.endswith(_NATIVE):
        return False
    if any(fnmatchcase(name, glob) for glob in _OUTPUTS):
        return False
    stem = name.partition(".")[0]
    return not stem or all(stem != other.partition(".")[0] for other in changed)


def _editables(build: Path) -> bool:
    """Whether the folder holds a package of links to the project's modules."""
    try:
        return any(name.startswith(_EDITABLE) for name in os.listdir(build))  # noqa: PTH208 - names only
    except OSError:
        return False


def is_environment(path: Path) -> bool:
    """A Python environment, whatever its name: made by venv (PEP 405) or by conda."""
    return os.path.lexists(path / "pyvenv.cfg") or os.path.isdir(path / "conda-meta")  # noqa: PTH112 - never raises
