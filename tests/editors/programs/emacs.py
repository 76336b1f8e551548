"""Emacs with its Eglot, and lsp-mode: the machine's own, else those of Debian's stable suite, unpacked."""

import os
import shutil
from pathlib import Path

from editors.programs.debian import through_its_loader, unpack
from editors.programs.program import EDITORS, Found, Missing, Program
from editors.programs.version import found

_UNPACKED = EDITORS / "emacs-30"
_OLDEST = (30, 1)
_NEVER_USED = ("binutils", "libgcc-14-dev", "libc6-dev")
"""What libgccjit declares: nothing is compiled here."""


def find() -> Found | Missing:
    """Emacs in `.editors/emacs-30`, else the machine's own."""
    unpacked = through_its_loader(_UNPACKED, "usr/bin/emacs-nox")
    if unpacked is not None:
        return _found(*_in_place(unpacked))
    own = shutil.which("emacs")
    if own is None:
        return Missing("it isn't installed", "cd tests && ../.venv/bin/python -m editors.programs emacs-30")
    return _found((own,), {})


def lsp_mode() -> list[Path] | None:
    """The folders of lsp-mode and what it needs; None where they aren't unpacked."""
    folders = sorted((_UNPACKED / "usr/share/emacs/site-lisp/elpa-src").glob("*/"))
    return folders if any(folder.name.startswith("lsp-mode-") for folder in folders) else None


def _in_place(argv: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str]]:
    """It looks for its files where it was built for; here it is told where they are. Only with a name that
    has a folder does it read its dumped state, and start in 0.2 s.
    """
    program = argv[-1]
    (state,) = _UNPACKED.glob("usr/libexec/emacs/*/*/*.pdmp")
    (lisp,) = _UNPACKED.glob("usr/share/emacs/*/lisp")
    folders = sorted(path for path in lisp.rglob("*/") if path.is_dir())
    environ = {
        "EMACSLOADPATH": os.pathsep.join(map(str, (lisp, *folders))),
        "EMACSDATA": str(lisp.parent / "etc"),
        "EMACSDOC": str(lisp.parent / "etc"),
        "EMACSPATH": str(state.parent),
    }
    return (*argv[:-2], program, program, "--dump-file", str(state)), environ


def _found(argv: tuple[str, ...], environ: dict[str, str]) -> Found | Missing:
    return found(argv, environ, flag="--version", pattern=r"GNU Emacs (\d+)\.(\d+)", oldest=_OLDEST)


def _install() -> None:
    unpack("emacs-30", "emacs-nox", "elpa-lsp-mode", suite="trixie", without=_NEVER_USED)


PROGRAMS = (Program(key="emacs-30", title="Emacs 30", pinned=True, find=find, install=_install),)
