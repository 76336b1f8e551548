"""`textDocument/inlineCompletion`: what clients of every age send, and what is no such request."""

from pathlib import Path
from typing import Any

import pytest
from pygls.exceptions import JsonRpcInvalidParams

from lakewright.lsp.inline_completion import inline_completion
from support_lsp_completion import Bench

PLACE = {"line": 0, "character": 4}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A session with one line open."""
    (tmp_path / ".git").mkdir()
    return Bench(tmp_path, "x = ‸\n", ["12\n"])


@pytest.mark.parametrize(
    ("context", "at_once"),
    [
        ({"triggerKind": 1}, True),
        ({"triggerKind": 2}, False),
        ({"triggerKind": 0}, True),
        ({"triggerKind": 9}, False),
        ({}, False),
        (None, False),
    ],
)
async def test_by_hand_is_told_from_by_itself(bench: Bench, context: Any, *, at_once: bool) -> None:
    """Invoked is 1, and was 0 before LSP 3.18; whatever else there is waits for the next key."""
    params = {"textDocument": {"uri": bench.uri}, "position": PLACE, "context": context}
    answer = inline_completion(bench.session, params)
    assert bool(bench.session.runs.active) == at_once
    bench.clock.advance(1)
    item = {
        "insertText": "12",
        "range": {"start": PLACE, "end": PLACE},
        "command": {"title": "Count an accepted suggestion", "command": "lakewright.completionAccepted"},
    }
    assert await answer == {"items": [item]}


async def test_an_older_clients_pair_of_positions_is_a_range(bench: Bench) -> None:
    """VS Code's own form, which its client library sent before LSP 3.18."""
    chosen = {"range": [PLACE, PLACE], "text": "1"}
    params = {
        "textDocument": {"uri": bench.uri},
        "position": PLACE,
        "context": {"triggerKind": 0, "selectedCompletionInfo": chosen},
    }
    (item,) = (await inline_completion(bench.session, params))["items"]
    assert item["insertText"].startswith("1")


_CHOSEN = {"range": {"start": PLACE, "end": PLACE}, "text": "1"}


@pytest.mark.parametrize(
    ("params", "field"),
    [
        (None, "params"),
        ([], "params"),
        ({"position": PLACE}, "textDocument"),
        ({"textDocument": {}, "position": PLACE}, "uri"),
        ({"textDocument": {"uri": "file:///x"}}, "position"),
        ({"textDocument": {"uri": "file:///x"}, "position": {"line": -1, "character": 0}}, "position.line"),
        ({"context": 3}, "context"),
        ({"context": {"triggerKind": "1"}}, "triggerKind"),
        ({"context": {"triggerKind": 1, "selectedCompletionInfo": 1}}, "selectedCompletionInfo"),
        ({"context": {"selectedCompletionInfo": {**_CHOSEN, "text": 1}}}, "text"),
        ({"context": {"selectedCompletionInfo": {**_CHOSEN, "range": [1, 2]}}}, "range"),
        ({"context": {"selectedCompletionInfo": {**_CHOSEN, "range": "ab"}}}, "range"),
    ],
)
def test_what_is_no_such_request_is_refused_by_field(bench: Bench, params: Any, field: str) -> None:
    """InvalidParams, with the field's name."""
    if isinstance(params, dict) and "context" in params:
        params = {"textDocument": {"uri": bench.uri}, "position": PLACE, **params}
    with pytest.raises(JsonRpcInvalidParams) as refused:
        inline_completion(bench.session, params)
    assert field in str(refused.value.message)
