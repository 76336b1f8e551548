"""Helix in a terminal, with the lines of its page and nothing else: what its user does and sees."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import support_editors_linter
from editors.programs.program import Found
from lakewright.sandbox.server import SandboxServer
from support_editors import World, asked, need, reaches, until, was_hung_up
from support_editors_helix import PAGE, configure, helix, initialize_of, leave, menu, of_page, pick
from support_editors_pages import README, blocks

StartHost = Callable[..., SandboxServer]
Code = Callable[[str], Path]
RECORDED = Path(__file__).parents[1] / "lsp" / "editors"


@pytest.fixture(scope="module")
def tmux() -> Found:
    return need("tmux")


@pytest.fixture(scope="module")
def old() -> Found:
    """The oldest that is supported."""
    return need("helix-25.01")


@pytest.fixture(scope="module")
def new() -> Found:
    """The newest of Debian."""
    return need("helix-25.07")


@pytest.fixture
def money(world: World, code: Code) -> Path:
    """A file to work on; Helix is configured as the page says, for a host."""
    configure(world, *of_page())
    return code("python") / "ledger/money.py"


def test_health_lists_the_server(old: Found, world: World) -> None:
    """The lines of the README are right by Helix's own check, which finds the server's program."""
    (both,) = (block for block in blocks(README, "toml") if "[language-server.lakewright]" in block)
    languages, _, config = both.partition("# config.toml")
    configure(world, languages, config)
    environ = {**world.environ, **old.environ}
    argv = [*old.argv, "--health", "python"]
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=20, check=True)
    (line,) = (line for line in done.stdout.splitlines() if "lakewright" in line)
    assert "✓" in line
    assert done.stderr == ""


def test_the_first_explanation_is_three_steps(old: Found, tmux: Found, world: World, code: Code) -> None:
    """With the page's lines, the sandbox in them, a function is explained: reasoning in the last line, then
    where the explanation is kept. It can be opened there.
    """
    configure(world, *of_page(sandbox=True))
    money = code("python") / "ledger/money.py"
    with helix(old, tmux, world, money, cwd=money.parent.parent) as pane:
        pane.press("8gg")
        pick(pane, world, "Explain")
        pane.until(lambda text: "thinking · " in text.split("\n")[-2], "reasoning in the last line")
        pane.until(lambda text: "/explanations/" in text.rstrip("\n").split("\n")[-1], "where it is kept")
        (kept,) = (world.home / "state" / "explanations").glob("*/*.md")
        pane.press(f":open {kept}", "Enter")
        pane.shows("# Explain `money.py:8", "What it holds")
        leave(pane, world)


def test_a_ready_instruction_changes_the_buffer_in_one_step(
    old: Found, tmux: Found, world: World, money: Path, start_host: StartHost
) -> None:
    """The edit is in the buffer, unsaved; `:w` writes it, one `u` takes it back."""
    book = money.parent / "book.py"
    before = book.read_text()
    with helix(old, tmux, world, book, cwd=book.parent.parent, **reaches(start_host())) as pane:
        pane.press("18gg")
        pick(pane, world, "Refactor: add docstrings")
        pane.shows("book.py [+]")
        assert book.read_text() == before
        pane.press(":write", "Enter")
        until(lambda: book.read_text() != before, "the file is written")
        pane.press("u", ":write", "Enter")
        until(lambda: book.read_text() == before, "it is as it was")
        leave(pane, world)


def test_cancel_closes_the_connection(
    old: Found, tmux: Found, world: World, money: Path, start_host: StartHost
) -> None:
    """By the page's key, while the reasoning is seen: the host sees the connection close."""
    host = start_host(pace=30)
    with helix(old, tmux, world, money, cwd=money.parent.parent, **reaches(host)) as pane:
        pick(pane, world, "Explain")
        pane.shows("thinking · ")
        pane.press("Space", "x")
        was_hung_up(asked(host))
        pane.shows("cancelled")
        leave(pane, world)
    assert not list((world.home / "state").glob("explanations/*"))


def test_a_fault_is_one_message(
    old: Found, tmux: Found, world: World, money: Path, start_host: StartHost
) -> None:
    """It stays in the last line, and says what is wrong."""
    host = start_host("permission")
    with helix(old, tmux, world, money, cwd=money.parent.parent, **reaches(host)) as pane:
        pick(pane, world, "Explain")
        pane.until(lambda text: "may not be used with these credentials" in text, "the reason")
        leave(pane, world)


def test_without_a_profile_nothing_is_said_before_a_command(
    old: Found, tmux: Found, world: World, money: Path
) -> None:
    """A new user meets an editor as ever; the first command says what to do."""
    with helix(old, tmux, world, money, cwd=money.parent.parent) as pane:
        menu(pane, world)
        assert pane.last_line == ""
        pane.press("Escape")
        pane.until(lambda text: "Explain" not in text, "the menu is closed")
        pick(pane, world, "Explain")
        pane.until(lambda text: "databricks auth login" in text, "what to do")
        leave(pane, world)


def test_newer_ones_open_the_document_and_take_an_instruction(
    new: Found, tmux: Found, world: World, money: Path, start_host: StartHost
) -> None:
    """25.07: the explanation opens as Markdown; the page's command with an instruction changes files."""
    with helix(new, tmux, world, money, cwd=money.parent.parent, **reaches(start_host())) as pane:
        pick(pane, world, "Explain")
        pane.shows("# Explain `money.py:1`")
        pane.press(f":open {money}", "Enter")
        (line,) = (block for block in blocks(PAGE, "") if "lakewright.refactor" in block)
        line = line.strip().replace("file:///home/me/shop/orders.py", money.as_uri())
        pane.press(line.replace("rename total to total_due", "rename total to sum_of"), "Enter")
        pane.shows("def sum_of(")
        pane.press(":write-all", "Enter")
        until(lambda: "sum_of" in (money.parent / "report.py").read_text(), "the other file is written")
        assert "sum_of" in (money.parent / "book.py").read_text()
        leave(pane, world)


@pytest.mark.parametrize("version", ["25.01", "25.07"])
def test_it_declares_what_the_contract_tests_use(
    version: str, tmux: Found, world: World, money: Path, start_host: StartHost
) -> None:
    """The capabilities that the tests of the server play with are those that this program sends."""
    found = need(f"helix-{version}")
    with helix(found, tmux, world, money, cwd=money.parent, **reaches(start_host())) as pane:
        menu(pane, world)
        sent = initialize_of(world)
    recorded = json.loads((RECORDED / f"helix-{version}.json").read_text())
    assert sent["capabilities"] == recorded["initialize"]["capabilities"]


def test_what_another_server_finds_can_be_fixed(
    old: Found, tmux: Found, world: World, code: Code, start_host: StartHost
) -> None:
    """Two servers for a language: on a diagnostic of the other one a *Fix* is offered."""
    languages, config = of_page()
    linter = json.dumps([str(Path(support_editors_linter.__file__))])
    other = f"[language-server.pylsp]\ncommand = {json.dumps(sys.executable)}\nargs = {linter}\n"
    configure(world, f"{other}\n{languages}", config)
    money = code("python") / "ledger/money.py"
    host = start_host()
    with helix(old, tmux, world, money, cwd=money.parent.parent, **reaches(host)) as pane:
        pane.shows("Amounts have no unit.", seconds=30)
        pick(pane, world, "Fix: Amounts have no unit.")
        asked(host)
        leave(pane, world)
