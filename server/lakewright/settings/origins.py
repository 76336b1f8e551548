"""Where a value came from, and what all sources together gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from lakewright.settings.tree import Settings


class Source(IntEnum):
    """The sources of settings; a higher one wins."""

    DEFAULT = 0
    USER_FILE = 1
    PROJECT_FILE = 2
    VARIABLE = 3
    EDITOR = 4
    FLAG = 5


@dataclass(frozen=True, slots=True)
class Origin:
    """A source and the place in it: a file with its line, a variable, the editor's settings, a flag."""

    source: Source
    place: str = "default"

    @property
    def explicit(self) -> bool:
        """Whether the user said it for this very call. An editor's settings are for good, like a file's."""
        return self.source in (Source.VARIABLE, Source.FLAG)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings and how they came to be. `origins` has every setting by its dotted path."""

    settings: Settings
    origins: Mapping[str, Origin]
    warnings: tuple[str, ...] = ()
    """What was wrong and left out; each names its place."""
    notes: tuple[str, ...] = ()
    """What was understood differently from how it is written."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    own_roles: Mapping[str, str | None] = field(default_factory=dict)
    """The roles as they are without the project file: they decide which host a project's roles mean."""
    root: Path | None = None
