"""Work-done progress: paired, paced, never silent, one line whatever the model says."""

import asyncio
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.agent.events import (
    AnswerText,
    Phase,
    PhaseChanged,
    ReasoningText,
    Retried,
    ToolAnswered,
    ToolCalled,
)
from lakewright.lsp.client import ClientError
from lakewright.lsp.progress import BEAT, RunProgress
from lakewright.lsp.progress_text import TOOLS, ProgressText
from lakewright.lsp.progress_words import ending_of, one_line, shortened, tail_of
from lakewright.staging.stage import Stage
from lakewright.tools.registry import READ_TOOLS, edit_tools
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root
from support_lsp_progress import (
    FakeClient,
    FakeClock,
    FakeSession,
    Step,
    a_run,
    most_in_a_second,
    stories,
)

DONE = {
    "run": "run-1",
    "state": "done",
    "endpoint": "databricks-claude",
    "usage": {"inputTokens": 1703, "outputTokens": 231},
    "timing": {"totalMs": 4210},
}
CREATES = {"window": {"workDoneProgress": True}}


class Shown:
    """A run's progress at a client that notes all."""

    def __init__(self, **answers: object) -> None:
        self.clock = FakeClock()
        self.client = FakeClient(self.clock, CREATES, answers=dict(answers))
        self.session = FakeSession(self.client)
        self.run = a_run()
        self.progress = RunProgress(
            self.session,  # type: ignore[arg-type]
            self.run,
            clock=self.clock,
            later=self.clock.later,
        )

    def kinds(self) -> list[str]:
        return [value["kind"] for value in self.client.values()]

    def messages(self) -> list[str]:
        return [value["message"] for value in self.client.values() if value["kind"] == "report"]


@given(stories(), st.sampled_from([0.0, 3.0, 60.0]))
@settings(max_examples=150, deadline=None)
def test_any_run_is_shown_calmly(story: list[Step], rest: float) -> None:
    """Any second holds at most four reports, no five seconds pass without one, begin and end are one each,
    and each message is one line of at most 100 code points.
    """
    shown = Shown()
    shown.progress.start("Refactor orders.py", "token")
    for gap, event in [*story, (rest, AnswerText("end"))]:
        shown.clock.advance(gap)
        shown.progress(event)
    shown.progress.end(DONE)
    times = shown.client.times()
    assert most_in_a_second(shown.client.times("report")) <= 4
    assert all(later - earlier <= 5 for earlier, later in pairwise(times))
    kinds = shown.kinds()
    assert kinds == ["begin", *["report"] * (len(kinds) - 2), "end"]
    for value in shown.client.values():
        assert_one_line(value["message"])
    assert shown.clock.is_still


def assert_one_line(message: str) -> None:
    assert 0 < len(message) <= 100
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in message)
    assert not set(message) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


def test_first_reasoning_is_shown_at_once() -> None:
    """The first text of the model is on the screen in the loop's next round, with the phase it belongs to."""
    shown = Shown()
    shown.progress.start("Explain orders.py", "token")
    shown.progress(PhaseChanged(Phase.CONNECTING))
    shown.progress(PhaseChanged(Phase.WAITING))
    shown.clock.advance(0.7)
    shown.progress(PhaseChanged(Phase.THINKING))
    shown.clock.advance(0.03)
    shown.progress(ReasoningText("The sum is rounded"))
    shown.clock.advance(0)
    assert shown.messages() == ["thinking · The sum is rounded"]


def test_a_flood_sets_few_timers() -> None:
    """10,000 deltas between two reports set one timer, and 10,000 of the answer none more than looks need."""
    shown = Shown()
    shown.progress.start("Explain orders.py", "token")
    shown.progress(ReasoningText("word "))
    shown.clock.calls = 0
    for _ in range(10_000):
        shown.progress(ReasoningText("word "))
    for _ in range(10_000):
        shown.progress(AnswerText("word "))
    assert shown.clock.calls <= 1


def test_silence_is_broken_by_the_time() -> None:
    """A model that says nothing for a minute is shown as one that takes a minute."""
    shown = Shown()
    shown.progress.start("Explain orders.py", "token")
    shown.clock.advance(60)
    assert shown.messages()[-1] == "waiting · 58 s"
    assert len(shown.messages()) == int(60 / BEAT)


