"""What to look up next. Three stages: the file itself, who uses it and what it uses, a look at those."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lakewright.core.parts import ToolCall
from lakewright.sandbox.mind.conversation import Asked, Conversation
from lakewright.sandbox.mind.focus import local_imports, names_to_look_up
from lakewright.sandbox.mind.knowledge import Knowledge, Place, same_language
from lakewright.sandbox.mind.prompt import Prompt
from lakewright.sandbox.mind.toolkit import Role, call_of, name_arguments, offered, path_arguments
from lakewright.sandbox.reading.facts import Study

_AROUND = 30
"""Lines read around a place."""

_IDENTIFIER = re.compile(
    r"`([A-Za-z_]\w+)(?:\(\))?`|\b([a-z]+_\w+|[A-Za-z]+[a-z][A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)\b"
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the plan is made from. `study` is that of the target, when its code is known."""

    conversation: Conversation
    prompt: Prompt
    knowledge: Knowledge
    path: str | None
    study: Study | None


def next_calls(situation: Situation) -> list[ToolCall]:
    """The calls of this turn; none when it is time to answer."""
    conversation = situation.conversation
    if not conversation.may_call:
        return []
    done = {_key(call) for said in conversation.said for call in said.calls}
    for stage in _STAGES[len(conversation.rounds) :]:
        calls = [call for call in stage(situation) if _key(_as_asked(call)) not in done]
        if calls:
            return calls[:6]
    return []


def _read_target(situation: Situation) -> Iterator[ToolCall]:
    conversation, prompt, path = situation.conversation, situation.prompt, situation.path
    if path is None:
        yield from _search(situation)
        return
    named = prompt.path is not None
    known = situation.study is not None and not named
    outline, read = offered(conversation, Role.OUTLINE), offered(conversation, Role.READ)
    if outline and not known:
        yield call_of(outline.name, path_arguments(outline, path))
    if read and not known:
        start, end = prompt.start, prompt.end
        if start is not None and end is not None:
            start, end = max(1, start - _AROUND), end + _AROUND
        yield call_of(read.name, path_arguments(read, path, start, end))
    if not (outline or read):
        yield from _list(situation)


def _search(situation: Situation) -> Iterator[ToolCall]:
    """No file is named: look for the names in the question, else see what there is."""
    if situation.prompt.code:
        return
    find = offered(situation.conversation, Role.FIND) or offered(situation.conversation, Role.SEARCH)
    names = [one or other for one, other in _IDENTIFIER.findall(situation.prompt.prose)]
    if find and names:
        for name in dict.fromkeys(names[:3]):
            yield call_of(find.name, name_arguments(find, name))
    elif re.search(r"(?i)\b(?:code ?base|project|repository|workspace|files?)\b", situation.prompt.prose):
        yield from _list(situation)


def _list(situation: Situation) -> Iterator[ToolCall]:
    listing = offered(situation.conversation, Role.LIST)
    if listing:
        yield call_of(listing.name, {})


def _look_up(situation: Situation) -> Iterator[ToolCall]:
    """Callers of what matters here, and where the imported names it calls come from."""
    find = offered(situation.conversation, Role.FIND) or offered(situation.conversation, Role.SEARCH)
    if find is None or situation.study is None:
        return
    names = [*names_to_look_up(situation.study, situation.prompt), *local_imports(situation.study)]
    for name in dict.fromkeys(names):
        yield call_of(find.name, name_arguments(find, name))


def _read_neighbours(situation: Situation) -> Iterator[ToolCall]:
    """The definitions of imported names, and the first caller in another file."""
    read = offered(situation.conversation, Role.READ)
    if read is None or situation.study is None:
        return
    wanted = []
    for name in situation.knowledge.places:
        nearest = nearest_definition(situation, name) or next(iter(_foreign(situation, name)), None)
        wanted += [nearest] if nearest else []
    for place in {place.path: place for place in reversed(wanted)}.values():
        yield call_of(
            read.name,
            path_arguments(read, place.path, max(1, place.line - _AROUND // 3), place.line + _AROUND),
        )


def nearest_definition(situation: Situation, name: str) -> Place | None:
    """Where another file defines the name: of several, the one whose path is most like the target's."""
    places = [place for place in _foreign(situation, name) if place.defines]
    return max(places, key=lambda place: _closeness(place.path, situation.path or ""), default=None)


def _closeness(one: str, other: str) -> int:
    """How many folders two paths share from the root on."""
    shared = 0
    for mine, theirs in zip(one.split("/"), other.split("/"), strict=False):
        if mine != theirs:
            break
        shared += 1
    return shared


def _foreign(situation: Situation, name: str) -> list[Place]:
    places = situation.knowledge.places.get(name, ())
    if situation.study is None:
        return []
    source = situation.study.source
    return [place for place in places if place.path != situation.path and same_language(place.path, source)]


_STAGES = (_read_target, _look_up, lambda situation: list(_read_neighbours(situation))[:2])


def _as_asked(call: ToolCall) -> Asked:
    return Asked(call.name, json.loads(call.arguments))


def _key(call: Asked) -> tuple[str, str]:
    return call.name, json.dumps(call.arguments, sort_keys=True)
