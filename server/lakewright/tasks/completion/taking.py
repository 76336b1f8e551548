"""How far an answer's lines were gone through, and what of them balances."""

from dataclasses import dataclass, field

from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.scan import State, Trouble


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a completion may be: lines, and definitions such as functions."""

    lines: int = 20
    definitions: int = 1


@dataclass(slots=True)
class Taking:
    """How far the lines were gone through. `good`: the text up to the last place that balances.

    `waiting` is text that counts only where something else follows it, or nothing at all. `below` is how
    many of the last lines are the first ones of the text below.
    """

    hole: Hole
    bounds: Bounds
    state: State
    bare: bool
    lines: list[str] = field(default_factory=list)
    good: str = ""
    waiting: str | None = None
    definitions: int = 0
    below: int = 0
    least: Trouble | None = None
    """What doesn't match with the text taken: it never becomes more again."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def previous(self) -> str:
        """The last line, as it stands in the file."""
        return self.lines[-1] if len(self.lines) > 1 else self.hole.head + self.lines[-1]

    def shown(self, line: str) -> str:
        """A line that is next, as it stands in the file."""
        return line if self.lines else self.hole.head + line


def fits(after: State, taking: Taking) -> bool:
    """Whether a text that comes to `after` leaves no more unmatched than there was."""
    hole = taking.hole
    return hole.trouble_after(after).no_worse_than(taking.least or hole.trouble)
