"""What was refused in a run and not made good yet: the bookkeeping that decides whether a run fails.

Pure, so that it can be tested as a state machine. A change that named no file of the workspace is
forgotten once a later one is accepted: the model has found the right one. A new file that was refused
for what it holds is not: the others may need it.
"""

from dataclasses import dataclass

from lakewright.edits.values import Refused
from lakewright.staging.values import OpenRefusal

MAX_ATTEMPTS = 3
"""For one path: the first and two repairs."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a change was for: `key` is the file's path, or the words that name none.

    `path` is that of a workspace file, or of one that could be made there (`is_new`); else None.
    """

    key: str
    path: str | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    refusal: OpenRefusal
    is_new: bool
    turn: int | None


class Ledger:
    """Refusals by what they were for."""

    def __init__(self) -> None:
        self._open: dict[str, _Entry] = {}

    def refused(self, named: Named, refused: Refused, *, turn: int | None = None) -> int:
        """Note a refusal. Returns how many attempts are still taken.

        Refusals of one turn are one attempt: the model had not heard of the first when it sent the
        others. Without `turn` each is one.
        """
        last = self._open.pop(named.key, None)
        attempts = last.refusal.attempts if last else 0
        if last is None or turn is None or last.turn != turn:
            attempts += 1
        refusal = OpenRefusal(named.path, refused, attempts)
        self._open[named.key] = _Entry(refusal, named.is_new, turn)
        return max(0, MAX_ATTEMPTS - attempts)

    def accepted(self, path: str, *, is_new: bool) -> None:
        """A change was accepted, of a file or of a new one: see what that makes good."""
        self._open = {
            key: entry
            for key, entry in self._open.items()
            if not (entry.refusal.path in (path, None) or (is_new and entry.is_new))
        }

    def spent(self, named: Named) -> OpenRefusal | None:
        """The refusal after which nothing more is tried, if it has come to that."""
        entry = self._open.get(named.key)
        return entry.refusal if entry and entry.refusal.attempts >= MAX_ATTEMPTS else None

    @property
    def open(self) -> tuple[OpenRefusal, ...]:
        """In the order of their last refusal."""
        return tuple(entry.refusal for entry in self._open.values())

    @property
    def exhausted(self) -> OpenRefusal | None:
        return next((one for one in self.open if one.attempts >= MAX_ATTEMPTS), None)