async def test_a_client_that_gives_a_token_gets_its_progress_there() -> None:
    """No token is created, `begin` says what and that it can be cancelled, `end` says what it took."""
    shown = Shown()
    shown.progress.start("Refactor orders.py:12-40", 7)
    shown.progress.end(DONE)
    assert shown.client.asked == []
    assert [params for _, _, params in shown.client.told] == [
        {
            "token": 7,
            "value": {
                "kind": "begin",
                "title": "Refactor orders.py:12-40",
                "cancellable": True,
                "message": "waiting",
            },
        },
        {
            "token": 7,
            "value": {"kind": "end", "message": "done · databricks-claude · 1,703 in, 231 out · 4 s"},
        },
    ]


async def test_a_token_of_the_servers_begins_once_it_is_there() -> None:
    """`begin` follows the answer to `create`, on the token that was created and by which the run is found."""
    agreed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    shown = Shown(**{"window/workDoneProgress/create": agreed})
    shown.progress.start("Explain orders.py")
    await asyncio.sleep(0)
    shown.progress(ReasoningText("Thinking early"))
    assert shown.kinds() == []
    agreed.set_result(None)
    await asyncio.sleep(0.001)
    (method, params), *more = shown.client.asked
    assert (method, more) == ("window/workDoneProgress/create", [])
    assert shown.run.token == params["token"] == shown.client.told[0][2]["token"]
    assert shown.client.values()[0]["message"] == "waiting · Thinking early"
    shown.progress.end(DONE)
    assert shown.kinds() == ["begin", "end"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_token_that_comes_late_is_begun_and_ended(when: str) -> None:
    """A client that makes the token after the run's end isn't left with one that never ends."""
    agreed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    shown = Shown(**{"window/workDoneProgress/create": agreed})
    shown.progress.start("Explain orders.py")
    if when == "after":
        await asyncio.sleep(0)
    shown.progress.end(DONE)
    agreed.set_result(None)
    await asyncio.sleep(0.001)
    assert shown.kinds() == ["begin", "end"]
    assert shown.client.values()[-1]["message"] == ending_of(DONE)
    shown.clock.advance(60)
    assert shown.kinds() == ["begin", "end"]


async def test_a_refused_token_means_no_progress() -> None:
    """Where the client refuses, or never answers, nothing is shown and nothing fails."""
    shown = Shown(**{"window/workDoneProgress/create": ClientError("no")})
    shown.progress.start("Explain orders.py")
    await asyncio.sleep(0.001)
    shown.progress(ReasoningText("x"))
    shown.progress.end(DONE)
    silent = Shown(**{"window/workDoneProgress/create": asyncio.get_running_loop().create_future()})
    silent.progress.start("Explain orders.py")
    await asyncio.sleep(0)
    silent.progress(ReasoningText("x"))
    silent.progress.end(DONE)
    await silent.session.background.close()
    assert shown.kinds() == silent.kinds() == []


async def test_a_client_without_progress_is_not_asked() -> None:
    """Without `window.workDoneProgress` there is no token of ours, and no progress."""
    shown = Shown()
    shown.client.capabilities = {}
    shown.progress.start("Explain orders.py")
    shown.progress(ReasoningText("x"))
    await asyncio.sleep(0)
    shown.progress.end(DONE)
    assert (shown.client.asked, shown.client.told) == ([], [])


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([PhaseChanged(Phase.CONNECTING)], "waiting"),
        ([PhaseChanged(Phase.THINKING), ReasoningText("a\n\nb")], "thinking · a b"),
        ([PhaseChanged(Phase.WRITING), AnswerText("x")], "writing"),
        ([ToolCalled("1", "read_file", {"path": "src/tax.py"})], "reading src/tax.py"),
        (
            [ToolCalled("1", "read_file", {"path": "a\n\u202eb"}), ToolCalled("2", "outline", {"path": "c"})],
            "reading a b and 1 more",
        ),
        (
            [
                ToolCalled("1", "read_file", {"path": "a"}),
                ToolCalled("2", "search_text", {"pattern": "x"}),
                ToolAnswered("1", is_error=False),
            ],
            "searching x",
        ),
        ([ToolCalled("1", "read_file", {"path": ["a"]})], "reading"),
        ([ToolCalled("1", "unheard_of", {})], "unheard_of"),
        ([PhaseChanged(Phase.TOOLS, "looking\x1b[2J")], "looking [2J"),
        ([PhaseChanged(Phase.VERIFYING, "make\x1b[2J")], "verifying: make [2J"),
        ([Retried("Too many\nrequests.", 12.0, restart=False)], "retrying in 12 s: Too many requests"),
        ([Retried("Cut.", 1.0, restart=False), PhaseChanged(Phase.THINKING)], "thinking"),
        (
            [ReasoningText("void"), Retried("Cut.", 0.0, restart=True), PhaseChanged(Phase.THINKING)],
            "thinking",
        ),
    ],
)
def test_phases_are_plain_words(events: list[object], message: str) -> None:
    """Each phase is said in a word or two, with what it is about."""
    text = ProgressText(lambda: 0.0)
    for event in events:
        text.see(event)  # type: ignore[arg-type]
    assert text.message() == message


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_its_word(phase: Phase) -> None:
    """None of them is a surprise."""
    text = ProgressText(lambda: 0.0)
    text.see(PhaseChanged(phase))
    assert text.message()[0].isalpha()


