"""What the scripted model does next: call tools, or answer."""

from lakewright.core.parts import Reasoning, Text
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.mind.complete import complete
from lakewright.sandbox.mind.completions.hole import read_hole
from lakewright.sandbox.mind.conversation import Conversation
from lakewright.sandbox.mind.edits import SayEdits, say_edits
from lakewright.sandbox.mind.explain import SIMULATED, explain
from lakewright.sandbox.mind.knowledge import gather
from lakewright.sandbox.mind.musing import muse
from lakewright.sandbox.mind.plan import Situation, next_calls
from lakewright.sandbox.mind.prompt import read_prompt
from lakewright.sandbox.mind.refactor import change
from lakewright.sandbox.mind.small_talk import (
    GREETING,
    calls_of_strangers,
    forced_call,
    report,
    short_answer,
)
from lakewright.sandbox.mind.wanted import wanted_change
from lakewright.sandbox.reading.facts import study


def think(conversation: Conversation, *, say: SayEdits = say_edits) -> Answer:
    """Plan, call tools, or answer; `say` speaks edits. The same conversation always gets the same answer."""
    wanted = wanted_change(conversation) if conversation.forced is None else None
    if wanted is not None:
        return change(conversation, wanted, say)
    hole = read_hole(conversation.question) if not conversation.offers else None
    if hole is not None:
        return complete(hole)
    situation = _situation(conversation)
    calls = next_calls(situation)
    if not calls and conversation.may_call and situation.study is None:
        calls = calls_of_strangers(conversation)
    if not calls and conversation.forced is not None:
        calls = [forced_call(conversation)]
    if conversation.forced:
        calls = [call for call in calls if call.name == conversation.forced] or [forced_call(conversation)]
    if calls:
        return Answer((Reasoning(muse(situation, calls)), *calls))
    return Answer((Reasoning(muse(situation, ())), Text(_answer(situation))))


def _situation(conversation: Conversation) -> Situation:
    prompt = read_prompt(conversation.question)
    knowledge = gather(conversation)
    path = prompt.path or _earlier_path(conversation)
    source = knowledge.sources.get(path or "") or (knowledge.sources.get("") if prompt.code else None)
    if source is None and path is None and knowledge.sources:
        source = next(reversed(knowledge.sources.values()))
    known = study(source, knowledge.outlines.get(source.path or "", ())) if source is not None else None
    return Situation(conversation, prompt, knowledge, path, known)


def _earlier_path(conversation: Conversation) -> str | None:
    """The file that an earlier question named: a conversation stays with it."""
    paths = (read_prompt(said.text).path for said in reversed(conversation.said) if said.speaker == "user")
    return next((path for path in paths if path), None)


def _answer(situation: Situation) -> str:
    conversation = situation.conversation
    short = short_answer(conversation.question)
    if short is not None and situation.prompt.code is None and situation.prompt.path is None:
        return short
    if situation.study is None and situation.path is None:
        if situation.knowledge.other:
            return f"{SIMULATED}\n\n{report(tuple(situation.knowledge.other))}"
        if not conversation.calls:
            return f"{SIMULATED}\n\n{GREETING}"
    return explain(situation)
