"""How a request makes the model think: by family, by level, and where it can't."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.core.messages import AssistantMessage, Message, ToolMessage, UserMessage
from lakewright.core.parts import Reasoning, RedactedReasoning, Text, ToolCall, ToolResult
from lakewright.core.request import ModelRequest, Thinking, ToolSpec
from lakewright.wire.chat_encode import encode_chat, notes_for
from lakewright.wire.profiles import PROFILES, Profile, ThinkingForm, profile_for

ASK = UserMessage((Text("Explain."),))
TOOL = ToolSpec("outline", "Symbols.", {})
ADAPTIVE = {"type": "adaptive", "display": "summarized"}


def encode(family: str | Profile, **changes: object) -> dict[str, object]:
    profile = profile_for(family) if isinstance(family, str) else family
    request = replace(ModelRequest(system="", messages=(ASK,), tools=(TOOL,)), **changes)  # type: ignore[arg-type]
    return encode_chat(request, profile, "e")


def notes(family: str, **changes: object) -> list[str]:
    request = replace(ModelRequest(system="", messages=(ASK,), tools=(TOOL,)), **changes)  # type: ignore[arg-type]
    return notes_for(request, profile_for(family), "e")


def open_loop(*, endpoint: str = "e", reasoning: bool = True) -> tuple[Message, ...]:
    thought = (Reasoning("I look.", "sig"),) if reasoning else ()
    call = ToolCall("toolu_1", "outline", "{}")
    return ASK, AssistantMessage((*thought, call), endpoint), ToolMessage((ToolResult("toolu_1", "x"),))


@pytest.mark.parametrize(
    ("level", "max_tokens", "budget", "sent"),
    [
        ("low", None, 5_120, 20_480),
        ("medium", None, 10_240, 20_480),
        ("high", None, 15_360, 20_480),
        ("medium", 4_000, 2_000, 4_000),
        ("medium", 1_500, 1_024, 1_500),
        ("low", 500, 1_024, 1_524),
        (2_000, None, 2_000, 20_480),
        (30_000, None, 30_000, 34_096),
        (16_000, 4_000, 16_000, 20_000),
        (16_000, 8_000, 16_000, 20_096),
        (300, None, 1_024, 20_480),
        (200_000, None, 59_904, 64_000),
        (64_000, 64_000, 59_904, 64_000),
        ("high", 500_000, 48_000, 64_000),
    ],
)
def test_a_budget_fits_by_construction(
    level: Thinking, max_tokens: int | None, budget: int, sent: int
) -> None:
    """The manual form gets a budget below max_tokens below the model's limit, raised or cut to fit."""
    body = encode("claude-sonnet-4-5", thinking=level, max_tokens=max_tokens)
    assert body["thinking"] == {"type": "enabled", "budget_tokens": budget}
    assert body["max_tokens"] == sent
    assert "output_config" not in body


@pytest.mark.parametrize(
    ("level", "effort"),
    [
        ("low", "low"),
        ("medium", "medium"),
        ("high", "high"),
        (1_024, "low"),
        (10_000, "medium"),
        (20_000, "high"),
        (50_000, "xhigh"),
        (100_000, "max"),
    ],
)
def test_a_level_becomes_an_effort(level: Thinking, effort: str) -> None:
    """The adaptive form gets the level, or the effort nearest to a budget, and a visible summary."""
    body = encode("claude-opus-4-8", thinking=level)
    assert body["thinking"] == ADAPTIVE
    assert body["output_config"] == {"effort": effort}


@pytest.mark.parametrize("level", ["off", "low", "medium", "high", 20_000])
@pytest.mark.parametrize("messages", [(ASK,), open_loop(endpoint="another")], ids=["question", "open loop"])
@pytest.mark.parametrize(
    ("max_tokens", "sent"), [(1, 1_025), (50, 1_074), (1_024, 2_048), (1_025, 1_025), (4_000, 4_000)]
)
def test_a_model_that_thinks_has_room_for_it(
    level: Thinking, messages: tuple[Message, ...], max_tokens: int, sent: int
) -> None:
    """A limit that thinking alone would use up is raised, said, and goes with the lowest effort."""
    changes = {"thinking": level, "messages": messages, "max_tokens": max_tokens}
    body = encode("claude-opus-5-5", **changes)
    assert body["max_tokens"] == sent
    assert (body["output_config"] == {"effort": "low"}) is (level in ("off", "low") or sent != max_tokens)
    said = [note for note in notes("claude-opus-5-5", **changes) if "the model thinks within it" in note]
    assert [f"from {max_tokens} to {sent}" in note for note in said] == [True] * (sent != max_tokens)


