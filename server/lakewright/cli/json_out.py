"""`--format json`: exactly one object on standard output, also when the run fails."""

import json
from collections.abc import Sequence
from typing import TextIO

from lakewright.agent.events import Note, RunEvent
from lakewright.cli.sanitize import visible_line
from lakewright.tasks.outcome import Outcome


class JsonOutput:
    """Says nothing until the run has ended; what the object has no place for goes to `err`."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = out
        self._err = err

    def show(self, event: RunEvent) -> None:
        if isinstance(event, Note):
            write_note(self._err, event)

    def finish(self, outcome: Outcome, closing: Sequence[str] = ()) -> None:  # noqa: ARG002 - for people
        self._out.write(json.dumps(outcome.to_json(), ensure_ascii=False, indent=2) + "\n")
        self._out.flush()


def write_note(err: TextIO, note: Note) -> None:
    """A line for people beside the output for programs."""
    err.write(f"note: {visible_line(note.message)}\n")
    err.flush()
