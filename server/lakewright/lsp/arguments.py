"""Arguments of commands: readers of one field of a JSON object, that name the field and what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from lakewright.lsp.text import Position, Span

_T = TypeVar("_T")
_MAX_UINTEGER = 2**31 - 1
"""LSP's `uinteger`."""

Token = str | int
"""LSP's ProgressToken."""


class WrongFieldError(Exception):
    """`str` names the field and says what is wrong with it: what the client reads in InvalidParams."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}.")


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """What a request holds beside its arguments."""

    work_done_token: Token | None = None


def optional(fields: Mapping[str, Any], name: str, read: Callable[[str, Any], _T]) -> _T | None:
    """A field, None where it is absent or null."""
    value = fields.get(name)
    return None if value is None else read(name, value)


def required(fields: Mapping[str, Any], name: str, read: Callable[[str, Any], _T], *, why: str = "") -> _T:
    """A field that must be there; `why` says what it is needed for."""
    found = optional(fields, name, read)
    if found is None:
        raise WrongFieldError(name, "it is missing" + (f"; {why}" if why else ""))
    return found


def an_object(field: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise WrongFieldError(field, "it is no object")
    return value


def a_text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise WrongFieldError(field, "it is no string")
    return value


def a_name(field: str, value: Any) -> str:
    """A string that isn't blank."""
    if not a_text(field, value).strip():
        raise WrongFieldError(field, "it is empty")
    return str(value)


def an_integer(field: str, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():  # JSON doesn't tell 1 from 1.0
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongFieldError(field, "it is no whole number")
    return value


def a_token(field: str, value: Any) -> Token:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise WrongFieldError(field, "it is neither a string nor a whole number")


def a_position(field: str, value: Any) -> Position:
    place = {f"{field}.{name}": inner for name, inner in an_object(field, value).items()}
    return Position(
        required(place, f"{field}.line", _uinteger), required(place, f"{field}.character", _uinteger)
    )


def a_range(field: str, value: Any) -> Span:
    ends = {f"{field}.{name}": inner for name, inner in an_object(field, value).items()}
    span = Span(required(ends, f"{field}.start", a_position), required(ends, f"{field}.end", a_position))
    if span.end < span.start:
        raise WrongFieldError(field, "it ends before it begins")
    return span


def _uinteger(field: str, value: Any) -> int:
    number = an_integer(field, value)
    if not 0 <= number <= _MAX_UINTEGER:
        raise WrongFieldError(field, "it is negative" if number < 0 else "it is larger than LSP allows")
    return number
