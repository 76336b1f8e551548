"""What the model is told of a change: where it was made, or why not and what to do next."""

from collections.abc import Mapping, Sequence

from lakewright.edits.diff_lines import opcodes
from lakewright.edits.values import Kind, Refused
from lakewright.workspace.paths import shown

MOST_RANGES = 12

_NEXT: Mapping[Kind, str] = {
    Kind.SYNTAX: "The file is as it was before this call: send the edits again, all that belong together in"
    " one call, so that it parses after them.",
    Kind.MASKED: "Leave that part of the file as it is.",
    Kind.UNFINISHED: "Send it again, complete.",
    Kind.ENCODING: "The file is as it was before this call.",
}
"""What to do next, where the reason doesn't say it."""


def not_changed(name: str, refused: Refused, left: int) -> str:
    """A refusal: `name` is the file, "" where none was named; `left` the attempts that are still taken."""
    head = f"{shown(name)} was not changed. " if name else "Nothing was changed. "
    parts = [head + refused.reason, _NEXT.get(refused.kind, ""), attempts(name, left)]
    return " ".join(part for part in parts if part)


def attempts(name: str, left: int) -> str:
    what = "this path" if name else "this"
    if left > 0:
        return f"[{left} more attempt{'s' if left > 1 else ''} for {what}]"
    return f"[that was the last attempt for {what}: no further one is taken]"


def no_further(name: str, most: int) -> str:
    what = shown(name) if name else "This"
    return (
        f"{what} was refused {most} times: no further attempt is taken. Say in your answer what could not be"
        " changed."
    )


def made(count: int, before: str, after: str) -> str:
    """`2 edits, lines 10-14 and 40.`"""
    return f"{count} edit{'' if count == 1 else 's'}, {changed_lines(before, after)}."


def changed_lines(before: str, after: str) -> str:
    """Where the new text differs, in its own lines: `lines 10-14 and 40`. Lines that went are told by the
    one that follows them.
    """
    codes = [code for code in opcodes(_rows(before), _rows(after)) if code[0] != "equal"]
    ranges = [f"{c + 1}" if d - c < 2 else f"{c + 1}-{d}" for _, _, _, c, d in codes]
    if not ranges:
        return "line endings"
    if len(ranges) > MOST_RANGES:
        ranges = [*ranges[:MOST_RANGES], f"{len(ranges) - MOST_RANGES} more places"]
    return ("line " if len(ranges) == 1 and "-" not in ranges[0] else "lines ") + joined(ranges)


def joined(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def counted_lines(text: str) -> str:
    count = len(_rows(text)) - (text.endswith("\n") or not text)
    return f"{count} line{'' if count == 1 else 's'}"


def _rows(text: str) -> list[str]:
    return text.split("\n") if "\n" in text else text.split("\r")
