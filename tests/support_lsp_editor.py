"""An editor as a plain model: it keeps texts, applies edits by LSP's words, and has the manners of real ones.

Positions are counted by `support_lsp_text`, which shares nothing with the product.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from lakewright.edits.values import Edit, FileEdits, NewFile
from lakewright.lsp.background import Background
from lakewright.lsp.client import ClientError
from lakewright.lsp.documents import Document, Documents
from lakewright.lsp.folders import Folders
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.text import Encoding, Position, Span
from lakewright.staging.stage import Stage
from lakewright.tasks.outcome import Outcome, TargetShown
from lakewright.workspace.files import Workspace
from support_lsp_text import edited, offset

Json = dict[str, Any]

_OPERATIONS = {"resourceOperations": ["create", "rename", "delete"]}
_ANNOTATIONS = {"changeAnnotationSupport": {"groupsOnLabel": True}}


@dataclass(frozen=True)
class Manners:
    """What an editor declares (LSP's WorkspaceEditClientCapabilities) and how it goes about edits.

    `stale`: what it does with an edit for another version: refuse `all`, `skip` the document, answer with an
    `error`, or not look (`none`). `opens`: closed files become documents. `late`: it tells of changes only
    after it has answered. `saves`: it saves what it changed. `asks`: it shows a preview where that is wanted.
    """

    declares: Json | None
    encoding: Encoding = Encoding.UTF16
    stale: str = "all"
    opens: bool = True
    late: bool = False
    saves: bool = False
    asks: bool = False


EDITORS: Mapping[str, Manners] = {
    "VS Code": Manners(
        {"documentChanges": True, **_OPERATIONS, **_ANNOTATIONS, "metadataSupport": True},
        saves=True,
        asks=True,
    ),
    "Neovim 0.11": Manners(_OPERATIONS, Encoding.UTF8, stale="skip", late=True),
    "Neovim 0.12": Manners(
        {**_OPERATIONS, **_ANNOTATIONS}, Encoding.UTF8, stale="skip", late=True, asks=True
    ),
    "Helix": Manners({"documentChanges": True, **_OPERATIONS}, Encoding.UTF8),
    "Emacs": Manners({"documentChanges": True}, Encoding.UTF32, stale="error", late=True),
    "plain": Manners({}, stale="none", opens=False),
}
"""As recorded from the real ones; `plain` declares `applyEdit` and nothing more."""


@dataclass
class Editor:
    """One editor over a folder. `shown` are the texts that its user sees, by URI; `edits` what it was asked.

    `decide` is the user before a preview, or whoever answers otherwise: it gets the parameters and returns
    the URIs that change, None for all of them, or raises ClientError.
    """

    root: Path
    manners: Manners
    documents: Documents = field(init=False)
    shown: dict[str, str] = field(default_factory=dict)
    edits: list[Json] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    decide: Callable[[Json], "set[str] | None"] = lambda _params: None
    on_pause: Callable[[], None] = lambda: None
    pauses: int = 0
    _untold: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.documents = Documents(self.manners.encoding)

    # what its user does ------------------------------------------------------------------------------

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def open(self, path: str, text: str | None = None) -> Document:
        """Open a file, or begin one."""
        uri = self.uri(path)
        self.shown[uri] = (self.root / path).read_bytes().decode() if text is None else text
        return self.documents.open(uri, "python", 1, self.shown[uri])

    def close(self, path: str) -> None:
        """Close it without saving."""
        del self.shown[self.uri(path)]
        self.documents.close(self.uri(path))

    def save(self, path: str) -> None:
        (self.root / path).write_bytes(self.shown[self.uri(path)].encode())

    def text(self, path: str) -> str:
        """What the user sees of a file, open or not."""
        uri = self.uri(path)
        return self.shown[uri] if uri in self.shown else (self.root / path).read_bytes().decode()

    def replace(self, path: str, old: str, new: str) -> None:
        """The user changes the first place of a text."""
        at = self.text(path).index(old)
        self.type(path, at, at + len(old), new)

    def type(self, path: str, start: int, end: int, new: str) -> None:
        """The user types over a stretch of a document, given in characters."""
        self._tell()
        uri, text = self.uri(path), self.text(path)
        span = Span(_position(text, start, self.documents), _position(text, end, self.documents))
        self.shown[uri] = text[:start] + new + text[end:]
        document = self.documents.find(uri)
        assert document is not None
        document.change([(span, new)], document.version + 1)

    # what the server sees of it ----------------------------------------------------------------------

    def can(self, path: str) -> Any:
        if self.manners.declares is None:
            return None
        found: Any = {"workspace": {"applyEdit": True, "workspaceEdit": self.manners.declares}}
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found

    async def request(self, method: str, params: Json) -> Any:
        assert method == "workspace/applyEdit"
        self.edits.append(params)
        await asyncio.sleep(0)
        chosen = self.decide(params)
        applied = chosen != set() and self._apply(params["edit"], chosen)
        if not self.manners.late:
            self._tell()
        return SimpleNamespace(applied=applied)

    async def pause(self, _seconds: float) -> None:
        """Time passes: what was late is told by now."""
        self.pauses += 1
        self._tell()
        self.on_pause()
        await asyncio.sleep(0)

    def session(self, state: Path) -> Session:
        """What the server keeps of this client."""
        client = SimpleNamespace(
            can=self.can,
            request=self.request,
            show=lambda _kind, message: self.messages.append(message),
            log=lambda _kind, message: self.logged.append(message),
        )
        folders = Folders(self.documents, [self.root.as_uri()])
        return cast(
            Session,
            SimpleNamespace(
                client=client,
                documents=self.documents,
                folders=folders,
                background=Background(),
                state=state,
                undoing=asyncio.Lock(),
            ),
        )

    # edits -------------------------------------------------------------------------------------------

    def _apply(self, edit: Json, chosen: "set[str] | None") -> bool:
        """Whether the editor says that it applied the edit."""
        steps = list(_steps(edit))
        self._check(edit, steps)
        stale = {step["uri"] for step in steps if self._is_stale(step)}
        if stale and self.manners.stale == "error":
            raise ClientError("The document has changed.")
        if stale and self.manners.stale == "all":
            return False
        for step in steps:
            uri = step["uri"]
            if uri in stale or (chosen is not None and uri not in chosen):
                continue
            if step["kind"] == "edit":
                self._change(uri, step["edits"])
            elif step["kind"] == "create":
                path = _path(uri)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(exist_ok=False)
            else:
                _path(uri).unlink()
                self.shown.pop(uri, None)
                self._untold.append(partial(self.documents.close, uri))
        return True

    def _check(self, edit: Json, steps: Sequence[Json]) -> None:
        """A server asks for nothing that the client hasn't declared."""
        declares = self.manners.declares or {}
        has_changes = bool(declares.get("documentChanges") or declares)
        assert set(edit) <= ({"documentChanges", "changeAnnotations"} if has_changes else {"changes"})
        operations = declares.get("resourceOperations", ())
        assert all(step["kind"] == "edit" or step["kind"] in operations for step in steps)
        annotated = {one.get("annotationId") for step in steps for one in (step, *step["edits"])} - {None}
        assert annotated == set(edit.get("changeAnnotations", {}))
        assert not annotated or "changeAnnotationSupport" in declares

    def _is_stale(self, step: Json) -> bool:
        document, wanted = self.documents.find(step["uri"]), step.get("version")
        if self.manners.stale == "none" or wanted is None:
            return False
        return bool(document is None or wanted != document.version)

    def _change(self, uri: str, edits: Sequence[Json]) -> None:
        is_open = uri in self.shown
        text = self.shown[uri] if is_open else _path(uri).read_bytes().decode()
        encoding = self.manners.encoding
        spans = [_span(one["range"]) for one in edits]
        assert all(one.end < other.start for one, other in pairwise(spans))
        new = text
        for one, span in reversed(list(zip(edits, spans, strict=True))):
            new = edited(new, span, one["newText"], encoding)
        if not is_open and not self.manners.opens:
            _path(uri).write_bytes(new.encode())
            return
        self.shown[uri] = new
        if self.manners.saves and uri.startswith("file:"):
            _path(uri).write_bytes(new.encode())
        if not is_open:
            self._untold.append(lambda: _opened(self.documents, uri, self.shown))
            return
        changes = [(span, one["newText"]) for one, span in zip(edits, spans, strict=True)][::-1]
        document = self.documents.find(uri)
        assert document is not None
        self._untold.append(lambda: document.change(changes, document.version + 1))

    def _tell(self) -> None:
        untold, self._untold = self._untold, []
        for tell in untold:
            tell()


def _opened(documents: Documents, uri: str, shown: Mapping[str, str]) -> None:
    if uri in shown:
        documents.open(uri, "python", 1, shown[uri])


def _steps(edit: Json) -> Iterator[Json]:
    """The operations in order: kind, uri, edits, version."""
    for uri, edits in edit.get("changes", {}).items():
        yield {"kind": "edit", "uri": uri, "edits": edits}
    for change in edit.get("documentChanges", ()):
        if "kind" in change:
            yield {**change, "edits": ()}
        else:
            yield {"kind": "edit", **change["textDocument"], "edits": change["edits"]}


def _span(given: Json) -> Span:
    ends = [Position(given[name]["line"], given[name]["character"]) for name in ("start", "end")]
    return Span(*ends)


def _position(text: str, at: int, documents: Documents) -> Position:
    from lakewright.lsp.text import Lines

    found = Lines(text, documents.encoding).position(at)
    assert offset(text, found, documents.encoding) == at
    return found


def _path(uri: str) -> Path:
    from lakewright.lsp.uris import path_of

    found = path_of(uri)
    assert found is not None
    return Path(found)


# what a run has staged -----------------------------------------------------------------------------------


def edit(path: str, *pairs: tuple[str, str]) -> FileEdits:
    return FileEdits(path, tuple(Edit(search, replace) for search, replace in pairs))


async def staged(workspace: Workspace, *changes: FileEdits | NewFile, target: str = "a.py") -> Outcome:
    """The outcome of a run that made these changes."""
    stage = Stage(workspace)
    for change in changes:
        verdict = await stage.apply(change)
        assert verdict.refused is None, verdict.message
    outcome = Outcome("the-run", "refactor", target=TargetShown(target, None, None), answer="Well\nsaid.")
    outcome.staged = stage.files
    return outcome


def run() -> Run:
    return Run("the-run", "refactor", None)
