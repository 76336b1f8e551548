"""pytest-lsp's client with the manners of a recorded editor: it applies edits as documents change, opens what
it is shown, presses nothing, and keeps the order of everything that came. Whatever a server asks of it that
the editor never declared is a warning of the specification, hence a failure.
"""

import asyncio
import json
import os
import sys
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.checks import LspSpecificationWarning
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features
from pytest_lsp.protocol import LanguageClientProtocol

from lakewright.lsp.text import Encoding, Position, Span
from support_lsp_client import HANG
from support_lsp_runs import eventually
from support_lsp_text import edited

Json = dict[str, Any]

_CONVERTER = default_converter()  # type: ignore[no-untyped-call]
RECORDED = Path(__file__).parent / "lsp" / "editors"
NAMES = tuple(sorted(path.stem for path in RECORDED.glob("*.json")))


class _Protocol(LanguageClientProtocol):
    """Notes what comes, before anything is made of it."""

    _server: "EditorClient"

    def structure_message(self, data: Json) -> Any:
        """Keeps results as they came: lsprotocol takes a CodeAction for a Command."""
        if "result" in data:
            self._server.result = data["result"]
        return super().structure_message(data)

    def _handle_request(self, msg_id: Any, method_name: str, params: Any) -> None:
        self._server.saw(method_name, params)
        super()._handle_request(msg_id, method_name, params)  # type: ignore[no-untyped-call]

    def _handle_notification(self, method_name: str, params: Any) -> None:
        self._server.saw(method_name, params)
        super()._handle_notification(method_name, params)  # type: ignore[no-untyped-call]

    def _handle_response(self, *args: Any, **named: Any) -> None:
        self._server.order.append("answer")
        super()._handle_response(*args, **named)


class EditorClient(LanguageClient):
    """`result` is the newest one of a request of ours, as JSON. `order` is what came since the last command,
    each by a word: the last part of a method's name, the kind of a progress, or `answer`. Lines of the log
    aren't in it: they may come between any two.
    """

    def __init__(self) -> None:
        super().__init__(protocol_cls=_Protocol, converter_factory=default_converter)
        self.order: list[str] = []
        self.result: Any = None
        self.declared: Json = {}
        self.values: dict[Any, list[Json]] = {}
        self.edits: list[Json] = []
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.encoding = Encoding.UTF16
        features = {**DEFAULT_CLIENT_FEATURES, **_FEATURES}
        register_lsp_features(self, features)

    def declares(self, path: str) -> Any:
        """A capability of the editor by its dotted path."""
        found: Any = self.declared
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found

    # what the editor sends ---------------------------------------------------------------------------

    async def begin(self, name: str, root: Path, options: Json | None = None) -> types.InitializeResult:
        """Shake hands as the recorded editor does."""
        recorded = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))["initialize"]
        self.declared = recorded["capabilities"]
        folders = [{"uri": root.as_uri(), "name": root.name}]
        told = {**recorded, "processId": os.getpid(), "rootUri": root.as_uri(), "workspaceFolders": folders}
        if options is not None:
            told["initializationOptions"] = options
        converter = self.protocol._converter
        result = await self.initialize_session(converter.structure(told, types.InitializeParams))
        self.encoding = Encoding(result.capabilities.position_encoding or "utf-16")
        assert self.encoding in self.declares("general.positionEncodings")
        return result

    def show(self, uri: str, text: str) -> None:
        self.texts[uri], self.versions[uri] = text, 1
        document = types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(document))

    async def execute(self, command: str, *arguments: Any, token: str | None = None) -> Any:
        """`workspace/executeCommand`; the answer as JSON."""
        if token is not None:
            self.progress_reports[token] = []
        self.order.clear()
        params = types.ExecuteCommandParams(command, list(arguments) or None, work_done_token=token)
        answer = await asyncio.wait_for(self.workspace_execute_command_async(params), HANG)
        return plain(answer)

    # what came ---------------------------------------------------------------------------------------

    def saw(self, method: str, params: Any) -> None:
        word = method.rpartition("/")[2]
        if method == types.PROGRESS:
            value = plain(params.value)
            self.values.setdefault(params.token, []).append(value)
            word = value["kind"]
        if method != types.WINDOW_LOG_MESSAGE:
            self.order.append(word)
        self._check(method, params)

    async def until(self, *words: str) -> list[str]:
        """Wait until all of these came since the last command; what came since then, in order."""
        await eventually(lambda: set(words) <= set(self.order))
        return list(self.order)

    def _check(self, method: str, params: Any) -> None:
        """What pytest-lsp doesn't look at."""
        needed = _NEEDS.get(method)
        if needed is not None and not self.declares(needed):
            warnings.warn(f"{method} without {needed}", LspSpecificationWarning, stacklevel=2)
        if method == types.CLIENT_REGISTER_CAPABILITY:
            for one in params.registrations:
                area, _, name = one.method.partition("/")
                if not self.declares(f"{area}.{name}.dynamicRegistration"):
                    warnings.warn(f"{one.method} is not dynamic", LspSpecificationWarning, stacklevel=2)

    # edits -------------------------------------------------------------------------------------------

    def applied(self, edit: Json) -> bool:
        """Make an edit and tell of it, unless it is for another version."""
        self.edits.append(edit)
        support = self.declares("workspace.workspaceEdit") or {}
        assert "changeAnnotations" not in edit or "changeAnnotationSupport" in support
        if "documentChanges" in edit:
            assert support.get("documentChanges") or support.get("resourceOperations")
        steps = [*edit.get("documentChanges", ())]
        steps += [
            {"textDocument": {"uri": uri}, "edits": edits} for uri, edits in edit.get("changes", {}).items()
        ]
        if any(self._is_stale(step["textDocument"]) for step in steps if "kind" not in step):
            return False
        for step in steps:
            assert "kind" not in step, "these scenarios create nothing"
            self._change(step["textDocument"]["uri"], step["edits"])
        return True

    def _is_stale(self, identifier: Json) -> bool:
        version = identifier.get("version")
        return version is not None and version != self.versions.get(identifier["uri"])

    def _change(self, uri: str, edits: list[Json]) -> None:
        changes = []
        for one in sorted(edits, key=lambda one: _span(one["range"]).start, reverse=True):
            self.texts[uri] = edited(self.texts[uri], _span(one["range"]), one["newText"], self.encoding)
            told = {"range": one["range"], "text": one["newText"]}
            changes.append(self.protocol._converter.structure(told, types.TextDocumentContentChangePartial))
        self.versions[uri] += 1
        identifier = types.VersionedTextDocumentIdentifier(version=self.versions[uri], uri=uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(identifier, changes))


