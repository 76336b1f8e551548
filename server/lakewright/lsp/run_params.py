"""What may be asked of a run: the argument of the commands that run, as a value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lakewright.lsp.arguments import (
    Token,
    WrongFieldError,
    a_name,
    a_position,
    a_range,
    a_text,
    a_token,
    an_integer,
    an_object,
    optional,
    required,
)
from lakewright.lsp.code_actions_problems import Problem, some_problems
from lakewright.lsp.text import Position, Span

Level = Literal["off", "low", "medium", "high"]
Deliver = Literal["editor", "response"]

_MIN_BUDGET = 1024
_RUN_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", re.ASCII)
_LEVELS = ("off", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class RunParams:
    """What was asked for. Positions are as the client counts, not yet brought inside the document."""

    uri: str
    version: int | None = None
    range: Span | None = None
    position: Position | None = None
    instruction: str | None = None
    deliver: Deliver = "editor"
    model: str | None = None
    thinking: Level | int | None = None
    conversation: str | None = None
    run: str | None = None
    system: str | None = None
    partial_result_token: Token | None = None
    diagnostics: tuple[Problem, ...] = ()
    """What a code action is to fix."""


def read_run_params(command: str, given: Mapping[str, Any]) -> RunParams:
    """Check all fields. What isn't known is left alone, as everywhere in LSP.

    Raises WrongFieldError.
    """
    document = {
        f"textDocument.{name}": value for name, value in required(given, "textDocument", an_object).items()
    }
    params = RunParams(
        uri=required(document, "textDocument.uri", a_name),
        version=optional(document, "textDocument.version", an_integer),
        range=optional(given, "range", a_range),
        position=optional(given, "position", a_position),
        instruction=optional(given, "instruction", a_text),
        deliver=optional(given, "deliver", _deliver) or "editor",
        model=optional(given, "model", a_name),
        thinking=optional(given, "thinking", _thinking),
        conversation=optional(given, "conversation", a_name),
        run=optional(given, "run", _run_id),
        system=optional(given, "system", a_text),
        partial_result_token=optional(given, "partialResultToken", a_token),
        diagnostics=optional(given, "diagnostics", some_problems) or (),
    )
    _check_needed(command, params)
    return params


def _check_needed(command: str, params: RunParams) -> None:
    if command == "refactor" and not (params.instruction or "").strip():
        raise WrongFieldError("instruction", "it is missing; refactor needs to be told what to change")
    if command == "complete" and params.position is None:
        raise WrongFieldError("position", "it is missing; complete needs the place of the cursor")
    if command == "complete" and params.conversation is not None:
        raise WrongFieldError("conversation", "a completion can't go on from an earlier run")


def _run_id(field: str, value: Any) -> str:
    """It becomes the name of files."""
    if not _RUN_ID.fullmatch(a_text(field, value)):
        raise WrongFieldError(field, "an id has 1 to 100 letters, digits, dots, dashes and underscores")
    return str(value)


def _deliver(field: str, value: Any) -> Deliver:
    match value:
        case "editor" | "response":
            chosen: Deliver = value
            return chosen
    raise WrongFieldError(field, 'it is neither "editor" nor "response"')


def _thinking(field: str, value: Any) -> Level | int:
    match value:
        case "off" | "low" | "medium" | "high":
            level: Level = value
            return level
        case str():
            raise WrongFieldError(field, f"it is none of {', '.join(_LEVELS)}, and no number")
    budget = an_integer(field, value)
    if budget < _MIN_BUDGET:
        raise WrongFieldError(field, f"a budget is at least {_MIN_BUDGET} tokens")
    return budget
