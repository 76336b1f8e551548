"""The explanation: Markdown made from what was read, and nothing else."""

import re
from collections.abc import Iterator, Sequence

from lakewright.sandbox.mind.focus import asked_for, in_focus, in_range
from lakewright.sandbox.mind.knowledge import Knowledge, Place, by_path, same_language
from lakewright.sandbox.mind.opening import opening
from lakewright.sandbox.mind.plan import Situation, nearest_definition
from lakewright.sandbox.mind.portrayal import how_it_works, profile_table
from lakewright.sandbox.reading.facts import Portrait, Study, study
from lakewright.sandbox.reading.source import shorten
from lakewright.sandbox.reading.symbols import Symbol
from lakewright.sandbox.reading.words import counted, words

SIMULATED = (
    "*Simulated: the Lakewright sandbox wrote this by rules from the code it read. No model was asked.*"
)
_MOST_PLACES = 6
_MOST_REMARKS = 8


def explain(situation: Situation) -> str:
    """The whole answer."""
    found = situation.study
    if found is None:
        return "\n\n".join([SIMULATED, *_nothing_read(situation)])
    focus = _focus(situation, found)
    blocks = [SIMULATED, opening(situation, found)]
    blocks += _about_question(situation, found)
    brief = _follows_up(situation) or bool(asked_for(found, situation.prompt.question))
    if not brief:
        blocks += profile_table(found, focus, in_range(found, situation.prompt))
    if focus:
        blocks += how_it_works(found, focus)
    blocks += _about_users(situation, found)
    if not brief:
        blocks += _about_dependencies(situation, found)
    blocks += _remarks(situation, found, focus)
    blocks += _unseen(situation.knowledge)
    return "\n\n".join(blocks)


def _follows_up(situation: Situation) -> bool:
    return situation.prompt.path is None and any(
        said.speaker == "assistant" and said.text for said in situation.conversation.said
    )


def _focus(situation: Situation, found: Study) -> list[Portrait]:
    """In a later answer without a new question: what the earlier ones left out."""
    named = asked_for(found, situation.prompt.question)
    if not _follows_up(situation) or named:
        return in_focus(found, situation.prompt)
    told = "\n".join(said.text for said in situation.conversation.said if said.speaker == "assistant")
    fresh = [one for one in found.portraits if f"### `{one.symbol.full_name}`" not in told]
    return sorted(fresh, key=lambda one: -one.complexity)[:3]


def _about_question(situation: Situation, found: Study) -> Iterator[str]:
    question = situation.prompt.question
    if not question:
        return
    yield f"## “{shorten(question, 120)}”"
    named = asked_for(found, question)
    lines = _matching_lines(found, question)
    if named:
        first = named[0]
        text = f"The question comes closest to `{first.full_name}` ({found.source.where(first.line)})."
        others = ", ".join(f"`{symbol.full_name}`" for symbol in named[1:])
        yield f"{text} Related: {others}." if others else text
    if lines:
        rows = "\n".join(
            f"- {found.source.where(number)}: `{shorten(found.source.line(number))}`" for number in lines
        )
        yield f"Its words occur in these lines:\n\n{rows}"
    if not named and not lines:
        yield (
            "Nothing in what I read carries the words of this question, and rules can't judge more than"
            " words. What follows is what the code does."
        )


def _matching_lines(found: Study, question: str) -> list[int]:
    wanted = words(question)
    scored = [
        (len(wanted & words(row)), number)
        for number, row in found.source.lines.items()
        if wanted & words(row)
    ]
    best = sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:5]
    return sorted(number for _, number in best)


def _about_users(situation: Situation, found: Study) -> Iterator[str]:
    own = {symbol.name: symbol for symbol in found.symbols}
    rows = []
    for name, places in situation.knowledge.places.items():
        symbol = own.get(name)
        if symbol is None:
            continue
        uses = [place for place in places if _is_use(place, symbol, found)]
        rows.append(f"- `{name}`: {_users(uses)}")
    if rows:
        yield "## Who uses it"
        yield "\n".join(rows)


def _is_use(place: Place, symbol: Symbol, found: Study) -> bool:
    """Whether it can mean this symbol: inside its own body only a call of itself does."""
    if place.defines or not same_language(place.path, found.source):
        return False
    if place.path != found.source.path or not symbol.start <= place.line <= symbol.end:
        return True
    calls_itself = re.search(rf"\b{re.escape(symbol.name)}\s*\(", place.text)
    return symbol.is_function and calls_itself is not None and place.line > symbol.line


