"""`server/LANGUAGE_SERVER.md` is what the server does: its examples are sent to one, its tables are those of
the code, its client runs as it stands.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest

from lakewright.lsp.commands import COMMANDS
from lakewright.lsp.models_sandbox import SandboxProcess
from lakewright.lsp.run_params import RunParams
from lakewright.lsp.status_state import State
from support_lsp_client import HANG, Json, LspClient, never, repository, serving
from support_sandbox import quick_sandbox

PAGE = Path(__file__).parents[2] / "server" / "LANGUAGE_SERVER.md"
LSP = Path(__file__).parents[2] / "server" / "lakewright" / "lsp"
ROOT = "/home/me/shop"
"""Where the page has its folder."""

ANY = "\N{HORIZONTAL ELLIPSIS}"
"""What differs each time: in a string any text, behind a list any more, as a key any other keys."""

COUNTS = ("usage", "timing")
"""Objects of numbers that differ each time; each may be null."""

_BLOCK = re.compile(r"^```(?P<language>\w+) (?P<name>[\w.]+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A message of the page, and where it stands; `is_sent` by the client, else by the server."""

    line: int
    is_sent: bool
    text: str

    def message(self, root: Path) -> Json:
        found: Json = json.loads(self.text.replace(ROOT, str(root)))
        return found


def blocks(language: str) -> Iterator[tuple[int, str, str]]:
    """Line, name and text of each named block."""
    page = PAGE.read_text("utf-8")
    for match in _BLOCK.finditer(page):
        if match["language"] == language:
            yield page.count("\n", 0, match.start()) + 1, match["name"], match["text"]


def files() -> dict[str, str]:
    """The files of the page's folder."""
    return {name: text for _, name, text in blocks("python") if name != "client.py"}


def sessions() -> list[list[Example]]:
    """The examples in their order; each `initialize` begins a session."""
    found: list[list[Example]] = []
    for line, name, text in blocks("json"):
        assert name in {"send", "receive"}, f"line {line}: {name}"
        if name == "send" and json.loads(text).get("method") == "initialize":
            found.append([])
        found[-1].append(Example(line, name == "send", text))
    return found


def is_as_shown(shown: Any, got: Any) -> bool:
    """Whether a message is the one of the page, all its fields and no other."""
    match shown, got:
        case dict(), dict():
            known = {key: value for key, value in shown.items() if key != ANY}
            if known.keys() - got.keys() or (ANY not in shown and got.keys() - known.keys()):
                return False
            return all(
                (key in COUNTS and _are_counts(value, got[key])) or is_as_shown(value, got[key])
                for key, value in known.items()
            )
        case list(), list():
            is_open = shown[-1:] == [ANY]
            items = shown[:-1] if is_open else shown
            fits = len(got) >= len(items) if is_open else len(got) == len(items)
            return fits and all(is_as_shown(*pair) for pair in zip(items, got, strict=False))
        case str(), str():
            return re.fullmatch(".*".join(map(re.escape, shown.split(ANY))), got, re.DOTALL) is not None
    return bool(shown == got and type(shown) is type(got))


def _are_counts(shown: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    return shown.keys() == got.keys() and all(value is None or value >= 0 for value in got.values())


@dataclass
class Reader:
    """Someone who reads the page and types what it says."""

    client: LspClient
    root: Path
    used: set[int] = field(default_factory=set)
    asked: Json = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)

    def send(self, message: Json) -> None:
        """A `didOpen` has the file's text; what is answered as applied is on disk, where it isn't open."""
        if message.get("method") == "textDocument/didOpen":
            document = message["params"]["textDocument"]
            document["text"] = files()[Path(document["uri"]).name]
            self.opened.add(document["uri"])
        if message.get("id") == ANY:
            message["id"] = self.asked["id"]
            if message["result"] == {"applied": True}:
                self._write(self.asked["params"]["edit"])
        self.client.send({"jsonrpc": "2.0", **message})

    async def receive(self, example: Example) -> None:
        """Wait for a message as it is shown; each is shown once."""
        shown, answers = example.message(self.root), self.client.answers
        answer = None if "method" in shown else shown["id"]
        with suppress(TimeoutError):
            await self.client.until(lambda: bool(answers[answer]) or self._place(shown) is not None)
        place = self._place(shown)
        if place is None:
            left = [one for at, one in enumerate(self.client.messages) if at not in self.used]
            raise AssertionError(f"{PAGE.name}:{example.line} is not among {json.dumps(left, indent=1)}")
        self.used.add(place)
        if "method" in shown and "id" in shown:
            self.asked = self.client.messages[place]

    def _place(self, shown: Json) -> int | None:
        for at, message in enumerate(self.client.messages):
            got = {key: value for key, value in message.items() if key != "jsonrpc"}
            if at not in self.used and is_as_shown(shown, got):
                return at
        return None

    def _write(self, edit: Json) -> None:
        for change in edit["documentChanges"]:
            uri = change["textDocument"]["uri"]
            if uri not in self.opened:
                file = self.root / Path(uri).name
                file.write_text(edited(file.read_text(), change["edits"]))


