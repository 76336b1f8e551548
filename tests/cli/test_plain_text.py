"""The text format on pipes: whole turns on one side, everything else on the other, no control bytes."""

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
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
    UsageChanged,
)
from lakewright.cli.plain_text import PlainOutput
from lakewright.core.usage import Usage
from lakewright.errors import CancelledRunError, NetworkError
from lakewright.tasks.outcome import Outcome
from support_terminal import LAST_LINE, FakeStream, an_outcome

CALL = ToolCalled("c1", "read_file", {"path": "src/tax.py"})

A_RUN: Sequence[RunEvent] = (
    RunStarted("20261121-101502-4f9a1c", "explain"),
    PhaseChanged(Phase.WAITING),
    ReasoningText("First the "),
    ReasoningText("taxes.\nThen"),
    AnswerText("Let me "),
    AnswerText("look."),
    TurnEnded(),
    UsageChanged(Usage(input_tokens=10), 1),
    CALL,
    PhaseChanged(Phase.TOOLS, "read_file src/tax.py"),
    ToolAnswered("c1", is_error=False),
    ReasoningText("\n\nNow I know."),
    AnswerText("\n\n# Taxes\n\nIt adds them.\n\n"),
    TurnEnded(),
)


def shown(
    events: Sequence[RunEvent], outcome: Outcome | None = None, *, reasoning: bool = True, verbose: int = 0
) -> tuple[str, str]:
    """Standard output and standard error of a run."""
    out, err = FakeStream(), FakeStream()
    output = PlainOutput(out, err, reasoning=reasoning, verbose=verbose)
    for event in events:
        output.show(event)
    output.finish(outcome or an_outcome())
    return out.getvalue(), err.getvalue()


def test_the_answer_alone_is_on_standard_output() -> None:
    """Turns are apart by a blank line, the end is one newline, and all else is on standard error."""
    out, err = shown(A_RUN)
    assert out == "Let me look.\n\n# Taxes\n\nIt adds them.\n"
    assert err == f"First the taxes.\nThen\n> read_file src/tax.py\nNow I know.\n{LAST_LINE}\n"


def test_reasoning_can_be_switched_off() -> None:
    """Without reasoning the calls and the last line stay."""
    assert shown(A_RUN, reasoning=False)[1] == f"> read_file src/tax.py\n{LAST_LINE}\n"


def test_verbose_says_the_run_and_its_usage() -> None:
    """`-v` adds the run's id, the tokens after each turn and the model behind the endpoint."""
    err = shown(A_RUN, an_outcome(served_model="us.anthropic.claude"), verbose=1, reasoning=False)[1]
    assert err.splitlines()[:3] == [
        "run 20261121-101502-4f9a1c",
        "1 request · 10 in",
        "> read_file src/tax.py",
    ]
    assert "databricks-claude-sonnet-4-5 (us.anthropic.claude) · 3 requests" in err


def test_a_turn_goes_out_when_it_ends() -> None:
    """Nothing of a turn is on standard output before its end, all of it right after."""
    out = FakeStream()
    output = PlainOutput(out, FakeStream(), reasoning=True, verbose=0)
    output.show(AnswerText("one"))
    before = out.getvalue()
    output.show(TurnEnded())
    assert (before, out.getvalue()) == ("", "one\n")


def test_a_restart_never_doubles_the_answer() -> None:
    """What a turn said before it was started again is not in the answer."""
    restart = Retried("The stream was cut.", 0.0, restart=True)
    out, err = shown([AnswerText("half an"), restart, AnswerText("whole"), TurnEnded()])
    assert out == "whole\n"
    assert "retrying now: The stream was cut; what this turn showed so far is void\n" in err


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Retried("429 Too many requests.", 17.2, restart=False), "retrying in 17 s: 429 Too many requests"),
        (Retried("503", 0.5, restart=False), "retrying in 0.5 s: 503"),
        (Retried("429", 125.0, restart=False), "retrying in 2 min 5 s: 429"),
        (Note("The budget was cut."), "The budget was cut."),
        (ToolCalled("a", "read_file", {"path": "a\n\x1b[31m"}), "> read_file a␊␛[31m"),
    ],
)
def test_what_happens_is_one_line_each(event: RunEvent, line: str) -> None:
    """Retries, notes and calls are one line, whatever a file is called."""
    assert shown([event], an_outcome(requests=0))[1] == line + "\n"


def test_a_failed_call_is_said() -> None:
    """A call that the model was refused is named."""
    err = shown([CALL, ToolAnswered("c1", is_error=True)], an_outcome(requests=0))[1]
    assert err.splitlines()[1] == "! read_file src/tax.py: failed, and the model was told why"


@pytest.mark.parametrize("error", [NetworkError("The stream was cut."), CancelledRunError("Cancelled.")])
def test_half_an_answer_is_not_on_standard_output(error: NetworkError | CancelledRunError) -> None:
    """A turn that never ended is shown on standard error only, marked as unfinished; the cost is said."""
    out, err = shown([AnswerText("done"), TurnEnded(), AnswerText("\n\nhalf")], an_outcome(error=error))
    assert out == "done\n"
    assert err == f"half\n— the answer stops here, unfinished —\n{LAST_LINE}\n"


def test_a_run_without_requests_has_no_last_line() -> None:
    """An input error costs nothing and says nothing about tokens."""
    assert shown([], an_outcome(requests=0)) == ("", "")


def test_unknown_counts_are_left_out() -> None:
    """A number the service never gave isn't shown as 0."""
    err = shown([], an_outcome(usage=Usage(), requests=1))[1]
    assert err == "databricks-claude-sonnet-4-5 · 1 request · 4.2 s\n"


def test_a_closed_pipe_is_felt_as_such() -> None:
    """A reader that has gone is a BrokenPipeError at the turn's end."""
    out = FakeStream()
    output = PlainOutput(out, FakeStream(), reasoning=True, verbose=0)
    output.show(AnswerText("one"))
    out.gone = True
    with pytest.raises(BrokenPipeError):
        output.show(TurnEnded())


def test_an_encoding_without_the_character_is_no_failure() -> None:
    """On an ASCII stream what it lacks becomes a question mark."""
    out, err = FakeStream(encoding="ascii"), FakeStream(encoding="ascii")
    output = PlainOutput(out, err, reasoning=True, verbose=0)
    output.show(AnswerText("Prüfung"))
    output.show(TurnEnded())
    output.finish(an_outcome())
    assert out.getvalue() == "Pr?fung\n"


_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
_EVENT = st.one_of(
    st.builds(AnswerText, _TEXT),
    st.builds(ReasoningText, _TEXT),
    st.builds(Note, _TEXT),
    st.builds(ToolCalled, _TEXT, _TEXT, st.dictionaries(_TEXT, _TEXT, max_size=2)),
    st.builds(Retried, _TEXT, st.floats(0, 300), st.booleans()),
    st.builds(PhaseChanged, st.sampled_from(Phase), _TEXT),
    st.just(TurnEnded()),
)


@given(st.lists(_EVENT, max_size=12))
def test_no_control_character_whatever_is_said(events: list[RunEvent]) -> None:
    """Neither stream ever carries a control character other than newline and tab."""
    steering = {c for c in "".join(shown(events)) if unicodedata.category(c) in ("Cc", "Cs")}
    assert steering <= {"\n", "\t"}
