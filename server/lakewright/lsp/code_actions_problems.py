"""Diagnostics of the client's, handed to a run: LSP's `Diagnostic[]` in its argument, read as far as a task
needs them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakewright.lsp.arguments import (
    WrongFieldError,
    a_range,
    a_text,
    an_integer,
    an_object,
    optional,
    required,
)
from lakewright.lsp.text import Span

_SEVERITIES = {1: "error", 2: "warning", 3: "information", 4: "hint"}
"""LSP's DiagnosticSeverity, in the words of `tasks.base.Diagnostic`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One diagnostic, at a span of the document."""

    span: Span
    message: str
    severity: str = "error"
    source: str = ""


def some_problems(field: str, value: Any) -> tuple[Problem, ...]:
    """Raises WrongFieldError."""
    if not isinstance(value, list):
        raise WrongFieldError(field, "it is no array")
    return tuple(_problem(f"{field}[{number}]", one) for number, one in enumerate(value))


def _problem(field: str, value: Any) -> Problem:
    given: Mapping[str, Any] = {f"{field}.{name}": inner for name, inner in an_object(field, value).items()}
    severity = optional(given, f"{field}.severity", an_integer)
    return Problem(
        required(given, f"{field}.range", a_range),
        required(given, f"{field}.message", a_text),
        _SEVERITIES.get(severity or 1, "error"),
        optional(given, f"{field}.source", a_text) or "",
    )
