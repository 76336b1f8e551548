"""Whether the text format may draw on a terminal; it imports nothing that only drawing needs."""

import sys
from collections.abc import Mapping
from typing import TextIO

_NO_CURSOR = frozenset({"", "dumb", "unknown"})
"""Values of TERM (or none) that promise no cursor movement: editors' shells, serial lines."""


def can_draw(out: TextIO, err: TextIO, environ: Mapping[str, str]) -> bool:
    """One of the streams is a terminal that moves its cursor, and NO_COLOR (any value) isn't set."""
    if environ.get("NO_COLOR") or not (out.isatty() or err.isatty()):
        return False
    if sys.platform == "win32":  # consoles before Windows Terminal show control sequences as text
        return "WT_SESSION" in environ or environ.get("TERM", "") not in _NO_CURSOR
    return environ.get("TERM", "").lower() not in _NO_CURSOR
