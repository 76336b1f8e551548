"""What one search may cost: counted, so that no text takes long and no clock decides an answer."""

from dataclasses import dataclass

MAX_WORK = 100_000
"""In units of about a microsecond; an edit of a usual file takes a few hundred."""


class TooMuchWorkError(Exception):
    """The text repeats itself so much, or so much is misquoted, that telling would take too long."""


@dataclass(slots=True)
class Work:
    """What has been spent, up to `MAX_WORK`."""

    spent: int = 0

    def take(self, units: int) -> None:
        """Count what comes next; raises TooMuchWorkError where that is too much."""
        self.spent += units
        if self.spent > MAX_WORK:
            raise TooMuchWorkError
