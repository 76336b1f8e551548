"""`--format json`: exactly one object, also when the run fails."""

import json
from typing import TextIO

from lakewright.agent.events import RunEvent
from lakewright.tasks.outcome import Outcome


class JsonOutput:
    """Says nothing until the run has ended."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, event: RunEvent) -> None:
        """The object at the end holds everything."""

    def finish(self, outcome: Outcome) -> None:
        self._out.write(json.dumps(outcome.to_json(), ensure_ascii=False, indent=2) + "\n")
        self._out.flush()