def _apply(client: EditorClient, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
    edit = client.protocol._converter.unstructure(params.edit, types.WorkspaceEdit)
    return types.ApplyWorkspaceEditResult(applied=client.applied(edit))


def _progress(client: EditorClient, params: types.ProgressParams) -> None:
    """pytest-lsp knows work-done progress alone; partial results have kinds of their own."""
    if plain(params.value)["kind"] in {"begin", "report", "end"}:
        DEFAULT_CLIENT_FEATURES[types.PROGRESS](client, params)


def _nothing(_params: Any) -> None:
    """Taken in, and answered with null where it is a request."""


_FEATURES: Mapping[str, Callable[..., Any]] = {
    types.WORKSPACE_APPLY_EDIT: _apply,
    types.PROGRESS: _progress,
    types.CLIENT_REGISTER_CAPABILITY: _nothing,
    types.CLIENT_UNREGISTER_CAPABILITY: _nothing,
    types.WINDOW_SHOW_MESSAGE_REQUEST: _nothing,
    "lakewright/status": _nothing,
    types.LOG_TRACE: _nothing,
}
_NEEDS: Mapping[str, str] = {
    types.WORKSPACE_APPLY_EDIT: "workspace.applyEdit",
    types.WORKSPACE_CONFIGURATION: "workspace.configuration",
    types.WINDOW_SHOW_DOCUMENT: "window.showDocument.support",
    types.WINDOW_SHOW_MESSAGE_REQUEST: "window.showMessage",
    types.WINDOW_WORK_DONE_PROGRESS_CREATE: "window.workDoneProgress",
}


def plain(value: Any) -> Any:
    """JSON again of what pygls made objects of."""
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    return value._asdict() if hasattr(value, "_asdict") else _CONVERTER.unstructure(value)


def _span(given: Json) -> Span:
    return Span(*(Position(given[name]["line"], given[name]["character"]) for name in ("start", "end")))


@asynccontextmanager
async def editor(cwd: Path, environ: Mapping[str, str]) -> AsyncIterator[EditorClient]:
    """A client of a server process over standard streams; it must end well."""
    client = EditorClient()
    command = (sys.executable, "-m", "lakewright", "serve")
    await client.start_io(*command, cwd=cwd, env={**os.environ, **environ})
    try:
        yield client
        await asyncio.wait_for(client.shutdown_session(), HANG)
        assert client.error is None
        assert client._server is not None
        assert client._server.returncode == 0
    finally:
        await client.stop()  # type: ignore[no-untyped-call]
