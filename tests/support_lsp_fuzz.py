"""One client and one server whose every step a seed decides: what was said between them, by which run, and
what the client knows of it. `support_lsp_fuzz_moves` makes the moves, `support_lsp_fuzz_rules` judges.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lakewright.lsp.connection import Outgoing, received
from lakewright.lsp.runs import Run, Runs
from lakewright.lsp.server import Server
from lakewright.lsp.text import Encoding, Position, Span
from lakewright.lsp.uris import path_of
from support_lsp_steps import StepHost, StepLoop, StepThreads
from support_lsp_text import edited

Json = dict[str, Any]

ORDERS = '''"""Orders \U0001f9fe."""

TAX = 0.2


def total(rows):
    """The sum."""
    net = sum(row.net for row in rows)
    return net * (1 + TAX)


class Order:
    def add(self, row):
        self.rows.append(row)
'''
FILES: Mapping[str, str] = {
    "orders.py": ORDERS,
    "tax.py": "RATE = 0.19\r\n\r\n\r\ndef tax(net):\r\n    return net * RATE\r\n",
    "notes.md": "# Notes\n\nRounding is done once.\n",
    ".env": "TOKEN=1\n",
}

_RUN: ContextVar[int | None] = ContextVar("run", default=None)
"""The number of the run in whose course something happens: ids may be used again."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message: when (seconds), by whom, what, and the run in whose course the server sent it."""

    at: float
    by_client: bool
    message: Json
    run: int | None = None

    @property
    def method(self) -> str | None:
        method: str | None = self.message.get("method")
        return method


@dataclass(slots=True)
class Ended:
    """A run that was cancelled before its point of no return: the place in `World.said`, and when."""

    index: int
    at: float


