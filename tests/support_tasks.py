"""Runs of a task with a scripted model over a real workspace, and the turns that such a model takes."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from lakewright.agent.events import Note, RunEvent
from lakewright.agent.history import History
from lakewright.agent.limits import Limits
from lakewright.core.events import Event
from lakewright.core.messages import UserMessage
from lakewright.core.parts import Text
from lakewright.core.ports import Model
from lakewright.core.request import ModelRequest
from lakewright.tasks.base import RunContext, RunRequest, Task
from lakewright.tasks.outcome import Outcome
from lakewright.tasks.running import run_task
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import find_root
from support_agent import ScriptedModel, Step, call_turn


class Bench:
    """A workspace that is a repository, a history, and runs of `task` over both."""

    def __init__(self, root: Path, task: Task, files: Mapping[str, str]) -> None:
        (root / ".git").mkdir(parents=True)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode())
        self.root = root
        self.task = task
        self.events: list[RunEvent] = []
        self.models: list[ScriptedModel] = []
        self.watch: Callable[[RunEvent], object] = lambda _: None
        self.context_window = 200_000

    async def run(
        self,
        request: RunRequest,
        *turns: Sequence[Step],
        limits: Limits | None = None,
        task: Task | None = None,
    ) -> Outcome:
        """One run; the model takes the turns in order."""
        model = ScriptedModel(list(turns), context_window=self.context_window)
        self.models.append(model)

        @asynccontextmanager
        async def connect() -> AsyncGenerator[Model, None]:
            yield model

        context = RunContext(
            connect=connect,
            workspace=Workspace(find_root(self.root / "-")),
            history=History(self.root / ".git" / "state"),
            limits=limits or Limits(),
            sink=self._see,
        )
        return await run_task(task or self.task, request, context)

    def _see(self, event: RunEvent) -> None:
        self.events.append(event)
        self.watch(event)

    def sent(self, request: int = 0) -> ModelRequest:
        """A request of the newest run."""
        return self.models[-1].requests[request]

    def prompt(self, request: int = 0) -> str:
        """The text of the last user message of a request of the newest run."""
        message = self.sent(request).messages[-1]
        assert isinstance(message, UserMessage)
        return "\n\n".join(part.text for part in message.parts if isinstance(part, Text))

    @property
    def notes(self) -> list[str]:
        """What a person was told beside the answer."""
        return [event.message for event in self.events if isinstance(event, Note)]

    def text(self, name: str) -> str:
        """A file's text on disk."""
        return (self.root / name).read_bytes().decode()


def edit(path: str, *pairs: tuple[str, str], name: str = "e") -> tuple[str, str, str]:
    """A call of `edit_file`, for `call_turn`."""
    edits = [{"search": search, "replace": replace} for search, replace in pairs]
    return name, "edit_file", json.dumps({"path": path, "edits": edits})


def create(path: str, content: str, name: str = "c") -> tuple[str, str, str]:
    """A call of `create_file`, for `call_turn`."""
    return name, "create_file", json.dumps({"path": path, "content": content})


def edit_turn(path: str, *pairs: tuple[str, str]) -> list[Event]:
    """A turn that edits one file."""
    return call_turn(edit(path, *pairs))
