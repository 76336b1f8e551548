"""The status of a session: which state holds, what is said of it, and when the client is told."""

import asyncio
import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.errors import (
    AuthError,
    CancelledRunError,
    ConfigError,
    EditError,
    EndpointError,
    InputError,
    LakewrightError,
    NetworkError,
    RateLimitError,
)
from lakewright.lsp.status import METHOD, StatusBoard
from lakewright.sandbox.server import SandboxServer
from support_lsp_client import Json, execution, in_process, repository
from support_lsp_settings import ToldClient

_START = 1_000_000.0


@dataclass
class _Timer:
    call: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class _Time:
    """A clock that tests move; timers go off on the way."""

    now: float = _START
    timers: list[tuple[float, int, _Timer]] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=count)

    def later(self, seconds: float, call: Callable[[], None]) -> _Timer:
        timer = _Timer(call)
        heapq.heappush(self.timers, (self.now + seconds, next(self.numbers), timer))
        return timer

    def pass_by(self, seconds: float) -> None:
        end = self.now + seconds
        while self.timers and self.timers[0][0] <= end:
            self.now, _, timer = heapq.heappop(self.timers)
            if not timer.cancelled:
                timer.call()
        self.now = end


@dataclass
class _Told:
    """A board with what its client was told, and when."""

    time: _Time = field(default_factory=_Time)
    client: ToldClient = field(default_factory=ToldClient)

    def __post_init__(self) -> None:
        self.board = StatusBoard(self.client, clock=lambda: self.time.now, later=self.time.later)
        self.when: list[float] = []
        notify = self.client.notify

        def noted(method: str, params: Any) -> None:
            self.when.append(self.time.now)
            notify(method, params)

        self.client.notify = noted  # type: ignore[method-assign]

    @property
    def states(self) -> list[str]:
        return [params["state"] for _, params in self.client.notified]


Step = Callable[[StatusBoard], None]


def _failed(error: LakewrightError) -> Step:
    return lambda board: board.run_ended(error, "e")


def _of_own_model(error: LakewrightError) -> Step:
    return lambda board: board.run_ended(error, "other", own_model=True)


_RUNS: Step = lambda board: board.runs_changed(["r1", "r2"])  # noqa: E731
_SANDBOX: Step = lambda board: board.settings_read(problem=None, simulated=True)  # noqa: E731
_NO_HOST: Step = lambda board: board.settings_read(problem=ConfigError("No host.", hint="Set one."))  # noqa: E731
_READ: Step = lambda board: board.settings_read(problem=None)  # noqa: E731
_DONE: Step = lambda board: board.run_ended(None, "e")  # noqa: E731
_LIMITED, _CUT = _failed(RateLimitError("Too many.", retry_after=30)), _failed(NetworkError("DNS failed."))


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([], "ready"),
        ([_READ], "ready"),
        ([_NO_HOST], "needsSetup"),
        ([_SANDBOX], "sandbox"),
        ([_SANDBOX, _RUNS], "working"),
        ([_RUNS, _CUT], "unreachable"),
        ([_RUNS, _CUT, _LIMITED], "rateLimited"),
        ([_LIMITED, _CUT], "unreachable"),
        ([_LIMITED, _failed(AuthError("No."))], "needsSetup"),
        ([_NO_HOST, _CUT], "unreachable"),
        ([_CUT, _READ], "unreachable"),
        ([_CUT, StatusBoard.settings_changed, _READ], "ready"),
        ([_NO_HOST, StatusBoard.settings_changed, _READ], "ready"),
        ([_NO_HOST, StatusBoard.settings_changed, _NO_HOST], "needsSetup"),
        ([_NO_HOST, StatusBoard.settings_changed, _CUT, _READ], "unreachable"),
        ([_LIMITED, StatusBoard.settings_changed, _failed(InputError("No such file.")), _READ], "ready"),
        ([_CUT, _DONE], "ready"),
        ([_LIMITED, _DONE], "ready"),
        ([_NO_HOST, _DONE], "ready"),
        ([_failed(EndpointError("404", status=404))], "ready"),
        ([_failed(EndpointError("503", status=503))], "ready"),
        ([_CUT, _failed(EndpointError("404", status=404))], "ready"),
        ([_CUT, _of_own_model(EndpointError("404", status=404))], "unreachable"),
        ([_of_own_model(ConfigError("No key."))], "ready"),
        ([_of_own_model(AuthError("No."))], "ready"),
        ([_of_own_model(NetworkError("DNS failed."))], "unreachable"),
        ([_CUT, _failed(EditError("Stale."))], "ready"),
        ([_CUT, _failed(CancelledRunError("Ended."))], "unreachable"),
        ([_CUT, _failed(InputError("No such file."))], "unreachable"),
        ([_CUT, _failed(LakewrightError("A defect."))], "unreachable"),
        ([_failed(InputError("No such file."))], "ready"),
    ],
)
def test_the_first_state_that_holds_is_shown(steps: list[Step], state: str) -> None:
    """In the order of the contract, with what each kind of error and each success tells."""
    told = _Told()
    for step in steps:
        step(told.board)
    assert told.board.to_json()["state"] == state


