"""Texts for the model, bounded in size; the last line says what was cut and how to get it."""

from collections.abc import Iterable

MAX_BYTES = 32_000
"""The most text that one call brings into the conversation, in UTF-8."""

MAX_LINES = 400
MAX_ROWS = 200
MAX_LINE = 2_000
MAX_ROW = 300


def shortened(line: str, most: int) -> str:
    """The line without its end where it is very long, with a note of what was cut."""
    return line if len(line) <= most else f"{line[:most]} … [{len(line) - most:,} characters cut]"


def bounded(lines: Iterable[str], *, most: int, size: int = MAX_BYTES) -> list[str]:
    """The first lines that fit: at most `most`, and at most `size` bytes."""
    kept: list[str] = []
    for line in lines:
        size -= len(line.encode("utf-8", "surrogatepass")) + 1
        if len(kept) == most or (size < 0 and kept):
            break
        kept.append(line)
    return kept
