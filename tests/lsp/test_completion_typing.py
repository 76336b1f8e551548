"""Somebody types, deletes and waits, in any order: what is shown always fits, and is asked for once."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakewright.lsp.completion_place import asked_in
from lakewright.lsp.runs import Run
from support_lsp_completion import Bench, Gate, text_of

TEXT = "def total(items):\n    ‸\n\n\ndef net(amount):\n    return amount\n"
WRITTEN = "return sum(items)"

Step = tuple[str, Any]
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("along"), st.integers(1, 6)),
        st.tuples(st.just("type"), st.sampled_from(["r", "re", "x", "\n    ", "return s", "("])),
        st.tuples(st.just("delete"), st.integers(1, 4)),
        st.tuples(st.just("request"), st.booleans()),
        st.tuples(st.just("wait"), st.sampled_from([0.01, 0.4])),
        st.tuples(st.just("cancel"), st.none()),
        st.tuples(st.just("open"), st.none()),
        st.tuples(st.just("rest"), st.none()),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace for all sessions."""
    root = tmp_path_factory.mktemp("work")
    (root / ".git").mkdir()
    return root


class _Scripts(list[Any]):
    """The model always writes the same, and stands still in the middle of it until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: list[Gate] = []

    def __getitem__(self, _index: Any) -> Any:
        self.gates.append(Gate())
        return [WRITTEN[:8], self.gates[-1], WRITTEN[8:] + "\n"]


@dataclass
class _Person:
    """Somebody at the keyboard. `sent` are the requests with the text and the cursor they were for."""

    bench: Bench
    scripts: _Scripts
    sent: list[tuple[Any, str, int]] = field(default_factory=list)
    ghost: str = ""
    """What the editor shows at the cursor."""

    async def do(self, kind: str, value: Any) -> None:
        """One step."""
        if kind == "along" and self.ghost:
            self.bench.type(self.ghost[:value])
            self.ghost = self.ghost[value:]
        elif kind == "type":
            self.bench.type(value)
            self.ghost = ""
        elif kind == "delete" and self.bench.offset >= value:
            self.bench.delete(value)
            self.ghost = ""
        elif kind == "wait":
            self.bench.clock.advance(value)
        elif kind == "request":
            await self.request(by_hand=value)
        elif kind == "cancel" and self.sent and asyncio.isfuture(self.sent[-1][0]):
            self.sent[-1][0].cancel()
        elif kind in ("open", "rest"):
            await self.rest()
        await asyncio.sleep(0)

    async def request(self, *, by_hand: bool) -> None:
        """Ask as an editor does; one that shows ghost text that still fits needs no second answer."""
        before = self.bench.asked, len(self.bench.session.runs.active)
        answer = self.bench.suggest(by_hand=by_hand)
        self.sent.append((answer, self.bench.document.text, self.bench.offset))
        if self.ghost:
            assert await text_of(answer) == self.ghost, "typing along is answered at once"
            assert (self.bench.asked, len(self.bench.session.runs.active)) == before
        elif not asyncio.isfuture(answer):
            self.ghost = await text_of(answer) or ""

    async def rest(self) -> None:
        """Let every question come to its end."""
        self.bench.clock.advance(1)
        while self.bench.session.runs.active:
            for gate in self.scripts.gates:
                gate.opened.set()
            await asyncio.sleep(0.001)
        await asyncio.sleep(0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_STEPS)
async def test_what_is_shown_fits_and_is_asked_for_once(root: Path, steps: list[Step]) -> None:
    """Every request is answered. With what it shows, the document is one that was asked about with the
    model's text at its cursor; what is typed along asks nothing; no place is asked about twice.
    """
    scripts = _Scripts()
    bench = Bench(root, TEXT)
    bench.writer.scripts = scripts
    asked: list[tuple[str, int, Run]] = []
    begin = bench.session.runs.start

    def start(*args: Any, **named: Any) -> Any:
        found = asked_in(bench.session.documents, bench.document, named["work"].args[1].place)
        run = begin(*args, **named)
        asked.append((found.text, found.offset, run))
        return run

    bench.session.runs.start = start  # type: ignore[method-assign]
    person = _Person(bench, scripts)
    for kind, value in steps:
        await person.do(kind, value)
    await person.rest()
    brought = [(text, offset, run.task.result()) for text, offset, run in asked]
    made = {text[:offset] + new + text[offset:] for text, offset, new in brought if new is not None}
    places = [(text, offset) for text, offset, new in brought if new]
    assert len(places) == len(set(places)), "what was suggested is asked for again"
    for answer, text, offset in person.sent:
        if asyncio.isfuture(answer):
            assert answer.done(), "a request is not answered"
        if asyncio.isfuture(answer) and answer.cancelled():
            continue
        shown = await text_of(answer)
        assert shown is None or text[:offset] + shown + text[offset:] in made
    assert not bench.session.completions._waiting
    assert not bench.session.completions._questions
