"""Learning from a refusal: when the service names what it doesn't take, the profile is corrected
once and the request repeated.
"""

import re
from dataclasses import replace

from lakewright.wire.profiles import Profile, ThinkingForm

DROPPABLE = frozenset(
    ("temperature", "thinking", "output_config", "cache_control", "display", "stop", "tool_choice")
)
"""The parameters a request can do without. What it can't is never learnt."""


LEAST_ROOM = 1024
"""Tokens for an answer below which a prompt counts as too long for the window."""


def answer_room(message: str) -> int | None:
    """The tokens that the window leaves for an answer to a prompt, when the text says that both don't fit
    together and how large they are. None without such a text, and where they'd be too few.
    """
    found = _prompt_and_window(message)
    room = found[1] - found[0] if found else 0
    return room if room >= LEAST_ROOM else None


def within(profile: Profile, room: int | None) -> Profile:
    """The profile for one request whose answer has `room`, if that is known."""
    if room is None:
        return profile
    return replace(
        profile,
        max_output=min(profile.max_output, room),
        default_max_tokens=min(profile.default_max_tokens, room),
    )


def learn(profile: Profile, message: str) -> Profile | None:
    """The corrected profile, or None when the text names nothing that we can change (any more).

    Each correction changes the profile, so that the same refusal is never answered twice alike.
    """
    for lesson in (
        _signature,
        _loop_reasoning,
        _thinking_form,
        _forced_tool,
        _efforts,
        _window,
        _max_tokens,
        _parameter,
    ):
        learnt = lesson(profile, message)
        if learnt is not None:
            return learnt if learnt != profile else None
    return None


_SIGNATURE = re.compile(r"invalid \W?signature\b", re.IGNORECASE)
_BARE_TURN = re.compile(r"Expected `thinking` or `redacted_thinking`, but found")
_TYPE = re.compile(r"thinking\.type\.(enabled|adaptive|disabled)\W{0,3} is not supported")
_TYPE_TAG = re.compile(r"thinking: Input tag '(enabled|adaptive|disabled)' found")
_FORCED = re.compile(
    r"tool_choice forces tool use|tool_choice\b.{0,80}\bnot supported|does not support forced tool",
    re.IGNORECASE,
)
_EFFORT = re.compile(
    r"effort\b.{0,80}?\b(?:expected one of|should be|supported values are:?)\s*(.+)", re.DOTALL
)
_QUOTED_WORD = re.compile(r"[`'\"](\w+)[`'\"]")
_MAX_TOKENS = (
    re.compile(r"max_(?:completion_)?tokens\b[^.\d]{0,40}?(?:<=|at most|less than or equal to)\s*(\d+)"),
    re.compile(r"max_(?:completion_)?tokens:? \d+ > (\d+)"),
    re.compile(r"maximum tokens you requested exceeds the model limit of (\d+)"),
)
_PROMPT_AND_WINDOW = (
    re.compile(r"exceed context limit: (?P<prompt>\d{1,9}) \+ \d+ > (?P<window>\d{1,9})"),
    re.compile(
        r"maximum context length is (?P<window>\d{1,9}) tokens.{0,80}?\((?P<prompt>\d{1,9}) in the messages",
        re.DOTALL,
    ),
)
_PARAMETER = (
    re.compile(r"([\w.-]+): Extra inputs are not permitted"),
    re.compile(r"unknown field \W{0,2}(\w+)"),
    re.compile(r"does not support (?:the )?\W?(\w+)\W? parameter"),
    re.compile(r"[Uu]n(?:known|recognized|supported) parameter:? \W?([\w.]+)"),
    re.compile(r"\W(\w+)\W (?:may only be set to|is deprecated for this model)"),
)
_PART_OF = {"effort": "output_config", "budget_tokens": "thinking"}


def _signature(profile: Profile, message: str) -> Profile | None:
    """A kept conversation may come from an endpoint of the same name on another host, or older keys."""
    return replace(profile, earlier_reasoning=False) if _SIGNATURE.search(message) else None


def _loop_reasoning(profile: Profile, message: str) -> Profile | None:
    return replace(profile, loop_reasoning=True) if _BARE_TURN.search(message) else None


def _thinking_form(profile: Profile, message: str) -> Profile | None:
    match = _TYPE.search(message) or _TYPE_TAG.search(message)
    if match is None:
        return None
    if match[1] == "disabled":
        return replace(profile, can_disable_thinking=False)
    if match[1] == "enabled":
        efforts = profile.efforts or ("low", "medium", "high")
        return replace(profile, thinking=ThinkingForm.ADAPTIVE, efforts=efforts)
    return replace(profile, thinking=ThinkingForm.MANUAL, can_disable_thinking=True)


def _forced_tool(profile: Profile, message: str) -> Profile | None:
    return replace(profile, forced_tool=False) if _FORCED.search(message) else None


def _efforts(profile: Profile, message: str) -> Profile | None:
    match = _EFFORT.search(message)
    taken = tuple(_QUOTED_WORD.findall(match[1])) if match else ()
    return replace(profile, efforts=taken) if taken else None


def _prompt_and_window(message: str) -> tuple[int, int] | None:
    for pattern in _PROMPT_AND_WINDOW:
        match = pattern.search(message)
        if match:
            return int(match["prompt"]), int(match["window"])
    return None


def _window(profile: Profile, message: str) -> Profile | None:
    """The window lasts; how much of it a prompt leaves is for that prompt alone: see `answer_room`."""
    found = _prompt_and_window(message)
    return replace(profile, context_window=found[1]) if found and found[1] > LEAST_ROOM else None


def _max_tokens(profile: Profile, message: str) -> Profile | None:
    for pattern in _MAX_TOKENS:
        match = pattern.search(message)
        if match and 0 < (limit := int(match[1])) < profile.max_output:
            return replace(
                profile, max_output=limit, default_max_tokens=min(profile.default_max_tokens, limit)
            )
    return None


def _parameter(profile: Profile, message: str) -> Profile | None:
    for pattern in _PARAMETER:
        for path in pattern.findall(message):
            # The last step of the path is the one refused: `messages.0.content.0.text.cache_control`.
            name = path.rpartition(".")[2]
            name = _PART_OF.get(name, name)
            if name in DROPPABLE and name not in profile.dropped:
                return replace(profile, dropped=profile.dropped | {name})
    return None
