"""Emacs in a terminal, with the lines of its page: what a person types and sees."""

from collections.abc import Callable
from pathlib import Path

import pytest

from editors.programs.program import Found
from lakewright.sandbox.server import SandboxServer
from support_editors import START, World, need, reaches, until
from support_editors_emacs import Emacs, init_of_page

StartHost = Callable[..., SandboxServer]
Code = Callable[[str], Path]


@pytest.fixture(scope="module")
def found() -> Found:
    return need("emacs-30")


@pytest.fixture(scope="module")
def tmux() -> Found:
    return need("tmux")


def test_the_first_explanation_is_three_steps(found: Found, tmux: Found, world: World, code: Code) -> None:
    """With the page's lines, the sandbox in them: `M-x eglot`, a code action, reasoning in the echo area, a
    Markdown buffer.
    """
    money = code("python") / "ledger/money.py"
    with Emacs(found, world).screen(tmux, money, init=init_of_page(sandbox=True)) as pane:
        pane.shows("VAT = 19", seconds=START)
        pane.press("M-x", "eglot", "Enter")
        pane.shows("Connected!", seconds=START)
        pane.press("M-x", "goto-line", "Enter", "8", "Enter")
        pane.press("M-x", "eglot-code-actions", "Enter")
        pane.shows("Pick an action")
        pane.press("Explain", "Enter")
        pane.shows("thinking · ")
        pane.shows("# Explain `money.py:8")
        pane.press("C-x", "C-c")
        until(lambda: not pane.runs, "Emacs ends")
    until(lambda: not world.servers(), "its server ends with it")


def test_other_files_are_asked_for(
    found: Found, tmux: Found, world: World, code: Code, start_host: StartHost
) -> None:
    """Before files that aren't open are changed, Emacs shows which; no changes nothing, and yes all."""
    money = code("python") / "ledger/money.py"
    emacs = Emacs(found, world, **reaches(start_host()))
    with emacs.screen(tmux, money, init=init_of_page()) as pane:
        pane.shows("VAT = 19", seconds=START)
        pane.press("M-x", "eglot", "Enter")
        pane.shows("Connected!", seconds=START)
        for answer, seen in (("n", "def total("), ("y", "def sum_of(")):
            pane.press("M-x", "lakewright-refactor", "Enter", "rename total to sum_of", "Enter")
            pane.shows("book.py (2 changes)", "report.py", "Proceed?")
            pane.press(answer)
            pane.shows(seen)
            pane.until(lambda text: "Proceed?" not in text, "the question is gone")
