"""tmux, the terminal of the editors that have no other face: the machine's own, else Debian's, unpacked."""

import shutil

from editors.programs.debian import through_its_loader, unpack
from editors.programs.program import EDITORS, Found, Missing, Program
from editors.programs.version import found

_UNPACKED = EDITORS / "tmux"
_OLDEST = (3, 2)
"""The first whose `new-session` takes variables."""


def find() -> Found | Missing:
    argv: tuple[str, ...]
    own = shutil.which("tmux")
    if own is not None:
        argv, environ = (own,), dict[str, str]()
    elif (unpacked := through_its_loader(_UNPACKED, "usr/bin/tmux")) is not None:
        argv, environ = unpacked, {"TERMINFO_DIRS": f"{_UNPACKED / 'usr/share/terminfo'}:/lib/terminfo"}
    else:
        return Missing("it isn't installed", "apt-get install tmux")
    return found(argv, environ, flag="-V", pattern=r"tmux (\d+)\.(\d+)", oldest=_OLDEST)


def _install() -> None:
    unpack("tmux", "tmux", "ncurses-base", suite="trixie")


PROGRAMS = (Program(key="tmux", title="tmux", pinned=True, find=find, install=_install),)
