"""What the model is asked for at a cursor, while it is at it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lakewright.lsp.completion_place import Asked, Place, surroundings, text_from
from lakewright.lsp.documents import Document
from lakewright.lsp.runs import Run
from lakewright.lsp.suggestions import AFTER, Surroundings, closed_since, is_along
from lakewright.lsp.text import Span


def _nothing() -> str:
    return ""


@dataclass(eq=False, slots=True)
class Question:
    """One question. `written` tells what the model has begun to write there, cut anywhere."""

    place: Place
    asked: Asked
    by_hand: bool
    written: Callable[[], str] = _nothing
    run: Run = field(init=False)

    def fits(self, now: Surroundings) -> bool:
        """Whether the answer may fit a place: the same, or one where the user types what is being written."""
        return is_along(self.place.surroundings, self.written(), now)

    def may_go_on(self, document: Document) -> bool:
        """Whether a changed document may still bring a request that fits."""
        asked, start = self.place.surroundings, self.place.replaced.start
        if surroundings(document, Span(start, start), self.place.lead).before != asked.before:
            return False
        wanted = self.place.lead + self.written()
        found = text_from(document, start, len(wanted) + AFTER)
        typed = _in_common(wanted, found)
        return any(
            closed_since(asked.after, found[count : count + AFTER]) is not None
            for count in range(typed, -1, -1)
        )


def _in_common(one: str, other: str) -> int:
    """The length of the beginning that both have."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
