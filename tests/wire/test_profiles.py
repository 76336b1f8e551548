"""The table of Claude families, and how an endpoint's name finds its row."""

import pytest

from lakewright.wire.profiles import PROFILES, Profile, ThinkingForm, profile_for

MANUAL, BOTH, ADAPTIVE = ThinkingForm.MANUAL, ThinkingForm.BOTH, ThinkingForm.ADAPTIVE

FACTS = {
    # family: window, output, thinking, can be off, sampling, prefill, forced tool
    "claude-3-7-sonnet": (200_000, 128_000, MANUAL, True, True, True, True),
    "claude-sonnet-4": (200_000, 64_000, MANUAL, True, True, True, True),
    "claude-sonnet-4-1": (200_000, 64_000, MANUAL, True, True, True, True),
    "claude-sonnet-4-5": (200_000, 64_000, MANUAL, True, True, True, True),
    "claude-sonnet-4-6": (1_000_000, 64_000, BOTH, True, True, False, True),
    "claude-opus-4": (200_000, 32_000, MANUAL, True, True, True, True),
    "claude-opus-4-1": (200_000, 32_000, MANUAL, True, True, True, True),
    "claude-opus-4-5": (200_000, 64_000, MANUAL, True, True, True, True),
    "claude-opus-4-6": (1_000_000, 128_000, BOTH, True, True, False, True),
    "claude-opus-4-7": (1_000_000, 128_000, ADAPTIVE, True, False, False, True),
    "claude-opus-4-8": (1_000_000, 128_000, ADAPTIVE, True, False, False, True),
    "claude-opus-5": (1_000_000, 128_000, ADAPTIVE, True, False, False, True),
    "claude-sonnet-5": (1_000_000, 128_000, ADAPTIVE, True, False, False, True),
    "claude-sonnet-5-5": (1_000_000, 128_000, ADAPTIVE, True, False, False, True),
    "claude-haiku-5-5": (1_000_000, 128_000, ADAPTIVE, True, False, False, True),
    "claude-opus-5-5": (1_000_000, 128_000, ADAPTIVE, False, False, False, False),
    "claude-fable-5": (1_000_000, 128_000, ADAPTIVE, False, False, False, False),
    "claude-fable-5-1": (1_000_000, 128_000, ADAPTIVE, False, False, False, False),
    "claude-mythos-5": (1_000_000, 128_000, ADAPTIVE, False, False, False, False),
    "claude-mythos-5-1": (1_000_000, 128_000, ADAPTIVE, False, False, False, False),
    "claude-haiku-4-5": (200_000, 64_000, MANUAL, True, True, True, True),
}


def test_the_table_holds_the_families_of_the_service() -> None:
    """Every current family has exactly one row."""
    assert sorted(row.family for row in PROFILES) == sorted(FACTS)


@pytest.mark.parametrize("family", FACTS)
def test_a_family_has_its_facts(family: str) -> None:
    """Windows, limits and rules are those that the service was measured or documented to have."""
    row = profile_for(f"databricks-{family}")
    assert row.known
    assert row.family == family
    assert FACTS[family] == (
        row.context_window,
        row.max_output,
        row.thinking,
        row.can_disable_thinking,
        row.sampling,
        row.prefill,
        row.forced_tool,
    )


@pytest.mark.parametrize("row", PROFILES, ids=lambda row: row.family)
def test_a_row_holds_together(row: Profile) -> None:
    """The default fits the limit, and efforts are there where the adaptive form is."""
    assert 1024 < row.default_max_tokens <= row.max_output < row.context_window
    assert bool(row.efforts) is (row.thinking is not MANUAL)
    assert row.dropped == frozenset()


def test_ranks_are_unambiguous() -> None:
    """No two families share a place in either order of choice."""
    assert len({row.rank for row in PROFILES}) == len(PROFILES)
    fast = [row.fast_rank for row in PROFILES if row.fast_rank]
    assert len(set(fast)) == len(fast)


@pytest.mark.parametrize(
    ("endpoint", "family"),
    [
        ("databricks-claude-opus-4-5", "claude-opus-4-5"),
        ("databricks-claude-opus-4", "claude-opus-4"),
        ("system.ai.claude-opus-4-8", "claude-opus-4-8"),
        ("my-team-claude-sonnet-4-5", "claude-sonnet-4-5"),
        ("my_team_Claude_Sonnet_4_5_eu", "claude-sonnet-4-5"),
        ("main.ml.claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-2", "claude-sonnet-4-5"),
        ("claude-sonnet-4-0", "claude-sonnet-4"),
        ("claude-4-5-sonnet", "claude-sonnet-4-5"),
        ("claude-chat-claude-haiku-4-5", "claude-haiku-4-5"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4"),
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", "claude-3-7-sonnet"),
        ("us.anthropic.claude-sonnet-5", "claude-sonnet-5"),
    ],
)
def test_a_name_finds_its_family(endpoint: str, family: str) -> None:
    """A family is found as whole words of a name, the longest version first."""
    assert profile_for(endpoint).family == family


@pytest.mark.parametrize(
    "endpoint",
    [
        "claude-opus-4-9",
        "databricks-claude-sonnet-6",
        "claude",
        "databricks-gpt-5",
        "preclaude-opus-4-5x",
        "",
    ],
)
def test_an_unknown_name_gets_the_newest_row(endpoint: str) -> None:
    """What the table doesn't know is treated as the newest family, and says that it isn't known."""
    row, newest = profile_for(endpoint), profile_for("databricks-claude-opus-5-5")
    assert not row.known
    assert row.family == endpoint
    assert (row.thinking, row.efforts, row.forced_tool) == (
        newest.thinking,
        newest.efforts,
        newest.forced_tool,
    )
