"""What shows a run: one interface for text, JSON and JSON lines."""

import os
import sys
from typing import Protocol

from lakewright.agent.events import RunEvent
from lakewright.cli.options import Format
from lakewright.cli.patient_file import StandardFiles
from lakewright.cli.terminal_choice import can_draw
from lakewright.tasks.outcome import Outcome


class Output(Protocol):
    """`show` is the run's sink; it raises nothing but BrokenPipeError. `finish` comes last, also
    after a failed or cancelled run.
    """

    def show(self, event: RunEvent) -> None: ...

    def finish(self, outcome: Outcome) -> None: ...


def output_for(form: Format, files: StandardFiles, *, reasoning: bool, verbose: int) -> Output:
    """The output of a format; a terminal gets its own. Each is imported when it is chosen."""
    # ruff: noqa: PLC0415
    out, err = files.out, files.err
    if form == "json":
        from lakewright.cli.json_out import JsonOutput

        return JsonOutput(out, err)
    if form == "ndjson":
        from lakewright.cli.ndjson_out import NdjsonOutput

        return NdjsonOutput(out, err)
    if can_draw(sys.stdout, sys.stderr, os.environ):
        from lakewright.cli.terminal import TerminalOutput

        return TerminalOutput(out, err, reasoning=reasoning, verbose=verbose)
    from lakewright.cli.plain_text import PlainOutput

    return PlainOutput(out, err, reasoning=reasoning, verbose=verbose)
