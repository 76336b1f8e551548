"""What is known of each Claude family: windows, limits, which form of thinking, what is refused.

A fact about a model is a row here, never an `if` elsewhere. Sources: the Databricks documentation on
reasoning models, litellm's price map and measurements that client projects published, November 2026.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum


class ThinkingForm(StrEnum):
    """How a family is asked to think: a budget of tokens, an effort, either of them, or not at all."""

    MANUAL = "manual"
    BOTH = "both"
    ADAPTIVE = "adaptive"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Profile:
    """The facts of one family. Sizes are in tokens.

    `can_disable_thinking`: a request can keep the model from thinking. `sampling`: it takes a
    temperature (never while it thinks). `forced_tool`: it takes `tool_choice: required`. `efforts`:
    the levels of `output_config.effort`, weakest first. `rank` orders families for explaining and
    refactoring, `fast_rank` for completing: higher is better, 0 is never chosen unasked. `dropped`
    names parameters that the service was seen to refuse. `earlier_reasoning` is False once it refused
    the signature of reasoning: then only that of the open turn goes back. `loop_reasoning` is True once it
    asked an open tool loop for reasoning that we never saw: then each turn of a loop needs some, or goes
    on as without. `known` is False for a family without a row.
    """

    family: str
    context_window: int
    max_output: int
    thinking: ThinkingForm
    can_disable_thinking: bool
    sampling: bool
    prefill: bool
    forced_tool: bool
    rank: int
    fast_rank: int = 0
    default_max_tokens: int = 20_480
    efforts: tuple[str, ...] = ()
    dialect: str = "databricks-chat"
    dropped: frozenset[str] = frozenset()
    earlier_reasoning: bool = True
    loop_reasoning: bool = False
    known: bool = True


def profile_for(endpoint: str) -> Profile:
    """The row of the family that an endpoint's name holds: `databricks-claude-sonnet-4-5`,
    `system.ai.claude-sonnet-4-5`, `my-team-claude-sonnet-4-5-eu`, `us.anthropic.claude-…-v1:0`.

    A name without a known family gets the newest family's row with `known` False: its rules are the
    strictest, so that a request built for it is one that most models take.
    """
    keys = _families_in(endpoint)
    for key in keys:
        if key in _BY_KEY:
            return _BY_KEY[key]
    unknown_claude, haiku = bool(keys), any(name == "haiku" for name, _ in keys)
    return replace(
        _BY_KEY["opus", "5-5"],
        family=endpoint,
        known=False,
        rank=_UNKNOWN_RANK if unknown_claude else 0,
        fast_rank=_UNKNOWN_RANK if haiku else 0,
    )


_LOW_TO_HIGH = ("low", "medium", "high")
_LOW_TO_MAX = ("low", "medium", "high", "xhigh", "max")
_UNKNOWN_RANK = 45
"""A Claude newer than this table: after the families we know to be current, before the old ones."""


def _manual(family: str, output: int, rank: int, fast_rank: int = 0) -> Profile:
    return Profile(
        family=family,
        context_window=200_000,
        max_output=output,
        thinking=ThinkingForm.MANUAL,
        can_disable_thinking=True,
        sampling=True,
        prefill=True,
        forced_tool=True,
        rank=rank,
        fast_rank=fast_rank,
    )


def _both(family: str, output: int, rank: int, fast_rank: int = 0) -> Profile:
    return replace(
        _manual(family, output, rank, fast_rank),
        context_window=1_000_000,
        thinking=ThinkingForm.BOTH,
        prefill=False,
        efforts=_LOW_TO_HIGH,
    )


def _adaptive(family: str, rank: int, fast_rank: int = 0, *, always_thinks: bool = False) -> Profile:
    # The families that always think are also those that never take a forced tool.
    return replace(
        _both(family, 128_000, rank, fast_rank),
        thinking=ThinkingForm.ADAPTIVE,
        can_disable_thinking=not always_thinks,
        sampling=False,
        forced_tool=not always_thinks,
        efforts=_LOW_TO_MAX,
    )


PROFILES: tuple[Profile, ...] = (
    # Rank: newest generation first, opus before sonnet. Fable and mythos cost more and were withdrawn
    # at times, so they are taken when nothing else of their age is there.
    _adaptive("claude-opus-5-5", 95, always_thinks=True),
    _adaptive("claude-sonnet-5-5", 90, 20),
    _adaptive("claude-opus-5", 85),
    _adaptive("claude-sonnet-5", 80, 19),
    _adaptive("claude-opus-4-8", 75),
    _adaptive("claude-opus-4-7", 70),
    _both("claude-opus-4-6", 128_000, 65),
    _both("claude-sonnet-4-6", 64_000, 60, 18),
    _manual("claude-opus-4-5", 64_000, 55),
    _manual("claude-sonnet-4-5", 64_000, 50, 17),
    _adaptive("claude-fable-5-1", 44, always_thinks=True),
    _adaptive("claude-mythos-5-1", 43, always_thinks=True),
    _adaptive("claude-fable-5", 42, always_thinks=True),
    _adaptive("claude-mythos-5", 41, always_thinks=True),
    _manual("claude-opus-4-1", 32_000, 40),
    _manual("claude-sonnet-4-1", 64_000, 35, 16),
    _adaptive("claude-haiku-5-5", 30, 60),
    _manual("claude-haiku-4-5", 64_000, 25, 50),
    _manual("claude-opus-4", 32_000, 20),
    _manual("claude-sonnet-4", 64_000, 10, 5),  # answers 400 "is deprecated" on most hosts
    _manual("claude-3-7-sonnet", 128_000, 5, 4),  # retired
)


def _families_in(name: str) -> list[tuple[str, str]]:
    """The (class, version) pairs after each `claude` of a name; `4-0` is `4`, dates are no version."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    found = []
    for at, word_before in enumerate(words):
        if word_before != "claude":
            continue
        rest = words[at + 1 : at + 5]
        version = [part for part in rest if part.isdigit() and len(part) <= 2][:2]
        if version[1:] == ["0"]:
            version.pop()
        name_first = bool(rest) and not rest[0].isdigit()
        word = rest[0] if name_first else next((part for part in rest if not part.isdigit()), "")
        found.append((word, "-".join(version)))
    return found


_BY_KEY = {_families_in(row.family)[0]: row for row in PROFILES}
