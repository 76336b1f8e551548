"""The programs that the tests drive. A new one is a module beside this and a row here."""

import os

from editors.programs import emacs, helix, neovim, tmux, vscode
from editors.programs.program import Found, Missing, Program

PROGRAMS: tuple[Program, ...] = (
    *neovim.PROGRAMS,
    *tmux.PROGRAMS,
    *helix.PROGRAMS,
    *emacs.PROGRAMS,
    *vscode.PROGRAMS,
)


def program(key: str) -> Program:
    """The program of this key."""
    return next(one for one in PROGRAMS if one.key == key)


def find(key: str) -> Found | Missing:
    """The program of this key, or what is lacking."""
    return program(key).find()


def must_be_here(one: Program) -> bool:
    """Whether a test that lacks it fails rather than being skipped."""
    return one.pinned and os.environ.get("CI") == "true"
