"""The changes that the scripted model knows, and which of them an instruction means."""

import re

from lakewright.sandbox.mind.refactors.base import Refactor
from lakewright.sandbox.mind.refactors.constants import CONSTANT
from lakewright.sandbox.mind.refactors.docstrings import DOCSTRINGS
from lakewright.sandbox.mind.refactors.fstrings import F_STRINGS
from lakewright.sandbox.mind.refactors.hints import HINTS
from lakewright.sandbox.mind.refactors.imports import IMPORTS
from lakewright.sandbox.mind.refactors.rename import RENAME
from lakewright.sandbox.mind.refactors.unused import UNUSED
from lakewright.sandbox.mind.refactors.variables import VARIABLES

REFACTORS: tuple[Refactor, ...] = (
    RENAME,
    F_STRINGS,
    DOCSTRINGS,
    HINTS,
    UNUSED,
    IMPORTS,
    VARIABLES,
    CONSTANT,
)
"""In the order in which they are tried."""


def refactor_for(instruction: str) -> tuple[Refactor, re.Match[str]] | None:
    """The first whose words stand in the instruction."""
    for one in REFACTORS:
        match = one.asked(instruction)
        if match is not None:
            return one, match
    return None
