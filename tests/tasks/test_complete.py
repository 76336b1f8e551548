"""`complete` with a scripted model over a real workspace: what it sends, what it cuts, what it brings."""

import asyncio
import re
from pathlib import Path

import pytest

from lakewright.agent.events import AnswerText, Phase, PhaseChanged, ReasoningText, TurnEnded
from lakewright.core.events import (
    Event,
    FinishReason,
    PartKind,
    PartStarted,
    Retrying,
    TextDelta,
)
from lakewright.errors import NetworkError
from lakewright.tasks.base import RunRequest, Target
from lakewright.tasks.complete import MAX_TOKENS, Complete
from lakewright.tasks.outcome import FinishedBy
from support_agent import Step, call_turn, text_turn
from support_completion import fenced
from support_tasks import Bench

TAX = """\
import os
from rates import rate


def tax(net: float, country: str) -> float:
    if net < 0:
        raise ValueError
@


def total(net: float) -> float:
    return net + tax(net, "de")
""".replace("@", "    ")
RATES = "def rate(country: str) -> float:\n    return 0.19\n"

AT = RunRequest(Target("tax.py", 8, column=5), thinking="off")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Completions over `tax.py` and `rates.py`."""
    return Bench(tmp_path, Complete(), {"tax.py": TAX, "rates.py": RATES, "empty.py": ""})


def _at(path: str, line: int, column: int, text: str | None = None) -> RunRequest:
    return RunRequest(Target(path, line, text=text, column=column), thinking="off")


async def test_the_text_for_the_cursor_is_the_completion(bench: Bench) -> None:
    """What belongs there is `completion`; `answer` stays null, and nobody is sent its raw text."""
    outcome = await bench.run(AT, text_turn(fenced("return net * rate(country)", "python"), reasoning="hm"))
    result = outcome.to_json()
    assert result["completion"] == {"text": "return net * rate(country)"}
    assert (result["answer"], result["reasoning"], result["finishReason"]) == (None, "hm", "stop")
    assert result["target"] == {"path": "tax.py", "startLine": 8, "endLine": 8}
    assert (result["edits"], result["toolCalls"], outcome.error) == ([], [], None)
    assert not any(isinstance(event, AnswerText) for event in bench.events)
    assert any(isinstance(event, ReasoningText) for event in bench.events)
    assert any(isinstance(event, TurnEnded) for event in bench.events)


async def test_the_prompt_shows_the_place(bench: Bench) -> None:
    """The file with one marker at the cursor, the symbol around it, names of other files; no tools."""
    await bench.run(AT, text_turn("pass"))
    prompt = bench.prompt()
    first = "File `tax.py`, 12 lines. Complete it at `<CURSOR>`, line 8, column 5, with at most 20 lines.\n"
    assert prompt.startswith(first)
    code = re.findall(r"^```python\n(.*?)\n```$", prompt, re.DOTALL | re.MULTILINE)[-1]
    assert prompt.endswith(f"{code}\n```")
    assert code.replace("<CURSOR>", "") == TAX
    assert code.index("<CURSOR>") == TAX.index("    \n") + 4
    assert "`tax`, lines 5-" in prompt
    assert "# rates.py\ndef rate(country: str) -> float" in prompt
    assert bench.sent().tools == ()
    assert (bench.sent().thinking, bench.sent().max_tokens) == ("off", MAX_TOKENS)


async def test_options_are_passed_on(bench: Bench) -> None:
    """Thinking, tokens, lines and persona are the user's; with thinking the model's own limit holds."""
    request = RunRequest(AT.target, thinking="low", max_lines=1, system="You are terse.")
    outcome = await bench.run(request, text_turn("x = 1\n    y = 2\n    z = 3\n"))
    assert outcome.completion == "x = 1"
    assert "at most 1 line." in bench.prompt()
    assert bench.sent().system.startswith("You are terse.")
    assert "Repeat none of it" in bench.sent().system
    assert (bench.sent().thinking, bench.sent().max_tokens) == ("low", None)
    await bench.run(RunRequest(AT.target, thinking="off", max_tokens=50), text_turn("pass"))
    assert bench.sent().max_tokens == 50


async def test_the_marker_is_not_in_the_file(bench: Bench) -> None:
    """A file that holds the marker gets another one; a fence in the file doesn't end the prompt's."""
    text = 'A = "<CURSOR>"\nB = """\n```\n"""\n'
    outcome = await bench.run(_at("tax.py", 5, 1, text), text_turn("C = 1"))
    assert "<CURSOR_2>" in bench.prompt()
    assert "````python\n" in bench.prompt()
    assert outcome.completion == "C = 1"


async def test_a_long_file_is_shown_around_the_cursor(bench: Bench) -> None:
    """What is sent is bounded; imports that are out of sight are named."""
    text = "import os\n" + "".join(f"value_{number} = {number}\n" for number in range(20_000))
    await bench.run(_at("tax.py", 10_000, 1, text), text_turn("x = 1"))
    prompt = bench.prompt()
    assert len(prompt) < 17_000
    assert "value_9997 =" in prompt
    assert "Imports: import os" in prompt
    assert re.search(r"^value_\d+ = \d+\n", prompt.partition("python\n")[2])


async def test_the_stream_is_cut_when_the_completion_is_there(bench: Bench) -> None:
    """What the model writes beyond the end of the completion isn't waited for."""
    turn: list[Step] = [
        PartStarted(0, PartKind.TEXT),
        TextDelta(0, "```python\nreturn net"),
        TextDelta(0, " * 2\n```\n"),
        asyncio.Event(),
    ]
    outcome = await bench.run(AT, turn)
    assert (outcome.completion, outcome.finish_reason) == ("return net * 2", FinishedBy.STOP)
    assert bench.models[-1].closed == 1


