"""`complete` over the whole stack: a real host on loopback, whose model completes from the document."""

from pathlib import Path

import pytest

from lakewright.agent.events import Note, Retried, RunEvent
from lakewright.edits.check import check
from lakewright.sandbox.server import SandboxServer
from lakewright.tasks.base import Target
from lakewright.tasks.outcome import FinishedBy
from support_completion import CURSOR
from support_end_to_end import complete

FILES = {
    "cart.py": '''\
from rates import rate


def total_price(items):
    """The sum of the prices."""
    ‸


def net(amount, country):
    return amount * rate(country)
''',
    "call.py": """\
from rates import rate


def net(amount, country):
    value = amount * rate(‸)
    return value
""",
    "cart.ts": """\
export function totalPrice(items: number[]): number {
  ‸
}
""",
}
RATES = "def rate(country):\n    return 0.19\n"


def _written(root: Path, name: str) -> tuple[Target, str, str]:
    """The file without its cursor sign, the cursor, and the text before and behind it."""
    before, _, after = FILES[name].partition(CURSOR)
    (root / ".git").mkdir()
    (root / "rates.py").write_text(RATES)
    (root / name).write_text(before + after)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Target(name, line, column=column), before, after


@pytest.mark.parametrize("name", FILES)
async def test_the_model_completes_and_the_file_stays_whole(name: str, tmp_path: Path) -> None:
    """Something comes back for each of the files, and with it the file parses."""
    target, before, after = _written(tmp_path, name)
    async with SandboxServer(pace=0) as server:
        outcome = await complete(server, tmp_path, target)
    assert outcome.error is None
    assert outcome.completion
    assert check(name, before + after, before + outcome.completion + after) is None
    assert (outcome.answer, outcome.finish_reason, outcome.requests) == (None, FinishedBy.STOP, 1)


async def test_arguments_come_from_another_file(tmp_path: Path) -> None:
    """The signature of an imported function is in the request, and its parameter in the completion."""
    target, *_ = _written(tmp_path, "call.py")
    async with SandboxServer(pace=0) as server:
        outcome = await complete(server, tmp_path, target)
        assert b"def rate(country)" in server.log[-1].raw
    assert outcome.completion == "country"


async def test_what_the_guard_refuses_never_leaves(tmp_path: Path) -> None:
    """A neighbour that is ignored isn't in the request, nor is a file on the deny list."""
    target, *_ = _written(tmp_path, "call.py")
    (tmp_path / "rates.py").write_text("def rate(CANARY): ...\n")
    (tmp_path / ".gitignore").write_text("rates.py\n")
    async with SandboxServer(pace=0) as server:
        await complete(server, tmp_path, target)
        outcome = await complete(server, tmp_path, Target("rates.py", 1, column=1))
        assert outcome.error is not None
        assert outcome.error.kind == "input"
        assert len(server.model_requests) == 1
        assert all(b"CANARY" not in record.raw for record in server.log)


async def test_a_torn_stream_is_asked_again(tmp_path: Path) -> None:
    """The completion is that of the second attempt alone."""
    target, *_ = _written(tmp_path, "call.py")
    events: list[RunEvent] = []
    async with SandboxServer(pace=0, faults=["cut"]) as server:
        outcome = await complete(server, tmp_path, target, events=events)
    assert (outcome.completion, outcome.requests) == ("country", 2)
    assert any(isinstance(event, Retried) for event in events)


async def test_too_few_tokens_are_an_error(tmp_path: Path) -> None:
    """What was cut in its first line isn't used."""
    target, *_ = _written(tmp_path, "cart.py")
    async with SandboxServer(pace=0) as server:
        outcome = await complete(server, tmp_path, target, max_tokens=3)
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.completion) == ("model", None)
    assert outcome.finish_reason is FinishedBy.LENGTH


async def test_a_place_where_nothing_belongs(tmp_path: Path) -> None:
    """An empty completion is no error, and nothing is noted beside it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "done.py").write_text("x = 1\n")
    events: list[RunEvent] = []
    async with SandboxServer(pace=0) as server:
        outcome = await complete(server, tmp_path, Target("done.py", 1, column=6), events=events)
    assert (outcome.completion, outcome.error) == ("", None)
    assert not any(isinstance(event, Note) for event in events)
