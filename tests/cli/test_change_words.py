"""The sentences at the end of a run that changes or completes."""

from pathlib import Path

import pytest

from lakewright.cli.change_words import closing_words
from lakewright.errors import EditError
from lakewright.tasks.outcome import EditShown, Outcome

CHANGED = EditShown("src/a.py", "--- a/src/a.py\n+++ b/src/a.py\n@@ -1,2 +1 @@\n-x\n-y\n+z\n")
CREATED = EditShown("b\x1b.md", "--- /dev/null\n+++ b/b.md\n@@ -0,0 +1 @@\n+z\n")


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, and the folder in which the program stands."""
    folder = tmp_path / "a b"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def test_a_preview_says_what_would_change(root: Path) -> None:
    """Each file with its lines; how to write it, unless a check asked."""
    outcome = Outcome("r", "refactor", edits=[CHANGED, CREATED])
    shown = "2 files would change: src/a.py (+1 -2), b␛.md (new +1)."
    assert closing_words(outcome, root, checks=False) == [f"{shown} Nothing is written without --write."]
    assert closing_words(outcome, root, checks=True) == [shown]


def test_a_write_says_how_it_is_taken_back(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command as it works from where the program stands."""
    outcome = Outcome("r", "refactor", edits=[CHANGED], applied=True, snapshot="20261121-1")
    assert closing_words(outcome, root, checks=False) == [
        "Wrote 1 file: src/a.py (+1 -2).",
        "`lakewright undo` takes it back (snapshot 20261121-1).",
    ]
    monkeypatch.chdir(tmp_path)
    assert closing_words(outcome, root, checks=False)[1].startswith(
        f"`lakewright undo --root '{root}'` takes"
    )


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome("r", "refactor"), ["Nothing to change; no file was touched."]),
        (Outcome("r", "refactor", edits=[CHANGED], error=EditError("no")), []),
        (Outcome("r", "complete", completion=""), ["No completion."]),
        (Outcome("r", "complete", completion="x"), []),
        (Outcome("r", "explain", answer="so"), []),
    ],
)
def test_others_say_what_is_needed(outcome: Outcome, said: list[str], root: Path) -> None:
    """Nothing to change is said; a failure, a completion and an explanation speak for themselves."""
    assert closing_words(outcome, root, checks=False) == said