async def test_nothing_belongs_there(bench: Bench) -> None:
    """An empty fence, a word saying so and no answer at all are an empty completion."""
    for answer in (text_turn(fenced("")), text_turn("Nothing needs to be inserted here."), text_turn()):
        outcome = await bench.run(AT, answer)
        assert (outcome.completion, outcome.error) == ("", None)


async def test_what_breaks_the_file_is_not_used(bench: Bench) -> None:
    """A module that parsed still does: of an answer the lines that leave it whole, else nothing."""
    outcome = await bench.run(AT, text_turn("net = net * 2\n    return = net\n"))
    assert outcome.completion == "net = net * 2"
    outcome = await bench.run(AT, text_turn("return = net\n"))
    assert (outcome.completion, outcome.error) == ("", None)
    assert "would have broken the file" in bench.notes[-1]


async def test_a_cut_answer_gives_its_whole_lines(bench: Bench) -> None:
    """Up to the last line that balances; without one, the run fails as a model error."""
    cut = FinishReason.LENGTH
    outcome = await bench.run(AT, text_turn("```python\nnet *= 2\nxs = [\n    1,\n    2", finish=cut))
    assert (outcome.completion, outcome.error) == ("net *= 2", None)
    assert outcome.finish_reason is FinishedBy.LENGTH
    echo = TAX.partition("    \n")[0]
    for half in ("return net *", "```python\nreturn net", "xs = [\n    1,\n", echo[:-30], ""):
        outcome = await bench.run(AT, text_turn(half, finish=cut))
        assert outcome.error is not None
        assert (outcome.error.kind, outcome.completion) == ("model", None)


async def test_a_refusal_is_a_model_error(bench: Bench) -> None:
    """A content filter's answer is never a completion."""
    outcome = await bench.run(AT, text_turn("I can't.", finish=FinishReason.REFUSED))
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.finish_reason) == ("model", FinishedBy.REFUSED)
    assert outcome.completion is None


async def test_calls_of_tools_nobody_offered_end_it(bench: Bench) -> None:
    """One request is all: a model that calls tools all the same has not answered."""
    outcome = await bench.run(AT, call_turn(("a", "read_file", '{"path": "tax.py"}')))
    assert outcome.error is not None
    assert outcome.error.kind == "model"
    assert len(bench.models[-1].requests) == 1


