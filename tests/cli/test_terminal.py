"""A run on a terminal: every line once, nothing left over, whatever is a terminal and however it comes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.agent.events import (
    AnswerText,
    Note,
    Phase,
    PhaseChanged,
    ReasoningText,
    Retried,
    RunEvent,
    RunStarted,
    ToolAnswered,
    ToolCalled,
    TurnEnded,
)
from lakewright.cli.terminal import TerminalOutput
from lakewright.cli.terminal_screen import Size
from lakewright.errors import CancelledRunError
from lakewright.tasks.outcome import Outcome
from support_terminal import LAST_LINE, FakeClock, FakeStream, Terminal, TerminalStream, an_outcome, pieces

ANSWER = """\
# Taxes

`add_tax` adds **19 %** to a net amount, and refuses
negative ones.

1. check
2. multiply

```python
def add_tax(net):
    return round(net * 1.19, 2)
```

The end.
"""

SHOWN = [
    "First the taxes, then the orders.",
    "",
    "Let me look.",
    "",
    "> read_file src/tax.py",
    "",
    "Now I know.",
    "",
    "Taxes",
    "",
    "add_tax adds 19 % to a net amount, and refuses negative ones.",
    "",
    " 1 check",
    " 2 multiply",
    "",
    "",
    " def add_tax(net):",
    "     return round(net * 1.19, 2)",
    "",
    "",
    "The end.",
    "",
    LAST_LINE,
]


def a_run(size: int = 5) -> list[RunEvent]:
    """Two turns with a call between them, in deltas of `size` characters."""
    return [
        RunStarted("20261121-101502-4f9a1c", "explain"),
        PhaseChanged(Phase.CONNECTING),
        PhaseChanged(Phase.WAITING),
        PhaseChanged(Phase.THINKING),
        *map(ReasoningText, pieces("First the taxes, then the orders.", size)),
        PhaseChanged(Phase.WRITING),
        *map(AnswerText, pieces("Let me look.", size)),
        TurnEnded(),
        ToolCalled("c1", "read_file", {"path": "src/tax.py"}),
        PhaseChanged(Phase.TOOLS, "read_file src/tax.py"),
        ToolAnswered("c1", is_error=False),
        PhaseChanged(Phase.WAITING),
        *map(ReasoningText, pieces("\n\nNow I know.", size)),
        *map(AnswerText, pieces("\n\n" + ANSWER, size)),
        TurnEnded(),
    ]


@dataclass
class Bench:
    """An output with its terminal, clock and streams; `out` and `err` say which are the terminal."""

    terminal: Terminal = field(default_factory=Terminal)
    clock: FakeClock = field(default_factory=FakeClock)
    on_out: bool = True
    on_err: bool = True
    reasoning: bool = True

    def __post_init__(self) -> None:
        self.out = TerminalStream(self.terminal) if self.on_out else FakeStream()
        self.err = TerminalStream(self.terminal) if self.on_err else FakeStream()
        self.output = TerminalOutput(
            self.out,
            self.err,
            reasoning=self.reasoning,
            verbose=0,
            clock=self.clock,
            size=lambda: Size(self.terminal.columns, self.terminal.rows),
        )

    def show(self, events: Sequence[RunEvent], *, seconds: float = 0.05) -> None:
        """Show the events, `seconds` and a tick apart."""
        for event in events:
            self.output.show(event)
            self.clock.now += seconds
            self.output.tick()

    def lines(self, events: Sequence[RunEvent], outcome: Outcome | None = None) -> list[str]:
        """What is on the terminal when the run is over."""
        self.show(events)
        self.output.finish(outcome or an_outcome())
        return self.terminal.lines


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("size", [1, 3, 20, 1000])
def test_each_line_is_on_the_terminal_once(size: int) -> None:
    """Reasoning, calls, the rendered answer and the last line, in order, and nothing of the live region."""
    bench = Bench()
    assert bench.lines(a_run(size)) == SHOWN
    assert bench.terminal.cursor == (len(SHOWN), 0)
    assert bench.terminal.wraps


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(1, 40),
    seconds=st.sampled_from([0.0, 0.01, 0.2]),
    columns=st.integers(1, 90),
    rows=st.integers(1, 30),
)
def test_speed_deltas_and_height_leave_no_trace(size: int, seconds: float, columns: int, rows: int) -> None:
    """Whatever the pace and the terminal, the end looks as if it had been printed at once."""
    live, once = Bench(Terminal(columns, rows)), Bench(Terminal(columns, 1))
    live.show(a_run(size), seconds=seconds)
    once.show(a_run(10_000), seconds=0)
    for bench in (live, once):
        bench.output.finish(an_outcome())
    assert live.terminal.lines == once.terminal.lines


def test_only_the_answer_is_on_the_terminal() -> None:
    """With standard error in a file the terminal has the answer, the file the rest without colour."""
    bench = Bench(on_err=False)
    assert bench.lines(a_run()) == ["Let me look.", *SHOWN[7:-2]]
    aside = "First the taxes, then the orders.\n> read_file src/tax.py\nNow I know.\n"
    assert bench.err.getvalue() == f"{aside}{LAST_LINE}\n"


def test_only_standard_error_is_on_the_terminal() -> None:
    """With the answer in a pipe it is plain Markdown there, and all else is on the terminal."""
    bench = Bench(on_out=False)
    assert bench.lines(a_run()) == [*SHOWN[:2], "> read_file src/tax.py", "", "Now I know.", "", LAST_LINE]
    assert bench.out.getvalue() == f"Let me look.\n\n{ANSWER}"


def test_no_reasoning_when_it_is_switched_off() -> None:
    """Without reasoning the terminal has calls, answer and last line."""
    assert Bench(reasoning=False).lines(a_run()) == [*SHOWN[2:6], *SHOWN[8:]]


def test_the_block_at_hand_is_shown_while_it_is_written() -> None:
    """An unfinished paragraph stands rendered above the status line, and is gone from there when it ends."""
    bench = Bench()
    bench.show(
        [PhaseChanged(Phase.WRITING), AnswerText("# Head\n\nsome **bold"), AnswerText("** text")], seconds=0.1
    )
    *block, status = bench.terminal.lines
    assert (block, status[2:]) == (["Head", "", "some bold text"], "writing")
    bench.show([AnswerText("\n\nnext")], seconds=0.1)
    assert bench.terminal.lines[:-1] == ["Head", "", "some bold text", "", "next"]


def test_a_line_that_becomes_shorter_leaves_nothing_over() -> None:
    """Markup that turns out to be complete takes fewer cells than it did as text."""
    bench = Bench()
    bench.show([PhaseChanged(Phase.WRITING), AnswerText("so **bold")], seconds=0.1)
    assert bench.terminal.lines[0] == "so **bold"
    bench.show([AnswerText("**")], seconds=0.1)
    assert bench.terminal.lines[0] == "so bold"


def test_a_long_block_shows_its_end_in_as_many_rows_as_there_are() -> None:
    """A fence longer than the terminal never scrolls what is live; when it ends, all of it is there."""
    bench = Bench(Terminal(40, 8))
    code = [f"line {number}" for number in range(30)]
    bench.show([PhaseChanged(Phase.WRITING), *(AnswerText(f"{line}\n") for line in ["```text", *code])])
    assert len(bench.terminal.lines) <= 7
    assert bench.terminal.lines[-1][2:] == "writing · 1 s"
    bench.show([AnswerText("```\n"), TurnEnded()])
    bench.output.finish(an_outcome(requests=0))
    assert [line.strip() for line in bench.terminal.lines if line.strip()] == code


@pytest.mark.parametrize("columns", [30, 79, 120])
def test_a_resize_leaves_nothing_over(columns: int) -> None:
    """A terminal that wraps its lines anew in mid-block ends with each line once."""
    bench = Bench(Terminal(80, 24))
    text = "A paragraph of which the first line is as long as the terminal is wide, and then some more words."
    bench.show([PhaseChanged(Phase.WRITING), AnswerText(text)])
    bench.terminal.resize(columns, 24)
    bench.show([AnswerText("\n\nThe end."), TurnEnded()])
    bench.output.finish(an_outcome(requests=0))
    assert " ".join(bench.terminal.lines).split() == f"{text} The end.".split()


def test_frames_are_few() -> None:
    """A thousand deltas in a second are drawn in twelve frames or so, in one write each."""
    bench = Bench()
    bench.show([PhaseChanged(Phase.WRITING)], seconds=0)
    before = bench.err.getvalue()
    for _ in range(1000):
        bench.output.show(AnswerText("word "))
        bench.clock.now += 0.001
    frames = bench.err.getvalue().removeprefix(before).count("\x1b[?7l")
    assert 10 <= frames <= 13


def test_nothing_is_written_while_nothing_changes() -> None:
    """A tick without a change writes no byte."""
    bench = Bench()
    bench.show([PhaseChanged(Phase.WAITING)], seconds=1)
    before = bench.err.getvalue()
    bench.output.tick()
    assert bench.err.getvalue() == before


def test_a_restart_is_one_line_and_what_was_unfinished_goes() -> None:
    """After a cut stream one line says so; finished blocks stand above it, the turn's new text below."""
    restart = Retried("The stream was cut.", 0.0, restart=True)
    events: list[RunEvent] = [
        ReasoningText("Hm"),
        AnswerText("Done block.\n\nhalf a blo"),
        restart,
        AnswerText("Whole."),
        TurnEnded(),
    ]
    said = "— started again: The stream was cut —"
    assert Bench().lines(events, an_outcome(requests=0)) == ["Hm", "", "Done block.", "", said, "", "Whole."]
    assert Bench(on_err=False).lines(events) == ["Done block.", "", said, "", "Whole."]


