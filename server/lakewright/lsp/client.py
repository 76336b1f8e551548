"""The editor at the other end, as the rest of the server sees it: what it can, and how to speak to it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lakewright.lsp.protocol import Protocol


class ClientError(Exception):
    """The client answered a request of ours with an error, or has gone. `str` is its message."""


class Client:
    """One client; `capabilities` is what it declared in `initialize`, as JSON; `traces` is how much it wants
    to hear of what goes on (LSP's TraceValue).
    """

    def __init__(
        self,
        protocol: Protocol,
        capabilities: Mapping[str, Any],
        traces: types.TraceValue = types.TraceValue.Off,
    ) -> None:
        self._protocol = protocol
        self.capabilities = capabilities
        self.traces = traces

    def can(self, path: str) -> Any:
        """A capability by its dotted path in LSP's spelling, None where it isn't declared."""
        found: Any = self.capabilities
        for name in path.split("."):
            if not isinstance(found, Mapping):
                return None
            found = found.get(name)
        return found

    def notify(self, method: str, params: Any) -> None:
        """Send a notification; `params` is an LSP type or JSON."""
        self._protocol.tell(method, params)

    async def request(self, method: str, params: Any) -> Any:
        """Send a request and wait for its answer, for as long as it takes. Raises ClientError.

        Cancelling the wait tells the client so by `$/cancelRequest`.
        """
        request_id, future = self._protocol.ask(method, params)
        try:
            return await future
        except asyncio.CancelledError:
            self._protocol.forget(request_id)
            self.notify(types.CANCEL_REQUEST, types.CancelParams(id=request_id))
            raise
        except JsonRpcException as error:
            raise ClientError(error.message or type(error).__name__) from None

    def show(self, kind: types.MessageType, message: str) -> None:
        """`window/showMessage`: one sentence for the user."""
        self.notify(types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(type=kind, message=message))

    def log(self, kind: types.MessageType, message: str) -> None:
        """`window/logMessage`: a line in the editor's log of this server; never content."""
        self.notify(types.WINDOW_LOG_MESSAGE, types.LogMessageParams(type=kind, message=message))

    def trace(self, message: str, detail: str = "") -> None:
        """`$/logTrace`, for a client that wants it; the detail for one that wants it verbose. Ids, counts and
        times, never content.
        """
        if self.traces is not types.TraceValue.Off:
            verbose = detail if detail and self.traces is types.TraceValue.Verbose else None
            self.notify(types.LOG_TRACE, types.LogTraceParams(message, verbose))