def _users(uses: Sequence[Place]) -> str:
    if not uses:
        return "no use found besides its definition."
    files = by_path(tuple(uses))
    shown = [
        f"`{place.path}:{place.line}`" + (f" (`{shorten(place.text, 60)}`)" if place.text else "")
        for place in uses[:_MOST_PLACES]
    ]
    more = f" and {len(uses) - _MOST_PLACES} more" if len(uses) > _MOST_PLACES else ""
    times = "once" if len(uses) == 1 else f"{len(uses)} times in {counted(len(files), 'file')}"
    return f"used {times}: {', '.join(shown)}{more}."


def _about_dependencies(situation: Situation, found: Study) -> Iterator[str]:
    if not found.imports:
        return
    rows = []
    for imported in found.imports[:12]:
        names = f": {', '.join(f'`{name}`' for name in imported.names[:6])}" if imported.names else ""
        rows.append(f"- `{imported.module}` (line {imported.line}){names}")
        rows += [f"  - {text}" for name in imported.names if (text := _definition(situation, name))]
    if len(found.imports) > 12:
        rows.append(f"- and {len(found.imports) - 12} more")
    yield "## What it depends on"
    yield "\n".join(rows)


def _definition(situation: Situation, name: str) -> str:
    """A sentence about an imported name whose definition was read."""
    for place in situation.knowledge.places.get(name, ()):
        source = situation.knowledge.sources.get(place.path)
        if place != nearest_definition(situation, name):
            continue
        portrait = study(source).portrait(name) if source is not None else None
        said = f" “{portrait.summary}”" if portrait is not None and portrait.summary else ""
        return f"`{name}` is defined in `{place.path}:{place.line}`: `{shorten(place.text)}`.{said}"
    return ""


def _remarks(situation: Situation, found: Study, focus: Sequence[Portrait]) -> Iterator[str]:
    source = found.source
    alike: dict[str, list[int]] = {}
    for remark in found.remarks:
        alike.setdefault(remark.text, []).append(remark.line)
    rows = [f"- {source.where(lines[0])}{_more_lines(lines[1:])}: {text}." for text, lines in alike.items()]
    for one in focus:
        rows += [f"- `{one.symbol.full_name}` {text}" for text in _surprises(one)]
    if rows and not (_follows_up(situation) and asked_for(found, situation.prompt.question)):
        yield "## Worth knowing"
        more = [f"- and {len(rows) - _MOST_REMARKS} more"] if len(rows) > _MOST_REMARKS else []
        yield "\n".join([*rows[:_MOST_REMARKS], *more])


def _more_lines(lines: Sequence[int]) -> str:
    if not lines:
        return ""
    shown = ", ".join(map(str, lines[:4]))
    return f" and {shown}{f' and {len(lines) - 4} more' if len(lines) > 4 else ''}"


def _surprises(one: Portrait) -> Iterator[str]:
    if one.complexity >= 10:
        yield f"takes {one.complexity} paths at least; splitting it would make it easier to test."
    if one.nesting >= 4:
        yield f"nests {one.nesting} levels deep."
    if one.recursive:
        yield "calls itself."
    returns = one.of_kind("return")
    early = [step for step in returns[:-1] if step.depth]
    if len(early) >= 3:
        yield f"returns early at lines {', '.join(str(step.line) for step in early[:6])}."


def _unseen(knowledge: Knowledge) -> Iterator[str]:
    if knowledge.failures:
        yield "## What I could not see"
        yield "\n".join(f"- {failure}" for failure in knowledge.failures[:4])


def _nothing_read(situation: Situation) -> Iterator[str]:
    target = f"`{situation.path}`" if situation.path else "any code"
    yield f"I could not read {target}, so there is nothing I can say about it."
    yield from _unseen(situation.knowledge)
    if situation.knowledge.listed:
        rows = "\n".join(f"- `{path}`" for path in situation.knowledge.listed[:12])
        yield f"These files are there; name one of them:\n\n{rows}"
    for name, places in situation.knowledge.places.items():
        yield f"`{name}`: {_users(places)}"
