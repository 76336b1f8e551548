"""What standard output holds at a run's end: the diff of a refactor, the text of a completion.

An explanation was written as it came. A run that failed has no result: what reads the pipe must not
take half a change for a whole one.
"""

from typing import TextIO

from lakewright.cli.diff_rows import Row, diff_rows
from lakewright.cli.patient_file import PatientFile
from lakewright.cli.sanitize import visible, visible_with_cr
from lakewright.cli.terminal_screen import Line
from lakewright.cli.terminal_stream import TextStream
from lakewright.tasks.outcome import Outcome

NOT_WRITTEN = "— accepted before the run failed, and not written —"

_COLOURS = {Row.FILE: "1", Row.HUNK: "36", Row.ADDED: "32", Row.REMOVED: "31", Row.NOTE: "2"}
"""As git's: names bold, places cyan, additions green, removals red."""


def write_result(out: TextIO, outcome: Outcome) -> None:
    """Write it whole: a diff on a pipe in the files' own bytes, on a terminal as what can be shown."""
    if outcome.error is not None:
        return
    if not isinstance(out, PatientFile):
        TextStream(out).write("".join(f"{line}\n" for line in _lines(outcome)))
        return
    if outcome.completion is not None:
        out.write(_as_text(outcome.completion))
    if outcome.staged:
        from lakewright.staging.diffs import diff_bytes_of  # noqa: PLC0415 - only where there is one

        for file in outcome.staged:
            out.write_bytes(diff_bytes_of(file))
    out.flush()


def result_lines(outcome: Outcome) -> list[Line]:
    """The same for a terminal with colours. Long lines are the terminal's to wrap."""
    if outcome.error is not None:
        return []
    if outcome.completion is not None:
        return [Line(line, 0) for line in _lines(outcome)]
    return [line for edit in outcome.edits for line in diff_lines(edit.diff)]


def refused_text(outcome: Outcome) -> str:
    """What had been accepted before a run failed, for standard error; "" where there is nothing."""
    if outcome.error is None or outcome.error.kind == "cancelled":
        return ""
    return "".join(f"{line}\n" for line in _lines(outcome))


def diff_lines(diff: str) -> list[Line]:
    """A diff in colours; control characters are shown."""
    return [_coloured(row, visible_with_cr(line)) for row, line in diff_rows(diff)]


def _lines(outcome: Outcome) -> list[str]:
    if outcome.completion is not None:
        return visible(outcome.completion).split("\n") if outcome.completion else []
    return [visible_with_cr(line) for edit in outcome.edits for _, line in diff_rows(edit.diff)]


def _coloured(row: Row, text: str) -> Line:
    colour = _COLOURS.get(row)
    return Line(f"\x1b[{colour}m{text}\x1b[0m" if colour else text, 0)


def _as_text(completion: str) -> str:
    """Without what steers a terminal; CRLF is a newline."""
    return "\r\n".join(map(visible, completion.split("\r\n")))
