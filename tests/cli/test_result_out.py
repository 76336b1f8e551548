"""What standard output holds at the end: whole, in the files' own bytes, and safe on a terminal."""

import os
from typing import TextIO, cast

import pytest

from lakewright.cli.patient_file import PatientFile
from lakewright.cli.result_out import diff_lines, refused_text, result_lines, write_result
from lakewright.edits.diff import diff
from lakewright.errors import CancelledRunError, EditError, LakewrightError
from lakewright.staging.values import StagedFile
from lakewright.tasks.outcome import EditShown, Outcome
from lakewright.workspace.decode import Decoded
from support_terminal import FakeStream

HOSTILE = "x = '\x1b]0;owned\x07'\x0c\r\n"
BEFORE = Decoded("größe\r\n", "latin-1")
AFTER = Decoded("größe\r\n" + HOSTILE, "latin-1")
FILE = StagedFile("a.py", BEFORE, AFTER, b"", None, ())


def _outcome(error: LakewrightError | None = None, completion: str | None = None) -> Outcome:
    outcome = Outcome("run", "refactor" if completion is None else "complete", completion=completion)
    if completion is None:
        outcome.staged = (FILE,)
        outcome.edits = [EditShown("a.py", diff("a.py", BEFORE, AFTER))]
    outcome.error = error
    return outcome


def _piped(outcome: Outcome) -> bytes:
    reader, writer = os.pipe()
    write_result(cast("TextIO", PatientFile(writer, needed=True)), outcome)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        return stream.read()


def test_a_pipe_gets_the_files_own_bytes() -> None:
    """Latin-1, CR, form feed and escapes as the file will have them: `git apply` needs no less."""
    assert _piped(_outcome()).endswith(
        "@@ -1 +1,2 @@\n größe\r\n".encode("latin-1") + b"+" + HOSTILE.encode("latin-1")
    )


def test_a_terminal_gets_what_can_be_shown() -> None:
    """CR, form feed and escape are visible signs there, with colours and without."""
    terminal = FakeStream(tty=True)
    write_result(terminal, _outcome())
    assert terminal.getvalue().endswith(" größe␍\n+x = '␛]0;owned␇'␌␍\n")
    coloured = [line.text for line in result_lines(_outcome())]
    assert coloured[0] == "\x1b[1m--- a/a.py\x1b[0m"
    assert coloured[-3:] == ["\x1b[36m@@ -1 +1,2 @@\x1b[0m", " größe␍", "\x1b[32m+x = '␛]0;owned␇'␌␍\x1b[0m"]


@pytest.mark.parametrize("error", [EditError("refused"), CancelledRunError("over")])
def test_a_run_that_failed_has_no_result(error: LakewrightError) -> None:
    """Half a change can't be piped into `git apply`; what had been accepted is for standard error, unless
    the user ended the run.
    """
    outcome = _outcome(error)
    assert _piped(outcome) == b""
    assert result_lines(outcome) == []
    assert ("+x = '␛]0;owned␇'␌␍\n" in refused_text(outcome)) == isinstance(error, EditError)
    assert refused_text(_outcome()) == ""


@pytest.mark.parametrize(
    ("text", "piped"),
    [
        ("a + b", b"a + b"),
        ("a\n\tb\n", b"a\n\tb\n"),
        ("a\r\nb", b"a\r\nb"),
        ("", b""),
        ("\x1b[2J\rx", "␛[2Jx".encode()),
    ],
)
def test_a_completion_is_exact_on_a_pipe(text: str, piped: bytes) -> None:
    """No newline is added, CRLF is one, and nothing steers the terminal behind the pipe."""
    assert _piped(_outcome(completion=text)) == piped


def test_a_completion_on_a_terminal_ends_its_line() -> None:
    """Nothing that follows stands behind it."""
    terminal = FakeStream(tty=True)
    write_result(terminal, _outcome(completion="a + b"))
    assert terminal.getvalue() == "a + b\n"
    assert [line.text for line in result_lines(_outcome(completion="a\nb"))] == ["a", "b"]


def test_lines_of_a_diff_are_never_wrapped() -> None:
    """The terminal wraps what is longer than it is wide: copied, the line is whole."""
    long = Decoded("x" * 500 + "\n", "utf-8")
    assert diff_lines(diff("a.py", None, long))[-1].text == f"\x1b[32m+{'x' * 500}\x1b[0m"
