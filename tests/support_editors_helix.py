"""Helix in a terminal: configured by the lines of its page, opened on files."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from editors.programs.program import Found
from support_editors import START, World, until
from support_editors_pages import PAGES, blocks
from support_editors_tmux import Pane, terminal

PAGE = PAGES / "helix.md"
ACTIONS = ("Space", "a")
"""The keys of code actions."""
_LONGEST_MENU = 20
_OPENED = 'lakewright -> {"jsonrpc":"2.0","method":"textDocument/didOpen"'


def configure(world: World, languages: str, config: str) -> None:
    """Helix's two files, in this world."""
    folder = world.home / "c" / "helix"
    folder.mkdir(exist_ok=True)
    (folder / "languages.toml").write_text(languages)
    (folder / "config.toml").write_text(config)


def of_page(*, sandbox: bool = False) -> tuple[str, str]:
    """`languages.toml` and `config.toml` as the page has them; without the sandbox as it says, by removing
    that line.
    """
    (languages,) = blocks(PAGE, "toml", "languages.toml")
    config = "\n".join(blocks(PAGE, "toml", "config.toml"))
    if not sandbox:
        languages = "".join(line for line in languages.splitlines(keepends=True) if "sandbox" not in line)
    return languages, config


@contextmanager
def helix(found: Found, tmux: Found, world: World, *files: Path, cwd: Path, **environ: str) -> Iterator[Pane]:
    """Helix on files. When it has ended no server of it may be left."""
    environment: Mapping[str, str] = {**world.environ, **found.environ, **environ}
    argv = (*found.argv, "-v", *map(str, files))
    with terminal(tmux, argv, world, cwd=cwd, environ=environment) as pane:
        try:
            yield pane
        finally:
            (world.artifacts / "helix.log").write_text(logged(world))


def menu(pane: Pane, world: World) -> None:
    """Ask for the code actions, once the server has the document: before that Helix knows of none."""
    until(lambda: _OPENED in logged(world), "the server has the document", START)
    pane.press(*ACTIONS)
    pane.shows("Explain")


def pick(pane: Pane, world: World, title: str) -> None:
    """Choose a code action."""
    menu(pane, world)
    for _ in range(_LONGEST_MENU):
        before = pane.marked
        if title in before:
            break
        pane.press("Down")
        until(partial(_differs, pane, before), "the next action is marked")
    pane.press("Enter")


def _differs(pane: Pane, before: str) -> bool:
    return pane.marked != before


def leave(pane: Pane, world: World) -> None:
    """Quit without saving; no server is left."""
    pane.press(":quit-all!", "Enter")
    until(lambda: not pane.runs, "Helix ends")
    until(lambda: not world.servers(), "its server ends")


def logged(world: World) -> str:
    """What Helix has logged: with `-v`, every message."""
    log = world.home / "k" / "helix" / "helix.log"
    return log.read_text(errors="replace") if log.exists() else ""


def initialize_of(world: World) -> dict[str, Any]:
    """The parameters of `initialize`, as Helix logged what it sent."""
    line = next(line for line in logged(world).splitlines() if '"method":"initialize"' in line)
    params = json.loads(line[line.index("-> {") + 3 :])["params"]
    assert isinstance(params, dict)
    return params
