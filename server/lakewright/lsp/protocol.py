"""pygls' protocol, with what stands in our way worked round in this one place.

Replaced of pygls 2.1.1: its reading loop (a request that can't be read stays unanswered), its order (a
handler begins after the messages that follow), its documents (`splitlines` ends lines at form feeds) and
its commands (cancelling one doesn't stop it: https://github.com/openlawlibrary/pygls/issues/517).
"""

import asyncio
import inspect
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from types import MappingProxyType
from typing import Any

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol

logger = logging.getLogger(__name__)

RAW_METHODS = frozenset({types.WORKSPACE_EXECUTE_COMMAND, types.WORKSPACE_DID_CHANGE_CONFIGURATION})
"""Their parameters are handed on as the JSON they came as; ours to check, with better words."""


class Protocol(LanguageServerProtocol):
    """One client's side of the connection.

    A handler gets the parameters and returns a result, or an awaitable of one. What it does before its
    first `await` is done before the next message is looked at.
    """

    # pygls registers what is callable and has a method's name: these features are ours.
    lsp_text_document__did_open = None  # type: ignore[assignment]
    lsp_text_document__did_change = None  # type: ignore[assignment]
    lsp_text_document__did_close = None  # type: ignore[assignment]
    lsp_notebook_document__did_open = None  # type: ignore[assignment]
    lsp_notebook_document__did_change = None  # type: ignore[assignment]
    lsp_notebook_document__did_close = None  # type: ignore[assignment]
    lsp_workspace__did_change_workspace_folders = None  # type: ignore[assignment]
    lsp_workspace__execute_command = None  # type: ignore[assignment]
    lsp_work_done_progress_cancel = None  # type: ignore[assignment]
    lsp_shutdown = None  # type: ignore[assignment]
    lsp_exit = None  # type: ignore[assignment]

    is_initialized = False
    initialize_params: Mapping[str, Any] = MappingProxyType({})
    """What the client sent, as JSON."""

    def receive(self, body: bytes) -> None:
        """Handle one message. Whatever it holds, a request gets an answer and nothing is raised."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            self._refuse(None, JsonRpcParseError("The message is not JSON."))
            return
        if not isinstance(data, dict) or data.get("jsonrpc") != "2.0":
            self._refuse(None, JsonRpcInvalidRequest("The message is not one JSON-RPC 2.0 object."))
            return
        method, request_id = data.get("method"), data.get("id")
        if isinstance(method, str) and (refusal := self._why_not_now(method)) is not None:
            self._refuse(request_id, refusal)
            return
        params = data.get("params")
        if method == types.INITIALIZE and isinstance(params, dict):
            self.initialize_params = params
        try:
            message = self.structure_message(data) if method not in RAW_METHODS else _Raw(data)
        except JsonRpcException as error:
            self._unreadable(data, error)
            return
        self.handle_message(message)

    @property
    def is_shutting_down(self) -> bool:
        return bool(self._shutdown)

    def start_shutdown(self) -> None:
        """From now on every request is refused."""
        self._shutdown = True

    def ask(self, method: str, params: Any) -> tuple[str, Future[Any]]:
        """Send a request to the client: its id, and the future of its answer."""
        request_id = str(uuid.uuid4())
        return request_id, self.send_request(method, params, msg_id=request_id)

    def forget(self, request_id: str) -> None:
        """Nobody waits for this answer any more."""
        self._request_futures.pop(request_id, None)

    def fail_open_requests(self) -> None:
        """The client has gone: what we asked it is never answered."""
        asked: list[Future[Any] | asyncio.Future[Any]] = [*self._request_futures.values()]
        for future in asked:
            if isinstance(future, Future) and not future.done():  # the others are requests of the client's
                future.set_exception(JsonRpcInternalError("The client has gone."))

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The message as its type; InvalidParams names the field that is wrong."""
        try:
            return super().structure_message(data)
        except JsonRpcInvalidParams as error:
            raise JsonRpcInvalidParams(_what_is_wrong(error.__cause__)) from None

    def _why_not_now(self, method: str) -> JsonRpcException | None:
        if method == types.EXIT:
            return None
        if self._shutdown:
            return JsonRpcInvalidRequest("The server is shutting down.")
        if method == types.INITIALIZE:
            return (
                JsonRpcInvalidRequest("The server is initialized already.") if self.is_initialized else None
            )
        return None if self.is_initialized else JsonRpcServerNotInitialized("Send `initialize` first.")

    def _refuse(self, request_id: Any, error: JsonRpcException) -> None:
        """Answer a request with an error; a notification (no id, or one that is none) has no answer."""
        if request_id is not None or isinstance(error, JsonRpcParseError):
            self._send_response(request_id, error=error.to_response_error())

    def _unreadable(self, data: dict[str, Any], error: JsonRpcException) -> None:
        if "method" in data:
            self._refuse(data.get("id"), error)
            return
        future = self._request_futures.pop(data.get("id", ""), None)  # an answer of the client's
        if future is not None and not future.done():
            future.set_exception(error)

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Any], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Begin at once; what is to be waited for is the request's own task, so that it can be cancelled."""
        if inspect.isgeneratorfunction(handler):  # pygls' own, such as `initialize`
            super()._execute_handler(msg_id, handler, callback, args, kwargs)
            return
        future: Future[Any] | asyncio.Future[Any] = Future()
        try:
            result = handler(*(args or ()), **(kwargs or {}))
            if isinstance(result, Awaitable):
                future = asyncio.ensure_future(result)
                self._request_futures[msg_id] = future  # type: ignore[assignment]  # pygls keeps both kinds
            else:
                future.set_result(result)
        except Exception as error:  # noqa: BLE001 - a defect is the answer to its request
            future.set_exception(error)
        future.add_done_callback(callback)


class _Raw:
    """A message whose parameters stay JSON."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.jsonrpc = "2.0"
        self.method = data["method"]
        self.params = data.get("params")
        if "id" in data:
            self.id = data["id"]


def _what_is_wrong(error: BaseException | None) -> str:
    """The error of cattrs in a sentence: the innermost field and why. Never a value."""
    from cattrs import transform_error  # noqa: PLC0415 - only for a message that is wrong

    if error is None:
        return "The parameters are not what LSP wants."
    problems = transform_error(error)
    return f"Wrong parameters: {problems[0]}." if problems else "The parameters are not what LSP wants."