def test_every_tool_has_its_word(tmp_path: Path) -> None:
    """The table names each tool that runs have, and an argument that the tool takes."""
    stage = Stage(Workspace(Root(tmp_path)))
    for tool in (*READ_TOOLS, *edit_tools(stage)):
        _, argument = TOOLS[tool.spec.name]
        properties = tool.spec.parameters["properties"]
        assert isinstance(properties, dict)
        assert argument in properties


def test_what_is_kept_does_not_grow() -> None:
    """A model that thinks for hours costs no more than one that thinks for a second."""
    text = ProgressText(lambda: 0.0)
    for _ in range(50_000):
        text.see(ReasoningText("x" * 1000))
    assert sum(map(len, text._reasoning)) <= 200_000


@given(st.lists(st.text(max_size=40), max_size=20), st.integers(16, 100))
def test_the_tail_is_the_end_of_what_was_said(pieces: list[str], most: int) -> None:
    """It is no longer than asked for and ends as the whole text does, on one line."""
    tail = tail_of(pieces, most)
    whole = one_line("".join(pieces))
    assert len(tail) <= most
    assert tail == whole or (tail.startswith("…") and whole.endswith(tail[1:]))


@given(st.text(max_size=300), st.integers(10, 100))
def test_a_line_is_cut_at_words(text: str, most: int) -> None:
    """What is too long keeps its beginning, and says that it is cut."""
    line = one_line(text)
    cut = shortened(line, most)
    assert len(cut) <= most
    assert cut == line or (cut.endswith("…") and line.startswith(cut[:-1]))


@pytest.mark.parametrize(
    ("text", "most", "tail"),
    [
        ("one two three", 100, "one two three"),
        ("one two three", 10, "…two three"),
        ("x" * 30, 10, "…" + "x" * 9),
        ("e" * 9 + "\u0301" + "e" * 8, 10, "…eeeeeeee"),
        ("\U0001f600" * 20, 5, "…" + "\U0001f600" * 4),
    ],
)
def test_tails_by_hand(text: str, most: int, tail: str) -> None:
    """Whole words where possible, never half a character with its marks."""
    assert tail_of([text], most) == tail


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ({"state": "cancelled"}, "cancelled"),
        ({"state": "failed", "endpoint": "e", "timing": {"totalMs": 65_000}}, "failed · e · 1 min 5 s"),
        ({"state": "done", "endpoint": "e\n" * 90, "usage": {"inputTokens": None}}, None),
    ],
)
def test_endings(outcome: dict[str, object], words: str | None) -> None:
    """The end names what is known by then, on one line."""
    ending = ending_of(outcome)
    assert_one_line(ending)
    assert words is None or ending == words
