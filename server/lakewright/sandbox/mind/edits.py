"""Planned edits, before they are spoken: the seam where other forms and faults come in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lakewright.core.parts import Reasoning, Text, ToolCall
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.mind.conversation import Conversation
from lakewright.sandbox.mind.toolkit import call_of

EDIT_TOOL = "edit_file"
CREATE_TOOL = "create_file"


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """Text that occurs once in the file, whole lines without the last line's end, and what replaces it."""

    path: str
    search: str
    replace: str


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that does not exist yet."""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be changed, in order, at least one thing; `summary` is what the closing answer says.

    `thought` is the reasoning that goes with it. `texts` are the files as they are, by path, as far as
    they were read wholly, line ends as LF. `attempt` counts from 1: more where an earlier one was refused.
    """

    edits: tuple[PlannedEdit | PlannedFile, ...]
    summary: str
    thought: str = ""
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    attempt: int = 1


SayEdits = Callable[[Plan, Conversation], Answer]
"""Turns a plan into an answer; `think` takes one, so that a script may speak in another form."""


def say_edits(plan: Plan, conversation: Conversation) -> Answer:
    """Calls of the edit tools where they are offered and may be called, else search/replace blocks."""
    thought = Reasoning(plan.thought or "I know what to change.")
    needed = {CREATE_TOOL if isinstance(edit, PlannedFile) else EDIT_TOOL for edit in plan.edits}
    if conversation.may_call and needed <= set(conversation.offers):
        return Answer((thought, *edit_calls(plan)))
    return Answer((thought, Text("\n\n".join([plan.summary, *map(block, plan.edits)]))))


def edit_calls(plan: Plan) -> Iterator[ToolCall]:
    """One call for each file, in the order the plan first names them."""
    edits: dict[str, list[dict[str, str]]] = {}
    for edit in plan.edits:
        if isinstance(edit, PlannedEdit):
            edits.setdefault(edit.path, []).append({"search": edit.search, "replace": edit.replace})
    for path, own in edits.items():
        yield call_of(EDIT_TOOL, {"path": path, "edits": own})
    for edit in plan.edits:
        if isinstance(edit, PlannedFile):
            yield call_of(CREATE_TOOL, {"path": edit.path, "content": edit.content})


def block(edit: PlannedEdit | PlannedFile) -> str:
    """A search/replace block below the file's name; an empty search makes a new file."""
    if isinstance(edit, PlannedFile):
        search, replace = "", edit.content.removesuffix("\n")
    else:
        search, replace = edit.search, edit.replace
    rows = [edit.path, "<<<<<<< SEARCH", search, "=======", replace, ">>>>>>> REPLACE"]
    return "\n".join(row for row in rows if row)
