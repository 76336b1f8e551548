"""What was refused in a run and not made good yet: the bookkeeping that decides whether a run fails.

Pure, so that it can be tested as a state machine. A path that names no file of the workspace counts
only until some later change is accepted: the model has found the right one.
"""

from dataclasses import dataclass

from lakewright.edits.values import Refused
from lakewright.staging.values import OpenRefusal

MAX_ATTEMPTS = 3
"""For one path: the first and two repairs."""


@dataclass(frozen=True, slots=True)
class _Entry:
    refusal: OpenRefusal
    turn: int | None


class Ledger:
    """Refusals by what was named: a file's path, or else the words that named none."""

    def __init__(self) -> None:
        self._open: dict[str, _Entry] = {}

    def refused(self, named: str, path: str | None, refused: Refused, *, turn: int | None = None) -> int:
        """Note a refusal; `path` is None where no file of the workspace was named. Returns how many
        attempts have failed since the last accepted one. Those of one turn are one attempt: the
        model had not heard of the first when it sent the others.
        """
        last = self._open.pop(named, None)
        attempts = last.refusal.attempts if last else 0
        if last is None or turn is None or last.turn != turn:
            attempts += 1
        self._open[named] = _Entry(OpenRefusal(path, refused, attempts), turn)
        return attempts

    def accepted(self, path: str) -> None:
        """A change of this path was accepted: it makes good what was refused there or nowhere."""
        self._open = {
            named: entry for named, entry in self._open.items() if entry.refusal.path not in (path, None)
        }

    def is_exhausted(self, named: str) -> bool:
        return named in self._open and self._open[named].refusal.attempts >= MAX_ATTEMPTS

    @property
    def open(self) -> tuple[OpenRefusal, ...]:
        """In the order of their last refusal."""
        return tuple(entry.refusal for entry in self._open.values())

    @property
    def exhausted(self) -> OpenRefusal | None:
        return next((one for one in self.open if one.attempts >= MAX_ATTEMPTS), None)