@pytest.mark.parametrize(
    ("family", "level", "sent"),
    [
        ("claude-opus-4-8", "off", 50),
        ("claude-opus-4-8", "low", 1_074),
        ("claude-opus-4-6", "high", 1_074),
        ("claude-sonnet-4-6", "off", 50),
        ("claude-sonnet-4-5", "off", 50),
        ("claude-sonnet-4-5", "high", 1_074),
    ],
)
def test_a_short_limit_is_kept_without_thinking(family: str, level: Thinking, sent: int) -> None:
    """Each family's limit is raised where it thinks, by either form, and only there."""
    assert encode(family, thinking=level, max_tokens=50)["max_tokens"] == sent
    dropped = replace(profile_for("claude-opus-4-8"), dropped=frozenset(("thinking",)))
    assert encode(dropped, thinking=level, max_tokens=50)["max_tokens"] == 1_074


def test_a_family_of_both_forms_gets_the_newer_one() -> None:
    """Where either form is taken the adaptive one is sent, up to the effort that the family knows."""
    body = encode("claude-opus-4-6", thinking=100_000)
    assert (body["thinking"], body["output_config"]) == (ADAPTIVE, {"effort": "high"})


@pytest.mark.parametrize(
    ("family", "thinking", "effort"),
    [
        ("claude-sonnet-4-5", None, None),
        ("claude-sonnet-4-6", None, None),
        ("claude-opus-4-8", {"type": "disabled"}, None),
        ("claude-haiku-5-5", {"type": "disabled"}, None),
        ("claude-opus-5-5", None, {"effort": "low"}),
        ("claude-fable-5-1", None, {"effort": "low"}),
    ],
)
@pytest.mark.parametrize("level", ["off", 0])
def test_off_is_said_as_the_family_takes_it(
    family: str, thinking: object, effort: object, level: Thinking
) -> None:
    """Off is left out, said, or replaced by the lowest effort, as the family allows."""
    body = encode(family, thinking=level)
    assert body.get("thinking") == thinking
    assert body.get("output_config") == effort


@pytest.mark.parametrize(
    ("family", "level", "sent"),
    [
        ("claude-sonnet-4-5", "off", 0.2),
        ("claude-sonnet-4-6", "off", 0.2),
        ("claude-sonnet-4-5", "low", None),
        ("claude-opus-4-8", "off", None),
        ("claude-opus-5-5", "off", None),
    ],
)
def test_temperature_never_meets_thinking(family: str, level: Thinking, sent: float | None) -> None:
    """A temperature is sent only to families that take one, and only without thinking."""
    assert encode(family, thinking=level, temperature=0.2).get("temperature") == sent


@pytest.mark.parametrize(
    ("family", "thinking", "choice"),
    [
        ("claude-sonnet-4-5", None, "required"),
        ("claude-opus-4-6", None, "required"),
        ("claude-opus-4-8", {"type": "disabled"}, "required"),
        ("claude-opus-5-5", ADAPTIVE, None),
        ("claude-fable-5-1", ADAPTIVE, None),
    ],
)
def test_a_forced_tool_turns_thinking_off(family: str, thinking: object, choice: object) -> None:
    """A forced call is made without thinking, or left to the model where it never takes force."""
    body = encode(family, thinking="high", tool_choice="required")
    assert (body.get("thinking"), body.get("tool_choice")) == (thinking, choice)


@pytest.mark.parametrize(
    ("messages", "thinks"),
    [
        (open_loop(), True),
        (open_loop(reasoning=False), False),
        (open_loop(endpoint="another"), False),
        (open_loop(reasoning=False)[:2], False),
        ((*open_loop(reasoning=False), ASK), True),
        ((*open_loop(reasoning=False), UserMessage((Text("  "),))), False),
    ],
)
def test_a_loop_that_began_without_reasoning_goes_on_without(
    messages: tuple[Message, ...], thinks: bool
) -> None:
    """In an open tool loop thinking needs a last turn that begins with this endpoint's reasoning."""
    assert ("thinking" in encode("claude-sonnet-4-5", messages=messages, thinking="low")) is thinks
    adaptive = encode("claude-opus-5-5", messages=messages, thinking="high")
    assert ("thinking" in adaptive) is thinks
    assert adaptive["output_config"] == {"effort": "high"}


