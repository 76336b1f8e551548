"""The sink of a run: it ends the run when its output can't go on, and says why a file was refused."""

from collections.abc import Sequence

import pytest

from lakewright.agent.events import AnswerText, Note, RunEvent, ToolAnswered, ToolCalled
from lakewright.cli.run_sink import RunSink
from lakewright.errors import InputError
from lakewright.tasks.outcome import Outcome


class _Shown:
    """An output that keeps what it is shown; `failure` is raised by the next event."""

    def __init__(self) -> None:
        self.events: list[RunEvent] = []
        self.failure: Exception | None = None

    def show(self, event: RunEvent) -> None:
        if self.failure is not None:
            raise self.failure
        self.events.append(event)

    def finish(self, outcome: Outcome, closing: Sequence[str] = ()) -> None:
        raise AssertionError(outcome, closing)


def _refused(sink: RunSink, path: object) -> None:
    sink(ToolCalled("1", "read_file", {"path": path}))
    sink(ToolAnswered("1", is_error=True))


def test_verbose_runs_say_why_a_file_was_refused() -> None:
    """The guard's own reason follows the failed call; without `-v` it isn't there."""
    for verbose, notes in ((True, [Note(".env: it is on the deny list")]), (False, [])):
        output = _Shown()
        sink = RunSink(output)
        if verbose:
            sink.why_refused = lambda path: "it is on the deny list" if path == ".env" else None
        _refused(sink, ".env")
        _refused(sink, "missing.py")
        _refused(sink, 7)
        assert [event for event in output.events if isinstance(event, Note)] == notes


def test_a_closed_reader_is_no_failure() -> None:
    """The run is over quietly, and nothing is shown any more."""
    output = _Shown()
    sink = RunSink(output)
    output.failure = BrokenPipeError()
    sink(AnswerText("lost"))
    output.failure = None
    sink(AnswerText("nobody reads it"))
    assert (sink.is_closed, sink.failure, output.events) == (True, None, [])


def test_an_output_that_cannot_be_written_is_kept_as_the_failure() -> None:
    """It becomes the sentence that the run ends with."""
    output = _Shown()
    sink = RunSink(output)
    output.failure = InputError("Standard output can't be written.")
    sink(AnswerText("lost"))
    assert sink.failure is output.failure
    assert not sink.is_closed


def test_other_defects_of_an_output_are_not_hidden() -> None:
    """Only what the sink knows how to end is caught."""
    output = _Shown()
    output.failure = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        RunSink(output)(AnswerText("x"))
