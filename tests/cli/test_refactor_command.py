"""`lakewright refactor` as a process: what is printed, what is written, and how it exits."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from lakewright.cli.main import program
from lakewright.sandbox.server import SandboxServer, start_in_thread
from support_changes import FILES, NOTE, a_project, bytes_of, git, modes_of, state, using
from support_cli import COMMAND, lakewright, result

REFACTOR = ("refactor", "crlf.py", "-i", "Look at it")


@pytest.fixture(scope="module")
def host() -> Iterator[SandboxServer]:
    """A model that appends a comment to each of five files."""
    with start_in_thread(script="edit-five", pace=0) as server:
        yield server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return a_project(tmp_path / "a project")


def _run(root: Path, host: SandboxServer, *options: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    return lakewright(*REFACTOR, *options, cwd=root, environ={**using(host), **more})


def test_the_printed_diff_is_what_write_writes(root: Path, host: SandboxServer) -> None:
    """On a pipe the diff is the files' own bytes: `git apply` of it gives what `--write` gives, be it CRLF,
    Latin-1, a mark or a missing newline; and `undo` gives every byte and mode back.
    """
    before, modes = bytes_of(root), modes_of(root)
    shown = _run(root, host)
    assert (shown.returncode, bytes_of(root)) == (0, before)
    written = _run(root, host, "--write")
    assert (written.returncode, written.stdout) == (0, shown.stdout)
    after = bytes_of(root)
    assert all(NOTE in data for data in after.values())
    assert after["crlf.py"] == FILES["crlf.py"] + NOTE + b"\r\n"
    assert modes_of(root) == modes
    assert b"Wrote 5 files: bom.py (+1)" in written.stderr
    assert b"`lakewright undo` takes it back (snapshot " in written.stderr
    undone = lakewright("undo", cwd=root)
    assert (undone.returncode, bytes_of(root), modes_of(root)) == (0, before, modes)
    git(root, "apply", stdin=shown.stdout)
    assert bytes_of(root) == after


def test_nothing_but_the_diff_is_on_standard_output(root: Path, host: SandboxServer) -> None:
    """The model's words, its calls and the closing sentence are on standard error."""
    done = _run(root, host)
    assert done.stdout.startswith(b"--- a/bom.py\n+++ b/bom.py\n@@ ")
    said = done.stderr.decode()
    assert "> edit_file crlf.py" in said
    assert "Simulated. Done." in said
    assert "5 files would change: bom.py (+1)" in said
    assert said.rstrip().splitlines()[-2].endswith("Nothing is written without --write.")


def test_edits_in_text_are_shown_as_the_diff_alone(root: Path) -> None:
    """Standard error has the prose around them; the events of ndjson have all that the model said."""
    with start_in_thread(["answer-json-fenced:always"], script="edit-five", pace=0) as host:
        plain = _run(root, host)
        events = _run(root, host, "--format", "ndjson")
    assert plain.returncode == 0
    assert plain.stdout.startswith(b"--- a/bom.py\n+++ b/bom.py\n@@ ")
    assert b"updated_files" not in plain.stderr
    assert b"5 files would change" in plain.stderr
    assert b"updated_files" in events.stdout


def test_check_tells_by_its_exit_code(root: Path, host: SandboxServer) -> None:
    """1 with the diff where there would be a change, 0 with nothing where there is none, in a shell, too."""
    before = bytes_of(root)
    line = 'if "$0" "$@"; then echo clean; else echo "code $?"; fi >&2'
    asked = [*COMMAND, *REFACTOR, "--check"]
    shell = subprocess.run(
        ["sh", "-c", line, *asked], cwd=root, env=_environ(host), capture_output=True, check=False
    )
    assert shell.stderr.rstrip().endswith(b"code 1")
    assert b"+# Looked at." in shell.stderr
    assert bytes_of(root) == before
    with start_in_thread(script="edit-nothing", pace=0) as idle:
        done = _run(root, idle, "--check")
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"Nothing to change" in done.stderr


def _environ(host: SandboxServer) -> dict[str, str]:
    return {**os.environ, **using(host)}


def test_json_has_diffs_and_the_snapshot(root: Path, host: SandboxServer) -> None:
    """`edits` hold decoded text, `applied` and `snapshot` tell what was written; a check exits 1 without an
    error; the diffs put together are applied by git.
    """
    checked = _run(root, host, "--check", "--format", "json")
    found = result(checked)
    assert (checked.returncode, found["applied"], found["snapshot"]) == (1, False, None)
    assert "error" not in found
    assert [edit["path"] for edit in found["edits"]] == list(FILES)
    assert "\r\n" in found["edits"][1]["diff"]
    git(root, "apply", "--check", stdin="".join(edit["diff"] for edit in found["edits"][3:]).encode())
    written = _run(root, host, "--write", "--format", "ndjson")
    last = json.loads(written.stdout.splitlines()[-1])
    assert (last["event"], last["command"], last["applied"]) == ("result", "refactor", True)
    assert re.fullmatch(r"[0-9-]+", last["snapshot"])
    listed = json.loads(lakewright("undo", "--list", "--format", "json", cwd=root).stdout)
    assert [one["snapshot"] for one in listed["snapshots"]] == [last["snapshot"]]
    assert listed["snapshots"][0]["files"] == list(FILES)
    assert listed["snapshots"][0]["instruction"] == "Look at it"


