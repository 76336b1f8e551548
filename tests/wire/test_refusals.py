"""What is learnt from a refusal: once, and only what a request can do without."""

from dataclasses import replace

import pytest

from lakewright.core.messages import UserMessage
from lakewright.core.parts import Text
from lakewright.core.request import ModelRequest, ToolSpec
from lakewright.wire.chat_encode import encode_chat
from lakewright.wire.profiles import Profile, ThinkingForm, profile_for
from lakewright.wire.refusals import answer_room, learn, within

MANUAL = profile_for("claude-sonnet-4-5")
BOTH = profile_for("claude-opus-4-6")
ADAPTIVE = profile_for("claude-opus-4-8")
WINDOW_OF_20000 = (
    "input length and `max_tokens` exceed context limit: {} + 20480 > 20000, decrease input length or "
    "`max_tokens` and try again"
)

LESSONS = [
    (
        MANUAL,
        "messages.1.content.0: Invalid `signature` in `thinking` block",
        {"earlier_reasoning": False},
    ),
    (
        ADAPTIVE,
        "messages.3.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When",
        {"loop_reasoning": True},
    ),
    (
        MANUAL,
        (
            '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
            '"output_config.effort" to control thinking behavior.'
        ),
        {"thinking": ThinkingForm.ADAPTIVE, "efforts": ("low", "medium", "high")},
    ),
    (
        BOTH,
        (
            '"thinking.type.adaptive" is not supported for this model. Use "thinking.type.enabled" and '
            '"thinking.enabled.budget_tokens"'
        ),
        {"thinking": ThinkingForm.MANUAL},
    ),
    (
        ADAPTIVE,
        (
            '"thinking.type.disabled" is not supported for this model. Thinking defaults to adaptive '
            'mode and "output_config.effort" to control thinking behavior.'
        ),
        {"can_disable_thinking": False},
    ),
    (
        ADAPTIVE,
        "output_config.effort: expected one of `low`, `medium`, `high`",
        {"efforts": ("low", "medium", "high")},
    ),
    (ADAPTIVE, "Thinking may not be enabled when tool_choice forces tool use.", {"forced_tool": False}),
    (
        MANUAL,
        "Model us.anthropic.claude-opus-4-7 does not support the temperature parameter.",
        {"dropped": {"temperature"}},
    ),
    (
        MANUAL,
        "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.",
        {"dropped": {"temperature"}},
    ),
    (MANUAL, "thinking: Extra inputs are not permitted", {"dropped": {"thinking"}}),
    (ADAPTIVE, "thinking.adaptive.display: Extra inputs are not permitted", {"dropped": {"display"}}),
    (ADAPTIVE, "output_config.effort: Extra inputs are not permitted", {"dropped": {"output_config"}}),
    (
        MANUAL,
        "messages.0.content.0.text.cache_control: Extra inputs are not permitted",
        {"dropped": {"cache_control"}},
    ),
    (MANUAL, "tools.0.cache_control: Extra inputs are not permitted", {"dropped": {"cache_control"}}),
    (MANUAL, 'Bad request: json: unknown field "thinking"', {"dropped": {"thinking"}}),
    (MANUAL, "Unknown parameter: 'stop'.", {"dropped": {"stop"}}),
    (
        MANUAL,
        "max_tokens must be less than or equal to 8192",
        {"max_output": 8192, "default_max_tokens": 8192},
    ),
    (MANUAL, "max_tokens: 64000 > 32000, which is the maximum allowed", {"max_output": 32000}),
    (MANUAL, WINDOW_OF_20000.format(923), {"context_window": 20_000}),
    (MANUAL, WINDOW_OF_20000.format(20_001), {"context_window": 20_000}),
    (MANUAL, "`max_tokens` must be <= 25000.", {"max_output": 25000}),
    (
        MANUAL,
        "The maximum tokens you requested exceeds the model limit of 4096. Try again",
        {"max_output": 4096, "default_max_tokens": 4096},
    ),
]


@pytest.mark.parametrize(("profile", "text", "changes"), LESSONS, ids=[row[1][:50] for row in LESSONS])
def test_a_refusal_is_learnt_once(profile: Profile, text: str, changes: dict[str, object]) -> None:
    """The text changes exactly the fact it names, and says nothing new the second time."""
    learnt = learn(profile, text)
    assert learnt == replace(profile, **changes)  # type: ignore[arg-type]
    assert learn(learnt, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "messages.98.thinking_blocks: Extra inputs are not permitted",
        "messages: Extra inputs are not permitted",
        "max_tokens: Extra inputs are not permitted",
        "stream: Extra inputs are not permitted",
        'Bad request: json: unknown field "tools"',
        'Bad request: json: unknown field "model"',
        "system.2.cache_control.ephemeral.scope: Extra inputs are not permitted",
        "`max_tokens` must be greater than `thinking.budget_tokens`",
        "prompt is too long: 212728 tokens > 200000 maximum",
        "max_tokens must be at most 900000",
        "Invalid role in the chat message",
        "messages: text content blocks must be non-empty",
    ],
)
def test_what_a_request_needs_is_never_unlearnt(text: str) -> None:
    """Required keys, keys that we never send, and refusals of other kinds change nothing."""
    for profile in (MANUAL, BOTH, ADAPTIVE):
        assert learn(profile, text) is None


@pytest.mark.parametrize(
    ("text", "room"),
    [
        (WINDOW_OF_20000.format(923), 19_077),
        (WINDOW_OF_20000.format(18_976), 1_024),
        (WINDOW_OF_20000.format(18_977), None),
        (WINDOW_OF_20000.format(23_000), None),
        (
            (
                "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens "
                "(4000 in the messages, 5000 in the completion)."
            ),
            4_192,
        ),
        ("prompt is too long: 212728 tokens > 200000 maximum", None),
        ("", None),
    ],
)
def test_the_room_that_a_prompt_leaves_is_read(text: str, room: int | None) -> None:
    """The numbers of the text give the tokens for an answer, or none where it would be too short."""
    assert answer_room(text) == room
    fitted = within(MANUAL, room)
    assert fitted.default_max_tokens == min(room or 20_480, 20_480)
    assert fitted.max_output == (room or MANUAL.max_output)


def test_the_next_request_is_the_corrected_one() -> None:
    """An unknown model that refuses step by step ends with a request it takes."""
    request = ModelRequest(
        system="x",
        messages=(UserMessage((Text("Hi."),)),),
        tools=(ToolSpec("a", "b", {}),),
        thinking="high",
        stop=("#",),
    )
    profile: Profile | None = profile_for("company-model")
    for field in ("cache_control", "output_config", "thinking", "stop"):
        assert profile is not None
        assert field in str(encode_chat(request, profile, "company-model"))
        profile = learn(profile, f'Bad request: json: unknown field "{field}"')
    assert profile is not None
    assert set(encode_chat(request, profile, "company-model")) == {
        "stream",
        "max_tokens",
        "messages",
        "tools",
    }
