"""What a statement of SQL does, clause by clause."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lakewright.sandbox.reading.source import Source, shorten
from lakewright.sandbox.reading.symbols import Symbol

_CLAUSE = re.compile(
    r"\b(from|(?:(?:left|right|full|inner|cross|outer|semi|anti)\s+)*join|where|group\s+by|having|order\s+by"
    r"|limit|union(?:\s+all)?|using|when\s+(?:not\s+)?matched|set|select|on|qualify)\b",
    re.IGNORECASE,
)
_SENTENCES = {
    "from": "reads {}",
    "join": "joins {}",
    "where": "keeps the rows where {}",
    "group by": "groups by {}",
    "having": "keeps the groups where {}",
    "order by": "sorts by {}",
    "limit": "stops after {} rows",
    "union": "adds the rows of what follows {}",
    "using": "compares with {}",
    "when matched": "for rows that are in both: {}",
    "when not matched": "for rows that are missing: {}",
    "on": "matches on {}",
    "qualify": "keeps the rows where {}",
}
_BRANCHING = frozenset({"join", "where", "having", "when matched", "when not matched", "on", "qualify"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its line, how deep it is nested (0 is the definition's own level), and a sentence."""

    line: int
    depth: int
    kind: str
    text: str


def sql_steps(source: Source, symbol: Symbol, nested: Sequence[Symbol]) -> list[Step]:
    """The clauses of a statement, without those of the expressions inside it."""
    hidden = {line for inner in nested for line in range(inner.start, inner.end + 1)}
    return [step for step in _clauses(source, symbol) if step.line not in hidden]


def _clauses(source: Source, symbol: Symbol) -> Iterator[Step]:
    begin = max(symbol.start, source.first)
    first, last = begin - source.first, symbol.end - source.first + 1
    masked = "\n".join(source.masked_rows[first:last])
    text = "\n".join(source.rows[first:last])
    clauses = list(_CLAUSE.finditer(masked))
    for place, clause in enumerate(clauses):
        word = re.sub(r"\s+", " ", clause[1].lower())
        word = "join" if word.endswith("join") else "union" if word.startswith("union") else word
        end = clauses[place + 1].start() if place + 1 < len(clauses) else len(text)
        rest = re.sub(r"(?m)^\s*--.*$", "", _balanced(text[clause.end() : end])).strip(" \n;,")
        if word not in _SENTENCES or not rest.strip("() \n"):
            continue
        line = begin + masked.count("\n", 0, clause.start())
        kind = "branch" if word in _BRANCHING else "clause"
        yield Step(line, 0, kind, _SENTENCES[word].format(f"`{shorten(rest)}`"))


def _balanced(text: str) -> str:
    """Up to the bracket that closes what began before the text."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return text[:at]
    return text
