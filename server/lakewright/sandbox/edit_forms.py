"""The forms in which models answer with edits in text, by name; each is a way to say a plan.

A form that repeats a file, or counts its lines, is spoken where the file was read wholly: it is read
first, and what can't be known wholly is said in search/replace blocks. Faults of an edit that make it fit
no place of the file are said so, too.
"""

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from lakewright.core.parts import Reasoning, Text, ToolCall
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.mind.conversation import Conversation
from lakewright.sandbox.mind.edits import Plan, PlannedEdit, PlannedFile, SayEdits, block
from lakewright.sandbox.mind.toolkit import Role, offered, path_argument, path_arguments, role_of

_Files = Mapping[str, tuple[str | None, str]]
"""The changed files by path: as they are (None: new), as they will be."""

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$", re.MULTILINE)
_OFF = 7
"""By how many lines a model that counts wrong is off."""


def _say(plan: Plan, *pieces: str) -> Answer:
    return _said(plan, "\n\n".join([plan.summary, *pieces]))


def _said(plan: Plan, text: str) -> Answer:
    return Answer((Reasoning(plan.thought or "I know what to change."), Text(text)))


def _fenced(body: str, info: str) -> str:
    """In a fence that is longer than those inside."""
    longest = max((len(marks) for marks in re.findall(r"`{3,}", body)), default=2)
    marks = "`" * max(4 if info.endswith((".md", ".rst", ".txt")) else 3, longest + 1)
    return f"{marks}{info}\n{body.removesuffix(chr(10))}\n{marks}"


def _blocks(plan: Plan, _conversation: Conversation) -> Answer:
    """Each below its file's name, in a fence."""
    return _say(plan, *map(_fenced_block, plan.edits))


def _fenced_block(edit: PlannedEdit | PlannedFile) -> str:
    path, _, rest = block(edit).partition("\n")
    return f"{path}\n{_fenced(rest, _language(path))}"


def _bare_blocks(plan: Plan, _conversation: Conversation) -> Answer:
    return _say(plan, *map(block, plan.edits))


def _unfinished(plan: Plan, _conversation: Conversation) -> Answer:
    """A block without an end."""
    whole = block(plan.edits[0])
    return _say(plan, whole[: whole.rindex("\n>>>>>>>")])


def _null(plan: Plan, _conversation: Conversation) -> Answer:
    return _said(plan, _object(plan, None))


def _json(plan: Plan, files: _Files) -> Answer:
    """The object and nothing else."""
    return _said(plan, _object(plan, _updated(files)))


def _fenced_json(plan: Plan, files: _Files) -> Answer:
    return _say(plan, _fenced(_object(plan, _updated(files)), "json"))


def _object(plan: Plan, updated: object) -> str:
    return json.dumps(
        {"answer_summary": plan.summary, "updated_files": updated}, ensure_ascii=False, indent=2
    )


def _updated(files: _Files) -> list[dict[str, str]]:
    return [{"file_name": path, "file_content": after} for path, (_, after) in files.items()]


def _whole(plan: Plan, files: _Files) -> Answer:
    return _say(
        plan, *(_fenced(after, f"{_language(path)} path={path}") for path, (_, after) in files.items())
    )


def _diff(plan: Plan, files: _Files) -> Answer:
    return _say(plan, _fenced("".join(_diffs(files)), "diff"))


def _miscounted_diff(plan: Plan, files: _Files) -> Answer:
    """All four numbers of every hunk are off; the lines are right."""
    diff = _HUNK.sub(_miscounted, "".join(_diffs(files)))
    return _say(plan, _fenced(diff, "diff"))


def _miscounted(found: re.Match[str]) -> str:
    start, size, new_start, new_size = (int(number or 1) for number in found.groups())
    return f"@@ -{start + _OFF},{size + 1} +{new_start + 2 * _OFF},{new_size + 2} @@"


def _diffs(files: _Files) -> Iterator[str]:
    for path, (before, after) in files.items():
        yield from _lines_of_diff(path, before, after)


def _lines_of_diff(path: str, before: str | None, after: str) -> Iterator[str]:
    old = "/dev/null" if before is None else f"a/{path}"
    rows = difflib.unified_diff(_rows(before or ""), _rows(after), old, f"b/{path}")
    for row in rows:
        yield row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n"


def _rows(text: str) -> list[str]:
    """The lines with their ends; a form feed or the like ends none."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _language(path: str) -> str:
    return path.rpartition(".")[2]


def _of_files(say: Callable[[Plan, _Files], Answer]) -> SayEdits:
    """A form that needs the whole text of every changed file."""

    def say_files(plan: Plan, conversation: Conversation) -> Answer:
        calls = list(_reads(plan, conversation))
        if calls:
            return Answer((Reasoning("I repeat files as a whole, so I read them first."), *calls))
        files = changed_files(plan)
        return _blocks(plan, conversation) if files is None else say(plan, files)

    return say_files


def _reads(plan: Plan, conversation: Conversation) -> Iterator[ToolCall]:
    """Calls that read what isn't known, once each since the user last spoke."""
    read = offered(conversation, Role.READ)
    if read is None or not conversation.may_call:
        return
    asked = {
        path_argument(call.arguments)
        for calls in conversation.rounds
        for call in calls
        if role_of(call.name) is Role.READ and len(call.arguments) == 1
    }
    unknown = {edit.path for edit in plan.edits if isinstance(edit, PlannedEdit)} - set(plan.texts) - asked
    for path in sorted(unknown):
        yield ToolCall("", read.name, json.dumps(path_arguments(read, path), ensure_ascii=False))


def _ended(text: str | None) -> str | None:
    """With a line end after the last line, which nobody is shown and nearly every file has."""
    return f"{text}\n" if text and not text.endswith("\n") else text


def changed_files(plan: Plan) -> _Files | None:
    """Every file of the plan before and after; None where one isn't known or an edit doesn't fit."""
    files: dict[str, tuple[str | None, str]] = {}
    for edit in plan.edits:
        if isinstance(edit, PlannedFile):
            files[edit.path] = (None, edit.content)
            continue
        before = _ended(plan.texts.get(edit.path))
        now = files[edit.path][1] if edit.path in files else before
        if before is None or now is None or not edit.search or now.count(edit.search) != 1:
            return None
        files[edit.path] = (before, now.replace(edit.search, edit.replace))
    return files


FORMS: Mapping[str, tuple[str, SayEdits]] = MappingProxyType(
    {
        "answer-blocks": ("edits come as search/replace blocks in fences", _blocks),
        "answer-blocks-bare": ("edits come as search/replace blocks without fences", _bare_blocks),
        "answer-json": ("edits come as a JSON object with updated_files", _of_files(_json)),
        "answer-json-fenced": ("edits come as that object in a fence, after prose", _of_files(_fenced_json)),
        "answer-whole": ("edits come as whole files in fences with their paths", _of_files(_whole)),
        "answer-diff": ("edits come as a unified diff", _of_files(_diff)),
        "answer-diff-numbers": (
            "edits come as a diff that counts wrong",
            _of_files(_miscounted_diff),
        ),
        "answer-null": ("edits come as an object whose updated_files is null", _null),
        "answer-unfinished": ("edits come as a block that is begun and not finished", _unfinished),
    }
)
"""Name to description and the way to say a plan. A form holds for every request."""