SIGNED, UNSIGNED, ENCRYPTED = Reasoning("I look.", "sig"), Reasoning("I look."), RedactedReasoning("x=")


def loop_of(*turns: tuple[Reasoning | RedactedReasoning, ...]) -> tuple[Message, ...]:
    """A question and turns of one call each that begin with the reasoning given."""
    messages: list[Message] = [ASK]
    for number, reasoning in enumerate(turns):
        call = ToolCall(f"toolu_{number}", "outline", "{}")
        messages.append(AssistantMessage((*reasoning, call), "e"))
        messages.append(ToolMessage((ToolResult(call.id, "x"),)))
    return tuple(messages)


@pytest.mark.parametrize(
    ("turns", "manual", "adaptive"),
    [
        (((SIGNED,), (SIGNED,)), True, True),
        (((ENCRYPTED,), (SIGNED, ENCRYPTED)), True, True),
        (((UNSIGNED,), (SIGNED,)), False, False),
        (((SIGNED,), (UNSIGNED,)), False, False),
        (((SIGNED,), (UNSIGNED,), (ENCRYPTED,)), False, False),
        (((UNSIGNED, SIGNED), (SIGNED,)), False, False),
        (((), (SIGNED,)), False, True),
        (((SIGNED,), (), (SIGNED,)), False, True),
        (((Reasoning(""),), (SIGNED,)), False, True),
    ],
)
def test_every_turn_of_an_open_loop_counts(
    turns: tuple[tuple[Reasoning | RedactedReasoning, ...], ...], *, manual: bool, adaptive: bool
) -> None:
    """The manual form wants reasoning in each turn of the loop, the adaptive one back what there was."""
    messages = loop_of(*turns)
    assert ("thinking" in encode("claude-sonnet-4-5", messages=messages, thinking="low")) is manual
    assert ("thinking" in encode("claude-opus-4-6", messages=messages, thinking="low")) is adaptive
    for family in ("claude-opus-4-8", "claude-fable-5-1"):
        body = encode(family, messages=messages, thinking="low")
        assert ("thinking" in body) is adaptive
        assert (body["messages"][-1]["role"] == "tool") is adaptive  # type: ignore[index]
    after = (*messages, AssistantMessage((Text("Done."),), "e"), ASK)
    assert "thinking" in encode("claude-sonnet-4-5", messages=after, thinking="low")


def test_a_service_that_asks_for_reasoning_we_never_saw() -> None:
    """Once it asked, an adaptive loop with a turn that has none is closed, and one without such isn't."""
    profile = replace(profile_for("claude-opus-5-5"), loop_reasoning=True)
    for turns, closed in ((((), (SIGNED,)), True), (((SIGNED,), (SIGNED,)), False)):
        body = encode(profile, messages=loop_of(*turns), thinking="low")
        assert (body["messages"][-1]["role"] == "user") is closed  # type: ignore[index]
        assert ("thinking" in body) is not closed


def test_reasoning_goes_back_without_a_hole() -> None:
    """After a part that can't go back nor does what followed it; what came before does."""
    body = encode("claude-sonnet-4-5", messages=loop_of((UNSIGNED, SIGNED), (SIGNED, UNSIGNED, ENCRYPTED)))
    _, first, _, second, _ = body["messages"]  # type: ignore[misc]
    assert "content" not in first  # type: ignore[has-type]
    assert [block["summary"][0]["signature"] for block in second["content"]] == ["sig"]  # type: ignore[has-type]


@pytest.mark.parametrize("level", ["off", "high"])
def test_a_model_that_always_thinks_gets_the_loop_closed(level: Thinking) -> None:
    """Where thinking can't be kept off, a user turn ends the loop that lacks reasoning, unmarked."""
    for endpoint, closed in (("another", True), ("e", False)):
        body = encode("claude-fable-5-1", messages=open_loop(endpoint=endpoint), thinking=level)
        messages = body["messages"]
        assert isinstance(messages, list)
        last = messages[-1]
        assert (last == {"role": "user", "content": [{"type": "text", "text": "Go on."}]}) is closed


