"""What a rename in Python works with: files read for the old name, and the scope that is meant."""

from collections.abc import Mapping
from dataclasses import dataclass

from lakewright.sandbox.reading.python_scopes import Scope, Uses
from lakewright.sandbox.reading.python_trees import Parsed

Places = Mapping[str, list[int]]
"""Offsets by path."""


@dataclass(frozen=True)
class Module:
    """A file of the workspace, read for the old name."""

    path: str
    parsed: Parsed
    uses: Uses


@dataclass(frozen=True)
class Renaming:
    old: str
    new: str
    own: Module
    scope: Scope | None
    """The scope whose variable is meant in the file at hand; None for an attribute of instances."""
