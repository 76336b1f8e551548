"""`lakewright.undo`: take a refactor back, whoever made it: this server or the command line."""

import importlib
from collections.abc import Awaitable, Mapping
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from lakewright.core.threads import in_daemon_thread
from lakewright.lsp.arguments import RequestInfo, WrongFieldError, a_name, optional
from lakewright.lsp.session import Session


def undo_command(
    session: Session, arguments: Mapping[str, Any], _request: RequestInfo
) -> Awaitable[dict[str, Any]]:
    """`lakewright.undo {snapshot?}`: the newest that isn't undone yet, or the one named; one that is undone
    already is applied again. Answers `{snapshot?, state, files, message}`.
    """
    return _taken_back(session, optional(arguments, "snapshot", a_name))


async def _taken_back(session: Session, name: str | None) -> dict[str, Any]:
    work = await in_daemon_thread(importlib.import_module, "lakewright.lsp.undo_work")
    try:
        answer: dict[str, Any] = await work.take_back(session, name)
    except WrongFieldError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    return answer
