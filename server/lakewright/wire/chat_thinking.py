"""How much a request makes the model think, by the rules of its family.

Everything holds by construction: `1024 <= budget < max_tokens <= the model's limit`, room to think
beside a short `max_tokens` also where the model chooses how much, no thinking with a forced tool,
none inside a tool loop that lacks it.
"""

from dataclasses import dataclass

from lakewright.core.request import ModelRequest, Thinking
from lakewright.wire.profiles import Profile, ThinkingForm

MIN_BUDGET = 1024
"""The service refuses a smaller budget. Adaptive models have none, but think within `max_tokens`, too: a
limit up to this is raised by it, and goes with the lowest effort.
"""

ANSWER_ROOM = 4096
"""Tokens kept for the answer beside a budget, where the user's own `max_tokens` leaves none."""

_BUDGET_SHARE = {"low": 0.25, "medium": 0.5, "high": 0.75}
_EFFORT_UP_TO = ((4_096, "low"), (12_288, "medium"), (32_768, "high"), (65_536, "xhigh"))
"""The budget up to which an effort is the nearest; beyond the last it is `max`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the body says about thinking. None leaves a key out. `is_on` also when it isn't said but
    can't be avoided; `notes` tell a person what was asked for and couldn't be had.
    """

    thinking: dict[str, object] | None
    effort: str | None
    max_tokens: int
    is_on: bool
    forced_tool: bool
    notes: tuple[str, ...]


def plan_thinking(request: ModelRequest, profile: Profile, *, thinks_in_loop: bool) -> Plan:
    """Fit what is asked for to what the model takes. `thinks_in_loop` is False inside a tool loop that
    lacks reasoning which the service would ask for.
    """
    notes: list[str] = []
    wanted = _wanted_tokens(request, profile, notes)
    can_be_off = profile.thinking is not ThinkingForm.ADAPTIVE or profile.can_disable_thinking
    forced = request.tool_choice == "required" and profile.forced_tool and can_be_off and bool(request.tools)
    level = request.thinking
    if level in ("off", 0) or forced or not _can_think(profile):
        return _off(request, profile, wanted, forced=forced, notes=notes)
    if not thinks_in_loop:
        return _unsaid(request, profile, wanted, notes)
    if profile.thinking is ThinkingForm.MANUAL:
        budget, max_tokens = _budget(request, profile, wanted, notes)
        thinking: dict[str, object] = {"type": "enabled", "budget_tokens": budget}
        return Plan(thinking, None, max_tokens, is_on=True, forced_tool=False, notes=tuple(notes))
    thinking = {"type": "adaptive"}
    if "display" not in profile.dropped:
        thinking["display"] = "summarized"
    effort, max_tokens = _effort(request, profile, wanted, notes)
    return Plan(thinking, effort, max_tokens, is_on=True, forced_tool=False, notes=tuple(notes))


def _can_think(profile: Profile) -> bool:
    if profile.thinking is ThinkingForm.NONE or "thinking" in profile.dropped:
        return False
    return profile.thinking is not ThinkingForm.MANUAL or profile.max_output > MIN_BUDGET


def effort_for(level: Thinking, profile: Profile) -> str | None:
    """The effort of a level or budget, or the nearest that the model takes."""
    if not profile.efforts or "output_config" in profile.dropped:
        return None
    if isinstance(level, int):
        level_name = next((name for limit, name in _EFFORT_UP_TO if level <= limit), "max")
    else:
        level_name = level
    order = ("minimal", "low", "medium", "high", "xhigh", "max")
    place = order.index(level_name) if level_name in order else 0
    taken = [effort for effort in profile.efforts if effort in order] or list(profile.efforts)
    return min(taken, key=lambda effort: abs(order.index(effort) - place) if effort in order else 0)