async def test_a_turn_begun_again_counts_from_there(bench: Bench) -> None:
    """What was shown before a restart is void."""
    begun: list[Event] = [
        PartStarted(0, PartKind.TEXT),
        TextDelta(0, "retur"),
        Retrying("cut", 0.0, restart=True),
    ]
    outcome = await bench.run(AT, [*begun, *text_turn("return net")])
    assert outcome.completion == "return net"
    assert outcome.requests == 2


async def test_a_failure_holds_no_completion(bench: Bench) -> None:
    """A broken stream is an error, whatever had come."""
    turn: list[Step] = [PartStarted(0, PartKind.TEXT), TextDelta(0, "return"), NetworkError("cut")]
    outcome = await bench.run(AT, turn)
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.completion, outcome.answer) == ("network", None, None)


async def test_masked_text_is_not_used(bench: Bench) -> None:
    """What a gateway put in the place of the model's words never goes in."""
    outcome = await bench.run(AT, text_turn('send("<EMAIL_ADDRESS>")'))
    assert (outcome.completion, outcome.error) == ("", None)
    assert bench.notes


@pytest.mark.parametrize(
    ("target", "named"),
    [
        (Target("tax.py", 99, column=1), "12 lines"),
        (Target("tax.py", 1, column=99), "9 characters"),
        (Target("no.py", 1, column=1), "no.py"),
        (Target(".env", 1, column=1), ".env"),
        (Target("ignored.py", 1, column=1), "ignored.py"),
        (Target("../far.py", 1, column=1), "far.py"),
        (Target("book.ipynb", 1, column=1), "JSON"),
        (Target("tax.py", 1), "cursor"),
        (None, "earlier run"),
    ],
)
async def test_what_is_no_place_sends_nothing(target: Target | None, named: str, bench: Bench) -> None:
    """A file that mustn't be read and a place that isn't in it are input errors, before any request."""
    (bench.root / ".env").write_text("TOKEN=1")
    (bench.root / ".gitignore").write_text("ignored.py\n")
    (bench.root / "ignored.py").write_text("x = 1\n")
    (bench.root / "book.ipynb").write_text('{"cells": [], "nbformat": 4}')
    outcome = await bench.run(RunRequest(target), text_turn("x"))
    assert outcome.error is not None
    assert outcome.error.kind == "input"
    assert named in outcome.error.message
    assert bench.models[-1].requests == []


async def test_an_empty_file_is_a_place(bench: Bench) -> None:
    """The first line of an empty file can be completed, also of one on standard input."""
    outcome = await bench.run(_at("empty.py", 1, 1), text_turn(fenced("import os", "python")))
    assert outcome.completion == "import os"
    outcome = await bench.run(_at("new.py", 1, 1, ""), text_turn(fenced("import os", "python")))
    assert outcome.completion == "import os"


async def test_the_completion_has_the_files_newlines(bench: Bench) -> None:
    """In a CRLF file what goes in has CRLF, and the model sees plain lines."""
    (bench.root / "dos.py").write_bytes(b"def f():\r\n    \r\n")
    outcome = await bench.run(_at("dos.py", 2, 5), text_turn("x = 1\n    return x"))
    assert outcome.completion == "x = 1\r\n    return x"
    assert "\r" not in bench.prompt()


async def test_a_completion_is_not_kept(bench: Bench) -> None:
    """It is no conversation: nothing is stored of it, and it goes on from none."""
    await bench.run(AT, text_turn("return net"))
    assert not list((bench.root / ".git").rglob("*.jsonl"))
    outcome = await bench.run(RunRequest(AT.target, conversation="last"), text_turn("x"))
    assert outcome.error is not None
    assert outcome.error.kind == "input"


async def test_cancelling_closes_the_stream(bench: Bench) -> None:
    """A cancelled completion ends at once, without a completion."""
    begun = asyncio.Event()
    turn: list[Step] = [PartStarted(0, PartKind.TEXT), TextDelta(0, "return "), asyncio.Event()]
    bench.watch = lambda event: begun.set() if event == PhaseChanged(Phase.WRITING) else None
    task = asyncio.create_task(bench.run(AT, turn))
    await begun.wait()
    task.cancel()
    outcome = await task
    assert (outcome.completion, outcome.finish_reason) == (None, FinishedBy.CANCELLED)
    assert bench.models[-1].closed == 1
