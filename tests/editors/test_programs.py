"""The table of programs: each is found or missed in one line; half an install is none."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from editors.programs import __main__ as command
from editors.programs import debian
from editors.programs.program import CannotInstallError, Found, Missing, Program
from editors.programs.table import PROGRAMS

Capture = pytest.CaptureFixture[str]
MISSING = Missing("no editor here", "apt-get install editor")


def editor(*, pinned: bool = True, install: Callable[[], None] | None = None) -> Program:
    return Program(key="x", title="X 1", pinned=pinned, find=lambda: MISSING, install=install)


def test_every_program_says_in_one_line_whether_it_is_here() -> None:
    """`--list` looks, installs nothing, and needs no program."""
    argv = [sys.executable, "-m", "editors.programs", "--list"]
    tests = Path(__file__).parents[1]
    done = subprocess.run(argv, cwd=tests, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line.startswith(one.title) for line, one in zip(lines, PROGRAMS, strict=True)] == [True] * len(
        PROGRAMS
    )


@pytest.mark.parametrize(
    ("pinned", "ci", "said"),
    [
        (True, "", ("skipped", 0)),
        (True, "true", ("MISSING", 1)),
        (False, "true", ("skipped (not pinned)", 0)),
    ],
)
def test_only_a_pinned_program_is_missed_by_ci(
    pinned: bool, ci: str, said: tuple[str, int], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """CI fails for what can be had; elsewhere a missing program is one line that says what to install."""
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(command, "PROGRAMS", (editor(pinned=pinned),))
    code = command.main([])
    line = capsys.readouterr().out
    assert (line, code) == (f"X 1: {said[0]}, no editor here: apt-get install editor\n", said[1])


def test_an_install_that_cannot_be_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason of the install stands in the line."""
    monkeypatch.setenv("CI", "")

    def install() -> None:
        raise CannotInstallError("only root may install packages")

    line, is_here = command.state_of(editor(install=install), may_install=True)
    assert not is_here
    assert line == "X 1: skipped, no editor here; only root may install packages: apt-get install editor"


def test_an_install_is_looked_at_afterwards() -> None:
    """Installed is what is found after the install, not what an install claims."""
    found: list[Found] = []
    one = Program(
        key="x",
        title="X 1",
        pinned=True,
        find=lambda: found[0] if found else MISSING,
        install=lambda: found.append(Found("1.2", ("x",))),
    )
    assert command.state_of(one, may_install=True) == ("X 1 (1.2): installed", True)
    assert command.state_of(one, may_install=True) == ("X 1 (1.2): here", True)


def test_an_install_that_is_cut_off_leaves_no_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was unpacked when the install ended is not at the program's place."""
    monkeypatch.setattr(debian, "EDITORS", tmp_path)
    calls: list[str] = []

    def run(*argv: str) -> str:
        calls.append(argv[0])
        if "install" in argv:
            (tmp_path / "x.part/archives/a.deb").write_bytes(b"")
        if argv[0] == "dpkg":
            (tmp_path / "x.part/root/usr/bin").mkdir(parents=True)
            raise CannotInstallError("killed")
        return "http://example.org/debian/"

    monkeypatch.setattr(debian, "_run", run)
    monkeypatch.setattr(debian, "_need", lambda *_names: None)
    with pytest.raises(CannotInstallError):
        debian.unpack("x", "x", suite="forky")
    assert calls[-1] == "dpkg"
    assert not (tmp_path / "x").exists()
