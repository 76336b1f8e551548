"""Which symbols matter: those a question names, those in the chosen lines, else the weightiest."""

import re
from collections.abc import Sequence

from lakewright.sandbox.mind.prompt import Prompt
from lakewright.sandbox.reading.facts import Portrait, Study
from lakewright.sandbox.reading.symbols import Symbol
from lakewright.sandbox.reading.words import SAYS_LITTLE, words


def asked_for(study: Study, question: str | None) -> list[Symbol]:
    """Symbols that the question names, best first: by their very name, else by words they share."""
    if not question:
        return []
    identifiers = set(re.findall(r"[A-Za-z_$][\w$]*", question))
    exact = [
        symbol
        for symbol in study.symbols
        if symbol.name in identifiers and symbol.name.lower() not in SAYS_LITTLE
    ]
    if exact:
        return exact
    wanted = words(question)
    scored = [(_shared(words(symbol.full_name), wanted), symbol) for symbol in study.symbols]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [symbol for _, symbol in best[:4]]


def _shared(own: set[str], wanted: set[str]) -> int:
    return sum(
        any(one == other or (len(other) > 3 and one.startswith(other[:-1])) for other in wanted)
        for one in own
    )


def in_range(study: Study, prompt: Prompt) -> list[Symbol]:
    """Symbols that the chosen lines touch, the innermost first."""
    if prompt.start is None or prompt.end is None:
        return []
    touched = [
        symbol for symbol in study.symbols if symbol.start <= prompt.end and symbol.end >= prompt.start
    ]
    return sorted(touched, key=lambda symbol: symbol.size)


def weightiest(study: Study, count: int) -> list[Portrait]:
    """The functions with most to explain, in order of the file."""
    ranked = sorted(study.portraits, key=lambda one: (-one.complexity, -one.symbol.size, one.symbol.start))
    return sorted(ranked[:count], key=lambda one: one.symbol.start)


def in_focus(study: Study, prompt: Prompt, *, count: int = 4) -> list[Portrait]:
    """The functions to explain in detail."""
    chosen = asked_for(study, prompt.question) or in_range(study, prompt)
    portraits = [one for symbol in chosen for one in _portraits_of(study, symbol)]
    unique = list(dict.fromkeys(portraits))[:count]
    if len(unique) == 1:
        unique += _called(study, unique[0])[: count - 1]
    return unique or weightiest(study, count)


def _called(study: Study, one: Portrait) -> list[Portrait]:
    """The functions of the same source that it calls, the weightiest first, when they decide something."""
    names = {re.split(r"\.|::|->", name)[-1] for name in one.calls}
    own = [other for other in study.portraits if other is not one and other.symbol.name in names]
    return sorted((other for other in own if other.complexity > 2), key=lambda other: -other.complexity)[:2]


def _portraits_of(study: Study, symbol: Symbol) -> Sequence[Portrait]:
    """A function itself, or the methods of a class by weight."""
    own = [one for one in study.portraits if one.symbol == symbol]
    if own:
        return own
    members = [one for one in study.portraits if symbol.start <= one.symbol.start <= symbol.end]
    return sorted(members, key=lambda one: -one.complexity)[:3]


def names_to_look_up(study: Study, prompt: Prompt, *, count: int = 3) -> list[str]:
    """Names whose callers are worth asking for."""
    chosen = asked_for(study, prompt.question) or in_range(study, prompt)
    tops = [symbol for symbol in study.symbols if symbol.parent is None and symbol.kind != "namespace"]
    weighty = [one.symbol for one in weightiest(study, count)]
    inner = {symbol for symbol in study.symbols if _is_inside_function(study, symbol)}
    wanted = [symbol for symbol in (*chosen, *weighty, *tops) if symbol not in inner]
    names = [symbol.name.split("::")[-1] for symbol in wanted if not symbol.name.startswith("__")]
    return list(dict.fromkeys(name for name in names if name not in ("main", "constructor", "init")))[:count]


def _is_inside_function(study: Study, symbol: Symbol) -> bool:
    return any(
        one.symbol.start < symbol.start <= one.symbol.end and one.symbol.kind != "statement"
        for one in study.portraits
    )


def local_imports(study: Study, *, count: int = 2) -> list[str]:
    """Imported names that may be defined in the workspace: those the weightiest functions call first."""
    called = {name.split(".")[0].split("::")[0] for one in study.portraits for name in one.calls}
    names = [name for imported in study.imports for name in imported.names if name[:1].isalpha()]
    ranked = sorted(dict.fromkeys(names), key=lambda name: name not in called)
    own = {symbol.name for symbol in study.symbols}
    return [name for name in ranked if name not in own and name in called][:count]
