"""What a request asks of thinking, read against what its model takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakewright.sandbox.models import DISABLED_UP_TO_HIGH, ModelRow, ThinkingForm
from lakewright.sandbox.refusal import Refusal, bad_request, invalid

_USE_ADAPTIVE = (
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and'
    ' "output_config.effort" to control thinking behavior.'
)
_USE_MANUAL = (
    '"thinking.type.adaptive" is not supported for this model. Use "thinking.type.enabled" and'
    ' "thinking.enabled.budget_tokens" to control thinking behavior.'
)
_NO_OFF_SWITCH = (
    '"thinking.type.disabled" is not supported for this model. Thinking defaults to adaptive mode and'
    ' "output_config.effort" to control thinking behavior.'
)
_EFFORTS_ABOVE_HIGH = frozenset({"xhigh", "max"})


@dataclass(frozen=True, slots=True)
class ThinkingUse:
    """How the answer thinks: at all, because it was asked to, by the manual form, shown or omitted."""

    active: bool
    asked: bool
    manual: bool
    shown: bool


def thinking_use(body: Mapping[str, Any], row: ModelRow) -> ThinkingUse:
    """What the request means, once `check_thinking` let it pass."""
    thinking = body.get("thinking", {})
    kind = thinking.get("type")
    manual = kind == "enabled"
    asked = manual or kind == "adaptive"
    active = asked or (row.thinks_unasked and kind != "disabled")
    shown = manual or (kind == "adaptive" and thinking.get("display") == "summarized")
    return ThinkingUse(active, asked, manual, shown)


def check_thinking(body: Mapping[str, Any], row: ModelRow, *, max_tokens: int) -> None:
    """The rules of the two forms. Raises Refusal."""
    effort = body.get("output_config", {}).get("effort")
    if effort is not None and not row.effort:
        raise bad_request("This model does not support the effort parameter.")
    thinking = body.get("thinking")
    if thinking is None:
        return
    refusal = _wrong_form(thinking["type"], row, effort)
    if refusal is not None:
        raise refusal
    if thinking["type"] == "enabled" and thinking["budget_tokens"] >= max_tokens:
        raise bad_request("`max_tokens` must be greater than `thinking.budget_tokens`")
    if thinking["type"] != "disabled":
        _check_beside(body)


def _wrong_form(kind: str, row: ModelRow, effort: str | None) -> Refusal | None:
    match kind:
        case "enabled" if row.form is ThinkingForm.ADAPTIVE:
            return bad_request(_USE_ADAPTIVE)
        case "adaptive" if row.form is ThinkingForm.MANUAL:
            return bad_request(_USE_MANUAL)
        case "disabled" if not row.can_disable:
            return bad_request(_NO_OFF_SWITCH)
        case "disabled" if row.family in DISABLED_UP_TO_HIGH and effort in _EFFORTS_ABOVE_HIGH:
            return bad_request(
                '"thinking.type.disabled" is only supported up to effort `high` for this model.'
            )
        case _:
            return None


def _check_beside(body: Mapping[str, Any]) -> None:
    """Sampling and forced tools beside thinking. Temperature 2 is halved on its way, so that it is 1."""
    if body.get("temperature", 1) not in (1, 2):
        raise invalid("`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.")
    if "top_k" in body:
        raise invalid("`top_k` must be unset when thinking is enabled or in adaptive mode.")
    if body.get("top_p", 1) < 0.95:
        raise invalid(
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive"
            " mode."
        )
    if forces_tool(body):
        raise invalid("Thinking may not be enabled when tool_choice forces tool use.")


def forces_tool(body: Mapping[str, Any]) -> bool:
    """Whether the request leaves the model no choice but a call."""
    choice = body.get("tool_choice")
    return choice == "required" or isinstance(choice, dict)
