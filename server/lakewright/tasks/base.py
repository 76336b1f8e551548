"""What a task gets and gives. Front doors build these values; tasks never see a front door."""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from lakewright.agent.events import Sink
from lakewright.agent.history import History
from lakewright.agent.limits import Limits
from lakewright.core.ports import Model
from lakewright.core.request import Thinking
from lakewright.tasks.outcome import Outcome
from lakewright.workspace.files import Workspace


@dataclass(frozen=True, slots=True)
class Target:
    """What a run is about: a file, or some of its lines (1-based, inclusive).

    `path` is relative to the workspace root with `/` as separator. `text` stands in for the file's
    own content (standard input treated as that file). `column` (1-based, in code points; the cursor
    stands before it) is given for a completion alone, at `start_line`. With `language` (an editor's word
    for it) `text` isn't the file but those cells of a notebook that are of this language.
    """

    path: str
    start_line: int | None = None
    end_line: int | None = None
    text: str | None = None
    column: int | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What an editor or a tool says about lines of the target (1-based, inclusive).

    `severity` is error, warning, information or hint; `source` names who says it, such as `mypy`.
    """

    start_line: int
    end_line: int
    message: str
    severity: str = "error"
    source: str = ""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What the user asked for. Without a target, a continued conversation keeps its own."""

    target: Target | None
    instruction: str | None = None
    thinking: Thinking = "medium"
    max_tokens: int | None = None
    system: str | None = None
    conversation: str | None = None
    """The run to go on from: its id, or `last` for the newest of this workspace."""
    diagnostics: tuple[Diagnostic, ...] = ()
    verify: str | None = None
    """refactor: the shell line that must succeed on the changed tree before anything is accepted."""
    max_lines: int | None = None
    """complete: the longest completion, in lines."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run works with. `connect` opens the model and closes it afterwards."""

    connect: Callable[[], AbstractAsyncContextManager[Model]]
    workspace: Workspace
    history: History
    limits: Limits
    sink: Sink
    clock: Callable[[], float] = time.monotonic


class Task(Protocol):
    """One command. `run` fills the outcome as it goes and raises LakewrightError when it fails."""

    @property
    def command(self) -> str: ...

    async def run(self, request: RunRequest, context: RunContext, outcome: Outcome) -> None: ...
