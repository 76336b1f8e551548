"""From `initialize` to a session."""

from collections.abc import Mapping
from typing import Any

from lsprotocol import types

from lakewright.lsp.background import Background
from lakewright.lsp.client import Client
from lakewright.lsp.documents import Documents
from lakewright.lsp.folders import Folders, folders_in
from lakewright.lsp.models import Models
from lakewright.lsp.protocol import Protocol
from lakewright.lsp.runs import Runs
from lakewright.lsp.session import Session
from lakewright.lsp.settings import ClientSettings
from lakewright.lsp.status import StatusBoard
from lakewright.lsp.text import Encoding
from lakewright.settings.state import state_folder


def open_session(protocol: Protocol) -> Session:
    """The session of a client that has just sent `initialize`."""
    params = protocol.initialize_params
    given = params.get("initializationOptions")
    options = given if isinstance(given, dict) else {}
    client = Client(protocol, params.get("capabilities") or {}, _traces(params))
    documents = Documents(Encoding(protocol.workspace.position_encoding or Encoding.UTF16))
    settings = ClientSettings(client, given, folders=lambda: folders.uris, name=_name(params))
    folders = Folders(documents, folders_in(params), ignored=settings.ignored)
    return Session(
        client=client,
        options=options,
        documents=documents,
        folders=folders,
        runs=Runs(),
        settings=settings,
        models=Models(),
        status=StatusBoard(client),
        background=Background(),
        state=state_folder(),
    )


def _name(params: Mapping[str, Any]) -> str | None:
    client = params.get("clientInfo")
    name = client.get("name") if isinstance(client, dict) else None
    return name if isinstance(name, str) else None


def _traces(params: Mapping[str, Any]) -> types.TraceValue:
    given = params.get("trace")
    return types.TraceValue(given) if given in set(types.TraceValue) else types.TraceValue.Off
