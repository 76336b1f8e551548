"""Faults that make a model other than the published table: what a client has to learn."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from lakewright.sandbox.models import ModelRow, ThinkingForm

Alter = Callable[[ModelRow], ModelRow]
"""From the row of the table to the row that holds. It holds for every request, not just the first."""


def _other_form(row: ModelRow) -> ModelRow:
    if row.form is ThinkingForm.ADAPTIVE:
        return replace(row, form=ThinkingForm.MANUAL, effort=False, thinks_unasked=False, can_disable=True)
    return replace(row, form=ThinkingForm.ADAPTIVE, effort=True)


def _without(name: str) -> Alter:
    return lambda row: replace(row, dropped=row.dropped | {name})


ALTERATIONS: Mapping[str, tuple[str, Alter]] = MappingProxyType(
    {
        "thinking-form": ("the model takes the other form of thinking only", _other_form),
        "no-thinking": ("the model refuses the parameter thinking", _without("thinking")),
        "no-effort": ("the model refuses the parameter output_config", _without("output_config")),
        "no-temperature": (
            "the model refuses temperature, top_p and top_k",
            lambda row: replace(row, sampling=False),
        ),
        "no-cache-control": ("the model refuses cache_control", _without("cache_control")),
        "no-tool-choice": ("the model refuses the parameter tool_choice", _without("tool_choice")),
        "no-stop": ("the model refuses the parameter stop", _without("stop")),
        "small-window": (
            "the model has a context window of 20,000 tokens",
            lambda row: replace(row, window=20_000),
        ),
    }
)
