"""A failure in the editor: one message with what to do, a button where one helps, nothing that waits."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from lakewright.errors import (
    AuthError,
    CancelledRunError,
    ConfigError,
    EditError,
    EndpointError,
    InputError,
    LakewrightError,
    ModelError,
    NetworkError,
    RateLimitError,
)
from lakewright.lsp.client import ClientError
from lakewright.lsp.failures import message_of, show, show_notes
from support_lsp_client import Json, never
from support_lsp_progress import FakeClient, FakeClock, FakeSession
from support_lsp_runs import bench

CAN_ASK: Json = {"window": {"showMessage": {"messageActionItem": {}}}}
ERROR, WARNING = 1, 2
LOST = NetworkError("The host can't be reached.", hint="Look at the proxy.")


class Told:
    """Failures shown to a client that notes all."""

    def __init__(self, capabilities: Json | None = None, answer: Any = None) -> None:
        self.client = FakeClient(
            FakeClock(), capabilities or {}, answers={"window/showMessageRequest": answer}
        )
        self.session: Any = FakeSession(self.client)
        self.tries = 0

    def again(self) -> None:
        self.tries += 1

    async def show(self, error: LakewrightError) -> None:
        show(self.session, error, again=self.again)
        await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    ("kind", "severity", "has_button"),
    [
        (InputError, WARNING, False),
        (ConfigError, ERROR, True),
        (AuthError, ERROR, True),
        (RateLimitError, WARNING, True),
        (EndpointError, ERROR, True),
        (NetworkError, ERROR, True),
        (ModelError, WARNING, False),
        (EditError, WARNING, True),
        (LakewrightError, ERROR, False),
    ],
)
async def test_each_kind_has_its_severity_and_remedy(
    kind: type[LakewrightError], severity: int, has_button: bool
) -> None:
    """One message, never two; a button only where the same may go better the next time."""
    told = Told(CAN_ASK)
    await told.show(kind("It failed.", hint="Do this."))
    messages = [params for _, params in told.client.asked] + [params for *_, params in told.client.told]
    assert [(one.type, one.message) for one in messages] == [(severity, "It failed. Do this.")]
    assert bool(told.client.asked) is has_button


async def test_a_client_without_buttons_gets_a_message() -> None:
    """`window/showMessage` where the client didn't say that it can ask."""
    told = Told()
    await told.show(LOST)
    assert told.client.asked == []
    assert [params.message for *_, params in told.client.told] == [
        "The host can't be reached. Look at the proxy."
    ]


async def test_what_the_user_ended_is_not_told() -> None:
    """A cancelled run shows nothing."""
    told = Told(CAN_ASK)
    await told.show(CancelledRunError("The run was cancelled."))
    assert (told.client.asked, told.client.told) == ([], [])


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (types.MessageActionItem("Try again"), 1),
        (types.MessageActionItem("Something"), 0),
        (None, 0),
        (ClientError("gone"), 0),
    ],
)
async def test_the_button_starts_the_run_again(answer: Any, tries: int) -> None:
    """Pressed, it runs once more; put away, or without an answer, nothing happens."""
    told = Told(CAN_ASK, answer)
    await told.show(LOST)
    assert told.tries == tries


def test_a_limit_says_until_when() -> None:
    """The time is the wall clock's, where the service gave one."""
    now = time.mktime((2026, 11, 21, 10, 15, 2, 0, 0, -1))
    limited = RateLimitError("Too many requests.", retry_after=90.0, hint="Ask for more.")
    assert (
        message_of(limited, now) == "Too many requests. The next try makes sense at 10:16:32. Ask for more."
    )
    assert message_of(RateLimitError("Too many requests."), now) == "Too many requests."


def test_a_message_is_one_line_of_bounded_length() -> None:
    """Whatever a host or a command says is data."""
    message = message_of(EndpointError("a\n\x1b[2J\u202eb " + "word " * 10_000), 0)
    assert message.startswith("a [2Jb word")
    assert len(message) <= 2000


async def test_notes_are_said_once() -> None:
    """All notes of a run come in one message; the same words never come again in the session."""
    told = Told()
    show_notes(told.session, ["The answer is cut.", "A rule  rewrote it.", "The answer is cut.", " "])
    show_notes(told.session, ["The answer is cut.", "Another."])
    show_notes(told.session, ["Another."])
    assert [params.message for *_, params in told.client.told] == [
        "The answer is cut. A rule rewrote it.",
        "Another.",
    ]


async def test_a_failed_run_is_tried_again_by_the_button(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the whole server: the host refuses, the user presses, and a run of another id succeeds."""
    capabilities = {"window": {"showMessage": {}, "showDocument": {"support": True}}}
    async with bench(tmp_path, monkeypatch, "permission:1", capabilities=capabilities) as at:
        at.client.replies["window/showMessageRequest"] = lambda asked: asked["actions"][0]
        started = await at.client.execute("explain", {"textDocument": {"uri": at.uri}, "run": "mine"})
        shown = await at.client.wait_for("window/showDocument")
        assert len(at.client.received("window/showMessageRequest")) == 1
    assert started["run"] == "mine"
    assert "mine" not in shown["uri"]


async def test_nothing_waits_for_the_button(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that nobody answers holds up neither the run's end nor the server's."""
    capabilities: Json = {"window": {"showMessage": {}}}
    async with bench(tmp_path, monkeypatch, "permission", capabilities=capabilities) as at:
        at.client.replies["window/showMessageRequest"] = never
        await at.client.execute("explain", {"textDocument": {"uri": at.uri}})
        await at.client.wait_for("window/showMessageRequest")
        status = await at.client.execute("status")
        assert status["runs"] == []
        await at.client.ask("shutdown")
