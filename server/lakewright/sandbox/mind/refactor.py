"""A change from its instruction to its edits: read, look up, edit, mend what was refused, sum up."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

from lakewright.core.parts import Reasoning, Text, ToolCall
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.mind.conversation import Conversation
from lakewright.sandbox.mind.edits import Plan, PlannedEdit, SayEdits
from lakewright.sandbox.mind.files import MOST_LINES, Files, Shown, read_files
from lakewright.sandbox.mind.refactor_words import (
    before_edits,
    failed_check,
    nothing_done,
    read_on,
    stopped,
    summed_up,
    unknown,
)
from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Found, Needs, Refactor
from lakewright.sandbox.mind.refactors.table import refactor_for
from lakewright.sandbox.mind.searches import found_in
from lakewright.sandbox.mind.splices import planned_edits
from lakewright.sandbox.mind.toolkit import Role, call_of, name_arguments, offered, path_arguments
from lakewright.sandbox.mind.wanted import Wanted
from lakewright.sandbox.reading.source import read_source

_MOST_CALLS = 16
_MOST_ATTEMPTS = 3
_MOST_FILES = 60
_MOST_LETTERS = 40_000
"""Of the edits of one turn: more files come in the next."""


@dataclass(frozen=True)
class _Task:
    """A change that is wanted, and all that the conversation has brought for it."""

    conversation: Conversation
    wanted: Wanted
    path: str

    @cached_property
    def files(self) -> Files:
        files = read_files(self.conversation, self.wanted.calls)
        target = files.shown.setdefault(self.path, Shown())
        target.total = target.total or self.wanted.total
        if offered(self.conversation, Role.READ) is None and self.wanted.code is not None:
            source = read_source(self.path, self.wanted.code)
            files.shown[self.path] = Shown(
                dict(source.lines), total=source.last if source.first == 1 else None
            )
        return files

    @cached_property
    def found(self) -> Mapping[str, Found | None]:
        return found_in(self.wanted.calls)

    @property
    def paths(self) -> list[str]:
        return list(dict.fromkeys([self.path, *(sent.path for sent in self.files.sent), *self.files.shown]))

    def refusals(self, path: str) -> int:
        return self.files.refusals(path) + self.wanted.refused_in_text(path)

    def is_done(self, path: str) -> bool:
        """Whether an edit of the file was sent and not refused."""
        sent = any(sent.path == path for sent in self.files.sent) or bool(self.wanted.replies)
        return sent and not self.refusals(path)


def change(conversation: Conversation, wanted: Wanted, say: SayEdits) -> Answer:
    """The next turn of a model that is to change code."""
    if wanted.failed_check is not None:
        return _answer("The check failed. I look at what it said.", failed_check(wanted.failed_check))
    known = refactor_for(wanted.instruction)
    if known is None:
        return _answer("This is none of the changes that I know by rule.", unknown(wanted.instruction))
    if wanted.path is None:
        return _declined("No file is named. Name one, and its lines where they matter.")
    task = _Task(conversation, wanted, wanted.path)
    given_up = next((path for path in task.paths if task.refusals(path) >= _MOST_ATTEMPTS), None)
    if given_up is not None:
        return _answer("It was refused again; I stop here.", stopped(given_up))
    return _work(task, *known, say)


def _work(task: _Task, refactor: Refactor, asked: re.Match[str], say: SayEdits) -> Answer:
    shown = task.files.current(task.path)
    if not shown.whole:
        return _read_target(task, shown, refactor.looks_up(asked))
    outcome = refactor.work(_bench(task, shown), asked)
    match outcome:
        case Needs():
            return _look_up(task, outcome)
        case Declined(reason):
            return _declined(reason, partly=any(map(task.is_done, task.paths)))
        case Changes():
            return _make(task, outcome, say)
        case _:
            assert_never(outcome)


def _read_target(task: _Task, shown: Shown, names: Sequence[str]) -> Answer:
    """Read it, and look the names up that will be needed anyway."""
    if shown.failure is not None:
        return _declined(f"`{task.path}` can't be read: {shown.failure}")
    if (shown.total or 0) > MOST_LINES:
        return _declined(f"`{task.path}` is longer than the {MOST_LINES:,} lines that I read.")
    calls = list(_pages(task, task.path))[:_MOST_CALLS]
    if not calls:
        return _declined(f"I can't see the whole of `{task.path}`, and no tool is there to read it.")
    calls += _searches(task, [name for name in names if name not in task.found])
    return Answer((Reasoning(read_on(task.wanted, shown, refused=task.refusals(task.path) > 0)), *calls))


def _bench(task: _Task, shown: Shown) -> Bench:
    last = max(1, shown.total or 1)
    first = min(task.wanted.start or 1, last)
    others = ((path, task.files.current(path)) for path in task.files.shown)
    return Bench(
        path=task.path,
        text=shown.text,
        first=first,
        last=max(first, min(task.wanted.end or last, last)),
        selected=task.wanted.start is not None,
        texts={path: _text(other) for path, other in others if other.whole or _is_hopeless(other)},
        found=task.found,
    )


def _is_hopeless(shown: Shown) -> bool:
    return shown.failure is not None or (shown.total or 0) > MOST_LINES


def _text(shown: Shown) -> str | None:
    return shown.text if shown.whole else None


def _look_up(task: _Task, needs: Needs) -> Answer:
    calls = list(_searches(task, needs.names))
    for path in needs.paths:
        calls += _pages(task, path)
    if not calls:
        return _declined(f"{needs.why} No tool is there to tell me.")
    if len(needs.paths) > _MOST_FILES:
        return _declined(f"That concerns {len(needs.paths)} files; I read {_MOST_FILES} at most.")
    return Answer((Reasoning(needs.why), *calls[:_MOST_CALLS]))


def _searches(task: _Task, names: Sequence[str]) -> Iterator[ToolCall]:
    find = offered(task.conversation, Role.FIND)
    if find is not None and task.conversation.may_call:
        yield from (call_of(find.name, name_arguments(find, name)) for name in names)


def _pages(task: _Task, path: str) -> Iterator[ToolCall]:
    """Calls that read what is not known yet of a file."""
    read = offered(task.conversation, Role.READ)
    if read is None or not task.conversation.may_call:
        return
    for start, end in task.files.current(path).missing():
        whole = start == 1 and end is None
        yield call_of(read.name, path_arguments(read, path, None if whole else start, end))


def _make(task: _Task, changes: Changes, say: SayEdits) -> Answer:
    """Send what is still to send, or sum up."""
    planned: dict[str, tuple[PlannedEdit, ...]] = {}
    for path, splices in changes.splices.items():
        shown = task.files.current(path)
        edits = planned_edits(path, shown.text, splices, unquotable=shown.cut)
        if edits is None:
            return _declined(f"A line of `{path}` is too long for me to quote it.")
        planned[path] = edits
    changed = {path: edits for path, edits in planned.items() if edits}
    summary = summed_up(changes, {path: len(edits) for path, edits in changed.items()})
    todo = {path: edits for path, edits in changed.items() if not task.is_done(path)}
    if not todo:
        return _answer("All edits were taken." if changed else "Nothing is left to do.", summary)
    now = _that_fit(todo)
    refused = max(map(task.refusals, now))
    edits = tuple(edit for own in now.values() for edit in own)
    plan = Plan(edits, summary, before_edits(now, refused=refused), task.files.texts(), 1 + refused)
    return say(plan, task.conversation)


def _that_fit(todo: Mapping[str, tuple[PlannedEdit, ...]]) -> dict[str, tuple[PlannedEdit, ...]]:
    """The first files whose edits have room in one turn: one at least."""
    now: dict[str, tuple[PlannedEdit, ...]] = {}
    left = _MOST_LETTERS
    for path, edits in todo.items():
        left -= sum(len(edit.search) + len(edit.replace) for edit in edits)
        if now and left < 0:
            break
        now[path] = edits
    return now


def _declined(reason: str, *, partly: bool = False) -> Answer:
    return _answer("That can't be done safely, so I say so.", nothing_done(reason, partly=partly))


def _answer(thought: str, text: str) -> Answer:
    return Answer((Reasoning(thought), Text(text)))
