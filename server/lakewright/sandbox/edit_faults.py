"""What a model can get wrong in its edits, by name: misquoted ones, wrong ones, calls that can't be read."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from lakewright.core.parts import AssistantPart, Text, ToolCall
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.edit_faults_quotes import MISQUOTES, Misquote
from lakewright.sandbox.edit_faults_refused import REFUSED, Replan
from lakewright.sandbox.edit_faults_window import rooms
from lakewright.sandbox.mind.conversation import Conversation
from lakewright.sandbox.mind.edits import CREATE_TOOL, EDIT_TOOL, Plan, PlannedEdit, SayEdits

Garble = Callable[[Answer], Answer]


@dataclass(frozen=True, slots=True)
class EditFault:
    """One fault: what it does to the plan before it is spoken, and to the answer after.

    `applies` says whether a careful client still applies the edit; `lasting`: it never ends.
    """

    description: str
    replan: Replan | None = None
    garble: Garble | None = None
    applies: bool = False
    lasting: bool = False


def say_with_faults(
    plan: Plan, conversation: Conversation, say: SayEdits, strike: Callable[[], Sequence[EditFault]]
) -> Answer:
    """The plan in some form, with all that the faults get wrong; `strike` is asked once edits are made.

    A form may have to read first: such an answer holds no edit yet, and nothing strikes it.
    """
    spoken = say(plan, conversation)
    if not any(map(_holds_edit, spoken.parts)):
        return spoken
    faults = strike()
    for fault in faults:
        plan = fault.replan(plan) if fault.replan else plan
    spoken = say(plan, conversation)
    for fault in faults:
        spoken = fault.garble(spoken) if fault.garble else spoken
    return spoken


def misquoted(plan: Plan, misquote: Misquote) -> Plan:
    """Every edit of the plan misquoted; none takes in lines that another one quotes."""
    changed = list(plan.edits)
    for path in dict.fromkeys(edit.path for edit in plan.edits):
        own = {
            at: edit
            for at, edit in enumerate(plan.edits)
            if isinstance(edit, PlannedEdit) and edit.path == path
        }
        room = rooms(tuple(own.values()), plan.texts.get(path))
        changed_ones = map(misquote, own.values(), room)
        for at, edit in zip(own, changed_ones, strict=True):
            changed[at] = edit
    return replace(plan, edits=tuple(changed))


def _arguments(change: Callable[[str], str], *, finish: str = "", last: bool = False) -> Garble:
    """The change of the first edit call's arguments (of the last one's); an answer in text breaks off."""

    def garbled(answer: Answer) -> Answer:
        parts = list(answer.parts)
        places = [at for at, part in enumerate(parts) if _holds_edit(part)]
        if not places:
            return answer
        at = places[-1 if last else 0]
        parts[at] = _changed(parts[at], change)
        return replace(answer, parts=tuple(parts[: at + 1] if last else parts), finish=finish)

    return garbled


def _holds_edit(part: AssistantPart) -> bool:
    return isinstance(part, Text) or (isinstance(part, ToolCall) and part.name in (EDIT_TOOL, CREATE_TOOL))


def _changed(part: AssistantPart, change: Callable[[str], str]) -> AssistantPart:
    match part:
        case ToolCall(arguments=arguments):
            return replace(part, arguments=change(arguments))
        case Text(text):
            return Text(_half(text))
        case _:
            return part


def _half(text: str) -> str:
    return text[: len(text) // 2]


def _other_fields(arguments: str) -> str:
    names = {"path": "file", "edits": "changes", "content": "text"}
    return json.dumps({names.get(key, key): value for key, value in json.loads(arguments).items()})


_GARBLED: Mapping[str, EditFault] = {
    "edit-malformed": EditFault(
        "the arguments of the call are no object", garble=_arguments(lambda text: f"[{text}]")
    ),
    "edit-fields": EditFault("the arguments of the call have other names", garble=_arguments(_other_fields)),
    "edit-length": EditFault(
        "max_tokens ends the answer in the middle of an edit",
        garble=_arguments(_half, finish="length", last=True),
    ),
}


def _misquoting(misquote: Misquote) -> Replan:
    return lambda plan: misquoted(plan, misquote)


def _collect() -> dict[str, EditFault]:
    table = {
        name: EditFault(text, replan=_misquoting(misquote), applies=True)
        for name, (text, misquote) in MISQUOTES.items()
    }
    table |= {name: EditFault(text, replan=replan) for name, (text, replan) in REFUSED.items()}
    endless = EditFault("the same wrong edit again and again", replan=REFUSED["edit-stale"][1], lasting=True)
    return {**table, **_GARBLED, "edit-endless": endless}


EDIT_FAULTS: Mapping[str, EditFault] = MappingProxyType(_collect())
"""Every fault of edits by name. One strikes the first request in which the model makes edits."""