def edited(text: str, edits: Sequence[Json]) -> str:
    """A plain text after LSP's TextEdits."""
    lines = text.splitlines(keepends=True)
    for edit in reversed(edits):
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert start["line"] == end["line"]
        line = lines[start["line"]]
        lines[start["line"]] = line[: start["character"]] + edit["newText"] + line[end["character"] :]
    return "".join(lines)


@asynccontextmanager
async def quick_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LspClient]:
    """A server whose simulated host never waits."""
    async with quick_sandbox() as host:

        async def address(_self: SandboxProcess) -> tuple[str, str]:
            return host.host, host.token

        monkeypatch.setattr(SandboxProcess, "__call__", address)
        async with serving() as (client, _code):
            for method in ("workspace/applyEdit", "workspace/configuration", "window/showDocument"):
                client.replies[method] = never  # the page says what is answered
            yield client


@pytest.mark.parametrize("number", range(len(sessions())))
async def test_the_examples_are_what_happens(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message that the page sends brings those that it shows, with all their fields."""
    root = repository(tmp_path / "shop", files())
    async with quick_server(monkeypatch) as client:
        reader = Reader(client, root)
        for example in sessions()[number]:
            if example.is_sent:
                reader.send(example.message(root))
            else:
                await reader.receive(example)


def test_the_client_of_the_page_runs(tmp_path: Path) -> None:
    """The program of the page, as it stands, prints an explanation of the simulated host's."""
    client = next(text for _, name, text in blocks("python") if name == "client.py")
    repository(tmp_path / "shop", {**files(), "client.py": client})
    done = subprocess.run(
        [sys.executable, "client.py", "orders.py"],
        cwd=tmp_path / "shop",
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "`total`" in done.stdout


def rows(title: str) -> list[str]:
    """The first column of the first table behind a heading, without its head; code spans by themselves."""
    section = PAGE.read_text("utf-8").split(f"\n## {title}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None, title
    return [line.split("|")[1].strip() for line in table[0].splitlines()[2:]]


def test_the_table_of_commands_is_complete() -> None:
    """Every command has its row, and no other is told of."""
    told = re.findall(r"`lakewright\.(\w+)`", " ".join(rows("Commands")))
    assert told == [name.removeprefix("lakewright.") for name in COMMANDS]


def test_the_table_of_arguments_is_complete() -> None:
    """Every argument of a run has its row, and no other is told of."""
    names = [re.sub(r"_(.)", lambda letter: letter[1].upper(), one.name) for one in fields(RunParams)]
    inside = {"uri": "textDocument.uri", "version": "textDocument.version"}
    assert re.findall(r"`([\w.]+)`", " ".join(rows("What a run is asked"))) == [
        inside.get(name, name) for name in names
    ]


def test_the_table_of_states_is_complete() -> None:
    """Every state has its row, in the order in which the first that holds counts."""
    assert rows("Status") == [f"`{state}`" for state in State]


def test_every_capability_that_is_asked_for_is_told_of() -> None:
    """What the server looks at in the client's capabilities stands in the table."""
    source = "\n".join(file.read_text("utf-8") for file in LSP.glob("*.py"))
    source = source.replace("{_CAPABILITY}", "workspace.workspaceEdit")
    asked = set(re.findall(r'"((?:window|workspace|textDocument)(?:\.[a-z]\w+)+)"', source))
    told = " ".join(rows("What your client declares"))
    for path in asked - {"workspace.workspaceEdit", "textDocument.uri", "textDocument.version"}:
        assert f"`{path}`" in told, path
