"""Models that edit in one certain way, whatever they are asked: for tests of a client's refactor."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from lakewright.core.parts import Reasoning, Text, ToolCall
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.mind.conversation import Conversation
from lakewright.sandbox.mind.edits import Plan, PlannedEdit, PlannedFile, SayEdits
from lakewright.sandbox.mind.files import read_files
from lakewright.sandbox.mind.knowledge import gather

EditScript = Callable[[Conversation, SayEdits], Answer]

_MOST_FILES = 5
_COMMENTS: Mapping[str, str] = MappingProxyType(
    {
        "py": "#",
        "sh": "#",
        "toml": "#",
        "js": "//",
        "ts": "//",
        "go": "//",
        "java": "//",
        "txt": "-",
        "md": "-",
    }
)
_NOTE = "Looked at."
_DONE = "Simulated. Done."


def _say(text: str) -> Answer:
    return Answer((Reasoning("I do as my script says."), Text(text)))


def _nothing(_conversation: Conversation, _say_edits: SayEdits) -> Answer:
    return _say("Simulated. There is nothing to change: the code does already what is asked.")


def _sketch(_conversation: Conversation, _say_edits: SayEdits) -> Answer:
    return _say(
        "Simulated. It could look like this:\n\n```python\ndef total(lines):\n    ...\n```\n\n"
        "Tell me whether I shall go on."
    )


def _create(conversation: Conversation, say_edits: SayEdits) -> Answer:
    if conversation.rounds or not conversation.may_call:
        return _say(_DONE)
    file = PlannedFile("notes/created.md", "# Notes\n\nWritten by a simulated model.\n")
    return say_edits(Plan((file,), "Simulated. A file of notes."), conversation)


def _five(conversation: Conversation, say_edits: SayEdits) -> Answer:
    """Lists the files, reads five of them, and appends a comment to each, all in one turn; what was
    refused is sent again.
    """
    if not conversation.may_call:
        return _say(_DONE)
    if not conversation.rounds:
        return Answer((Reasoning("Which files are there?"), _call("list_files", {})))
    if len(conversation.rounds) == 1:
        paths = [path for path in gather(conversation).listed if path.rpartition(".")[2] in _COMMENTS]
        calls = [_call("read_file", {"path": path}) for path in paths[:_MOST_FILES]]
        return Answer((Reasoning("I read the first ones."), *calls)) if calls else _say(_DONE)
    files = read_files(conversation, conversation.calls)
    accepted = {sent.path for sent in files.sent if not sent.refused}
    texts = {path: shown.text for path, shown in files.shown.items() if shown.whole and path not in accepted}
    edits = tuple(edit for path, text in texts.items() if (edit := _appended(path, text)))
    plan = Plan(edits, f"Simulated. A comment in {len(edits)} files.", texts=texts)
    return say_edits(plan, conversation) if edits else _say(_DONE)


def _appended(path: str, text: str) -> PlannedEdit | None:
    """A comment below the file's last lines, as many of them as occur once; None where it stands there."""
    rows = text.rstrip("\n").split("\n")
    if rows[-1].endswith(_NOTE):
        return None
    searches = ("\n".join(rows[at:]) for at in range(len(rows) - 1, -1, -1))
    search = next((search for search in searches if search.strip() and text.count(search) == 1), None)
    indent = rows[-1][: len(rows[-1]) - len(rows[-1].lstrip())]
    comment = f"{indent}{_COMMENTS[path.rpartition('.')[2]]} {_NOTE}"
    return PlannedEdit(path, search, f"{search}\n{comment}") if search else None


def _call(name: str, arguments: object) -> ToolCall:
    return ToolCall("", name, json.dumps(arguments, separators=(",", ":")))


def thinking_long(script: EditScript) -> EditScript:
    """The same model, but it thinks for 20,000 characters before it makes edits."""

    def long(conversation: Conversation, say_edits: SayEdits) -> Answer:
        def say_late(plan: Plan, at: Conversation) -> Answer:
            return say_edits(replace(plan, thought="I turn it over once more. " * 800), at)

        return script(conversation, say_late)

    return long


EDIT_SCRIPTS: Mapping[str, tuple[str, EditScript]] = MappingProxyType(
    {
        "edit-nothing": ("is asked for a change and finds nothing to do", _nothing),
        "edit-sketch": ("answers with a sketch that fits no form of an edit", _sketch),
        "create-file": ("creates notes/created.md", _create),
        "edit-five": ("edits five files in one turn", _five),
    }
)
"""Name to description and model."""
