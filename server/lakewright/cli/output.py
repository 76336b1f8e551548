"""What shows a run: one interface for text, JSON and JSON lines."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

from lakewright.agent.events import RunEvent
from lakewright.cli.options import AnswerPlace, Format
from lakewright.cli.patient_file import StandardFiles
from lakewright.cli.terminal_choice import can_draw
from lakewright.tasks.outcome import Outcome

_ANSWER_ON: Mapping[str, AnswerPlace] = {"refactor": "err", "complete": "nowhere"}
"""Where the model's words go in the text format, by command; else to standard output. What completes
at a cursor is shown once, as what was made of it.
"""


class Output(Protocol):
    """`show` is the run's sink; it raises nothing but BrokenPipeError. `finish` comes last, also
    after a failed or cancelled run; `closing` are sentences for a person, each one line.
    """

    def show(self, event: RunEvent) -> None: ...

    def finish(self, outcome: Outcome, closing: Sequence[str] = ()) -> None: ...


def output_for(command: str, form: Format, files: StandardFiles, *, reasoning: bool, verbose: int) -> Output:
    """The output of a command in a format; a terminal gets its own. Each is imported when it is chosen."""
    # ruff: noqa: PLC0415
    out, err = files.out, files.err
    if form == "json":
        from lakewright.cli.json_out import JsonOutput

        return JsonOutput(out, err)
    if form == "ndjson":
        from lakewright.cli.ndjson_out import NdjsonOutput

        return NdjsonOutput(out, err)
    output = _text_output(_ANSWER_ON.get(command, "out"), files, reasoning=reasoning, verbose=verbose)
    if command != "refactor":
        return output
    from lakewright.cli.prose import ProseAlone

    return ProseAlone(output)


def _text_output(answer: AnswerPlace, files: StandardFiles, *, reasoning: bool, verbose: int) -> Output:
    if can_draw(sys.stdout, sys.stderr, os.environ):
        from lakewright.cli.terminal import TerminalOutput

        return TerminalOutput(files.out, files.err, answer=answer, reasoning=reasoning, verbose=verbose)
    from lakewright.cli.plain_text import PlainOutput

    return PlainOutput(files.out, files.err, answer=answer, reasoning=reasoning, verbose=verbose)
