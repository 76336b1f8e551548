"""What the scripted model says and thinks around a change."""

import re
from collections.abc import Mapping, Sequence

from lakewright.sandbox.mind.edits import PlannedEdit
from lakewright.sandbox.mind.files import Shown
from lakewright.sandbox.mind.refactors.base import Changes
from lakewright.sandbox.mind.refactors.table import REFACTORS
from lakewright.sandbox.mind.wanted import Wanted
from lakewright.sandbox.reading.source import shorten
from lakewright.sandbox.reading.words import counted

SIMULATED = "*Simulated: the Lakewright sandbox changes code by rules. No model was asked.*"


def summed_up(changes: Changes, edits: Mapping[str, int]) -> str:
    """What was changed: the sentence, the files with the number of their edits, the notes."""
    rows = [f"- `{path}`: {counted(count, 'edit')}" for path, count in edits.items()]
    blocks = [SIMULATED, changes.told]
    blocks += ["\n".join(rows)] if rows else ["Nothing needed to be changed."]
    blocks += ["\n".join(f"- {note}" for note in changes.notes)] if changes.notes else []
    return "\n\n".join(blocks)


def nothing_done(reason: str, *, partly: bool = False) -> str:
    """That nothing is changed, or nothing more, and why."""
    return f"{SIMULATED}\n\n{'The rest stays as it is' if partly else 'I changed nothing'}. {reason}"


def unknown(instruction: str) -> str:
    """That the instruction is none of those known; and which are."""
    rows = "\n".join(f"- {one.name}, as in “{one.example}”" for one in REFACTORS)
    asked = f"“{shorten(instruction, 120)}” is not one of the changes that I know by rule"
    return f"{SIMULATED}\n\nI changed nothing: {asked}. I can\n\n{rows}"


def stopped(path: str) -> str:
    return f"{SIMULATED}\n\nMy edits of `{path}` were refused too often, so I stop. It stays as it was."


def failed_check(told: str) -> str:
    """The command's last words, and that rules can't mend what they broke."""
    rows = [row for row in re.sub(r"`{3,}\w*", "", told).split("\n") if row.strip()]
    says = [row for row in rows if re.search(r"(?i)\b\w*(?:error|exception|failed|failure)\b", row)]
    said = shorten((says or rows)[-2 if rows[-1].startswith("Correct what") and not says else -1], 160)
    return (
        f"{SIMULATED}\n\nThe check says: `{said}`. I change code by rules and have none for what a check"
        " finds: what I did stays as it is, and a person has to look at it."
    )


def read_on(wanted: Wanted, shown: Shown, *, refused: bool) -> str:
    """Before the file is read."""
    if refused:
        return "My edit was refused. I read the file again before I send a corrected one."
    if shown.lines:
        return f"I have seen {counted(len(shown.lines), 'line')} of {shown.total:,}; I want the rest, too."
    where = "" if wanted.start is None else f", lines {wanted.start}-{wanted.end}"
    return (
        f"I am asked to “{shorten(wanted.instruction, 160)}” in {wanted.path}{where}. An edit has to quote"
        " the file letter for letter, so I read it first."
    )


def before_edits(edits: Mapping[str, Sequence[PlannedEdit]], *, refused: int) -> str:
    """Before edits are sent."""
    count = sum(map(len, edits.values()))
    again = "Once more, corrected: " if refused else ""
    files = counted(len(edits), "file")
    return f"{again}{counted(count, 'edit')} in {files}, each with enough lines around it to occur once."
