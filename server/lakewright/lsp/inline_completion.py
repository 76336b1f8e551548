"""`textDocument/inlineCompletion` (LSP 3.18): ghost text."""

from collections.abc import Mapping
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from lakewright.lsp.arguments import (
    WrongFieldError,
    a_name,
    a_position,
    a_range,
    a_text,
    an_integer,
    an_object,
    optional,
    required,
)
from lakewright.lsp.completion_place import Place
from lakewright.lsp.session import Session
from lakewright.lsp.suggestions import Suggestion
from lakewright.lsp.text import Position, Span
from lakewright.lsp.text_edits import range_json

ACCEPTED = {"title": "Count an accepted suggestion", "command": "lakewright.completionAccepted"}
"""What a client carries out once a suggestion is accepted."""

_BY_HAND = (0, 1)
"""InlineCompletionTriggerKind.Invoked; clients older than LSP 3.18 count from 0."""


def inline_completion(session: Session, params: Any) -> Any:
    """One suggestion or null; its parameters as JSON."""
    try:
        uri, position = read_place(params)
        context = optional(params, "context", an_object) or {}
        by_hand = optional(context, "triggerKind", an_integer) in _BY_HAND
        chosen = optional(context, "selectedCompletionInfo", _chosen)
    except WrongFieldError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    return session.completions.suggest(session, uri, position, _answer, by_hand=by_hand, chosen=chosen)


def read_place(params: Any) -> tuple[str, Position]:
    """LSP's TextDocumentPositionParams. Raises WrongFieldError."""
    given = an_object("params", params)
    document = required(given, "textDocument", an_object)
    return required(document, "uri", a_name), required(given, "position", a_position)


def replaced_by(place: Place, suggestion: Suggestion) -> Span:
    """What a suggestion replaces: what the editor closed by itself, one code unit each, goes with it."""
    end = place.replaced.end
    return Span(place.replaced.start, Position(end.line, end.character + suggestion.replaces))


def _answer(place: Place, suggestion: Suggestion) -> Any:
    item = {
        # Neovim 0.12 would insert a carriage return as a character; others write the document's line ends.
        "insertText": (place.lead + suggestion.text).replace("\r\n", "\n"),
        "range": range_json(replaced_by(place, suggestion)),
        "command": ACCEPTED,
    }
    return {"items": [item]}


def _chosen(field: str, value: Any) -> tuple[Span, str]:
    """SelectedCompletionInfo: the item of the client's list that a suggestion must go on from."""
    info: Mapping[str, Any] = an_object(field, value)
    return required(info, "range", _a_range), required(info, "text", a_text)


def _a_range(field: str, value: Any) -> Span:
    """Clients older than LSP 3.18 send VS Code's own form: a pair of positions."""
    if isinstance(value, list) and len(value) == 2:
        value = {"start": value[0], "end": value[1]}
    return a_range(f"context.selectedCompletionInfo.{field}", value)
