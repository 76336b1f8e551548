"""The commands that answer about the session: its status, the models of its host, what was accepted."""

from collections.abc import Mapping
from typing import Any

from pygls.exceptions import JsonRpcException

from lakewright.errors import LakewrightError
from lakewright.lsp.arguments import RequestInfo
from lakewright.lsp.editor_words import error_json, sentences_of
from lakewright.lsp.session import Session
from lakewright.lsp.settings_changes import first_loaded, look_up

_REQUEST_FAILED = -32803
"""LSPErrorCodes.RequestFailed: the request was right, and failed."""


async def status_command(
    session: Session, _arguments: Mapping[str, Any], _request: RequestInfo
) -> Mapping[str, Any]:
    """`lakewright.status`."""
    if not session.status.is_known:
        await look_up(session)
    return session.status.to_json()


async def models_command(
    session: Session, _arguments: Mapping[str, Any], _request: RequestInfo
) -> Mapping[str, Any]:
    """`lakewright.models`: what the host lists. The answer is an error with the hint where it doesn't."""
    try:
        models = await session.models.listed(await first_loaded(session))
    except LakewrightError as error:
        session.status.run_ended(error)
        raise JsonRpcException(
            code=_REQUEST_FAILED, message=sentences_of(error), data=error_json(error)
        ) from None
    session.status.run_ended(None)
    return {"models": models}


def accepted_command(session: Session, _arguments: Mapping[str, Any], _request: RequestInfo) -> None:
    """`lakewright.completionAccepted`, which suggestions carry."""
    session.status.accepted()
