"""What two sequences of lines or words share, in bounded work: `difflib` alone can take minutes."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

MAX_WORK = 600_000
"""Comparisons that `difflib` may need for one pair of sequences; beyond it the lines that stand once on
either side are matched first, and what is still too much between them counts as replaced.
"""

Opcode = tuple[str, int, int, int, int]


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """As `SequenceMatcher.get_opcodes`: (tag, old start, old end, new start, new end), in order."""
    head = _common(old, new, min(len(old), len(new)))
    tail = _common(old[::-1], new[::-1], min(len(old), len(new)) - head)
    found: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    found.extend(_middle(old, new, (head, len(old) - tail, head, len(new) - tail)))
    if tail:
        found.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return _joined(found)


def matching_work(old: Sequence[str], new: Sequence[str]) -> int:
    """How many comparisons `difflib` needs at most: for each block that fits, all equal pairs once."""
    counts, others = Counter(old), Counter(new)
    pairs = sum(count * others[item] for item, count in counts.items() if item in others)
    return min(pairs, len(old), len(new)) * (len(old) + pairs)


def _common(old: Sequence[str], new: Sequence[str], most: int) -> int:
    for index in range(most):
        if old[index] != new[index]:
            return index
    return most


def _middle(old: Sequence[str], new: Sequence[str], span: tuple[int, int, int, int]) -> list[Opcode]:
    work = [MAX_WORK]
    exact = _exactly(old, new, span, work)
    if exact is not None:
        return exact
    found: list[Opcode] = []
    done_old, done_new = span[0], span[2]
    for a, c in _anchors(old, new, span):
        gap = (done_old, a, done_new, c)
        found.extend(_exactly(old, new, gap, work) or _replaced(gap))
        found.append(("equal", a, a + 1, c, c + 1))
        done_old, done_new = a + 1, c + 1
    gap = (done_old, span[1], done_new, span[3])
    found.extend(_exactly(old, new, gap, work) or _replaced(gap))
    return found


def _joined(codes: Sequence[Opcode]) -> list[Opcode]:
    """What is equal from one code to the next, as one: a diff would take two for two hunks."""
    joined: list[Opcode] = []
    for tag, a, b, c, d in codes:
        if joined and tag == "equal" == joined[-1][0]:
            joined[-1] = ("equal", joined[-1][1], b, joined[-1][3], d)
        else:
            joined.append((tag, a, b, c, d))
    return joined


def _exactly(
    old: Sequence[str], new: Sequence[str], span: tuple[int, int, int, int], work: list[int]
) -> list[Opcode] | None:
    """What `difflib` says of a part; None where that would take too long. Takes its work off the rest."""
    a, b, c, d = span
    if a == b or c == d:
        return _replaced(span)
    ours, theirs = old[a:b], new[c:d]
    needed = matching_work(ours, theirs)
    if needed > work[0]:
        return None
    work[0] -= needed
    codes = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    return [(tag, a + i, a + j, c + k, c + m) for tag, i, j, k, m in codes]


def _replaced(span: tuple[int, int, int, int]) -> list[Opcode]:
    a, b, c, d = span
    if a == b and c == d:
        return []
    return [("insert" if a == b else "delete" if c == d else "replace", a, b, c, d)]


def _anchors(
    old: Sequence[str], new: Sequence[str], span: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    """The longest rising chain of lines that stand once on each side."""
    a, b, c, d = span
    ours, theirs = Counter(old[a:b]), Counter(new[c:d])
    where = {new[index]: index for index in range(c, d)}
    pairs = [
        (index, where[old[index]])
        for index in range(a, b)
        if ours[old[index]] == 1 and theirs.get(old[index]) == 1
    ]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, other) in enumerate(pairs):
        at = bisect_left(ends, other)
        ends[at : at + 1] = [other]
        last[at : at + 1] = [number]
        before.append(last[at - 1] if at else -1)
    chain: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]
