"""`lakewright undo` as a person and as a program see it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lakewright.cli.main import run
from lakewright.cli.undo import undo
from support_changes import state
from support_writing import cut_write, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two files, where the program stands."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "a.py").write_text("one\ntwo\nthree\n")
    (folder / "b.py").write_text("b\n")
    monkeypatch.chdir(folder)
    return folder


def _undo(*arguments: str) -> Result:
    return CliRunner().invoke(undo, arguments, standalone_mode=False, catch_exceptions=False)


def _json(*arguments: str) -> dict[str, Any]:
    found = json.loads(_undo(*arguments, "--format", "json").stdout)
    assert isinstance(found, dict)
    return found


def test_undo_goes_back_one_by_one_and_forth_again(root: Path) -> None:
    """The newest first, then the one before, then nothing; a named one that is undone is applied again."""
    first = write(root, state(), {"a.py": "1\n"}, instruction="first").snapshot
    write(root, state(), {"a.py": "2\n", "new/c.py": "c\n"}, instruction="second")
    done = _undo()
    assert done.return_value == 0
    assert done.stdout.splitlines()[1:] == ["  a.py", "  new/c.py"]
    assert "(second)" in done.stdout
    assert not (root / "new").exists()
    assert _json()["state"] == "undone"
    assert (root / "a.py").read_text() == "one\ntwo\nthree\n"
    nothing = _undo()
    assert (nothing.return_value, nothing.stdout) == (0, f"There is nothing to undo in {root}.\n")
    assert first is not None
    assert _json(first) | {"message": ""} == {
        "snapshot": first,
        "state": "applied",
        "files": ["a.py"],
        "message": "",
    }
    assert (root / "a.py").read_text() == "1\n"


def test_the_list_is_for_people_and_programs(root: Path) -> None:
    """Newest first with time, state, instruction on one line, and files; JSON holds all of it."""
    long = "Rename\nthe \x1b[31mthing " + "very " * 30
    ids = [write(root, state(), {"a.py": "1\n"}, instruction="short").snapshot]
    many = {f"f{number}.py": "x\n" for number in range(5)}
    ids.insert(0, write(root, state(), many, instruction=long).snapshot)
    _undo()
    rows = _undo("--list").stdout.splitlines()
    assert [row.split()[0] for row in rows] == ["SNAPSHOT", *ids]
    assert re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  undone   Rename the ␛\[31mthing very ", rows[1])
    assert rows[1].endswith("…  f0.py, f1.py, f2.py and 2 more")
    assert re.search(r"applied  short +a\.py$", rows[2])
    listed = _json("--list")["snapshots"]
    assert [one["snapshot"] for one in listed] == ids
    assert listed[0]["instruction"] == long
    assert listed[0]["files"] == list(many)
    assert set(listed[0]) == {"snapshot", "time", "instruction", "state", "files"}


def test_it_says_the_instruction_as_it_was_given(root: Path) -> None:
    """Quotes and letters of any script as they are; only what steers a terminal is replaced."""
    write(root, state(), {"a.py": "1\n"}, instruction='"Größe" 😀\n\x1b[31mred')
    assert _undo().stdout.splitlines()[0].endswith('("Größe" 😀 �[31mred).')


def test_no_snapshots_is_no_failure(root: Path) -> None:
    """Said in words, or as an empty list; the state folder isn't even made."""
    assert _undo("--list").stdout == f"There are no snapshots of {root}.\n"
    assert _json("--list") == {"snapshots": []}
    assert not state().exists()
    assert _json()["state"] == "nothing"


