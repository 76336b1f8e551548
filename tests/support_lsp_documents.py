"""A session with nothing but its documents, for what the client says of them."""

from dataclasses import dataclass, field
from typing import Any, cast

from lsprotocol import types

from lakewright.lsp.completion import Completions
from lakewright.lsp.documents import Documents
from lakewright.lsp.folders import Folders
from lakewright.lsp.runs import Runs
from lakewright.lsp.session import Session
from lakewright.lsp.text import Encoding


@dataclass
class Logging:
    """A client that takes down what is logged."""

    lines: list[str] = field(default_factory=list)

    def log(self, _kind: types.MessageType, message: str) -> None:
        self.lines.append(message)


@dataclass
class Quiet:
    """The parts of a session that follow the client's documents and folders."""

    client: Logging
    documents: Documents
    folders: Folders
    runs: Runs
    completions: Completions = field(default_factory=Completions)


def quiet_session(*folders: str, encoding: Encoding = Encoding.UTF16) -> tuple[Session, Quiet]:
    """A session, and the same with the types of its parts."""
    documents = Documents(encoding)
    quiet = Quiet(Logging(), documents, Folders(documents, folders), Runs())
    return cast(Session, quiet), quiet


def rng(start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    """LSP's Range."""
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }


def opened(uri: str, text: str, *, language: str = "python", version: int = 1) -> dict[str, Any]:
    """LSP's TextDocumentItem."""
    return {"uri": uri, "languageId": language, "version": version, "text": text}


def changed(uri: str, version: int | None, *changes: Any) -> dict[str, Any]:
    """Parameters of `textDocument/didChange`."""
    return {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)}
