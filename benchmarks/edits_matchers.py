"""Ours and two matchers as popular tools have them, and the judgement of what they make of a case."""

from collections.abc import Callable
from difflib import SequenceMatcher

from edits_cases import Case
from lakewright.edits.locate import locate
from lakewright.edits.values import Located

Matcher = Callable[[Case], str | None]
"""The text after the edit; None: refused, or nothing to do."""


def ours(case: Case) -> str | None:
    found = locate(case.text, case.search, case.replace, path=case.path)
    if not isinstance(found, Located):
        return None
    return case.text[: found.start] + found.replacement + case.text[found.end :]


def exact(case: Case) -> str | None:
    """Exact and unique, as the strictest tools do."""
    return case.text.replace(case.search, case.replace) if case.text.count(case.search) == 1 else None


def fuzzy(case: Case) -> str | None:
    """Exact, else lines without their blanks, else the most similar window: as popular tools do."""
    if case.search in case.text:
        return case.text.replace(case.search, case.replace, 1)
    lines, rows = case.text.split("\n"), case.search.split("\n")
    stripped, wanted = [line.strip() for line in lines], [row.strip() for row in rows]
    best, place = 0.0, -1
    for at in range(len(lines) - len(rows) + 1):
        window = stripped[at : at + len(rows)]
        if window == wanted:
            best, place = 1.0, at
            break
        same = sum(a == b for a, b in zip(window, wanted, strict=True)) / len(rows)
        if same > max(best, 0.3):
            score = SequenceMatcher(None, "\n".join(window), "\n".join(wanted), autojunk=False).ratio()
            best, place = (score, at) if score > best else (best, place)
    if best < 0.8:
        return None
    return "\n".join([*lines[:place], *case.replace.split("\n"), *lines[place + len(rows) :]])


def judge(case: Case, result: str | None) -> str:
    """applied, cosmetic (blanks at line ends and blank lines differ), refused or WRONG."""
    if result is None:
        return "refused"
    if case.wanted is None:
        return "WRONG" if result != case.text else "refused"
    if result == case.wanted:
        return "applied"
    return "cosmetic" if _bare(result) == _bare(case.wanted) else "WRONG"


def _bare(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]
