"""The first words of an explanation: what the file is, how much of it was seen, where the lines lie."""

from collections.abc import Iterator, Sequence

from lakewright.sandbox.mind.focus import in_range
from lakewright.sandbox.mind.plan import Situation
from lakewright.sandbox.reading.facts import Study
from lakewright.sandbox.reading.source import Source
from lakewright.sandbox.reading.symbols import Symbol
from lakewright.sandbox.reading.words import agreeing, counted, lines_named

_MOST_NAMES = 6


def opening(situation: Situation, found: Study) -> str:
    """A paragraph."""
    source = found.source
    sentences = [_size(found)]
    if found.summary:
        sentences.append(f"It says of itself: “{found.summary.rstrip('.')}”.")
    sentences += _about_range(situation, found)
    heaviest = max(found.portraits, key=lambda one: one.complexity, default=None)
    if heaviest is not None and heaviest.complexity > 1:
        of = "Most decisions are made" if source.whole else "Of what I saw, most decisions are made"
        sentences.append(
            f"{of} in `{heaviest.symbol.full_name}`"
            f" ({source.where(heaviest.symbol.line)}, complexity {heaviest.complexity})."
        )
    return " ".join(sentences)


def _size(found: Study) -> str:
    source = found.source
    what = f"`{source.path}`" if source.path else "This code"
    language = source.language.name if source.language else "text"
    holds = _holds(found.symbols)
    if source.whole:
        return f"{what} is {counted(source.last, 'line')} of {language}: {holds}."
    seen = _seen(source)
    size = f" is {counted(source.total, 'line')} of {language}" if source.total else f" is {language}"
    if found.outlined:
        return f"{what}{size}: {holds}. I saw {seen} of it."
    return f"{what}{size}, of which I saw {seen}: there, {holds}."


def _seen(source: Source) -> str:
    parts = [str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in source.parts]
    return f"line{'s' if len(source.lines) > 1 else ''} {', '.join(parts)}"


def _holds(symbols: Sequence[Symbol]) -> str:
    counts: dict[str, int] = {}
    for symbol in symbols:
        counts[symbol.kind] = counts.get(symbol.kind, 0) + 1
    parts = [counted(count, kind) for kind, count in counts.items()]
    if not parts:
        return "no definitions, only statements one after the other"
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _about_range(situation: Situation, found: Study) -> Iterator[str]:
    prompt = situation.prompt
    if prompt.start is None:
        return
    end = prompt.end or prompt.start
    chosen = lines_named(prompt.start, end)
    one = prompt.start == end
    touched = in_range(found, prompt)
    around = [symbol for symbol in touched if symbol.start <= prompt.start and end <= symbol.end]
    inside = sorted((symbol for symbol in touched if symbol not in around), key=lambda one: one.start)
    if around:
        inner = around[0]
        where = _extent(found, inner)
        yield f"{chosen} {agreeing('belong', one=one)} to {inner.kind} `{inner.full_name}` ({where})."
    elif prompt.lies_in and not found.outlined:
        yield f"{chosen} {agreeing('belong', one=one)} to {prompt.lies_in}."
    if inside:
        names = ", ".join(f"`{symbol.full_name}`" for symbol in inside[:_MOST_NAMES])
        more = f" and {len(inside) - _MOST_NAMES} more" if len(inside) > _MOST_NAMES else ""
        begun = [symbol for symbol in inside if symbol.start < prompt.start or symbol.end > end]
        verb = agreeing("touch" if begun else "hold", one=one)
        yield f"{chosen} {verb} {names}{more}."
    if not touched and not prompt.lies_in:
        yield _outside(found, chosen, one=one)


def _extent(found: Study, symbol: Symbol) -> str:
    """Its lines, as far as they are known: what was cut off may go on."""
    cut = not found.outlined and not found.source.whole and symbol.end >= found.source.last
    return f"from line {symbol.start} on" if cut else lines_named(symbol.start, symbol.end).lower()


def _outside(found: Study, chosen: str, *, one: bool) -> str:
    if found.outlined or found.source.whole:
        return f"{chosen} {agreeing('stand', one=one)} outside every definition."
    return f"In what I saw, no definition holds {chosen.lower()}."
