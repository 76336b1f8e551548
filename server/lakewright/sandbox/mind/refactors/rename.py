"""Rename a symbol wherever it is used: Python by its scopes, other languages by their words."""

import re
from dataclasses import replace

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Outcome, Refactor, phrased
from lakewright.sandbox.mind.refactors.rename_python import rename_python
from lakewright.sandbox.mind.refactors.rename_words import rename_words
from lakewright.sandbox.reading.source import read_source
from lakewright.sandbox.reading.symbols import Symbol, find_symbols

_MOST_MENTIONS = 5
_NAME = r"[`'\"]?(?P<{}>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)[`'\"]?(?:\(\))?"
_KINDS = (
    r"(?:function|method|class|variable|constant|symbol|parameter|argument|field|attribute|property|type"
    r"|struct|interface|selection|definition)"
)
_TO = r"\s*(?:\bto\b|\binto\b|\bas\b|->|\u2192|=>)\s*"


def _work(bench: Bench, asked: re.Match[str]) -> Outcome:
    new = asked["new"]
    old = asked.groupdict().get("old") or _chosen(bench)
    if old is None:
        return Declined("The chosen lines hold no definition that I could rename; name the symbol.")
    if old.split(".")[-1] == new:
        return Declined(f"`{new}` is its name already.")
    if "." in new:
        return Declined(f"`{new}` is not a single name.")
    language = bench.language
    if language is None:
        return Declined(f"I don't know the language of `{bench.path}`.")
    rename = rename_python if language.name == "Python" else rename_words
    outcome = rename(bench, old, new)
    found = bench.found.get(old.split(".")[-1])
    if not isinstance(outcome, Changes) or found is None or not found.mentions:
        return outcome
    shown = ", ".join(f"`{path}`" for path in found.mentions[:_MOST_MENTIONS])
    return replace(outcome, notes=(*outcome.notes, f"The word stands in other files, too: {shown}."))


def _looked_up(asked: re.Match[str]) -> tuple[str, ...]:
    old = asked.groupdict().get("old")
    return (old.split(".")[-1],) if old else ()


def _chosen(bench: Bench) -> str | None:
    """The definition that begins in the chosen lines, else the innermost around them."""
    symbols = find_symbols(read_source(bench.path, bench.text))
    begins = [one for one in symbols if bench.is_chosen(one.line)]
    around = [one for one in symbols if one.start <= bench.first and bench.last <= one.end]
    if bench.selected and not begins and (assigned := _assigned(bench)):
        return assigned
    best: list[Symbol] = begins[:1] or sorted(around, key=lambda one: one.size)[:1]
    return best[0].name if best and (bench.selected or len(symbols) == 1) else None


def _assigned(bench: Bench) -> str | None:
    """The variable that the only chosen line gives a value."""
    rows = bench.text.split("\n")[bench.first - 1 : bench.last]
    row = rows[0] if len(rows) == 1 else ""
    found = re.match(r"\s*(?:const\s+|let\s+|var\s+)?([A-Za-z_$][\w$]*)\s*(?::[^=]+)?(?::?=)(?!=)", row)
    return found[1] if found else None


RENAME = Refactor(
    "rename a symbol in all files that use it",
    "rename total_price to price_sum",
    phrased(
        rf"\brename\s+(?:the\s+|this\s+|selected\s+)*(?:{_KINDS}\s+)*(?:called\s+|named\s+)?"
        rf"(?!(?:this|it|the|to|into|as|{_KINDS})\b){_NAME.format('old')}{_TO}{_NAME.format('new')}",
        rf"\brename\s*(?:(?:this|it|the|selected|symbol|{_KINDS})\s*)*{_TO}{_NAME.format('new')}",
    ),
    _work,
    _looked_up,
)
