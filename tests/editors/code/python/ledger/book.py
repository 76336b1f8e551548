"""The book that entries are written into."""

from dataclasses import dataclass, field
from datetime import date

from .money import add_tax, total


@dataclass(frozen=True)
class Entry:
    """One line of the book. `net` is in cents."""

    day: date
    text: str
    net: int

    @property
    def gross(self) -> int:
        return add_tax(self.net)


@dataclass
class Book:
    """Entries in the order in which they were booked."""

    entries: list[Entry] = field(default_factory=list)

    def book(self, entry: Entry) -> None:
        """Add an entry."""
        self.entries.append(entry)

    def balance(self, until: date | None = None) -> int:
        """The gross sum, of all entries or of those up to a day."""
        chosen = [entry for entry in self.entries if until is None or entry.day <= until]
        return total(entry.gross for entry in chosen)
