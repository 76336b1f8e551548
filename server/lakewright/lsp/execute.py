"""`workspace/executeCommand`: from its raw parameters to a command and back."""

from collections.abc import Mapping
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from lakewright.lsp.arguments import RequestInfo, WrongFieldError, a_token, optional
from lakewright.lsp.commands import COMMANDS
from lakewright.lsp.session import Session


def execute_command(session: Session, params: Any) -> Any:
    """Carry a command out; its answer, or an awaitable of it."""
    try:
        name, arguments, request = _read(params)
        return COMMANDS[name].handle(session, arguments, request)
    except WrongFieldError as error:
        raise JsonRpcInvalidParams(str(error)) from None


def _read(params: Any) -> tuple[str, Mapping[str, Any], RequestInfo]:
    if not isinstance(params, dict):
        raise WrongFieldError("params", "it is no object")
    name = params.get("command")
    if not isinstance(name, str) or name not in COMMANDS:
        raise WrongFieldError("command", f"there is none of that name; there are {', '.join(COMMANDS)}")
    request = RequestInfo(optional(params, "workDoneToken", a_token))
    return name, _arguments(params.get("arguments")), request


def _arguments(given: Any) -> Mapping[str, Any]:
    """One object, bare or as an array of one; none is an empty one."""
    if isinstance(given, list):
        if len(given) > 1:
            raise WrongFieldError("arguments", "it holds more than one object")
        given = given[0] if given else None
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise WrongFieldError("arguments", "it holds no object")
    return given
