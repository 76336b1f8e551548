"""JSON-RPC with one client, by pygls' types and tables, with what stands in our way replaced in this place.

By itself pygls 2.1.1 leaves requests that it can't read, or that come too early or too late, unanswered; a
handler may begin after the messages that follow; cancelling a command doesn't stop it (pygls' issue 517);
errors carry tracebacks, logs carry content. `tests/lsp/test_protocol_traps.py` shows each.
"""

import asyncio
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Generator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from lakewright.lsp.connection import Received, Writer
from lakewright.lsp.messages import Message, NotJsonRpcError, RequestId, is_large, written
from lakewright.lsp.work import Work

logger = logging.getLogger(__name__)

RAW_METHODS = frozenset(
    {
        types.WORKSPACE_EXECUTE_COMMAND,
        types.WORKSPACE_DID_CHANGE_CONFIGURATION,
        types.TEXT_DOCUMENT_INLINE_COMPLETION,
        types.TEXT_DOCUMENT_COMPLETION,
        types.TEXT_DOCUMENT_DID_OPEN,
        types.TEXT_DOCUMENT_DID_CHANGE,
        types.TEXT_DOCUMENT_DID_SAVE,
        types.TEXT_DOCUMENT_DID_CLOSE,
        types.NOTEBOOK_DOCUMENT_DID_OPEN,
        types.NOTEBOOK_DOCUMENT_DID_CHANGE,
        types.NOTEBOOK_DOCUMENT_DID_SAVE,
        types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    }
)
"""Their parameters are handed on as the JSON they came as; ours to check, with better words, and so that a
change of a document that can't be read is noticed.
"""

_GONE = "The client has gone."
_UNSENDABLE = (TypeError, ValueError, AttributeError, RecursionError)