@pytest.mark.parametrize(
    ("family", "changes", "note"),
    [
        ("claude-sonnet-4-5", {"thinking": 200_000}, "cut to 59904"),
        ("claude-sonnet-4-5", {"thinking": 300}, "smallest thinking budget is 1024"),
        ("claude-sonnet-4-5", {"thinking": 9_000, "max_tokens": 500}, "raised from 500 to 9500"),
        ("claude-sonnet-4-5", {"max_tokens": 90_000}, "limit of 64000"),
        ("claude-opus-5-5", {"thinking": "off"}, "always thinks"),
        ("claude-opus-4-8", {"temperature": 0.5}, "takes no temperature"),
        ("claude-opus-4-8", {"thinking": "low", "tool_choice": "required"}, "without thinking"),
        (
            "claude-sonnet-4-5",
            {"thinking": "low", "messages": open_loop(reasoning=False)},
            "without thinking",
        ),
    ],
)
def test_what_was_adapted_is_said(family: str, changes: dict[str, object], note: str) -> None:
    """What couldn't be had as asked is said in one sentence."""
    (only,) = notes(family, **changes)
    assert note in only


@pytest.mark.parametrize("level", ["off", "low", "medium", "high", 8_000])
def test_an_ordinary_request_has_no_notes(level: Thinking) -> None:
    """Nothing is said when everything was sent as asked."""
    assert notes("claude-sonnet-4-5", thinking=level) == []


def test_dropped_parameters_are_never_sent() -> None:
    """What the service was seen to refuse stays out, each by itself."""
    profile = profile_for("claude-opus-4-8")
    for name in ("thinking", "output_config", "stop", "tool_choice"):
        body = encode(
            replace(profile, dropped=frozenset((name,))), thinking="low", stop=("#",), tool_choice="none"
        )
        assert name not in body
        assert len({"thinking", "output_config", "stop", "tool_choice"} & set(body)) >= 2
    body = encode(replace(profile, dropped=frozenset(("display",))), thinking="low")
    assert body["thinking"] == {"type": "adaptive"}
    manual = replace(profile_for("claude-sonnet-4-5"), dropped=frozenset(("temperature",)))
    assert "temperature" not in encode(manual, temperature=0.1)


levels = st.sampled_from(["off", "low", "medium", "high"]) | st.integers(-5, 300_000)


@settings(max_examples=300, deadline=None)
@given(
    profile=st.sampled_from(PROFILES),
    max_output=st.none() | st.integers(1, 3_000),
    level=levels,
    max_tokens=st.none() | st.integers(1, 300_000),
    choice=st.sampled_from(["auto", "none", "required"]),
    temperature=st.none() | st.just(0.5),
)
def test_the_rules_hold_for_every_request(
    *,
    profile: Profile,
    max_output: int | None,
    level: Thinking,
    max_tokens: int | None,
    choice: str,
    temperature: float | None,
) -> None:
    """Whatever is asked of whichever family, no rule about thinking is broken."""
    if max_output is not None:  # learnt from a refusal
        profile = replace(profile, max_output=max_output, default_max_tokens=max_output)
    body = encode(profile, thinking=level, max_tokens=max_tokens, tool_choice=choice, temperature=temperature)
    thinking = body.get("thinking")
    sent = body["max_tokens"]
    assert isinstance(sent, int)
    assert 0 < sent <= profile.max_output
    if isinstance(thinking, dict) and thinking["type"] == "enabled":
        assert profile.thinking is ThinkingForm.MANUAL
        assert 1024 <= thinking["budget_tokens"] < sent
    elif isinstance(thinking, dict):
        assert profile.thinking is not ThinkingForm.MANUAL
        assert thinking["type"] == "adaptive" or profile.can_disable_thinking
    if body.get("tool_choice") == "required":
        assert profile.forced_tool
        assert thinking in (None, {"type": "disabled"})
    if "temperature" in body:
        assert thinking is None
        assert profile.sampling
