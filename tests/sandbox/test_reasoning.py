"""Reasoning that comes back: taken as it was issued, refused when it was touched."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx
import pytest

from lakewright.sandbox.host import Knobs
from lakewright.sandbox.models import ROWS, ModelRow, ThinkingForm
from support_sandbox import (
    READ_TOOLS,
    THINKING,
    Body,
    answer_of,
    body_of,
    client_of,
    complaint_of,
    echo,
    post,
    quick_sandbox,
    result_of,
    user,
)

_QUESTION = user("Explain the file `src/orders.py`.")
_CODE = "1\tfrom tax import rate\n2\t\n3\tdef total(lines):\n4\t    return sum(lines) * rate()\n"
_TOOLS = list(READ_TOOLS)
_ADAPTIVE: Body = {
    "thinking": {"type": "adaptive", "display": "summarized"},
    "output_config": {"effort": "medium"},
}
_MANUAL: Body = {"thinking": dict(THINKING)}


async def _loop(
    client: httpx.AsyncClient,
    endpoint: str,
    parameters: Body,
    *,
    rounds: int,
    messages: list[Body] | None = None,
) -> list[Body]:
    """Question, calls, results, and so on: a conversation that can be sent again."""
    messages = messages or [_QUESTION]
    for _ in range(rounds):
        message = await answer_of(client, body_of(*messages, tools=_TOOLS, **parameters), endpoint=endpoint)
        messages = [*messages, echo(message)]
        if "tool_calls" not in message:
            break
        messages += [result_of(call, _CODE) for call in message["tool_calls"]]
    return messages


def _reasoning(message: Body) -> dict[str, Any]:
    item = message["content"][0]["summary"][0]
    assert isinstance(item, dict)
    return item


def _alter_text(messages: list[Body]) -> None:
    _reasoning(messages[1])["text"] += "."


def _alter_signature(messages: list[Body]) -> None:
    item = _reasoning(messages[1])
    item["signature"] = (
        item["signature"][:-3] + ("A" if item["signature"][-3] != "A" else "B") + item["signature"][-2:]
    )


def _invent_signature(messages: list[Body]) -> None:
    _reasoning(messages[1])["signature"] = "made up"


def _drop_signature(messages: list[Body]) -> None:
    del _reasoning(messages[1])["signature"]


def _drop_reasoning(messages: list[Body]) -> None:
    del messages[1]["content"]


def _drop_later_reasoning(messages: list[Body]) -> None:
    later = [message for message in messages if message["role"] == "assistant"][1]
    del later["content"]


def _put_text_first(messages: list[Body]) -> None:
    messages[1]["content"].insert(0, {"type": "text", "text": "Well."})


def _swap_between_turns(messages: list[Body]) -> None:
    one, other = (message for message in messages if message["role"] == "assistant")
    one["content"], other["content"] = other["content"], one["content"]


def _repeat(messages: list[Body]) -> None:
    messages[1]["content"] *= 2


_TOUCHED: dict[str, tuple[Callable[[list[Body]], None], str]] = {
    "text": (_alter_text, "messages.1.content.0: Invalid `signature` in `thinking` block"),
    "signature": (_alter_signature, "messages.1.content.0: Invalid `signature` in `thinking` block"),
    "invented": (_invent_signature, "messages.1.content.0: Invalid `signature` in `thinking` block"),
    "no signature": (_drop_signature, "messages.1.content.0.thinking.signature: Field required"),
    "dropped": (_drop_reasoning, "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`"),
    "dropped later": (_drop_later_reasoning, "messages.3.content.0.type: Expected `thinking`"),
    "text first": (_put_text_first, "messages.1.content.0.type: Expected `thinking`"),
    "swapped": (_swap_between_turns, "messages.1.content.0: `thinking` or `redacted_thinking` blocks in"),
    "repeated": (_repeat, "messages.1.content.0: `thinking` or `redacted_thinking` blocks in"),
}


@pytest.mark.parametrize("name", _TOUCHED)
@pytest.mark.parametrize(
    ("endpoint", "parameters"),
    [("databricks-claude-sonnet-4-5", _MANUAL), ("databricks-claude-opus-5", _ADAPTIVE)],
    ids=["manual", "adaptive"],
)
async def test_touched_reasoning_is_refused_and_untouched_is_taken(
    name: str, endpoint: str, parameters: Body
) -> None:
    """Altered, invented, dropped, moved or repeated reasoning in an open tool loop is a 400."""
    touch, complaint = _TOUCHED[name]
    async with quick_sandbox() as server, client_of(server) as client:
        messages = await _loop(client, endpoint, parameters, rounds=2)
        good = body_of(*messages, tools=_TOOLS, **parameters)
        touched = deepcopy(messages)
        touch(touched)
        taken = await post(client, good, endpoint=endpoint)
        refused = await post(client, body_of(*touched, tools=_TOOLS, **parameters), endpoint=endpoint)
    assert taken.status_code == 200, taken.text
    assert refused.status_code == 400
    assert complaint_of(refused).startswith(complaint)


async def test_reasoning_of_another_model_is_refused() -> None:
    """A signature is good for the model that gave it."""
    async with quick_sandbox() as server, client_of(server) as client:
        messages = await _loop(client, "databricks-claude-sonnet-4-5", _MANUAL, rounds=1)
        body = body_of(*messages, tools=_TOOLS, **_MANUAL)
        response = await post(client, body, endpoint="databricks-claude-haiku-4-5")
    assert complaint_of(response) == "messages.1.content.0: Invalid `signature` in `thinking` block"


async def test_a_conversation_goes_on_with_another_host() -> None:
    """Keys are fixed: what one process signed, another takes."""
    async with quick_sandbox() as server, client_of(server) as client:
        messages = await _loop(client, "databricks-claude-sonnet-4-5", _MANUAL, rounds=1)
    async with quick_sandbox() as server, client_of(server) as client:
        assert await answer_of(client, body_of(*messages, tools=_TOOLS, **_MANUAL))


async def test_older_turns_may_drop_their_reasoning() -> None:
    """Once a person spoke again, only what comes later has to be complete."""
    async with quick_sandbox() as server, client_of(server) as client:
        messages = await _loop(client, "databricks-claude-sonnet-4-5", _MANUAL, rounds=4)
        assert messages[-1]["role"] == "assistant"
        assert "tool_calls" not in messages[-1]
        for message in messages:
            if isinstance(message.get("content"), list):
                message["content"] = [
                    block for block in message["content"] if block["type"] == "text"
                ] or None
        messages.append(user("And what of `total`?"))
        assert await answer_of(client, body_of(*messages, tools=_TOOLS, **_MANUAL))


async def test_thinking_switched_on_in_an_open_loop_is_refused_in_the_manual_form_only() -> None:
    """A loop that began without thinking goes on without it; the adaptive form doesn't mind."""
    off: Body = {"thinking": {"type": "disabled"}}
    async with quick_sandbox() as server, client_of(server) as client:
        manual = await _loop(client, "databricks-claude-sonnet-4-5", off, rounds=1)
        adaptive = await _loop(client, "databricks-claude-opus-5", off, rounds=1)
        refused = await post(client, body_of(*manual, tools=_TOOLS, **_MANUAL))
        taken = await post(
            client, body_of(*adaptive, tools=_TOOLS, **_ADAPTIVE), endpoint="databricks-claude-opus-5"
        )
    assert "found `tool_use`" in complaint_of(refused)
    assert taken.status_code == 200


