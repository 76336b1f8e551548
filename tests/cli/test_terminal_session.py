"""The program on a real terminal: what a person's session shows, and that Ctrl-C is felt at once."""

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support_cli import COMMAND

CTRL_C = b"\x03"

_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def _session(
    *arguments: str, cwd: Path, environ: Mapping[str, str] | None = None, press_after: bytes | None = None
) -> tuple[bytes, int]:
    """All that the terminal got and the exit code. Ctrl-C is pressed once `press_after` was shown."""
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _TAKE_TERMINAL, *COMMAND, *arguments],
        cwd=cwd,
        env={**os.environ, "TERM": "xterm-256color", **(environ or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # on Linux a terminal without a program ends with an error
            break
        if not piece:
            break
        shown += piece
        if press_after is not None and press_after in shown:
            os.write(terminal, CTRL_C)
            press_after = None
    os.close(terminal)
    return shown, process.wait()


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", "tax.py", "--sandbox"],
        ["refactor", "tax.py", "-i", "Rename net to amount", "--sandbox", "--write"],
        ["complete", "tax.py:5:9", "--sandbox"],
        ["undo", "--list"],
        ["doctor", "--sandbox"],
        ["models", "--sandbox"],
    ],
    ids=str,
)
@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_no_color_means_no_control_characters(
    arguments: list[str], environ: dict[str, str], project: Path
) -> None:
    """NO_COLOR and terminals that can do nothing get plain lines, on both channels, from every command."""
    shown, code = _session(*arguments, cwd=project, environ=environ)
    assert code == 0
    assert set(shown) & set(range(32)) == {ord("\n"), ord("\r")}
    assert b"\r" not in shown.replace(b"\r\n", b"")


@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_ctrl_c_ends_a_wait(form: str, project: Path) -> None:
    """In the middle of a wait of minutes, 130 and no traceback; JSON is whole."""
    arguments = ["explain", "tax.py", "--sandbox", "--fault", "429:always", "--format", form, "-v"]
    sign = {"text": b"retrying in", "json": b".lakewright.yaml", "ndjson": b'"retry"'}[form]
    (project / ".lakewright.yaml").write_text("host: https://elsewhere.example\n")
    shown, code = _session(*arguments, cwd=project, press_after=sign)
    assert code == 130
    assert b"Traceback" not in shown
    assert (b"cancelled" if form != "text" else b"The run was cancelled.") in shown


def test_ctrl_c_while_standard_input_is_typed(project: Path) -> None:
    """A terminal is told what it waits for, and can end it."""
    arguments = ["explain", "-", "--stdin-path", "a.py", "--sandbox"]
    shown, code = _session(*arguments, cwd=project, press_after=b"Ctrl-D")
    assert code == 130
    assert b"Traceback" not in shown
