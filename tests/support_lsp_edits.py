"""A refactor in an editor of `support_lsp_editor`, from what a run has staged to what can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakewright.edits.values import FileEdits, NewFile
from lakewright.errors import LakewrightError
from lakewright.lsp.apply_edit import deliver
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.undo_work import take_back
from lakewright.tasks.outcome import Outcome
from lakewright.workspace.files import Workspace
from lakewright.workspace.snapshots import State, list_snapshots
from lakewright.workspace.undo import undo
from support_lsp_editor import EDITORS, Editor, edit, run, staged
from support_workspace import write_tree

A = """import tax


def net(rows):
    return sum(rows)


def gross(rows):
    return net(rows) * tax.RATE
"""
B = "RATE = 1.2\n\n\ndef of(row):\n    return row * RATE\n"
NEW_A = A.replace("net(", "amount(")
NEW_B = B.replace("1.2", "1.3")
IN_A = edit(
    "a.py",
    ("def net(rows):\n    return sum(rows)\n", "def amount(rows):\n    return sum(rows)\n"),
    ("    return net(rows)", "    return amount(rows)"),
)
IN_B = edit("lib/b.py", ("RATE = 1.2\n", "RATE = 1.3\n"))
NEW = NewFile("lib/new.py", "x = 1\n")


@dataclass
class Bench:
    """An editor on a folder with `a.py`, open, and `lib/b.py`, closed."""

    editor: Editor
    session: Session
    workspace: Workspace
    preview: str = "otherFiles"

    @property
    def root(self) -> Path:
        return self.editor.root

    async def run(self, *changes: FileEdits | NewFile) -> Outcome:
        """What the run stages, to be delivered."""
        return await staged(self.workspace, *changes)

    async def deliver(self, outcome: Outcome, of: Run | None = None) -> Outcome:
        """Deliver it; a refusal from before anything left is in the outcome, too."""
        try:
            await deliver(
                self.session,
                of or run(),
                outcome,
                workspace=self.workspace,
                instruction="Rename\tnet",
                preview=self.preview,
                pause=self.editor.pause,
            )
        except LakewrightError as error:
            outcome.error = error
        return outcome

    async def refactor(self, *changes: FileEdits | NewFile) -> str:
        """A refactor that succeeds; its snapshot."""
        outcome = await self.deliver(await self.run(*changes))
        assert outcome.error is None
        assert outcome.snapshot is not None
        return outcome.snapshot

    async def undo(self, name: str | None = None) -> Any:
        """`lakewright.undo`."""
        return await take_back(self.session, name, pause=self.editor.pause)

    def undone_in_a_shell(self) -> str:
        """`lakewright undo`."""
        return undo(self.root, state=self.session.state, say=print).state

    @property
    def snapshots(self) -> list[State]:
        return [one.state for one in list_snapshots(self.session.state, self.root)]

    def texts(self, *paths: str) -> list[str | None]:
        """What the user sees, None of what isn't there."""
        return [self._text(path) for path in paths]

    def _text(self, path: str) -> str | None:
        is_there = self.editor.uri(path) in self.editor.shown or (self.root / path).exists()
        return self.editor.text(path) if is_there else None


async def bench_of(
    tmp_path: Path, name: str, files: Mapping[str, str | bytes] | None = None, *, opened: str = "a.py"
) -> Bench:
    """A bench for an editor of the table."""
    root = write_tree(tmp_path / "work", files or {"a.py": A, "lib/b.py": B})
    editor = Editor(root, EDITORS[name])
    editor.open(opened)
    session = editor.session(tmp_path / "state")
    return Bench(editor, session, await session.folders.workspace_for(editor.uri(opened)))
