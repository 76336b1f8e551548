"""One function in words, and all of them in a table."""

from collections.abc import Iterator, Sequence

from lakewright.sandbox.reading.facts import Portrait, Study
from lakewright.sandbox.reading.source import shorten
from lakewright.sandbox.reading.sql import Step
from lakewright.sandbox.reading.symbols import Symbol
from lakewright.sandbox.reading.words import counted, lines_named

_MOST_STEPS = 14
_HOLDING = frozenset({"branch", "loop", "else", "context"})
_MOST_ROWS = 12


def profile_table(found: Study, focus: Sequence[Portrait], chosen: Sequence[Symbol]) -> Iterator[str]:
    """A table of the definitions; of many, those in focus, the chosen ones and the first."""
    if not found.symbols:
        return
    portraits = {one.symbol: one for one in found.portraits}
    symbols = found.symbols
    wanted = {*(one.symbol for one in focus), *chosen}
    ranked = sorted(symbols, key=lambda symbol: (symbol not in wanted, symbol.parent is not None))
    shown = sorted(ranked[:_MOST_ROWS], key=lambda symbol: symbol.start)
    rows = ["| Definition | Lines | Complexity | Nesting | Calls |", "|---|---|---|---|---|"]
    rows += [_row(symbol, portraits.get(symbol)) for symbol in shown]
    yield "## What it holds"
    yield "\n".join(rows)
    if len(symbols) > len(shown):
        left = len(symbols) - len(shown)
        yield f"{counted(left, 'more definition')} {'is' if left == 1 else 'are'} left out of the table."


def _row(symbol: Symbol, one: Portrait | None) -> str:
    name = f"{symbol.kind} `{symbol.full_name}`"
    lines = str(symbol.start) if symbol.start == symbol.end else f"{symbol.start}-{symbol.end}"
    if one is None:
        return f"| {name} | {lines} | | | |"
    calls = ", ".join(f"`{name}`" for name in one.calls[:3]) + ("…" if len(one.calls) > 3 else "")
    least = "at least " if one.seen else ""
    return f"| {name} | {lines} | {least}{one.complexity} | {one.nesting} | {calls} |"


def how_it_works(found: Study, focus: Sequence[Portrait]) -> Iterator[str]:
    """A section for each function that decides something, a line for each that doesn't."""
    yield "## How it works"
    yield from (_portray(found, one) for one in focus if one.steps)
    plain = [one for one in focus if not one.steps]
    if plain:
        yield "\n".join(f"- {_in_a_line(found, one)}" for one in plain)


def _in_a_line(found: Study, one: Portrait) -> str:
    said = f" — “{one.summary}”" if one.summary else ""
    calls = f", calls {', '.join(f'`{name}`' for name in one.calls[:5])}" if one.calls else ""
    where = found.source.where(one.symbol.line)
    seen = f", in {lines_named(one.seen[0], one.seen[-1]).lower()}, which I saw" if one.seen else ""
    return f"`{one.symbol.full_name}` ({where}) runs straight through{seen}{calls}{said}"


def _portray(found: Study, one: Portrait) -> str:
    """Heading, signature, what its author says, its steps, what it calls."""
    symbol = one.symbol
    blocks = [f"### `{symbol.full_name}`, {found.source.where(symbol.line)}"]
    blocks.append(f"`{shorten(symbol.signature, 160)}`" + (f" — “{one.summary}”" if one.summary else ""))
    if one.seen:
        blocks.append(f"I saw {lines_named(one.seen[0], one.seen[-1]).lower()} of it.")
    blocks.append("\n".join(_told(one.steps)))
    if one.calls:
        named = ", ".join(f"`{name}`" for name in one.calls[:8])
        blocks.append(f"It calls {named}{' and others' if len(one.calls) > 8 else ''}.")
    return "\n\n".join(blocks)


def _told(steps: Sequence[Step]) -> Iterator[str]:
    shown = [step for step in steps if step.kind != "assign"] if len(steps) > _MOST_STEPS else list(steps)
    holding: list[int] = []
    for step in shown[:_MOST_STEPS]:
        while holding and holding[-1] >= step.depth:
            holding.pop()
        text = step.text[0].upper() + step.text[1:]
        yield f"{'  ' * len(holding)}- {text} (line {step.line})"
        holding += [step.depth] if step.kind in _HOLDING else []
    if len(shown) > _MOST_STEPS:
        yield f"- … and {counted(len(shown) - _MOST_STEPS, 'more step')}, up to line {shown[-1].line}"
