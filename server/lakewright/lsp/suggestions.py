"""What was suggested, kept by what surrounds the cursor: typing along a suggestion, or back over what was
typed, never asks again. Pure; one thread, and a clock that is given.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass

from lakewright.lsp.timers import Clock

BEFORE = 2_000
AFTER = 400
"""Characters around the cursor by which a place is known again."""

_CLOSERS = frozenset(")]}>\"'`")
_MOST_CLOSERS = 3
"""What an editor puts behind the cursor by itself when a bracket or a quote is typed."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a cursor of a document: the last BEFORE characters, and the first AFTER ones."""

    uri: str
    before: str
    after: str

    @property
    def head(self) -> str:
        """The cursor's line before the cursor."""
        return self.before.rpartition("\n")[2]

    @property
    def tail(self) -> str:
        """The cursor's line after the cursor."""
        return self.after.partition("\n")[0].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to insert, "" where nothing belongs there. `replaces`: so many characters behind the cursor, which
    the editor closed by itself, are part of it. `is_new`: nobody was offered it yet.
    """

    text: str
    replaces: int = 0
    is_new: bool = False


@dataclass(slots=True)
class _Entry:
    asked: Surroundings
    text: str
    since: float
    offered: bool = False

    @property
    def size(self) -> int:
        return len(self.asked.before) + len(self.asked.after) + len(self.text)


class Suggestions:
    """The newest suggestions, within bounds of number, size (in characters) and age (in seconds)."""

    def __init__(
        self,
        *,
        clock: Clock = time.monotonic,
        entries: int = 200,
        size: int = 1_000_000,
        age: float = 600.0,
    ) -> None:
        self._clock = clock
        self._most, self._most_size, self._age = entries, size, age
        self._entries: OrderedDict[Surroundings, _Entry] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, asked: Surroundings, text: str) -> None:
        """What was suggested at a place; "" where nothing was."""
        self._drop(asked)
        self._entries[asked] = entry = _Entry(asked, text, self._clock())
        self._size += entry.size
        while len(self._entries) > 1 and (len(self._entries) > self._most or self._size > self._most_size):
            self._drop(next(iter(self._entries)))

    def find(self, now: Surroundings) -> Suggestion | None:
        """What is left of a suggestion at a place; None where nobody was asked."""
        oldest = self._clock() - self._age
        for entry in reversed(self._entries.values()):
            if entry.asked.uri != now.uri or entry.since < oldest:
                continue
            left = continued(entry.asked, entry.text, now)
            if left is not None and (left.text.strip() or not entry.text):
                self._entries.move_to_end(entry.asked)
                is_new, entry.offered = not entry.offered, True
                return Suggestion(left.text, left.replaces, is_new=is_new)
        return None

    def clear(self) -> None:
        """Forget all of it."""
        self._entries.clear()
        self._size = 0

    def _drop(self, asked: Surroundings) -> None:
        entry = self._entries.pop(asked, None)
        if entry is not None:
            self._size -= entry.size


def continued(asked: Surroundings, text: str, now: Surroundings) -> Suggestion | None:
    """What is left of `text`, suggested at `asked`, where its beginning was typed since; None where anything
    else has changed. What the editor closed by itself may stand behind the cursor.
    """
    closed, typed = closed_since(asked.after, now.after), _typed(asked.before, text, now.before)
    if closed is None or typed is None:
        return None
    rest = text[typed:]
    if closed and (not typed or not _holds(rest, closed)):
        return None
    return Suggestion(rest, len(closed))


def is_along(asked: Surroundings, text: str, now: Surroundings) -> bool:
    """The same of a text that still grows: whether only its beginning was typed since."""
    return closed_since(asked.after, now.after) is not None and (
        _typed(asked.before, text, now.before) is not None
    )


def closed_since(asked: str, now: str) -> str | None:
    """What stands before the same text as then: nothing, or closing brackets and quotes; else None."""
    if now == asked:
        return ""
    for count in range(1, _MOST_CLOSERS + 1):
        closers = now[:count]
        if closers[-1:] not in _CLOSERS:
            return None
        if now == (closers + asked)[:AFTER]:
            return closers
    return None


def _typed(asked: str, text: str, now: str) -> int | None:
    """How many characters of `text` stand between the cursor of then and that of now."""
    whole = asked + text
    if len(now) < BEFORE:  # all that the document has before the cursor
        return len(now) - len(asked) if len(asked) <= len(now) and whole.startswith(now) else None
    at = whole.find(now, max(0, len(asked) - BEFORE))
    return at + len(now) - len(asked) if at >= 0 else None


def _holds(text: str, characters: str) -> bool:
    """Whether the characters come in `text`, in this order."""
    rest = iter(text)
    return all(character in rest for character in characters)
