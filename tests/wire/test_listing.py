"""The host's list of endpoints, and what is chosen when the user names none."""

import json

import pytest

from lakewright.errors import NetworkError
from lakewright.wire.listing import ListedEndpoint, best_claude, cheapest_fast, read_endpoints


def chat(name: str, *, ready: bool = True, task: str = "llm/v1/chat") -> ListedEndpoint:
    return ListedEndpoint(name, task, ready, tools=None)


def test_a_listing_is_read() -> None:
    """Name, task, readiness and tools come from where the service puts them; gaps are gaps."""
    body = {
        "endpoints": [
            {
                "name": "databricks-claude-sonnet-4-5",
                "task": "llm/v1/chat",
                "state": {"ready": "READY", "config_update": "NOT_UPDATING"},
                "capabilities": {"function_calling": True},
            },
            {"name": "databricks-gte-large-en", "task": "llm/v1/embeddings", "state": {"ready": "NOT_READY"}},
            {"name": "own-model", "task": None, "state": None, "capabilities": None},
            {"task": "llm/v1/chat"},
            "odd",
        ]
    }
    assert read_endpoints(json.dumps(body).encode()) == (
        ListedEndpoint("databricks-claude-sonnet-4-5", "llm/v1/chat", ready=True, tools=True),
        ListedEndpoint("databricks-gte-large-en", "llm/v1/embeddings", ready=False, tools=None),
        ListedEndpoint("own-model", "", ready=False, tools=None),
    )


@pytest.mark.parametrize("body", [b"{}", b'{"endpoints": null}', b'{"endpoints": []}'])
def test_an_empty_listing_is_no_error(body: bytes) -> None:
    """A host that serves nothing is not broken."""
    assert read_endpoints(body) == ()


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"[]", b"\xff\xfe", b'{"endpoints"', b"[" * 200_000])
def test_a_listing_of_something_else_is_a_network_error(body: bytes) -> None:
    """What isn't Databricks' JSON came from something in between."""
    with pytest.raises(NetworkError, match="isn't the JSON"):
        read_endpoints(body)


@pytest.mark.parametrize(
    ("names", "best", "fast"),
    [
        ([], None, None),
        (["databricks-gpt-5", "databricks-llama-4-maverick"], None, None),
        (["databricks-claude-sonnet-4-5"], "databricks-claude-sonnet-4-5", "databricks-claude-sonnet-4-5"),
        (
            ["databricks-claude-haiku-4-5", "databricks-claude-sonnet-4-5", "databricks-claude-opus-4-1"],
            "databricks-claude-sonnet-4-5",
            "databricks-claude-haiku-4-5",
        ),
        (
            ["databricks-claude-fable-5-1", "databricks-claude-opus-5-5", "databricks-claude-sonnet-5-5"],
            "databricks-claude-opus-5-5",
            "databricks-claude-sonnet-5-5",
        ),
        (["databricks-claude-opus-4-8"], "databricks-claude-opus-4-8", None),
        (["databricks-claude-opus-9", "databricks-claude-opus-4"], "databricks-claude-opus-9", None),
        (["team-claude-sonnet-4-5", "databricks-claude-sonnet-4-5"], *["databricks-claude-sonnet-4-5"] * 2),
        (["databricks-claude-haiku-6"], "databricks-claude-haiku-6", "databricks-claude-haiku-6"),
    ],
)
def test_a_role_gets_the_best_that_is_there(names: list[str], best: str | None, fast: str | None) -> None:
    """Explaining gets the highest rank, completing the fast and cheap one, whatever the order."""
    for order in (names, names[::-1]):
        endpoints = [chat(name) for name in order]
        assert best_claude(endpoints) == best
        assert cheapest_fast(endpoints) == fast


def test_what_can_not_be_called_is_not_chosen() -> None:
    """An endpoint that isn't ready or doesn't chat is passed over."""
    endpoints = [
        chat("databricks-claude-opus-5-5", ready=False),
        chat("databricks-claude-opus-5", task="llm/v1/embeddings"),
        chat("databricks-claude-opus-4-1"),
    ]
    assert best_claude(endpoints) == "databricks-claude-opus-4-1"