def _wanted_tokens(request: ModelRequest, profile: Profile, notes: list[str]) -> int:
    wanted = request.max_tokens
    if wanted is None:
        budget = request.thinking if isinstance(request.thinking, int) else 0
        return min(max(profile.default_max_tokens, budget + ANSWER_ROOM), profile.max_output)
    if wanted > profile.max_output:
        notes.append(
            f"{wanted} tokens are more than the model can write; its limit of {profile.max_output} is used."
        )
    return max(1, min(wanted, profile.max_output))


def _budget(request: ModelRequest, profile: Profile, wanted: int, notes: list[str]) -> tuple[int, int]:
    """Budget and `max_tokens` of the manual form: the limit is raised rather than the wish refused."""
    level = request.thinking
    asked = level if isinstance(level, int) else int(wanted * _BUDGET_SHARE.get(level, 0.5))
    budget = max(asked, MIN_BUDGET)
    if isinstance(level, int) and level < MIN_BUDGET:
        notes.append(f"The smallest thinking budget is {MIN_BUDGET} tokens; it is used instead of {level}.")
    room = min(wanted, ANSWER_ROOM)
    largest = max(MIN_BUDGET, profile.max_output - room)
    if budget > largest:
        if isinstance(level, int):
            notes.append(
                f"A thinking budget of {budget} tokens is beyond the model's output limit of "
                f"{profile.max_output}; it is cut to {largest}."
            )
        budget = largest
    if budget < wanted:
        return budget, wanted
    raised = min(budget + room, profile.max_output)
    if request.max_tokens is not None:
        notes.append(
            f"max_tokens is raised from {wanted} to {raised}, to hold the thinking budget of {budget}."
        )
    return budget, raised


def _effort(request: ModelRequest, profile: Profile, wanted: int, notes: list[str]) -> tuple[str | None, int]:
    """Effort and `max_tokens` of a model that thinks as much as it likes, within `max_tokens`."""
    level = "low" if request.thinking == "off" else request.thinking
    raised = min(wanted + MIN_BUDGET, profile.max_output)
    if request.max_tokens is None or wanted > MIN_BUDGET or raised == wanted:
        return effort_for(level, profile), wanted
    notes.append(f"max_tokens is raised from {wanted} to {raised}, because the model thinks within it.")
    return effort_for("low", profile), raised


def _off(request: ModelRequest, profile: Profile, wanted: int, *, forced: bool, notes: list[str]) -> Plan:
    """No thinking: by leaving it out, by saying so, or at least as little as the model can."""
    level = request.thinking
    thinking: dict[str, object] | None = None
    effort = None
    max_tokens = wanted
    is_on = profile.thinking is ThinkingForm.ADAPTIVE and (
        not profile.can_disable_thinking or "thinking" in profile.dropped
    )
    if is_on:
        if level in ("off", 0):
            notes.append("This model always thinks; it is asked for its lowest effort.")
        effort, max_tokens = _effort(request, profile, wanted, notes)
    elif profile.thinking is ThinkingForm.ADAPTIVE:
        thinking = {"type": "disabled"}
    if forced and level not in ("off", 0):
        notes.append("This request must call a tool, so the model answers it without thinking.")
    return Plan(thinking, effort, max_tokens, is_on=is_on, forced_tool=forced, notes=tuple(notes))


def _unsaid(request: ModelRequest, profile: Profile, wanted: int, notes: list[str]) -> Plan:
    """Inside a tool loop without reasoning `thinking` is left out, which the manual families take as
    off. The adaptive ones think by themselves, and some can't be kept from it: their loop is closed by
    a user turn, so that nothing asks its last turn for reasoning. (`disabled` would be refused by some,
    and would end thinking for the rest of the loop wherever a model chose not to think once.)
    """
    if profile.thinking is not ThinkingForm.ADAPTIVE:
        notes.append(
            "A turn of this tool loop came without thinking that could go back; the model thinks again from "
            "the next question on."
        )
        return Plan(None, None, wanted, is_on=False, forced_tool=False, notes=tuple(notes))
    effort, max_tokens = _effort(request, profile, wanted, notes)
    return Plan(None, effort, max_tokens, is_on=True, forced_tool=False, notes=tuple(notes))
