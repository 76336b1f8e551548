"""Continue's `models:` block, pasted as it is."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.errors import ConfigError
from lakewright.settings.model_choice import choose_model
from lakewright.settings.models_block import read_block
from support_settings import Sources

_PASTED = """
models:
  - name: claude
    provider: databricks
    model: databricks-claude-3-7-sonnet
    apiBase: https://adb-1.2.azuredatabricks.net/serving-endpoints/databricks-claude-sonnet-4-5/invocations
    apiKey: ${MY_TOKEN}
    roles: [chat, edit, apply]
    capabilities: [tool_use, image_input]
    requestOptions: {timeout: 7200, headers: {x: y}, verifySsl: false}
    requestTimeout: 300000
    parallel_tool_calls: false
    completionOptions:
      maxTokens: 20480
      temperature: 1
      stream: true
      thinking: {type: enabled, budget_tokens: 10240}
      extra_body: {parallel_tool_calls: false}
  - name: fast
    provider: databricks
    model: databricks-claude-haiku-4-5
    roles: [autocomplete]
  - name: local
    provider: ollama
    model: qwen2.5-coder
    roles: [autocomplete]
"""


def test_a_pasted_block_works(tmp_path: Path) -> None:
    """Host, token, endpoint, limits and thinking come from the block, with one note for what is unused."""
    sources = Sources(tmp_path, environ={"MY_TOKEN": "dapi-1"})
    path = sources.user(_PASTED)
    loaded = sources.load()
    choice = choose_model(loaded, "explain")
    assert choice.login is not None
    assert choice.login.host == "https://adb-1.2.azuredatabricks.net"
    assert choice.login.fields == {"token": "dapi-1"}
    assert choice.endpoint == "databricks-claude-sonnet-4-5"
    assert (choice.thinking, choice.max_tokens) == (10240, 20480)
    assert choose_model(loaded, "complete").endpoint == "databricks-claude-haiku-4-5"
    unused, elsewhere = loaded.notes
    assert unused.startswith(f"{path}:2: ")
    keys = unused.partition("never sent: ")[2].removesuffix(".").split(", ")
    assert keys == [
        "capabilities",
        "requestOptions",
        "requestTimeout",
        "parallel_tool_calls",
        "completionOptions.temperature",
        "completionOptions.parallel_tool_calls",
    ]
    assert elsewhere.endswith("left out: local.")
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("options", "thinking", "max_tokens"),
    [
        ({}, None, None),
        ({"thinking": "high", "maxTokens": 5}, "high", 5),
        ({"completionOptions": {"thinking": {"type": "enabled", "budget_tokens": 2048}}}, 2048, None),
        ({"completionOptions": {"thinking": {"type": "enabled", "budgetTokens": 2048}}}, 2048, None),
        ({"completionOptions": {"thinking": {"type": "enabled"}}}, "medium", None),
        ({"completionOptions": {"thinking": {"type": "disabled"}}}, "off", None),
        ({"defaultCompletionOptions": {"reasoning": True, "reasoningBudgetTokens": 4096}}, 4096, None),
        ({"defaultCompletionOptions": {"reasoning": True}}, "medium", None),
        ({"defaultCompletionOptions": {"reasoning": False, "maxTokens": 7}}, "off", 7),
        ({"extra_body": {"thinking": {"type": "enabled", "budget_tokens": 1024}}}, 1024, None),
        ({"extraBody": {"max_tokens": 64}}, None, 64),
        ({"completionOptions": {"extra_body": {"max_completion_tokens": 64}}}, None, 64),
        (
            {"extra_body": {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}},
            "low",
            None,
        ),
        ({"extra_body": {"output_config": {"effort": "max"}}}, "high", None),
        ({"extra_body": {"thinking": {"type": "adaptive"}}}, "medium", None),
    ],
)
def test_options_are_lifted(options: dict[str, Any], thinking: object, max_tokens: int | None) -> None:
    """Thinking and length are understood wherever other clients write them."""
    block = read_block([{"name": "m", "model": "e", **options}], str)
    (entry,) = block.entries
    assert (entry.thinking, entry.max_tokens) == (thinking, max_tokens)
    assert block.unused == []


@pytest.mark.parametrize(
    ("base", "model", "host", "endpoint"),
    [
        (None, "e", None, "e"),
        ("https://h.example", "e", "https://h.example", "e"),
        ("h.example/serving-endpoints/", "e", "https://h.example", "e"),
        ("https://h.example/serving-endpoints/x/invocations", "e", "https://h.example", "x"),
        ("https://h.example/serving-endpoints/chat/completions", "e", "https://h.example", "e"),
        ("https://h.example/?o=123", "e", "https://h.example", "e"),
        ("https://h.example", "AUTODETECT", "https://h.example", None),
        ("http://127.0.0.1:8080", "e", "http://127.0.0.1:8080", "e"),
    ],
)
def test_addresses_in_any_spelling(
    base: str | None, model: str, host: str | None, endpoint: str | None
) -> None:
    """`apiBase` is split into host and endpoint; the endpoint in the address is the one that is meant."""
    (entry,) = read_block([{"name": "m", "model": model, "apiBase": base}], str).entries
    assert (entry.host, entry.endpoint) == (host, endpoint)


@pytest.mark.parametrize(
    ("roles", "uses"),
    [
        (None, ("explain", "refactor")),
        (["chat"], ("explain", "refactor")),
        (["edit", "apply"], ("refactor",)),
        (["autocomplete"], ("complete",)),
        (["embed", "rerank"], ()),
        (["explain", "complete"], ("explain", "complete")),
    ],
)
def test_roles_are_mapped(roles: list[str] | None, uses: tuple[str, ...]) -> None:
    """Continue's roles mean our commands; those we have no command for mean none."""
    (entry,) = read_block([{"name": "m", "model": "e", "roles": roles}], str).entries
    assert entry.uses == uses


def test_other_providers_routes_to_databricks_count() -> None:
    """An entry for OpenAI's client whose address is a Databricks host is one of ours."""
    base = "https://h.cloud.databricks.com/serving-endpoints"
    block = read_block([{"name": "m", "provider": "openai", "model": "e", "apiBase": base}], str)
    assert [entry.endpoint for entry in block.entries] == ["e"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_KEYS = st.sampled_from(
    [
        "name",
        "model",
        "apiBase",
        "apiKey",
        "roles",
        "thinking",
        "maxTokens",
        "completionOptions",
        "extra_body",
    ]
)


@given(_JSON | st.lists(st.dictionaries(_KEYS, _JSON), max_size=3))
def test_any_block_is_read_or_refused(block: Any) -> None:
    """Whatever is pasted gives entries or a ConfigError, never another failure."""
    try:
        entries = read_block(block, str).entries
    except ConfigError as error:
        entries = []
        assert error.hint  # noqa: PT017 - both ways are right, and each is looked at
    assert all(entry.name for entry in entries)
