"""`textDocument/completion`: a suggestion as an item of the editor's list, for clients without ghost text."""

import re
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lakewright.lsp.arguments import WrongFieldError
from lakewright.lsp.completion_place import Place
from lakewright.lsp.inline_completion import ACCEPTED, read_place, replaced_by
from lakewright.lsp.session import Session
from lakewright.lsp.suggestions import Suggestion
from lakewright.lsp.text import Encoding, Position, Span, units
from lakewright.lsp.text_edits import range_json

_LABEL = 60
"""Characters of a label at most."""

_WORD = re.compile(r"\w*$")


def completion_items(session: Session, params: Any) -> Any:
    """One item or null; its parameters as JSON. LSP doesn't tell a key from a command here: nobody asked."""
    try:
        uri, position = read_place(params)
    except WrongFieldError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    if not session.completions.as_items:
        return None
    shape = partial(_list, session.documents.encoding)
    return session.completions.suggest(session, uri, position, shape)


def _list(encoding: Encoding, place: Place, suggestion: Suggestion) -> Any:
    """The item replaces the word at the cursor too: clients compare that word with `filterText`."""
    match = _WORD.search(place.surroundings.head)
    word = match[0] if match else ""
    text = word + suggestion.text
    span = replaced_by(place, suggestion)
    start = Position(span.start.line, span.start.character - units(word, encoding))
    first, _, more = text.strip().partition("\n")
    first = first.rstrip()
    item = {
        "label": _label(first) + ("\N{HORIZONTAL ELLIPSIS}" if more or len(first) > _LABEL else ""),
        "kind": types.CompletionItemKind.Text.value,
        "detail": "Lakewright",
        "preselect": False,
        "filterText": first,
        "insertTextFormat": types.InsertTextFormat.PlainText.value,
        "textEdit": {"range": range_json(Span(start, span.end)), "newText": text},
        "command": ACCEPTED,
    }
    if more:
        item["documentation"] = {"kind": types.MarkupKind.Markdown.value, "value": _fenced(text)}
    return {"isIncomplete": True, "items": [item]}


def _label(line: str) -> str:
    """One line that a menu can show."""
    return "".join(char if char.isprintable() else " " for char in line[:_LABEL])


def _fenced(text: str) -> str:
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks}\n{text.strip(chr(10))}\n{ticks}"