@pytest.mark.parametrize(
    ("options", "variable", "code"),
    [
        (("--verify", "grep -q 'Looked at' crlf.py"), "", 0),
        (("--verify", "echo no; false"), "true", 5),
        ((), "false", 5),
        (("--verify", ""), "false", 0),
    ],
)
def test_verify_must_succeed_on_the_changed_tree(
    options: tuple[str, ...], variable: str, code: int, root: Path, host: SandboxServer
) -> None:
    """The flag beats the setting, an empty one switches it off; what fails is written nowhere, shown on
    standard error, and nothing on standard output can be piped into `git apply`.
    """
    before = bytes_of(root)
    done = _run(root, host, "--write", *options, LAKEWRIGHT_EDITS__VERIFY=variable)
    assert done.returncode == code
    assert (bytes_of(root) == before) == (code == 5)
    assert bool(done.stdout) == (code == 0)
    if code == 5:
        said = done.stderr.decode()
        assert "+# Looked at." in said
        assert "not written" in said
        assert "error: The check still fails" in said


def test_a_project_cannot_have_a_command_run(root: Path, host: SandboxServer) -> None:
    """`edits.verify` of a project's file is left out with a warning that names file, line and key."""
    (root / ".lakewright.yaml").write_text("# mine\nedits:\n  verify: touch ran; false\n")
    done = _run(root, host)
    assert done.returncode == 0
    assert b".lakewright.yaml:3: `edits.verify` may not be set by a project" in done.stderr
    assert not (root / "ran").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tax.py",), "Missing option '-i'"),
        (("tax.py", "-i", " "), "The instruction is empty"),
        (("tax.py", "-i", "x", "--check", "--write"), "don't go together"),
        (("-", "-i", "x", "--write"), "--write goes with a file"),
        (("-i", "x"), "Missing argument 'TARGET'"),
        (("--continue",), "Missing option '-i'"),
    ],
)
def test_usage_errors_are_told_before_anything(arguments: tuple[str, ...], said: str) -> None:
    """Exit 2, and nothing is asked or read."""
    done = CliRunner().invoke(program, ["refactor", *arguments, "--sandbox"])
    assert done.exit_code == 2
    assert said in done.output


def test_an_unusable_state_folder_is_told_before_the_model_is_asked(root: Path, host: SandboxServer) -> None:
    """A change that could not be taken back is not begun: exit 3, no request, every file as it was."""
    before, asked = bytes_of(root), len(host.log)
    state().parent.mkdir(exist_ok=True)
    state().write_text("no folder")
    done = _run(root, host, "--write")
    assert (done.returncode, done.stdout, bytes_of(root)) == (3, b"", before)
    assert b"state folder" in done.stderr
    assert len(host.log) == asked


def test_standard_input_becomes_a_diff(root: Path, host: SandboxServer) -> None:
    """With `-` the diff is that of the text given, under the name given; no file changes."""
    before = bytes_of(root)
    arguments = ("refactor", "-", "--stdin-path", "crlf.py", "-i", "Look")
    done = lakewright(*arguments, cwd=root, stdin=b"unsaved = 1\n", environ=using(host))
    assert (done.returncode, bytes_of(root)) == (0, before)
    assert b"+++ b/crlf.py\n@@ -1 +1,2 @@\n unsaved = 1\n+# Looked at.\n" in done.stdout


def test_a_new_file_is_created_and_undone_with_its_folder(root: Path) -> None:
    """Its diff is one of /dev/null; undo removes it and the folder that was made for it."""
    before = bytes_of(root)
    with start_in_thread(script="create-file", pace=0) as creating:
        done = _run(root, creating, "--write")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"--- /dev/null\n+++ b/notes/created.md\n")
    assert b"Wrote 1 file: notes/created.md (new +3)." in done.stderr
    assert (root / "notes/created.md").is_file()
    assert lakewright("undo", cwd=root).returncode == 0
    assert bytes_of(root) == before
    assert not (root / "notes").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no such shell")
@pytest.mark.parametrize("options", [[], ["--write"], ["--format", "json"]], ids=str)
def test_a_closed_pipe_is_a_quiet_end(options: list[str], root: Path, host: SandboxServer) -> None:
    """A reader that has enough ends it with exit 0 and not a word."""
    line = 'set -o pipefail; "$0" "$@" 2>errors | head -1 >/dev/null; echo "$?"; cat errors; rm errors'
    done = subprocess.run(
        ["bash", "-c", line, *COMMAND, *REFACTOR, "--no-reasoning", *options],
        cwd=root,
        env=_environ(host),
        capture_output=True,
        check=False,
    )
    assert done.stdout.split(b"\n")[0] == b"0"
    assert b"Traceback" not in done.stdout + done.stderr