def test_a_cancelled_run_keeps_what_was_shown_and_says_what_it_cost() -> None:
    """The live region is closed, the unfinished text stays and is marked, the last line follows."""
    bench = Bench()
    outcome = an_outcome(error=CancelledRunError("The run was cancelled."))
    lines = bench.lines([PhaseChanged(Phase.WRITING), AnswerText("Half a sent")], outcome)
    assert lines == ["Half a sent", "", "— the answer stops here, unfinished —", "", LAST_LINE]
    assert bench.terminal.cursor == (5, 0)


def test_half_an_answer_for_a_pipe_is_shown_on_the_terminal() -> None:
    """What a turn that never ended had said is on standard error, marked, and not in the pipe."""
    bench = Bench(on_out=False)
    lines = bench.lines([AnswerText("Half\nof it")], an_outcome(requests=0))
    assert lines == ["Half", "of it", "— the answer stops here, unfinished —"]
    assert bench.out.getvalue() == ""


def test_a_run_that_never_began_draws_nothing() -> None:
    """An input error leaves the terminal to its message."""
    bench = Bench()
    bench.output.finish(an_outcome(requests=0))
    assert bench.err.getvalue() + bench.out.getvalue() == ""


_HOSTILE = (
    "\x1b[2J\x1b]8;;http://x\x07 &#x202e; <http://a/%1b%5b31m> [a](http://b/%1b) \x9b5n\x85\u2028 ```\x1b"
)
_PREFIXES = ["", "# ", "- ", "> ", "    ", "```\x1b\n", "| a | b |\n|---|---|\n| 1 | "]


