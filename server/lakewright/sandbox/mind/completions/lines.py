"""Rules for the rest of a line: arguments, what is returned, what stands elsewhere after the same words."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator

from lakewright.sandbox.mind.completions.hole import Hole
from lakewright.sandbox.mind.completions.signatures import head_around, heads

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_TOKEN = re.compile(r"[A-Za-z_$][\w$]*|\d+|[^\w\s]")
_ASSIGNED = re.compile(
    r"^([ \t]*)(?:const |let |var )?([A-Za-z_$][\w$]*)\s*(?::[^=\n]+)?(?:[-+*/|&]|:)?=(?!=)"
)
_DEFINES = re.compile(r"(?:async\s+)?(?:def|class|func|function)\s+\w+\W")
"""A definition that has its name: another one has another name, so nothing of it is taken."""

_FEWEST_LETTERS = 3
_MOST_INSIDE = 4
"""Lines of a block that are repeated."""


def arguments(hole: Hole) -> str | None:
    """After `name(`: the names at hand that are called as the parameters are."""
    opened = re.search(r"(?<![\w$])(?:(?:self|this)\.)?([A-Za-z_$][\w$]*)\($", hole.before)
    if opened is None or re.search(r"\b(?:def|function|func|class)\s+$", hole.before[: opened.start(1)]):
        return None
    known = [head for head in heads(hole, hole.code) if head.name == opened[1]]
    if not known:
        return None
    wanted = [one.name for one in known[0].own if not one.optional and not one.stars]
    around = set(_names_at_hand(hole))
    given = [_given(name, around, hole, only=len(wanted) == 1) for name in wanted]
    if not all(given):
        return None
    return ", ".join(filter(None, given)) + ("" if hole.after.startswith(")") else ")")


def _given(name: str, around: set[str], hole: Hole, *, only: bool) -> str | None:
    if name in around:
        return name
    return next(iter(_assigned(hole)), None) if only else None


def _names_at_hand(hole: Hole) -> Iterator[str]:
    """Parameters of the function around the cursor, and what was assigned in it or at the top."""
    head = head_around(hole, _depth(hole))
    if head is not None:
        yield from (one.name for one in head.own)
    for row in hole.prefix.split("\n")[:-1]:
        if assigned := _ASSIGNED.match(row):
            yield assigned[2]
        if loop := re.match(r"\s*(?:for|with)\b(.+?)(?:\bin\b|\bas\b|:$)", row):
            yield from _WORD.findall(loop[1])


def _assigned(hole: Hole) -> Iterator[str]:
    """What the function around the cursor gave a value to, the last first, the outer ones before loops'."""
    head = head_around(hole, _depth(hole))
    rows = (hole.prefix[head.end :] if head else hole.prefix).split("\n")[:-1]
    found = [match for row in rows if (match := _ASSIGNED.match(row))]
    least = min((len(match[1].expandtabs(4)) for match in found), default=0)
    inner = [match for match in found if len(match[1].expandtabs(4)) > least]
    outer = [match for match in found if match not in inner]
    yield from dict.fromkeys(match[2] for match in (*reversed(outer), *reversed(inner)))


def _depth(hole: Hole) -> int:
    row = hole.before
    return len(row[: len(row) - len(row.lstrip())].expandtabs(4))


def returned(hole: Hole) -> str | None:
    """After `return`: what the function gave a value to."""
    if not re.fullmatch(r"\s*return\s?", hole.before) or hole.after.strip() not in ("", ";"):
        return None
    name = next(_assigned(hole), None)
    if name is None:
        return None
    is_script = hole.language is not None and hole.language.name in ("JavaScript", "TypeScript")
    ends = ";" if is_script and ";" in hole.prefix and not hole.after.strip() else ""
    return f"{'' if hole.before.endswith(' ') else ' '}{name}{ends}"


def looped(hole: Hole) -> str | None:
    """After `for item in`: the name of several that fits the one."""
    opened = re.search(r"^\s*(?:async )?for (\w+) in (\w*)$", hole.before)
    if opened is None or not hole.is_python or hole.after.strip():
        return None
    names = list(dict.fromkeys(_names_at_hand(hole)))
    fitting = (f"{opened[1]}s", f"{opened[1]}es", f"{opened[1].removesuffix('y')}ies", f"{opened[1]}_list")
    name = next((name for name in names if name in fitting and name.startswith(opened[2])), None)
    return f"{name.removeprefix(opened[2])}:" if name else None


def guarded(hole: Hole) -> str | None:
    """After `if __name__`: the way a script begins."""
    opened = re.fullmatch(r"if __name__( ?=?=? ?)", hole.before)
    if opened is None or not hole.is_python or hole.after.strip():
        return None
    main = next((head.name for head in heads(hole, hole.code) if head.name in ("main", "cli", "run")), None)
    rest = ' == "__main__":'.removeprefix(opened[1])
    return f"{rest}\n    {main}()" if main else rest


