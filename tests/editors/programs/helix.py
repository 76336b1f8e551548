"""Helix: the machine's own if it is the version wanted or newer, else 25.01 of Debian's stable suite and the
newest of the one that moves, unpacked.
"""

import shutil
from functools import partial

from editors.programs.debian import through_its_loader, unpack
from editors.programs.program import EDITORS, Found, Missing, Program
from editors.programs.version import found

_SUITES = {"helix-25.01": "trixie", "helix-25.07": "forky"}
_OWN = ("hx", "helix")
"""What distributions call it."""


def find(key: str) -> Found | Missing:
    """Helix in `.editors/<key>`; before that the machine's own, which stands for the version it is."""
    oldest = tuple(map(int, key.removeprefix("helix-").split(".")))
    unpacked = through_its_loader(EDITORS / key, "usr/lib/hx/hx")
    if unpacked is not None:
        environ = {"HELIX_RUNTIME": str(EDITORS / key / "usr/lib/hx/runtime")}
        return _found(unpacked, environ, oldest)
    own = next(filter(None, map(shutil.which, _OWN)), None)
    if own is None:
        return Missing("it isn't installed", f"cd tests && ../.venv/bin/python -m editors.programs {key}")
    return _found((own,), {}, oldest)


def _found(argv: tuple[str, ...], environ: dict[str, str], oldest: tuple[int, ...]) -> Found | Missing:
    return found(argv, environ, flag="--version", pattern=r"helix (\d+)\.(\d+)", oldest=oldest)


PROGRAMS = tuple(
    Program(
        key=key,
        title=f"Helix {key.removeprefix('helix-')}",
        pinned=suite == "trixie",
        find=partial(find, key),
        install=partial(unpack, key, "hx", suite=suite),
    )
    for key, suite in _SUITES.items()
)