def _forms(row: ModelRow) -> list[Body]:
    forms: list[Body] = [{}]
    if row.form is not ThinkingForm.ADAPTIVE:
        forms += [{"thinking": {"type": "enabled", "budget_tokens": size}} for size in (1024, 2048, 4095)]
    if row.form is not ThinkingForm.MANUAL:
        forms += [
            {"thinking": {"type": "adaptive", "display": display}, "output_config": {"effort": effort}}
            for display, effort in (("summarized", "low"), ("summarized", "max"), ("omitted", "high"))
        ]
    if row.can_disable:
        forms.append({"thinking": {"type": "disabled"}})
    return forms


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.family)
async def test_every_model_holds_a_conversation_in_every_form_of_thinking(row: ModelRow) -> None:
    """Three turns with parallel tools, echoed as they came, meet no refusal on any model."""
    endpoint = f"databricks-{row.family}"
    async with quick_sandbox(knobs=Knobs(revive_retired=True)) as server, client_of(server) as client:
        for form in _forms(row):
            messages = await _loop(client, endpoint, form, rounds=4)
            assert "tool_calls" not in messages[-1], form
            assert len(messages[1]["tool_calls"]) == 2


@pytest.mark.parametrize(
    ("family", "form", "shown"),
    [
        ("claude-sonnet-4-5", {}, None),
        ("claude-sonnet-4-5", _MANUAL, True),
        ("claude-opus-4-7", {}, None),
        ("claude-opus-5", {}, False),
        ("claude-opus-5", {"thinking": {"type": "adaptive"}}, False),
        ("claude-opus-5", _ADAPTIVE, True),
        ("claude-opus-5", {"thinking": {"type": "disabled"}}, None),
    ],
)
async def test_reasoning_is_shown_omitted_or_absent_as_the_model_does_it(
    family: str, form: Body, shown: bool | None
) -> None:
    """Adaptive models of the 5 series think unasked and omit the text unless it is asked for."""
    async with quick_sandbox() as server, client_of(server) as client:
        message = await answer_of(client, body_of(**form), endpoint=f"databricks-{family}")
    if shown is None:
        assert isinstance(message["content"], str)
    else:
        item = _reasoning(message)
        assert bool(item["text"]) is shown
        assert item["signature"]
