"""What a program that the tests drive is: how it is found, and how it may be got."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
EDITORS = ROOT / ".editors"
"""Where programs are unpacked; not under version control, and safe to delete."""


@dataclass(frozen=True, slots=True)
class Found:
    """A program that is here. `argv` starts it, with `environ` added to the environment."""

    version: str
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Missing:
    """A program that isn't here: what is lacking, and the command that gets it by hand."""

    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.remedy}"


class CannotInstallError(Exception):
    """It can't be installed here. The message says why, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program.

    `find` looks without changing anything. `install` raises CannotInstallError; None where Python's
    packages, installed before, are all there is to get. What is `pinned` must be here where CI is true;
    the others come from a suite that moves, and are missed in one line.
    """

    key: str
    title: str
    pinned: bool
    find: Callable[[], Found | Missing]
    install: Callable[[], None] | None = None
