"""From `initialize` to a session."""

from lakewright.lsp.client import Client
from lakewright.lsp.documents import Documents
from lakewright.lsp.protocol import Protocol
from lakewright.lsp.session import Session
from lakewright.lsp.text import Encoding


def open_session(protocol: Protocol) -> Session:
    """The session of a client that has just sent `initialize`."""
    params = protocol.initialize_params
    options = params.get("initializationOptions")
    encoding = Encoding(protocol.workspace.position_encoding or Encoding.UTF16)
    return Session(
        client=Client(protocol, params.get("capabilities") or {}),
        options=options if isinstance(options, dict) else {},
        documents=Documents(encoding),
    )
