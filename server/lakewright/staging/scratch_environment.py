"""What a verify command gets from its surroundings: the user's own environment, led into the copy.

A path into the real tree that stayed one would test what isn't to be tested, or change what mustn't change.
"""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

_LEFT_OUT = re.compile(
    r"LAKEWRIGHT_.*|GIT_(ALTERNATE_OBJECT_DIRECTORIES|OBJECT_DIRECTORY|DIR|WORK_TREE|IMPLICIT_WORK_TREE"
    r"|GRAFT_FILE|INDEX_FILE|PREFIX|SHALLOW_FILE|COMMON_DIR|NAMESPACE|CONFIG)"
)
"""Our own settings; and what git sets for its hooks, by which any git would work on the real repository
(`git rev-parse --local-env-vars`).
"""


def environment_for(
    root: Path, copy: Path, current: Path, environ: Mapping[str, str], *, shares_python: bool
) -> dict[str, str]:
    """The environment for a command in the copy of `root`; `shares_python` where that links to a Python
    environment of the real tree. A folder above the copy gets what leads Python there.
    """
    python = copy.parent.with_name("python")
    python.mkdir()
    shutil.copyfile(Path(__file__).with_name("scratch_sitecustomize.py"), python / "sitecustomize.py")
    kept = {name: value for name, value in environ.items() if not _LEFT_OUT.fullmatch(name)}
    led = {name: _led(value, root, copy) for name, value in kept.items()}
    paths = (str(python), led.get("PYTHONPATH"))
    return led | {
        "PWD": str(current),
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "LAKEWRIGHT_VERIFY": "1",
        "LAKEWRIGHT_VERIFY_ROOT": str(root),
        # `uv run` would install the copy into the shared environment, in place of the real tree.
        **({"UV_NO_SYNC": "1"} if shares_python or "UV_PROJECT_ENVIRONMENT" in environ else {}),
    }


def current_folder(root: Path, copy: Path) -> Path:
    """The copy's counterpart of the user's current folder where it has one of its own, else the copy."""
    try:
        here = os.path.realpath(os.getcwd())  # noqa: PTH109 - as a string
    except OSError:  # it has been removed
        return copy
    return Path(moved(here, root, copy) or copy)


def moved(path: str, root: Path, copy: Path) -> str | None:
    """The path in the copy for one in the root, where the copy holds it itself: not by a link to the
    real tree, nor left out.
    """
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(root):
        return None
    there = copy / real.relative_to(root)
    held = there.exists() and Path(os.path.realpath(there)).is_relative_to(copy)
    return str(there) if held else None


def spelled_in_copy(command: str, root: Path, copy: Path) -> str:
    """The command with the root's own path, as a word or the beginning of one, replaced by the copy's. A
    word that leads out of the root again (`ROOT/../tools`) stays.
    """

    def led(found: re.Match[str]) -> str:
        leads_out = not Path(os.path.normpath(str(root) + found["rest"])).is_relative_to(root)
        return found[0] if leads_out else str(copy) + found["rest"]

    path = rf"((?<![\w./-])|(?<=\s-\w)){re.escape(str(root))}(?![\w.-])(?P<rest>[\w./+@-]*)"
    return re.sub(path, led, command)


def _led(value: str, root: Path, copy: Path) -> str:
    """A value, or its parts, that are paths into the root."""
    parts = value.split(os.pathsep)
    return os.pathsep.join(
        (moved(part, root, copy) if Path(part).is_absolute() else None) or part for part in parts
    )
