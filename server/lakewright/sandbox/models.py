"""What the simulated host serves, written down on its own: a second opinion on the client's table.

Windows, limits and rules of each Claude model as collected in November 2026 from the documentation
and from measurements that people published.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class ThinkingForm(StrEnum):
    """Which `thinking` object a model takes."""

    MANUAL = "enabled"
    BOTH = "both"
    ADAPTIVE = "adaptive"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """How one model behaves. Sizes in tokens."""

    family: str
    served: str
    window: int
    max_output: int
    form: ThinkingForm
    effort: bool
    thinks_unasked: bool
    can_disable: bool
    sampling: bool
    prefill: bool
    forced_tool: bool
    dropped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A name that can be asked for. `row` is None for what isn't a chat model."""

    name: str
    task: str = "llm/v1/chat"
    ready: str = "READY"
    row: ModelRow | None = None
    listed: bool = True
    retired: bool = False
    deprecated: bool = False
    limit_zero: bool = False
    forbidden: bool = False


def _manual(
    family: str, *, dated: str, out: int, window: int = 200_000, both: bool = False, effort: bool = False
) -> ModelRow:
    return ModelRow(
        family=family,
        served=f"us.anthropic.{family}-{dated}",
        window=window,
        max_output=out,
        form=ThinkingForm.BOTH if both else ThinkingForm.MANUAL,
        effort=effort or both,
        thinks_unasked=False,
        can_disable=True,
        sampling=True,
        prefill=not both,
        forced_tool=True,
    )


def _adaptive(
    family: str, *, unasked: bool = True, can_disable: bool = True, forced_tool: bool = True
) -> ModelRow:
    return ModelRow(
        family=family,
        served=f"us.anthropic.{family}",
        window=1_000_000,
        max_output=128_000,
        form=ThinkingForm.ADAPTIVE,
        effort=True,
        thinks_unasked=unasked,
        can_disable=can_disable,
        sampling=False,
        prefill=False,
        forced_tool=forced_tool,
    )


ROWS: tuple[ModelRow, ...] = (
    _manual("claude-3-7-sonnet", dated="20250219-v1:0", out=128_000),
    _manual("claude-sonnet-4", dated="20250514-v1:0", out=64_000),
    _manual("claude-sonnet-4-1", dated="20250805-v1:0", out=64_000),
    _manual("claude-sonnet-4-5", dated="20250929-v1:0", out=64_000),
    _manual("claude-sonnet-4-6", dated="v1:0", out=64_000, window=1_000_000, both=True),
    _manual("claude-opus-4", dated="20250514-v1:0", out=32_000),
    _manual("claude-opus-4-1", dated="20250805-v1:0", out=32_000),
    _manual("claude-opus-4-5", dated="20251101-v1:0", out=64_000, effort=True),
    _manual("claude-opus-4-6", dated="v1:0", out=128_000, window=1_000_000, both=True),
    _manual("claude-haiku-4-5", dated="20251001-v1:0", out=64_000),
    _adaptive("claude-opus-4-7", unasked=False),
    _adaptive("claude-opus-4-8", unasked=False),
    _adaptive("claude-opus-5"),
    _adaptive("claude-sonnet-5"),
    _adaptive("claude-sonnet-5-5"),
    _adaptive("claude-haiku-5-5"),
    _adaptive("claude-opus-5-5", can_disable=False, forced_tool=False),
    _adaptive("claude-fable-5", can_disable=False, forced_tool=False),
    _adaptive("claude-fable-5-1", can_disable=False, forced_tool=False),
    _adaptive("claude-mythos-5", can_disable=False, forced_tool=False),
    _adaptive("claude-mythos-5-1", can_disable=False, forced_tool=False),
)

DISABLED_UP_TO_HIGH = frozenset({"claude-opus-5", "claude-haiku-5-5"})
"""Models whose thinking can be switched off only up to effort `high`."""


def _claude(row: ModelRow) -> Endpoint:
    retired = row.family == "claude-3-7-sonnet"
    return Endpoint(
        name=f"databricks-{row.family}",
        row=row,
        listed=not retired,
        retired=retired,
        deprecated=row.family == "claude-sonnet-4",
    )


_TEAM = next(row for row in ROWS if row.family == "claude-sonnet-4-5")

ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType(
    {
        endpoint.name: endpoint
        for endpoint in (
            *(_claude(row) for row in ROWS),
            Endpoint(name="databricks-gte-large-en", task="llm/v1/embeddings"),
            Endpoint(name="team-assistant-starting", ready="NOT_READY", row=_TEAM),
            Endpoint(name="team-assistant-limit-zero", row=_TEAM, limit_zero=True),
            Endpoint(name="team-assistant-private", row=_TEAM, listed=False, forbidden=True),
        )
    }
)
"""Serving endpoints by name."""

SERVICES: Mapping[str, Endpoint] = MappingProxyType({f"system.ai.{row.family}": _claude(row) for row in ROWS})
"""Model services of the Unity Catalog by their dotted name; the gateway's routes serve them."""
