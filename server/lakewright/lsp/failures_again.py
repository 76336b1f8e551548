"""A run asked for once more, by a button: there is no request of the client's that it could answer."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lakewright.lsp.arguments import WrongFieldError
from lakewright.lsp.session import Session

_OF_ONE_RUN = ("run", "partialResultToken")
"""Arguments that have served."""


def start_again(
    session: Session, command: Callable[[Mapping[str, Any]], Any], arguments: Mapping[str, Any]
) -> None:
    """Call a command with the arguments of an earlier run. What it refuses is a message."""
    session.background.start(_start(session, command, arguments))


async def _start(
    session: Session, command: Callable[[Mapping[str, Any]], Any], arguments: Mapping[str, Any]
) -> None:
    try:
        started = command({name: value for name, value in arguments.items() if name not in _OF_ONE_RUN})
        if inspect.isawaitable(started):
            await started
    except (JsonRpcException, WrongFieldError) as error:
        session.client.show(types.MessageType.Warning, str(error))
