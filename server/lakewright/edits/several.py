"""Several edits of one file in one call: all or none, and only where every reading says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.edits.locate import locate, locator
from lakewright.edits.values import AlreadyApplied, Applied, Edit, Kind, Located, NothingToChange, Refused

MAX_EDITS = 200


def apply_edits(  # noqa: PLR0911 - one return a reason
    text: str, edits: Sequence[Edit], *, path: str = ""
) -> Applied | Refused:
    """The text after all edits. They are located in the original text and must not overlap; where one
    builds on another, they are applied in order; where the two readings differ, they are refused.
    """
    if not edits:
        return Refused("There are no edits in the call: give at least one.", Kind.FORM)
    if len(edits) > MAX_EDITS:
        return Refused(f"{len(edits)} edits in one call are too many: at most {MAX_EDITS}.", Kind.TOO_LARGE)
    at_once = _at_once(text, edits, path)
    if len(edits) == 1:
        return at_once
    if isinstance(at_once, Refused) and at_once.kind not in (Kind.NOT_FOUND, Kind.OVERLAP):
        return at_once
    in_order = _in_order(text, edits, path, building=isinstance(at_once, Refused))
    if isinstance(at_once, Refused):
        return in_order if isinstance(in_order, Applied) else at_once
    if isinstance(in_order, Applied) and in_order.text == at_once.text:
        return at_once
    return Refused(
        "Applied to the file as it is these edits give another text than applied one after the other: make "
        "one edit of those that touch each other's text.",
        Kind.ORDER,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    number: int
    located: Located


def _at_once(text: str, edits: Sequence[Edit], path: str) -> Applied | Refused:
    steps: list[_Step] = []
    notes: list[str] = []
    find = locator(text, path=path)
    for number, edit in enumerate(edits, 1):
        outcome = find(edit.search, edit.replace)
        if isinstance(outcome, Refused):
            return _numbered(outcome, number, len(edits))
        if isinstance(outcome, AlreadyApplied | NothingToChange):
            notes.append(_note(outcome.reason, number, len(edits)))
        else:
            steps.append(_Step(number, outcome))
    ordered = sorted(steps, key=lambda step: (step.located.start, step.located.end))
    pieces: list[str] = []
    done, previous = 0, 0
    for step in ordered:
        if step.located.start < done:
            reason = f"Edits {previous} and {step.number} change the same text: make one edit of them."
            return Refused(reason, Kind.OVERLAP)
        pieces.extend([text[done : step.located.start], step.located.replacement])
        done, previous = step.located.end, step.number
    tiers = tuple(step.located.tier for step in steps)
    return Applied("".join([*pieces, text[done:]]), tiers, tuple(notes))


def _in_order(text: str, edits: Sequence[Edit], path: str, *, building: bool) -> Applied | Refused:
    """One after the other; `building`: one that isn't in the original must touch what came before."""
    now, tiers, notes = text, [], []
    changed: list[tuple[int, int]] = []
    for number, edit in enumerate(edits, 1):
        outcome = locate(now, edit.search, edit.replace, path=path)
        if isinstance(outcome, Refused):
            return _numbered(outcome, number, len(edits))
        if isinstance(outcome, AlreadyApplied | NothingToChange):
            if edit not in edits[: number - 1] and isinstance(
                locate(text, edit.search, edit.replace, path=path), Located
            ):
                reason = (
                    f"Edit {number} is for text that an edit before it has changed: make one edit of them."
                )
                return Refused(reason, Kind.OVERLAP)
            notes.append(_note(outcome.reason, number, len(edits)))
            continue
        touches = any(start <= outcome.end and outcome.start <= end for start, end in changed)
        if (
            building
            and not touches
            and not isinstance(locate(text, edit.search, edit.replace, path=path), Located)
        ):
            return Refused(f"Edit {number} is not in the file and builds on no other edit.", Kind.NOT_FOUND)
        now = now[: outcome.start] + outcome.replacement + now[outcome.end :]
        changed = _moved(changed, outcome)
        tiers.append(outcome.tier)
    return Applied(now, tuple(tiers), tuple(notes))


def _moved(changed: list[tuple[int, int]], located: Located) -> list[tuple[int, int]]:
    """The places changed so far, in the text after one more edit."""
    shift = len(located.replacement) - (located.end - located.start)
    moved = [
        (start, end) if end <= located.start else (start + shift, end + shift)
        for start, end in changed
        if end <= located.start or start >= located.end
    ]
    return [*moved, (located.start, located.start + len(located.replacement))]


def _numbered(refused: Refused, number: int, total: int) -> Refused:
    return refused if total == 1 else Refused(f"Edit {number} of {total}: {refused.reason}", refused.kind)


def _note(reason: str, number: int, total: int) -> str:
    return reason if total == 1 else f"Edit {number} of {total}: {reason}"
