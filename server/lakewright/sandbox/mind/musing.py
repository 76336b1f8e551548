"""What the scripted model thinks before it acts: short, about the code at hand, true."""

from collections.abc import Sequence

from lakewright.core.parts import ToolCall
from lakewright.sandbox.mind.focus import asked_for, in_focus
from lakewright.sandbox.mind.plan import Situation
from lakewright.sandbox.reading.facts import Portrait
from lakewright.sandbox.reading.words import agreeing, counted, lines_named


def muse(situation: Situation, calls: Sequence[ToolCall]) -> str:
    """The thinking of this turn."""
    rounds = len(situation.conversation.rounds)
    if calls and not rounds:
        return _first_look(situation, calls)
    if calls:
        return _going_on(situation, calls)
    return _ready(situation)


def _first_look(situation: Situation, calls: Sequence[ToolCall]) -> str:
    prompt = situation.prompt
    sentences = []
    if situation.path and prompt.start is not None:
        sentences.append(
            f"I am asked about {lines_named(prompt.start, prompt.end or prompt.start).lower()}"
            f" of {situation.path}; the surroundings matter, too."
        )
    elif situation.path:
        sentences.append(f"I am asked about {situation.path}.")
    else:
        sentences.append("No file is named, so I have to find where to look first.")
    if prompt.question:
        sentences.append(f'The question is: "{prompt.question[:200]}"')
    if situation.study is not None and situation.study.symbols:
        sentences.append(
            f"The prompt shows {counted(len(situation.study.source.lines), 'line')} with"
            f" {counted(len(situation.study.symbols), 'definition')};"
            " I want to see them in their file."
        )
    sentences.append(
        f"I'll call {_named(calls)}{', together since none needs the other' if len(calls) > 1 else ''}."
    )
    return " ".join(sentences)


def _going_on(situation: Situation, calls: Sequence[ToolCall]) -> str:
    study = situation.study
    if study is None or not study.symbols:
        return f"That did not show the code yet. I'll try {_named(calls)} before I answer."
    sentences = [f"{situation.path or 'The code'} has {counted(len(study.symbols), 'definition')}."]
    if len(situation.conversation.rounds) == 1:
        heaviest = max(study.portraits, key=lambda one: one.complexity, default=None)
        if heaviest is not None:
            sentences.append(_about(heaviest))
        named = asked_for(study, situation.prompt.question)
        if named:
            sentences.append(f"The question points at {named[0].full_name}, line {named[0].line}.")
        sentences.append("Reading it alone doesn't tell who relies on it or where its imports come from.")
    else:
        found = {name: len(places) for name, places in situation.knowledge.places.items() if places}
        shown = ", ".join(f"{name} in {counted(count, 'place')}" for name, count in found.items())
        sentences.append(
            f"The search found {shown or 'nothing'}."
            " I want to see the nearest of them before I claim anything."
        )
    sentences.append(f"Next: {_named(calls)}.")
    return " ".join(sentences)


def _ready(situation: Situation) -> str:
    study = situation.study
    if study is None or not study.symbols:
        return "I have no code to read here, so I answer from what was said."
    sentences = ["That is enough to answer."]
    focus = in_focus(study, situation.prompt)
    if focus:
        sentences.append(f"I'll go through {', '.join(one.symbol.full_name for one in focus)}.")
    if study.remarks:
        lines = sorted({remark.line for remark in study.remarks})
        verb = agreeing("deserve", one=len(lines) == 1)
        first = f"line {lines[0]}" if len(lines) == 1 else f"the first at line {lines[0]}"
        sentences.append(f"{counted(len(lines), 'line')} {verb} a remark, {first}.")
    if situation.knowledge.failures:
        sentences.append("Some of what I wanted to see was refused; I have to say so.")
    return " ".join(sentences)


def _about(portrait: Portrait) -> str:
    symbol = portrait.symbol
    return (
        f"{symbol.full_name} ({lines_named(symbol.start, symbol.end).lower()}) branches most:"
        f" complexity {portrait.complexity}, nesting {portrait.nesting}."
    )


def _named(calls: Sequence[ToolCall]) -> str:
    counted = {call.name: sum(other.name == call.name for other in calls) for call in calls}
    return " and ".join(name if count == 1 else f"{name} ({count} times)" for name, count in counted.items())
