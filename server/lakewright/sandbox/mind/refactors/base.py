"""What a refactor is: how its instruction is recognised, and what it makes of the code it is shown."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lakewright.sandbox.mind.knowledge import Place
from lakewright.sandbox.mind.splices import Splice, line_starts
from lakewright.sandbox.reading.languages import Language, language_of


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for a name brought; `complete` is False where some of it was left out. `mentions` are
    files of other languages in which the word stands.
    """

    places: tuple[Place, ...]
    complete: bool
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The file with its text, the chosen lines (1-based, inclusive; all of them where none were chosen),
    the other files read so far, what was found for names; None stands for what could not be had.
    """

    path: str
    text: str
    first: int
    last: int
    selected: bool
    texts: Mapping[str, str | None]
    found: Mapping[str, Found | None]

    @property
    def language(self) -> Language | None:
        return language_of(self.path, self.text)

    @property
    def extent(self) -> tuple[int, int]:
        """The chosen lines as offsets of the text."""
        starts = line_starts(self.text)
        return starts[self.first - 1], starts[min(self.last, len(starts) - 1)]

    def is_chosen(self, line: int) -> bool:
        return self.first <= line <= self.last


@dataclass(frozen=True, slots=True)
class Needs:
    """Names to look up and files to read before it can go on; `why` goes into the reasoning."""

    why: str
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change, by path. `told` is the sentence of the summary, `notes` what the user should know."""

    splices: Mapping[str, tuple[Splice, ...]]
    told: str
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing is changed, and why: a sentence."""

    reason: str


Outcome = Needs | Changes | Declined


@dataclass(frozen=True, slots=True)
class Refactor:
    """`work` gets the match of the first of `patterns` that the instruction fits; `looks_up` tells the
    names that it will need to have looked up.
    """

    name: str
    example: str
    patterns: tuple[re.Pattern[str], ...]
    work: Callable[[Bench, re.Match[str]], Outcome]
    looks_up: Callable[[re.Match[str]], Sequence[str]] = lambda _: ()

    def asked(self, instruction: str) -> re.Match[str] | None:
        found = (pattern.search(instruction) for pattern in self.patterns)
        return next((match for match in found if match), None)


def phrased(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Patterns that don't care for letter case; names in them keep theirs."""
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