class Wire:
    """The server's writer."""

    def __init__(self, take: Callable[[Json], None]) -> None:
        self._take = take

    def write(self, data: Outgoing) -> None:
        data = data if isinstance(data, bytes) else data()
        self._take(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        """Nothing to close."""


@dataclass(eq=False)
class World:
    """`texts` and `versions` are the open documents as the client has them; `asked` what the server waits
    for, by id; `open` the client's requests without an answer.
    """

    rng: Random
    loop: StepLoop
    threads: StepThreads
    host: StepHost
    root: Path
    initialize: Json
    said: list[Said] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    asked: dict[str, Json] = field(default_factory=dict)
    open: dict[int, str] = field(default_factory=dict)
    answers: dict[int, list[Json]] = field(default_factory=lambda: defaultdict(list))
    tokens: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    run_of: dict[int, Run] = field(default_factory=dict)
    ended: dict[int, Ended] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    busy_at: float = 0.0
    done_at: float = 0.0
    server: Server = field(init=False)
    encoding: Encoding = Encoding.UTF16
    _number: int = 0
    _starting: int | None = None

    def begin(self) -> None:
        """Make the server, and shake hands with it."""
        self.loop.network = self.host
        self.loop.set_exception_handler(lambda _loop, context: self.trouble.append(str(context)))
        self.server = Server()
        self.server.protocol.set_writer(Wire(self._take))
        self.request("initialize", self.initialize)
        capabilities = self.answers[1][0]["result"]["capabilities"]
        self.encoding = Encoding(capabilities["positionEncoding"])
        self.notify("initialized", {})

    # the client's side -------------------------------------------------------------------------------

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def request(self, method: str, params: Any = None) -> int:
        self._number += 1
        self.open[self._number] = method
        self._starting = self._number
        message = {"jsonrpc": "2.0", "id": self._number, "method": method}
        self._send(message if params is None else {**message, "params": params})
        self._starting = None
        return self._number

    def notify(self, method: str, params: Any = None) -> None:
        message: Json = {"jsonrpc": "2.0", "method": method}
        self._send(message if params is None else {**message, "params": params})

    def answer(self, request_id: str, **result: Any) -> None:
        """Answer the server with a `result` or an `error`."""
        del self.asked[request_id]
        self._send({"jsonrpc": "2.0", "id": request_id, **result})

    def _send(self, message: Json) -> None:
        self.said.append(Said(self.loop.time(), by_client=True, message=message))
        self.server.receive(received(json.dumps(message).encode()))

    def _take(self, message: Json) -> None:
        self.said.append(Said(self.loop.time(), by_client=False, message=message, run=_RUN.get()))
        if "method" not in message:
            self.open.pop(message["id"], None)
            self.answers[message["id"]].append(message)
        elif "id" in message:
            self.asked[message["id"]] = message
        elif message["method"] == "$/cancelRequest":
            self.asked.pop(message["params"]["id"], None)

    # runs --------------------------------------------------------------------------------------------

    @property
    def session(self) -> Any:
        return self.server._session

    def started(self, run: Run) -> None:
        """A run began while a message was taken in, or later by itself."""
        self.runs.append(run)
        run.task.add_done_callback(self._ended)
        if self._starting is not None:
            self.run_of[self._starting] = run

    def _ended(self, _task: object) -> None:
        self.done_at = self.loop.time()

    def cancelling(self, runs: list[Run]) -> None:
        """The message that follows ends these runs, where nothing of them was handed over."""
        for run in runs:
            if not run.handed_over and not run.task.done():
                self.ended.setdefault(self.runs.index(run), Ended(len(self.said), self.loop.time()))

    @property
    def active(self) -> list[Run]:
        return [run for run in self.runs if not run.task.done()]

    # documents ---------------------------------------------------------------------------------------

    def show(self, uri: str, text: str) -> None:
        """Open a document."""
        self.texts[uri], self.versions[uri] = text, 1
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, *changes: tuple[Span, str]) -> None:
        """Change an open document, in order."""
        told = []
        for span, new in changes:
            self.texts[uri] = edited(self.texts[uri], span, new, self.encoding)
            told.append({"range": _range(span), "text": new})
        self.versions[uri] += 1
        identifier = {"uri": uri, "version": self.versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": told})

    def apply(self, edit: Json) -> Callable[[], None]:
        """Apply a WorkspaceEdit; what it returns tells the server of it."""
        tells: list[Callable[[], None]] = []
        steps = list(edit.get("documentChanges", ()))
        steps += [
            {"textDocument": {"uri": uri}, "edits": edits} for uri, edits in edit.get("changes", {}).items()
        ]
        for step in steps:
            if step.get("kind") == "create":
                Path(str(path_of(step["uri"]))).touch()
            elif step.get("kind") == "delete":
                Path(str(path_of(step["uri"]))).unlink(missing_ok=True)
            else:
                uri = step["textDocument"]["uri"]
                spans = [(_span(one["range"]), one["newText"]) for one in step["edits"]]
                spans.sort(key=lambda one: (one[0].start.line, one[0].start.character), reverse=True)
                tells.append(self._applied(uri, spans))

        def tell_all() -> None:
            for tell in tells:
                tell()

        return tell_all

    def _applied(self, uri: str, changes: list[tuple[Span, str]]) -> Callable[[], None]:
        if uri in self.texts:
            return lambda: self.change(uri, *changes) if uri in self.texts else None
        text = Path(str(path_of(uri))).read_bytes().decode()
        for span, new in changes:
            text = edited(text, span, new, self.encoding)
        return lambda: None if uri in self.texts else self.show(uri, text)

    def somewhere(self, uri: str) -> Position:
        """A position in a document, or beyond its end."""
        line = self.rng.randrange(self.texts.get(uri, ORDERS).count("\n") + 2)
        return Position(line, self.rng.choice((0, 0, 4, 8, 30)))


def mark_runs(monkeypatch: pytest.MonkeyPatch, world: Callable[[], World]) -> None:
    """Have every message carry the run in whose course it is sent."""
    start = Runs.start

    def marked(self: Runs, command: str, *, work: Callable[[Run], Awaitable[Any]], **named: Any) -> Run:
        number = len(world().runs)

        async def within(run: Run) -> Any:
            _RUN.set(number)
            return await work(run)

        run = start(self, command, work=within, **named)
        world().started(run)
        return run

    monkeypatch.setattr(Runs, "start", marked)


async def settle(turns: int) -> None:
    """Let the event loop go round."""
    for _ in range(turns):
        await asyncio.sleep(0)


def _range(span: Span) -> Json:
    return {
        name: {"line": at.line, "character": at.character}
        for name, at in (("start", span.start), ("end", span.end))
    }


def _span(given: Json) -> Span:
    return Span(*(Position(given[name]["line"], given[name]["character"]) for name in ("start", "end")))