def next_member(hole: Hole) -> str | None:
    """In a constructor: the parameters that have no member yet."""
    head = head_around(hole, _depth(hole) or 10**6)
    if head is None or head.name != "__init__" or hole.after.strip() or not hole.is_python:
        return None
    inside = hole.prefix[head.end :]
    below = re.split(r"\n\s*(?:def|class|@)", hole.suffix, maxsplit=1)[0]
    given = set(re.findall(r"self\.(\w+)\b[^=\n]*=", inside + below))
    left = [one.name for one in head.own if not one.stars and one.name not in given]
    if not left or not given or not re.fullmatch(r"[ \t]+(?:self\.?)?", hole.before):
        return None
    indent = hole.before[: len(hole.before) - len(hole.before.lstrip())]
    rows = [f"self.{name} = {name}" for name in left]
    return f"\n{indent}".join(rows).removeprefix(hole.before.strip())


def same_beginning(hole: Hole) -> str | None:
    """The end of the line that begins as the cursor's line does: the most usual, of equals the nearest;
    with the block that it opens, where that is short.
    """
    begun = hole.before.lstrip()
    if len(begun.strip()) < _FEWEST_LETTERS or _DEFINES.match(begun):
        return None
    above = hole.prefix.split("\n")[:-1]
    rows = [*above, *hole.suffix.split("\n")[1:]]
    ends = {
        at: row.lstrip()[len(begun) :].rstrip()
        for at, row in sorted(enumerate(rows), key=lambda pair: abs(pair[0] - len(above) + 0.5))
        if row.lstrip().startswith(begun)
    }
    best = _most_often([end for end in ends.values() if end])
    if best is None:
        return None
    at = next(at for at, end in ends.items() if end == best)
    return best + _block(rows, at, hole) if not hole.after.strip() else best


def _block(rows: list[str], at: int, hole: Hole) -> str:
    """The lines below a line that opens a block, at the cursor's depth; nothing where they are many."""
    row = rows[at]
    if not row.rstrip().endswith(("{", ":")):
        return ""
    own, here = _indent(row), _indent(hole.before)
    inside = list(itertools.takewhile(lambda one: len(_indent(one)) > len(own), rows[at + 1 :]))
    if not 0 < len(inside) <= _MOST_INSIDE or not all(one.startswith(own) for one in inside):
        inside = []
    closing = [f"{here}}}"] if row.rstrip().endswith("{") else []
    if closing and _is_open_below(hole, here):
        return ""
    return "".join(f"\n{one}" for one in [*(here + one[len(own) :] for one in inside), *closing])


def _is_open_below(hole: Hole, indent: str) -> bool:
    """Whether the next line below the cursor is inside the block, or its end."""
    below = next((row for row in hole.suffix.split("\n")[1:] if row.strip()), "")
    return below.startswith(f"{indent}}}") or len(_indent(below)) > len(indent)


def _indent(row: str) -> str:
    return row[: len(row) - len(row.lstrip())]


def same_words(hole: Hole) -> str | None:
    """What stands elsewhere in the document after the last words of the cursor's line."""
    tokens = [(found[0], found.end()) for found in _TOKEN.finditer(hole.before)]
    if hole.before[-1:].isalnum() or len(tokens) < 2 or _DEFINES.match(hole.before.lstrip()):
        return None
    for size in (4, 3, 2):
        context = [token for token, _ in tokens[-size:]]
        if len(context) < size or not any(_WORD.fullmatch(token) and len(token) > 2 for token in context):
            continue
        pattern = re.compile(r"(?<![\w$])" + r"\s*".join(map(re.escape, context)) + r"\s*")
        ends = [row[found.end() :].rstrip() for row in hole.rows if (found := pattern.search(row))]
        best = _most_often([_balanced(end) for end in ends if end])
        if best:
            return best
    return None


def rest_of_word(hole: Hole) -> str | None:
    """The rest of a name that the document has, where only one, or one above all, begins so."""
    begun = re.search(r"[A-Za-z_$][\w$]+$", hole.before)
    if begun is None or hole.after[:1].isalnum() or hole.after.startswith("_"):
        return None
    counts = Counter(
        word for word in _WORD.findall(hole.code) if word.startswith(begun[0]) and word != begun[0]
    )
    counts.subtract({begun[0]: 1})
    return _most_often([word.removeprefix(begun[0]) for word in counts.elements()])


def _most_often(found: list[str]) -> str | None:
    """The one that stands there most often; of equals the first."""
    return max(dict.fromkeys(found), key=found.count) if found else None


def _balanced(text: str) -> str:
    """Up to where a bracket closes that the text didn't open."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if depth < 0:
            return text[: at + 1]
    return text