def test_the_list_tells_of_a_write_that_was_cut_off(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On standard error, so that nobody takes the list for that of a workspace in order."""
    cut_write(monkeypatch, root, state(), {"a.py": "1\n", "b.py": "2\n"}, after=1)
    done = _undo("--list")
    assert done.stdout == f"There are no snapshots of {root}.\n"
    assert re.match(
        r"note: A write was cut off \(snapshot \S+ a\.py, b\.py\); `lakewright undo`", done.stderr
    )
    assert ((root / "a.py").read_text(), (root / "b.py").read_text()) == ("1\n", "b\n")
    assert _undo().return_value == 0
    assert _undo("--list").stderr == ""


@pytest.mark.parametrize("arguments", [[], ["--list"]])
def test_a_state_folder_that_is_none_is_exit_3(
    arguments: list[str], root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line that names it, never a defect of ours."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAKEWRIGHT_STATE_DIR", str(tmp_path / "file"))
    assert run(["undo", *arguments]) == 3
    assert (root / "a.py").exists()


def test_what_the_user_changed_since_is_merged_or_refused(root: Path) -> None:
    """Other lines stay; the same lines are a conflict, shown with both sides: exit 5, no file changed."""
    write(root, state(), {"a.py": "ONE\ntwo\nthree\n"})
    (root / "a.py").write_text("ONE\ntwo\nthree\nfour\n")
    assert _undo().return_value == 0
    assert (root / "a.py").read_text() == "one\ntwo\nthree\nfour\n"
    write(root, state(), {"a.py": "A\n", "b.py": "B\n"})
    (root / "a.py").write_text("mine\x1b\n")
    done = _undo()
    assert (done.return_value, done.stdout) == (5, "")
    assert "<<<<<<< the file now\nmine␛\n=======\n" in done.stderr
    assert done.stderr.splitlines()[-2].startswith("error: The snapshot ")
    assert (root / "b.py").read_text() == "B\n"
    found = _json()
    assert (found["state"], found["files"], found["error"]["kind"]) == ("refused", ["a.py"], "edit")
    assert "mine" in found["message"]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["20200101-000000-000000"], "There is no snapshot 20200101-000000-000000"),
        (["../../x"], "There is no snapshot ../../x"),
        (["--list", "20200101"], "--list takes no SNAPSHOT"),
        (["--root", "nowhere"], "is not a folder"),
    ],
)
def test_bad_names_are_exit_2(
    arguments: list[str], said: str, form: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown snapshot, a wrong root and options that don't go together; JSON is one object."""
    before = (root / "a.py").read_bytes()
    code = run(["undo", *arguments, "--format", form])
    out, err = capsys.readouterr()
    assert (code, (root / "a.py").read_bytes()) == (2, before)
    assert said in (json.loads(out)["error"]["message"] if form == "json" else err)


def test_a_snapshot_of_another_root_is_named_with_it(root: Path, tmp_path: Path) -> None:
    """It is refused with the other root's name, and works with --root from anywhere."""
    snapshot = write(root, state(), {"a.py": "1\n"}).snapshot
    assert snapshot is not None
    other = tmp_path / "other"
    other.mkdir()
    os.chdir(other)
    assert run(["undo", snapshot]) == 2
    assert (root / "a.py").read_text() == "1\n"
    assert run(["undo", snapshot, "--root", str(root)]) == 0
    assert (root / "a.py").read_text() == "one\ntwo\nthree\n"


_SIGNALLED = """
import os, signal, sys, time
from lakewright.cli import main
from lakewright.workspace import journal
def signalled(original):
    def call(*arguments, **options):
        os.kill(os.getpid(), signal.SIGINT)
        return original(*arguments, **options)
    return call
setattr(journal, sys.argv[1], signalled(getattr(journal, sys.argv[1])))
main.main(["undo"])
"""


@pytest.mark.parametrize(
    ("at", "code", "text"), [("prepare", 130, "1\n"), ("install", 0, "one\ntwo\nthree\n")]
)
def test_ctrl_c_counts_until_the_commit(at: str, code: int, text: str, root: Path) -> None:
    """Before it nothing is changed and the exit code is 130; after it all is done and told."""
    write(root, state(), {"a.py": "1\n"})
    done = subprocess.run([sys.executable, "-c", _SIGNALLED, at], cwd=root, capture_output=True, check=False)
    assert (done.returncode, (root / "a.py").read_text()) == (code, text)
    assert (b"Undone: " in done.stdout) == (code == 0)
    assert b"Traceback" not in done.stderr
    assert sorted(path.name for path in root.iterdir()) == [".git", "a.py", "b.py"]


def test_a_second_signal_leaves_at_once(root: Path) -> None:
    """Whatever it waits for; the next undo goes on from there."""
    write(root, state(), {"a.py": "1\n"})
    kill = "os.kill(os.getpid(), signal.SIGINT)"
    twice = _SIGNALLED.replace(kill, f"{kill}; {kill}")
    done = subprocess.run(
        [sys.executable, "-c", twice, "install"], cwd=root, capture_output=True, check=False
    )
    assert done.returncode == 130
    assert _undo().return_value == 0
    assert (root / "a.py").read_text() == "one\ntwo\nthree\n"