@pytest.mark.parametrize("retry_after", [30.0, None])
def test_a_limit_ends_by_itself_and_says_when(retry_after: float | None) -> None:
    """The message names the time, and the client hears of the end although nothing happens."""
    told = _Told()
    told.board.start()
    told.time.pass_by(1)
    told.board.run_ended(RateLimitError("Too many.", retry_after=retry_after), "e")
    wait = 60.0 if retry_after is None else retry_after
    until = time.strftime("%H:%M:%S", time.localtime(told.time.now + wait))
    assert told.board.to_json()["message"] == f"Too many. The next try makes sense at {until}."
    told.time.pass_by(wait - 1)
    assert told.states == ["ready", "rateLimited"]
    told.time.pass_by(2)
    assert told.states == ["ready", "rateLimited", "ready"]


def test_what_the_answer_holds() -> None:
    """Every key of the contract, the optional ones only where there is something to say."""
    board = _Told().board
    quiet = {"runs": [], "completion": {"enabled": True, "offered": 0, "accepted": 0}}
    assert board.to_json() == {"state": "ready", "message": "Ready.", **quiet}
    board.settings_read(problem=None, endpoint="e")
    board.runs_changed(["r1"])
    board.offered()
    board.offered()
    board.accepted()
    board.excluded("ignored by .gitignore")
    assert board.to_json() == {
        "state": "working",
        "message": "One run is going on.",
        "action": {"title": "Cancel", "command": "lakewright.cancel"},
        "endpoint": "e",
        "runs": ["r1"],
        "completion": {"enabled": True, "offered": 2, "accepted": 1},
        "excluded": "ignored by .gitignore",
    }


def test_what_can_not_be_cancelled_has_no_action() -> None:
    """An edit that waits for the user's word in the editor is theirs to decline."""
    board = _Told().board
    board.runs_changed(["r1"], can_cancel=False)
    status = board.to_json()
    assert (status["state"], status["message"]) == ("working", "An edit waits in the editor.")
    assert "action" not in status


def test_a_wrong_model_of_one_call_is_no_matter_of_the_session() -> None:
    """Neither the state nor the endpoint that is shown follows it."""
    board = _Told().board
    board.run_ended(None, "good")
    board.run_ended(EndpointError("No such endpoint.", status=404), "wrong", own_model=True)
    assert (board.to_json()["state"], board.to_json()["endpoint"]) == ("ready", "good")


def test_a_problem_is_one_line_with_what_to_do() -> None:
    """Hosts' words and paths can't break the line."""
    board = _Told().board
    board.settings_read(problem=ConfigError("No\nhost\x1b[2J.", hint="Set one."))
    assert board.to_json()["message"] == "No host [2J. Set one."


@pytest.mark.parametrize(
    ("enabled", "lacks", "shown", "message"),
    [
        (True, None, True, "Ready."),
        (True, "The host lists no fast model.", False, "Ready. The host lists no fast model."),
        (False, None, False, "Ready."),
        (False, "The host lists no fast model.", False, "Ready."),
    ],
)
def test_why_there_are_no_completions_is_said(
    *, enabled: bool, lacks: str | None, shown: bool, message: str
) -> None:
    """Switched off by the setting needs no reason; a missing model does."""
    board = _Told().board
    board.completion(enabled=enabled, lacks=lacks)
    status = board.to_json()
    assert (status["completion"]["enabled"], status["message"]) == (shown, message)


def test_nothing_is_told_before_the_start_and_after_the_end() -> None:
    """A client that didn't ask hears nothing, and no timer is left."""
    told = _Told()
    _LIMITED(told.board)
    assert (told.client.notified, told.time.timers) == ([], [])
    told.board.start()
    told.board.close()
    told.board.runs_changed(["r"])
    told.time.pass_by(100)
    assert told.states == ["rateLimited"]


