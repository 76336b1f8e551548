"""One refactor of the scripted model at a time, over texts by path, without a server."""

import re
from collections.abc import Mapping

from lakewright.sandbox.mind.knowledge import Place
from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Found, Needs
from lakewright.sandbox.mind.refactors.table import refactor_for
from lakewright.sandbox.mind.splices import spliced

_DEFINES = (
    r"^\s*(?:export\s+)?(?:async\s+)?(?:def|class|function|func(?:\s*\([^)]*\))?|const|type)\s+{}\b|^{}\s*="
)
_MEMBER = r"^\s+(?:async\s+)?(?:def\s+)?{}\s*\(.*[{{:]\s*$"


def refactored(
    files: Mapping[str, str], path: str, instruction: str, lines: tuple[int, int] | None = None
) -> dict[str, str] | Declined:
    """The files afterwards; texts come without the line end after the last line."""
    texts = {name: text.removesuffix("\n") for name, text in files.items()}
    known = refactor_for(instruction)
    assert known is not None, f"not recognised: {instruction}"
    refactor, match = known
    read: dict[str, str | None] = {}
    found: dict[str, Found | None] = {}
    first, last = lines or (1, texts[path].count("\n") + 1)
    for _ in range(8):
        bench = Bench(
            path=path,
            text=texts[path],
            first=first,
            last=last,
            selected=lines is not None,
            texts=read,
            found=found,
        )
        outcome = refactor.work(bench, match)
        if isinstance(outcome, Needs):
            found |= {name: _find(texts, name) for name in outcome.names}
            read |= {name: texts[name] for name in outcome.paths}
        elif isinstance(outcome, Changes):
            return {name: spliced(text, outcome.splices.get(name, ())) for name, text in texts.items()}
        else:
            return outcome
    raise AssertionError("it never came to an end")


def reason_of(outcome: object) -> str:
    """Why it was declined; it must have been."""
    assert isinstance(outcome, Declined), outcome
    return outcome.reason


def _find(texts: Mapping[str, str], name: str) -> Found:
    """Every line with the word, as the tool would tell it."""
    places = []
    for path, text in texts.items():
        for number, row in enumerate(text.split("\n"), 1):
            if re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", row):
                member = re.match(_MEMBER.format(name), row) is not None
                defines = member or re.search(_DEFINES.format(name, name), row) is not None
                said = f"{'method in X' if member else 'function'}: {row.strip()}" if defines else row.strip()
                places.append(Place(path, number, said, defines))
    return Found(tuple(places), complete=True)
