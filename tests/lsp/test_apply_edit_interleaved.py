"""A user who types at every moment of a refactor: whatever the order, no edit is at a wrong place, nothing
typed is lost, and what is said is what is there.

Threads are run in place, so that each order is one that a seed brings back.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.lsp import apply_edit_kept, apply_edit_plan, apply_edit_seen, undo_work
from lakewright.tasks.outcome import Outcome
from lakewright.workspace import background
from support_lsp_edits import IN_A, IN_B, NEW_A, NEW_B, A, B, Bench, bench_of

MODULES = (apply_edit_plan, apply_edit_kept, apply_edit_seen, background, undo_work)
LINES = len(A.splitlines())
PLACE = ("sum(rows)", "fsum(rows)")

moments = st.integers(0, 14)
actions = st.one_of(
    st.integers(0, LINES - 1), st.sampled_from(["place", "save", "close", "open b", "type b"])
)
scripts = st.lists(st.tuples(moments, actions), max_size=4)


@dataclass
class User:
    """Does what the script says at its moments: a line before the line of that number, or something else.

    `written` are the lines typed, with the number of the line that each stands before.
    """

    bench: Bench
    script: list[tuple[int, int | str]]
    moment: int = 0
    written: dict[str, int] = field(default_factory=dict)

    def pass_moment(self, *, in_flight: bool = False) -> None:
        """`in_flight`: an edit is on its way. Nothing guards it then for documents opened or closed."""
        for moment, action in self.script:
            if moment == self.moment and not (in_flight and action in ("open b", "close")):
                self._act(action)
        self.moment += 1

    def _act(self, action: int | str) -> None:
        editor = self.bench.editor
        has_a, has_b = (editor.uri(path) in editor.shown for path in ("a.py", "lib/b.py"))
        if action == "open b" and not has_b:
            editor.open("lib/b.py")
        elif action == "type b" and has_b:
            editor.type("lib/b.py", 0, 0, "# of b\n")
        elif action == "save" and has_a:
            editor.save("a.py")
        elif action == "close" and has_a:
            editor.save("a.py")
            editor.close("a.py")
        elif action == "place" and has_a and PLACE[1] not in editor.text("a.py"):
            editor.replace("a.py", *PLACE)
        elif isinstance(action, int) and has_a:
            self._write(action)

    def _write(self, number: int) -> None:
        lines = self.bench.editor.text("a.py").splitlines(keepends=True)
        own = [at for at, line in enumerate(lines) if not line.startswith("# mine")]
        at = sum(map(len, lines[: own[number]]))
        mark = f"# mine {len(self.written)}\n"
        self.written[mark] = number
        self.bench.editor.type("a.py", at, at, mark)


def without_user(user: User) -> str:
    """The text of `a.py` without what the user did to it, which must all be there, each in its place."""
    text = user.bench.editor.text("a.py")
    kept: list[str] = []
    found: dict[str, int] = {}
    for line in text.splitlines(keepends=True):
        if line.startswith("# mine"):
            found[line] = len(kept)
        else:
            kept.append(line.replace(PLACE[1], PLACE[0]))
    assert found == user.written
    return "".join(kept)


@contextmanager
def in_place(user: User) -> Iterator[None]:
    """Threads run in place, with a moment for the user before and after; nothing is flushed to the disk."""

    async def call(work: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
        user.pass_moment()
        await asyncio.sleep(0)
        result = work(*args, **options)
        user.pass_moment()
        await asyncio.sleep(0)
        return result

    with ExitStack() as stack:
        for module in MODULES:
            stack.enter_context(patch.object(module, "in_daemon_thread", call))
        stack.enter_context(patch.object(os, "fsync", lambda _file: None))
        yield


async def played(name: str, script: list[tuple[int, int | str]], folder: Path) -> None:
    """One order of events, judged."""
    bench = await bench_of(folder, name)
    user = User(bench, script)
    bench.editor.decide = lambda _params: user.pass_moment(in_flight=True)
    bench.editor.on_pause = user.pass_moment
    outcome = await bench.run(IN_A, IN_B)
    with in_place(user):
        await bench.deliver(outcome)
        await judge(user, outcome)


async def judge(user: User, outcome: Outcome) -> None:
    found = texts(user)
    assert found in ((A, B), (NEW_A, NEW_B), (NEW_A, B), (A, NEW_B))
    if outcome.error is None:
        assert found == (NEW_A, NEW_B)
        assert outcome.snapshot is not None
    if outcome.snapshot is None:
        unclear = outcome.error is not None and "can't be told" in outcome.error.message
        assert unclear or found == (A, B)
        return
    answer = await user.bench.undo()
    assert answer["state"] in ("undone", "refused")
    assert texts(user) == ((A, B) if answer["state"] == "undone" else found)


def texts(user: User) -> tuple[str, str]:
    """Both files without what the user did to them."""
    return without_user(user), user.bench.editor.text("lib/b.py").replace("# of b\n", "")


@pytest.mark.parametrize("name", ["VS Code", "Neovim 0.11", "Helix", "Emacs"])
@settings(max_examples=40, deadline=None)
@given(script=scripts)
def test_typing_at_every_moment(name: str, script: list[tuple[int, int | str]]) -> None:
    """The user's own lines are all there, each before its line; the rest is the old text or the new one."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(played(name, script, Path(folder)))