_STEPS: st.SearchStrategy[Step] = st.one_of(
    st.sampled_from((_SANDBOX, _NO_HOST, _READ, StatusBoard.settings_changed, _DONE, _CUT, _LIMITED)),
    st.lists(st.sampled_from(("a", "b", "c")), unique=True).map(
        lambda runs: lambda board: board.runs_changed(runs)
    ),
    st.sampled_from((StatusBoard.offered, StatusBoard.accepted)),
    st.sampled_from((None, "ignored")).map(lambda reason: lambda board: board.excluded(reason)),
)


@given(st.lists(st.tuples(_STEPS, st.sampled_from((0.0, 0.05, 0.1, 7.0, 40.0))), max_size=30))
def test_each_change_is_told_and_nothing_twice(steps: list[tuple[Step, float]]) -> None:
    """Whatever happens: the client's last word is how things are, no two in a row are equal, and there are
    never more than ten a second.
    """
    told = _Told()
    told.board.start()
    for step, seconds in steps:
        step(told.board)
        told.time.pass_by(seconds)
    told.time.pass_by(100)
    shown = [params for method, params in told.client.notified if method == METHOD]
    assert shown[-1] == told.board.to_json()
    assert all(one != other for one, other in pairwise(shown))
    assert all(later - earlier >= 0.0999 for earlier, later in pairwise(told.when))


async def test_a_client_that_asked_is_told_at_the_start() -> None:
    """After `initialized`, without any command, and with no message to the user."""
    async with in_process(options={"statusNotifications": True}) as client:
        status = await client.wait_for(METHOD)
        assert status["state"] == "needsSetup"
        assert "databricks auth login" in status["message"]
        await client.quiet()
        assert client.received("window/showMessage") == []


async def test_a_preview_has_nothing_to_cancel(tmp_path: Path) -> None:
    """While the model thinks the status offers to cancel; while the edit waits for the user it doesn't, and
    `lakewright.cancel` names no run.
    """
    answered: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
    options = {"sandbox": True, "statusNotifications": True}
    capabilities = {"workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}}}
    root = repository(tmp_path, {"a.py": "TAX = 1\n"})
    async with in_process(root=root, capabilities=capabilities, options=options) as client:
        client.replies["workspace/applyEdit"] = lambda _: answered
        document = {"uri": (root / "a.py").as_uri()}
        await client.execute("refactor", {"textDocument": document, "instruction": "rename TAX to VAT"})
        await client.wait_for("workspace/applyEdit")
        status = await client.execute("status")
        assert (status["state"], len(status["runs"]), status.get("action")) == ("working", 1, None)
        assert await client.execute("cancel") == {"cancelled": []}
        offered = ["action" in one for one in client.received(METHOD) if one["state"] == "working"]
        assert (offered[0], offered[-1]) == (True, False)
        answered.set_result({"applied": False})
        await client.until(lambda: client.received(METHOD)[-1]["state"] == "sandbox")


async def test_a_client_that_did_not_ask_is_not() -> None:
    """It gets the same by the command, and acceptance is counted by one that no palette shows."""
    async with in_process(options={"sandbox": True}) as client:
        assert (await client.execute("status"))["state"] == "sandbox"
        assert await client.execute("completionAccepted") is None
        assert (await client.execute("status"))["completion"]["accepted"] == 1
        assert client.received(METHOD) == []
        offered = client.answers[1][0]["result"]["capabilities"]["executeCommandProvider"]["commands"]
        assert "lakewright.completionAccepted" not in offered


async def test_a_refused_token_is_in_the_status_until_the_settings_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A command that fails answers with the error and its hint, and leaves what to do in the status."""
    async with SandboxServer(pace=0) as host:
        monkeypatch.setenv("DATABRICKS_HOST", host.host)
        monkeypatch.setenv("DATABRICKS_TOKEN", "wrong")
        async with in_process(options={}) as client:
            refused = await client.refusal_of(client.request(*execution("models")))
            assert (refused.code, refused.data["kind"]) == (-32803, "auth")
            status = await client.execute("status")
            assert (status["state"], status["message"]) == ("needsSetup", refused.message)
            client.notify("workspace/didChangeConfiguration", {"settings": {"sandbox": True}})
            await client.quiet()
            assert (await client.execute("status"))["state"] == "sandbox"