@pytest.mark.parametrize("prefix", _PREFIXES)
def test_no_sequence_of_the_model_reaches_the_terminal(prefix: str) -> None:
    """The screen knows the sequences we write and fails on any other, in every kind of block."""
    events: list[RunEvent] = [
        ReasoningText(_HOSTILE),
        Note(_HOSTILE),
        AnswerText(prefix + _HOSTILE),
        TurnEnded(),
    ]
    text = "\n".join(Bench().lines(events))
    assert "␛" in text
    assert not set(text) & {"\u202e", "\u2028"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec=None, exclude_categories=()), max_size=30), max_size=6))
def test_any_text_can_be_shown(deltas: list[str]) -> None:
    """Nothing a model sends breaks the output or the screen."""
    Bench(Terminal(30, 10)).lines([*map(ReasoningText, deltas), *map(AnswerText, deltas), TurnEnded()])


def test_a_closed_terminal_is_felt_as_a_closed_pipe() -> None:
    """A reader that has gone is a BrokenPipeError at the next frame."""
    bench = Bench()
    bench.err.gone = True
    with pytest.raises(BrokenPipeError):
        bench.output.show(PhaseChanged(Phase.WAITING))


async def test_ticking_ends_with_its_reader_or_its_task() -> None:
    """The ticker draws until it is cancelled, and ends by itself when the terminal has gone."""
    bench = Bench()
    bench.output.show(PhaseChanged(Phase.WAITING))
    ticking = asyncio.create_task(bench.output.tick_forever())
    await asyncio.sleep(0)
    ticking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ticking
    bench.err.gone = True
    bench.clock.now += 5
    await asyncio.wait_for(bench.output.tick_forever(), 30)
