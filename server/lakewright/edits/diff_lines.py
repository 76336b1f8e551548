"""What two sequences of lines share, in bounded time: `difflib` alone can take minutes."""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

MAX_PAIRS = 60_000
"""Equal pairs of lines that are compared; beyond it only the lines that are unique on both sides."""

Opcode = tuple[str, int, int, int, int]


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """As `SequenceMatcher.get_opcodes`: (tag, old start, old end, new start, new end), in order."""
    head = _common(old, new, min(len(old), len(new)))
    tail = _common(old[::-1], new[::-1], min(len(old), len(new)) - head)
    middle = _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    found: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    found.extend((tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in middle)
    if tail:
        found.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return found


def _common(old: Sequence[str], new: Sequence[str], most: int) -> int:
    for index in range(most):
        if old[index] != new[index]:
            return index
    return most


def _middle(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    if not old and not new:
        return []
    if not old or not new:
        return [("insert" if not old else "delete", 0, len(old), 0, len(new))]
    old_counts, new_counts = Counter(old), Counter(new)
    pairs = sum(count * new_counts[line] for line, count in old_counts.items() if line in new_counts)
    if pairs <= MAX_PAIRS:
        return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    return _by_unique_lines(old, new, old_counts, new_counts)


def _by_unique_lines(
    old: Sequence[str], new: Sequence[str], old_counts: Counter[str], new_counts: Counter[str]
) -> list[Opcode]:
    """A rising chain of lines that stand once on each side; what lies between is replaced."""
    where = {line: index for index, line in enumerate(new) if new_counts[line] == 1}
    found: list[Opcode] = []
    done_old = done_new = 0
    for index, line in enumerate(old):
        other = where.get(line, -1)
        if old_counts[line] != 1 or other < done_new:
            continue
        found.extend(_gap(done_old, index, done_new, other))
        found.append(("equal", index, index + 1, other, other + 1))
        done_old, done_new = index + 1, other + 1
    found.extend(_gap(done_old, len(old), done_new, len(new)))
    return found


def _gap(old_start: int, old_end: int, new_start: int, new_end: int) -> list[Opcode]:
    if old_start == old_end and new_start == new_end:
        return []
    tag = "insert" if old_start == old_end else "delete" if new_start == new_end else "replace"
    return [(tag, old_start, old_end, new_start, new_end)]