class Protocol(LanguageServerProtocol):
    """One client's side of the connection.

    A handler gets the parameters and returns a result, or an awaitable of one. What it does before its
    first `await` is done before the next message is looked at; what it awaits is a task of the request's
    own, which `$/cancelRequest` cancels.
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
    lsp_initialized = None  # type: ignore[assignment]
    lsp_set_trace = None  # type: ignore[assignment]
    lsp_shutdown = None  # type: ignore[assignment]
    lsp_exit = None  # type: ignore[assignment]

    is_initialized = False
    initialize_params: Mapping[str, Any] = MappingProxyType({})
    """What the client sent, as JSON."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._asked: dict[str, asyncio.Future[Any]] = {}
        self._has_left = False
        self._open: dict[RequestId, Work] = {}
        self._noticed: set[Work] = set()

    @property
    def is_shutting_down(self) -> bool:
        return bool(self._shutdown)

    def start_shutdown(self) -> None:
        """From now on every request is refused."""
        self._shutdown = True

    # What the client says ----------------------------------------------------------------------------

    def receive(self, message: Received) -> None:
        """Handle one message. Whatever it holds, a request gets one answer and nothing is raised."""
        if isinstance(message, NotJsonRpcError):
            self._refuse(message.request_id, JsonRpcException(str(message), message.code))
        elif message.method is None:
            self._take_answer(message)
        elif message.id is None or message.method == types.EXIT:
            self._take_notification(message, message.method)
        else:
            self._take_request(message, message.method, message.id)

    def _take_request(self, message: Message, method: str, request_id: RequestId) -> None:
        try:
            handler = self._find_for_request(method, request_id)
            params = self._params(message, method)
            if method == types.INITIALIZE:
                self.initialize_params = message.data["params"]
            result = handler(params)
        except Exception as error:  # noqa: BLE001 - also a defect is the answer to its request
            self._refuse(request_id, _told(error, method))
            return
        if isinstance(result, Awaitable):
            self._open[request_id] = work = Work(result)
            work.task.add_done_callback(partial(self._answer, request_id, method))
        else:
            self._respond(request_id, result)

    def _take_notification(self, message: Message, method: str) -> None:
        if method != types.EXIT and (self._shutdown or not self.is_initialized):
            return
        try:
            params = self._params(message, method)
            if method == types.CANCEL_REQUEST:
                self._cancel(params.id)
                return
            result = self._find(method)(params)
        except Exception as error:  # noqa: BLE001 - life goes on
            self._complain(method, error)
            return
        if isinstance(result, Awaitable):
            work = Work(result)
            self._noticed.add(work)
            work.task.add_done_callback(partial(self._noted, work, method))

    def _take_answer(self, message: Message) -> None:
        request_id = str(message.id)
        future = self._asked.pop(request_id, None)
        if future is None or future.done():
            return
        try:
            answer = self.structure_message(message.data)
        except JsonRpcException as error:
            future.set_exception(error)
            return
        finally:
            self._result_types.pop(request_id, None)
        if "error" in message.data:
            future.set_exception(JsonRpcException.from_error(answer.error))
        else:
            future.set_result(answer.result)

    def _find_for_request(self, method: str, request_id: RequestId) -> Callable[[Any], Any]:
        """Raises for one that may not begin now, or that there isn't."""
        if self._shutdown:
            raise JsonRpcInvalidRequest("The server is shutting down.")
        if method == types.INITIALIZE and self.is_initialized:
            raise JsonRpcInvalidRequest("The server is initialized already.")
        if method != types.INITIALIZE and not self.is_initialized:
            raise JsonRpcServerNotInitialized("Send `initialize` first.")
        if request_id in self._open:
            raise JsonRpcInvalidRequest("A request of this id is open.")
        handler = self._find(method)
        if types.METHOD_TO_TYPES[method][1] is None:
            raise JsonRpcInvalidRequest(f"{method} is a notification: it has no id.")
        return handler

    def _find(self, method: str) -> Callable[[Any], Any]:
        handler: Callable[[Any], Any] = self._get_handler(method)
        return handler

    def _params(self, message: Message, method: str) -> Any:
        """The parameters as their type, or as JSON where they stay that."""
        if method in RAW_METHODS:
            return message.data.get("params")
        return self.structure_message(message.data).params

    def _cancel(self, request_id: Any) -> None:
        work = self._open.get(request_id) if isinstance(request_id, str | int) else None
        if work is not None:
            work.cancel()

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The message as its type; InvalidParams names the field that is wrong."""
        try:
            return super().structure_message(data)
        except (JsonRpcInvalidParams, JsonRpcInternalError) as error:
            raise JsonRpcInvalidParams(_what_is_wrong(error.__cause__)) from None

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> types.InitializeResult:  # type: ignore[override]
        """The steps of pygls around our handler, at once: nothing may come in between."""
        steps: Generator[Any, Any, types.InitializeResult] = super().lsp_initialize(params)
        try:
            handler, args, _ = next(steps)
            handler(*args)
            next(steps)
        except StopIteration as end:
            return cast(types.InitializeResult, end.value)
        raise AssertionError("pygls calls one handler of ours")

    # What the server says ----------------------------------------------------------------------------

    def tell(self, method: str, params: Any) -> None:
        """Send a notification; `params` is an LSP type or JSON."""
        self._send_data({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> "tuple[str, asyncio.Future[Any]]":
        """Send a request to the client: its id, and the future of its answer, which is of LSP's type, or
        of a JsonRpcException.
        """
        request_id = str(uuid.uuid4())
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._has_left:
            future.set_exception(JsonRpcInternalError(_GONE))
            return request_id, future
        self._asked[request_id] = future
        self._result_types[request_id] = self.get_result_type(method)
        self._send_data({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})
        return request_id, future

    def forget(self, request_id: str) -> None:
        """Nobody waits for this answer any more."""
        self._asked.pop(request_id, None)
        self._result_types.pop(request_id, None)

    def client_has_left(self) -> None:
        """What we asked it is never answered, and what we will ask neither."""
        self._has_left = True
        asked, self._asked = self._asked, {}
        for future in asked.values():
            if not future.done():
                future.set_exception(JsonRpcInternalError(_GONE))

    async def end_requests(self, seconds: float, *, but: "asyncio.Task[Any] | None" = None) -> None:
        """Cancel the client's open requests, except one, and wait that long for their answers."""
        left = [work for work in (*self._open.values(), *self._noticed) if work.task is not but]
        for work in left:
            work.cancel()
        if left:
            await asyncio.wait([work.task for work in left], timeout=seconds)

    def _answer(self, request_id: RequestId, method: str, task: "asyncio.Task[Any]") -> None:
        del self._open[request_id]
        if task.cancelled():
            self._refuse(request_id, JsonRpcRequestCancelled("The request was cancelled."))
        elif (error := task.exception()) is not None:
            self._refuse(request_id, _told(error, method))
        else:
            self._respond(request_id, task.result())

    def _noted(self, work: Work, method: str, task: "asyncio.Task[Any]") -> None:
        self._noticed.discard(work)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._complain(method, error)

    def _complain(self, method: str, error: BaseException) -> None:
        """A notification can't be answered: what is wrong with it is a line in the client's log."""
        if not isinstance(error, JsonRpcMethodNotFound):
            told = types.LogMessageParams(
                types.MessageType.Error, f"{method}: {_told(error, method).message}"
            )
            self.tell(types.WINDOW_LOG_MESSAGE, told)

    def _respond(self, request_id: RequestId, result: Any) -> None:
        try:
            self._send_data({"jsonrpc": "2.0", "id": request_id, "result": result})
        except _UNSENDABLE as error:
            self._refuse(request_id, _told(error, "an answer"))

    def _refuse(self, request_id: RequestId | None, error: JsonRpcException) -> None:
        self._send_data({"jsonrpc": "2.0", "id": request_id, "error": error.to_response_error()})

    def _send_data(self, data: Any) -> None:
        """Raises what `_UNSENDABLE` says. A large message, which mustn't change any more, is put together by
        the writer: there it can't hold up the event loop.
        """
        late = is_large(data)
        message = partial(self._written_late, data) if late else written(data, self._serialize_message)
        cast(Writer, self.writer).write(message)

    def _written_late(self, data: Mapping[str, Any]) -> bytes:
        try:
            return written(data, self._serialize_message)
        except _UNSENDABLE as error:
            told = _told(error, "a message")
        if "method" in data:
            return b""
        refusal = {"jsonrpc": "2.0", "id": data["id"], "error": told.to_response_error()}
        return written(refusal, self._serialize_message)


def _told(error: BaseException, method: str) -> JsonRpcException:
    """The error as the client may see it: without what a defect's own words might hold."""
    if isinstance(error, JsonRpcException):
        return error
    logger.error("%s failed", method, exc_info=error)
    return JsonRpcInternalError(f"Lakewright has a defect: {type(error).__name__}.")


def _what_is_wrong(error: BaseException | None) -> str:
    """The error of cattrs in a sentence: the field and why. Never a value, as a document might be."""
    from cattrs import transform_error  # noqa: PLC0415 - only for a message that is wrong

    problems = [] if error is None else transform_error(error)
    if not problems:
        return "The parameters are not what LSP wants."
    why, _, path = problems[0].partition(" @ $.")
    field = re.sub(r"_([a-z])", lambda letter: letter[1].upper(), path)
    return f"{field or 'params'}: {why.partition(' (')[0]}."
