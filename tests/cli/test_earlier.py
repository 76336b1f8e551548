"""Which workspace `--continue` means when no TARGET names one."""

from pathlib import Path

import pytest

from lakewright.agent.history import History, StoredRun
from lakewright.cli.earlier import earlier_root
from lakewright.errors import InputError
from support_cli import lakewright, result


def _run(name: str, root: Path, path: str = "a.py") -> StoredRun:
    return StoredRun(
        run=name,
        conversation=name,
        parent=None,
        command="explain",
        root=str(root),
        endpoint="databricks-claude-sonnet-4-5",
        prompt={"target": {"path": path, "startLine": None, "endLine": None}},
        prompt_hash="",
        messages=(),
    )


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "state")


def test_the_last_run_below_the_current_folder_counts(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a repository the workspace was the file's folder, and one stands above it."""
    inner, other = tmp_path / "work" / "src", tmp_path / "other"
    for folder in (inner, other):
        folder.mkdir(parents=True)
    history.keep(_run("one", inner))
    history.keep(_run("two", other))
    monkeypatch.chdir(tmp_path / "work")
    assert earlier_root(history, "last").path == inner


def test_this_workspace_comes_before_those_in_it(
    history: History, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a repository its own last run is meant, wherever in it the program stands."""
    (project / "vendor" / "lib" / ".git").mkdir(parents=True)
    history.keep(_run("own", project, "tax.py"))
    history.keep(_run("inner", project / "vendor" / "lib"))
    monkeypatch.chdir(project / "vendor")
    assert earlier_root(history, "last").path == project


def test_a_named_run_is_found_from_anywhere(
    history: History, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its workspace is the one it had, also one that only `--root` made."""
    history.keep(_run("own", project, "tax.py"))
    wide = tmp_path / "wide"
    (wide / "project" / ".git").mkdir(parents=True)
    history.keep(_run("wide", wide, "project/a.py"))
    monkeypatch.chdir("/")
    assert earlier_root(history, "own").path == project
    assert earlier_root(history, "wide").path == wide
    with pytest.raises(InputError, match="'other'"):
        earlier_root(history, "other")


def test_a_lone_file_stays_alone(history: History, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was explained in the home folder doesn't open that folder later."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    history.keep(_run("one", tmp_path, "note.py"))
    assert earlier_root(history, "one").only_file == tmp_path / "note.py"
    assert earlier_root(history, "last").only_file == tmp_path / "note.py"


def test_going_on_from_another_folder(project: Path, tmp_path: Path) -> None:
    """The file of the earlier run is read again, by its path in its own workspace."""
    first = result(lakewright("explain", "tax.py", "--sandbox", "--format", "json", cwd=project))
    arguments = ["explain", f"--continue={first['run']}", "--ask", "Who calls it?"]
    again = result(lakewright(*arguments, "--sandbox", "--format", "json", cwd=tmp_path))
    assert again["target"] == first["target"]
    assert "error" not in again
