"""Refactors and completions in the text format: what stands where, on terminals and on pipes."""

from collections.abc import Sequence

import pytest

from lakewright.agent.events import (
    AnswerText,
    Phase,
    PhaseChanged,
    ReasoningText,
    RunEvent,
    ToolAnswered,
    ToolCalled,
    TurnEnded,
)
from lakewright.cli.options import AnswerPlace
from lakewright.cli.plain_text import PlainOutput
from lakewright.cli.terminal import TerminalOutput
from lakewright.cli.terminal_screen import Size
from lakewright.errors import EditError, LakewrightError
from lakewright.tasks.outcome import EditShown, Outcome
from support_terminal import LAST_LINE, FakeClock, FakeStream, Terminal, TerminalStream, an_outcome

DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\r\n+y\r\n"
DIFF_SHOWN = ["--- a/a.py", "+++ b/a.py", "@@ -1 +1 @@", "-x␍", "+y␍"]
CLOSING = ["Wrote 1 file: a.py (+1 -1).", "`lakewright undo` takes it back (snapshot 1)."]
CALL = ToolCalled("c1", "edit_file", {"path": "a.py"})

RUN: Sequence[RunEvent] = (
    PhaseChanged(Phase.WAITING),
    ReasoningText("I see."),
    CALL,
    ToolAnswered("c1", is_error=False),
    TurnEnded(),
    PhaseChanged(Phase.VERIFYING, "make test"),
    PhaseChanged(Phase.WAITING),
    AnswerText("All of **it** is done."),
    TurnEnded(),
)
SAID = ["I see.", "> edit_file a.py", "> verify: make test", "All of it is done."]


def _changed(error: LakewrightError | None = None) -> Outcome:
    outcome = an_outcome(error=error)
    outcome.edits = [EditShown("a.py", DIFF)]
    return outcome


def _completed() -> Outcome:
    outcome = an_outcome()
    outcome.completion = "a + b"
    return outcome


class _Bench:
    """One run; `out` and `err` say which streams are the terminal."""

    def __init__(self, *, out: bool, err: bool, answer: AnswerPlace = "err") -> None:
        self.terminal = Terminal()
        self.clock = FakeClock()
        self.out = TerminalStream(self.terminal) if out else FakeStream()
        self.err = TerminalStream(self.terminal) if err else FakeStream()
        self.output = TerminalOutput(
            self.out,
            self.err,
            reasoning=True,
            verbose=0,
            answer=answer,
            clock=self.clock,
            size=lambda: Size(self.terminal.columns, self.terminal.rows),
        )

    def end(self, outcome: Outcome, closing: Sequence[str] = ()) -> None:
        for event in RUN:
            self.output.show(event)
            self.clock.now += 0.2
            self.output.tick()
        self.output.finish(outcome, closing)

    @property
    def lines(self) -> list[str]:
        return [line for line in self.terminal.lines if line]


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)


def test_on_a_terminal_all_of_it_is_there_in_order() -> None:
    """Reasoning, calls, what is verified, the model's words, the diff in colours, what was written."""
    bench = _Bench(out=True, err=True)
    bench.end(_changed(), CLOSING)
    assert bench.lines == [*SAID, *DIFF_SHOWN, *CLOSING, LAST_LINE]
    assert "\x1b[32m+y␍\x1b[0m" in bench.out.getvalue() + bench.err.getvalue()


def test_what_was_written_is_wrapped_between_words() -> None:
    """No name of a file is torn at the terminal's edge."""
    bench = _Bench(out=True, err=True)
    files = [f"folder/file{number}.py (+1 -1)" for number in range(9)]
    bench.end(_changed(), [f"Wrote 9 files: {', '.join(files)}."])
    rows = bench.lines[bench.lines.index(DIFF_SHOWN[-1]) + 1 : -1]
    assert len(rows) > 1
    assert " ".join(row.strip() for row in rows) == f"Wrote 9 files: {', '.join(files)}."


def test_on_a_pipe_the_diff_is_alone() -> None:
    """The terminal gets all but the diff, which is nowhere else."""
    bench = _Bench(out=False, err=True)
    bench.end(_changed(), CLOSING)
    assert bench.lines == [*SAID, *CLOSING, LAST_LINE]
    assert bench.out.getvalue().splitlines() == DIFF_SHOWN


def test_with_standard_error_in_a_file_the_terminal_has_the_diff() -> None:
    """And nothing of what is said beside it."""
    bench = _Bench(out=True, err=False)
    bench.end(_changed(), CLOSING)
    assert bench.lines == DIFF_SHOWN
    assert bench.err.getvalue().splitlines() == [
        *SAID[:-1],
        "All of **it** is done.",
        *CLOSING,
        LAST_LINE,
    ]


@pytest.mark.parametrize("out", [True, False])
def test_what_a_failed_run_had_accepted_is_beside_the_output(*, out: bool) -> None:
    """With a line that says that it wasn't written; standard output on a pipe stays empty."""
    bench = _Bench(out=out, err=True)
    bench.end(_changed(EditError("refused")))
    accepted = [*DIFF_SHOWN, "— accepted before the run failed, and not written —"]
    assert bench.lines == [*SAID, *accepted, LAST_LINE]
    assert out or bench.out.getvalue() == ""
    plain_out, plain_err = FakeStream(), FakeStream()
    plain = PlainOutput(plain_out, plain_err, reasoning=True, verbose=0, answer="err")
    plain.finish(_changed(EditError("refused")))
    assert (plain_out.getvalue(), plain_err.getvalue().splitlines()) == ("", [*accepted, LAST_LINE])


def test_a_completion_is_shown_once() -> None:
    """What was made of the model's words, never the words themselves, on a terminal and on a pipe."""
    bench = _Bench(out=True, err=True, answer="nowhere")
    bench.end(_completed())
    assert bench.lines == [*SAID[:-1], "a + b", LAST_LINE]
    out, err = FakeStream(), FakeStream()
    plain = PlainOutput(out, err, reasoning=False, verbose=0, answer="nowhere")
    for event in RUN:
        plain.show(event)
    plain.finish(_completed())
    assert out.getvalue() == "a + b\n"
    assert "done" not in err.getvalue()
