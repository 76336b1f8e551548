"""`--write` at a run's end: its outcome says what is on disk."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from lakewright.agent.events import Note
from lakewright.cli.prepare import Prepared
from lakewright.cli.run_sink import RunSink
from lakewright.cli.running import Busy
from lakewright.cli.writing import write_outcome
from lakewright.tasks.base import RunRequest
from lakewright.tasks.outcome import Outcome
from lakewright.tasks.refactor import edits_shown
from support_staging import accepted, edit, stage_of
from support_workspace import workspace_of


@pytest.mark.parametrize(
    ("now", "applied", "shown"),
    [
        ("total = net\nb = 2\n", True, ["-total = net", "+total = net + tax", " b = 2"]),
        ("new = 0\ntotal = net\nb = 2\n", True, [" new = 0", "-total = net", "+total = net + tax", " b = 2"]),
        ("new = 0\ntotal = net + tax\nb = 2\n", False, []),
    ],
)
async def test_the_outcome_shows_what_was_written(
    now: str, applied: bool, shown: Sequence[str], tmp_path: Path
) -> None:
    """Of a file that changed meanwhile, too, the diff is that of the bytes on disk; of one that has the edit
    by now there is none, and nothing to undo.
    """
    stage = stage_of(tmp_path / "root", {"a.py": "total = net\nb = 2\n"})
    await accepted(stage, edit("a.py", ("total = net", "total = net + tax")))
    outcome = Outcome("run-1", "refactor", staged=stage.files, edits=edits_shown(stage.files))
    (tmp_path / "root/a.py").write_text(now)
    prepared = SimpleNamespace(
        workspace=workspace_of(tmp_path / "root"),
        state=tmp_path / "state",
        request=RunRequest(None, "Do it."),
    )
    heard: list[Note] = []
    await write_outcome(outcome, cast(Prepared, prepared), cast(RunSink, heard.append), Busy())
    assert outcome.error is None
    assert (outcome.applied, outcome.snapshot is not None) == (applied, applied)
    rows = [row for edit in outcome.edits for row in edit.diff.splitlines()[3:]]
    assert rows == list(shown)
    assert (tmp_path / "root/a.py").read_text() == now.replace("total = net\n", "total = net + tax\n")
