"""Completions over a session of the test's own: a model that writes by script, a clock that stands still."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from lakewright.core.events import (
    Event,
    Finished,
    FinishReason,
    PartFinished,
    PartKind,
    PartStarted,
    TextDelta,
)
from lakewright.core.request import ModelRequest
from lakewright.errors import LakewrightError
from lakewright.lsp import sync
from lakewright.lsp.background import Background
from lakewright.lsp.completion import Completions
from lakewright.lsp.documents import Documents
from lakewright.lsp.folders import Folders
from lakewright.lsp.inline_completion import inline_completion
from lakewright.lsp.models import Models
from lakewright.lsp.runs import Runs
from lakewright.lsp.session import Session
from lakewright.lsp.settings import ClientSettings
from lakewright.lsp.status import StatusBoard
from lakewright.lsp.text import Encoding, Position
from lakewright.settings.model_choice import ModelChoice
from support_completion import CURSOR
from support_lsp_client import HANG, Json
from support_lsp_progress import FakeClock
from support_lsp_runs import eventually
from support_lsp_settings import ToldClient


class Gate:
    """A place in a script where the model stands still. `reached` is set when it gets there."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def wait_for(self) -> None:
        """Wait until the model stands here."""
        async with asyncio.timeout(HANG):
            await self.reached.wait()


Script = Sequence[str | Gate | LakewrightError]
"""What a model writes, piece by piece; an error is raised."""


@dataclass
class Writer:
    """A model that plays one script for each request, in order; one request more fails the test."""

    scripts: list[Script]
    endpoint: str = "scripted"
    context_window: int = 100_000
    prompts: list[str] = field(default_factory=list)
    closed: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Event, None]:
        self.prompts.append(str(request.messages[0]))
        try:
            yield PartStarted(0, PartKind.TEXT)
            for step in self.scripts[len(self.prompts) - 1]:
                if isinstance(step, Gate):
                    step.reached.set()
                    await step.opened.wait()
                elif isinstance(step, LakewrightError):
                    raise step
                else:
                    yield TextDelta(0, step)
            yield PartFinished(0)
            yield Finished(FinishReason.STOP, "served")
        finally:
            self.closed += 1


class _Models:
    """Gives every run the one model."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def choose(self, _loaded: Any, _role: str, _model: str | None = None) -> ModelChoice:
        return ModelChoice(None, "scripted", "the test", "off", None, named=True)

    @asynccontextmanager
    async def connect(self, *_args: Any, **_named: Any) -> AsyncIterator[Any]:
        yield SimpleNamespace(model=self._writer, notes=())


class Bench:
    """A session with one open file. `text` holds the cursor, or has it at its end."""

    def __init__(
        self,
        root: Path,
        text: str,
        *scripts: Script,
        name: str = "cart.py",
        options: Mapping[str, Any] | None = None,
        encoding: Encoding = Encoding.UTF16,
    ) -> None:
        self.root = root.resolve()
        self.clock = FakeClock()
        self.writer = Writer(list(scripts))
        self.client = ToldClient()
        documents = Documents(encoding)
        self.settings = ClientSettings(self.client, options or {}, environ={})
        self.session = Session(
            client=self.client,
            options=options or {},
            documents=documents,
            folders=Folders(documents, [self.root.as_uri()], ignored=self.settings.ignored),
            runs=Runs(),
            settings=self.settings,
            models=cast(Models, _Models(self.writer)),
            status=StatusBoard(self.client),
            background=Background(),
            state=self.root / "state",
            completions=Completions(clock=self.clock, later=self.clock.later),
        )
        before, _, after = text.partition(CURSOR)
        self.uri = (self.root / name).as_uri()
        self.document = documents.open(self.uri, "python", 1, before + after)
        self.offset = len(before)

    @property
    def asked(self) -> int:
        """How often the model was asked."""
        return len(self.writer.prompts)

    @property
    def counts(self) -> tuple[int, int]:
        """Suggestions offered and accepted."""
        completion = self.session.status.to_json()["completion"]
        return completion["offered"], completion["accepted"]

    def position(self) -> Json:
        """The cursor, as the client counts."""
        at = self.document.lines.position(self.offset)
        return {"line": at.line, "character": at.character}

    def suggest(self, *, by_hand: bool = False, **context: Any) -> Any:
        """Send a request at the cursor: its answer, or the future of it."""
        params = {
            "textDocument": {"uri": self.uri},
            "position": self.position(),
            "context": {"triggerKind": 1 if by_hand else 2, **context},
        }
        return inline_completion(self.session, params)

    async def suggested(self, *, by_hand: bool = True, **context: Any) -> str | None:
        """What is suggested at the cursor, once all that is asked is answered."""
        answer = self.suggest(by_hand=by_hand, **context)
        self.clock.advance(1)
        return await text_of(answer)

    def type(self, text: str, *, behind: str = "") -> None:
        """Type at the cursor; `behind` is what the editor puts behind it."""
        self.replace(self.offset, self.offset, text + behind)
        self.offset -= len(behind)

    def delete(self, count: int) -> None:
        """Delete back."""
        self.replace(self.offset - count, self.offset, "")

    def replace(self, start: int, end: int, text: str) -> None:
        """One change, after which the cursor stands behind the new text."""
        first, last = (self.document.lines.position(at) for at in (start, end))
        change = {"range": {"start": _json(first), "end": _json(last)}, "text": text}
        identifier = {"uri": self.uri, "version": self.document.version + 1}
        sync.did_change(self.session, {"textDocument": identifier, "contentChanges": [change]})
        self.offset = start + len(text)

    async def at_rest(self) -> None:
        """Wait until nothing runs."""
        await eventually(lambda: not self.session.runs.active)


async def text_of(answer: Any) -> str | None:
    """The text of the one suggestion of an answer; None for null."""
    if isinstance(answer, asyncio.Future):
        async with asyncio.timeout(HANG):
            answer = await answer
    if answer is None:
        return None
    (item,) = answer["items"]
    return str(item["insertText"])


def _json(position: Position) -> Json:
    return {"line": position.line, "character": position.character}
