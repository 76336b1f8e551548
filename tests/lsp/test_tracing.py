"""`$/logTrace`: for clients that ask for it, and never with content."""

from pathlib import Path

import pytest

from support_lsp_runs import RUN, bench


@pytest.mark.parametrize(
    ("value", "details"), [("off", []), ("messages", [False] * 2), ("verbose", [False, True])]
)
async def test_runs_are_traced(
    value: str, details: list[bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beginning and end, with counts where the client wants it verbose."""
    async with bench(tmp_path, monkeypatch) as here:
        here.client.notify("$/setTrace", {"value": value})
        await here.client.answer_to(here.start(instruction="SECRET"))
        traced = here.client.received("$/logTrace")
        assert [bool(one.get("verbose")) for one in traced] == details
        assert all(RUN in one["message"] for one in traced)
        assert "SECRET" not in str(traced)
        assert "total" not in str([one["message"] for one in traced])


async def test_it_can_be_asked_for_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `initialize`, until `$/setTrace` says otherwise."""
    async with bench(tmp_path, monkeypatch, trace="messages") as here:
        await here.client.answer_to(here.start(run="a"))
        assert len(here.client.received("$/logTrace")) == 2
        here.client.notify("$/setTrace", {"value": "off"})
        await here.client.answer_to(here.start(run="b"))
        assert len(here.client.received("$/logTrace")) == 2
