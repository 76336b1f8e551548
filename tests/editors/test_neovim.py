"""Neovim, both versions, with the lines of the README and nothing else: what its user does and sees."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lakewright.sandbox.server import SandboxServer
from support_editors import World, asked, need, reaches, until, was_hung_up
from support_editors_neovim import Start

StartHost = Callable[..., SandboxServer]
Code = Callable[[str], Path]


@pytest.fixture(params=["neovim-0.11", "neovim-0.12"])
def start(request: pytest.FixtureRequest, world: World) -> Iterator[Start]:
    """Starts one version on files; it has ended, and its server, after the test."""
    with Start(need(request.param), world) as started:
        yield started


def test_explain_shows_its_reasoning_and_then_a_document(
    start: Start, code: Code, start_host: StartHost
) -> None:
    """Progress with the model's own words in the last line; then Markdown in a window that takes no focus."""
    money = code("python") / "ledger/money.py"
    editor = start(money, **reaches(start_host(pace=1)))
    place = "money.py:8\N{EN DASH}10"
    editor.keys("9G:Lakewright explain<CR>")
    editor.sees(f"Explain {place}: thinking · ")
    editor.sees(f"# Explain `{place}`", "What it holds", "add_tax(net: int")
    editor.sees(f"Explain {place}: done")
    assert editor.lua("return vim.bo.filetype") == "python"


def test_cancel_is_typed_while_the_reasoning_runs(start: Start, code: Code, start_host: StartHost) -> None:
    """The command line isn't written over by progress; the host sees its connection close; nothing opens."""
    host = start_host(pace=30)
    editor = start(code("python") / "ledger/money.py", **reaches(host))
    editor.keys(":Lakewright explain<CR>")
    editor.sees("Explain money.py:1: ")
    editor.keys(":Lakewright can")
    sent = asked(host).sent_events
    until(lambda: asked(host).sent_events > sent + 2, "the model goes on")
    assert editor.screen()[-1] == ":Lakewright can"
    editor.keys("cel<CR>")
    was_hung_up(asked(host))
    editor.sees("cancelled")
    assert editor.lua("return #vim.api.nvim_list_wins()") == 1
