"""Neovim with a screen, driven by its own API: keys go in, and what a person sees comes out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from editors.programs.program import ROOT, Found
from support_editors import START, World, until
from support_editors_msgpack import Api

WIDTH, HEIGHT = 100, 30

_TEXT = """
local name = ...
return table.concat(vim.api.nvim_buf_get_lines(vim.fn.bufnr(name), 0, -1, false), "\\n")
"""
_ATTACHED = """
local client = vim.lsp.get_clients({ name = "lakewright", bufnr = 0 })[1]
return client and client.initialized or false
"""


class Screen:
    """The cells of the one grid, kept by Neovim's own redraw events."""

    def __init__(self) -> None:
        self._rows = [[" "] * WIDTH for _ in range(HEIGHT)]

    def take(self, events: Iterable[list[Any]]) -> None:
        """Apply a batch: each event is its name and the argument lists of its calls."""
        for name, *calls in events:
            for arguments in calls:
                if name == "grid_line":
                    self._line(*arguments)
                elif name == "grid_scroll":
                    self._scroll(*arguments)
                elif name == "grid_clear":
                    self._rows = [[" "] * WIDTH for _ in range(HEIGHT)]

    @property
    def lines(self) -> list[str]:
        return ["".join(row).rstrip() for row in self._rows]

    @property
    def last(self) -> str:
        """The last line that isn't empty."""
        return next((line for line in reversed(self.lines) if line), "")

    def _line(self, _grid: int, row: int, column: int, cells: list[list[Any]], *_wrap: bool) -> None:
        for text, *more in cells:
            repeat = more[1] if len(more) > 1 else 1
            self._rows[row][column : column + repeat] = [text] * repeat
            column += repeat

    def _scroll(
        self, _grid: int, top: int, bottom: int, left: int, right: int, rows: int, _columns: int
    ) -> None:
        places = range(top, bottom - rows) if rows > 0 else range(bottom - 1, top - rows - 1, -1)
        for place in places:
            self._rows[place][left:right] = self._rows[place + rows][left:right]


@dataclass
class Neovim:
    """One that runs. Everything a person does is `keys`; `lua` sets things up and looks."""

    api: Api
    world: World
    _screen: Screen

    @classmethod
    def start(cls, found: Found, world: World, *argv: str, **environ: str) -> "Neovim":
        """With the user's own configuration of that world."""
        variables = {**world.environ, **found.environ, **environ}
        with (world.artifacts / "neovim.err").open("wb") as errors:
            api = Api([*found.argv, "--embed", *argv], variables, errors)
        api("nvim_ui_attach", WIDTH, HEIGHT, {"rgb": True, "ext_linegrid": True})
        return cls(api, world, Screen())

    # what a person does and sees ----------------------------------------------------------------------

    def keys(self, text: str) -> None:
        """Type: `<CR>`, `<Esc>` and the like are keys."""
        self.api("nvim_input", text)

    def screen(self) -> list[str]:
        """The lines of the screen, also while Neovim waits for an answer."""
        self.api("nvim_get_mode")  # what was drawn before comes before its answer
        for name, arguments in self.api.events:
            if name == "redraw":
                self._screen.take(arguments)
        self.api.events.clear()
        return self._screen.lines

    def sees(self, *texts: str, seconds: float = START) -> list[str]:
        """Wait until all of these stand on the screen."""

        def look() -> list[str]:
            lines = self.screen()
            return lines if all(any(text in line for line in lines) for text in texts) else []

        try:
            return until(look, f"{texts} on the screen", seconds)
        finally:
            self.keep()

    def asks(self) -> bool:
        """Whether it waits for a key before it goes on: a question, a command line, or "Press ENTER"."""
        mode = self.api("nvim_get_mode")
        return mode["blocking"] or mode["mode"][0] in "cr"

    def is_free(self) -> bool:
        """Whether it takes commands, once "Press ENTER" has got its key."""
        if self.asks() and self.screen() and "Press ENTER" in self._screen.last:
            self.keys("<CR>")
        return not self.asks()

    def answers(self, question: str, key: str) -> None:
        """Wait until a question is asked, whatever is to be confirmed before it, and answer it by a key."""

        def look() -> bool:
            return not self.is_free() and any(question in line for line in self.screen())

        try:
            until(look, f"{question} is asked", START)
        finally:
            self.keep()
        self.keys(key)

    # set-up and looks ---------------------------------------------------------------------------------

    def lua(self, code: str, *arguments: Any) -> Any:
        """Run Lua. It fails, rather than waiting for ever, where Neovim waits for a person."""
        if self.api("nvim_get_mode")["blocking"]:
            raise AssertionError("Neovim waits for a key:\n" + "\n".join(self.screen()))
        return self.api("nvim_exec_lua", code, arguments)

    def command(self, text: str) -> None:
        """An Ex command."""
        self.lua("vim.cmd(...)", text)

    def text(self, path: Path | None = None) -> str:
        """The text of a buffer, by default the current one."""
        return f"{self.lua(_TEXT, str(path) if path else '%')}\n"

    def attached(self) -> None:
        """Wait until the server of the current buffer has been greeted."""
        until(lambda: self.lua(_ATTACHED), "the server is attached", START)

    def keep(self) -> None:
        """Leave the screen for people who look at a failure."""
        (self.world.artifacts / "screen.txt").write_text("\n".join(self._screen.lines), "utf-8")

    def quit(self) -> None:
        """`:qall!`, and the end of the process."""
        self.keys("<C-\\><C-n>:qall!<CR>")
        assert self.api.end() == 0


def readme_lines() -> str:
    """The Lua of the README, as it stands there."""
    lines = re.findall(r"```lua\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    return "".join(lines)


class Start:
    """Starts Neovim on files with the README's lines as the user's own `init.lua`. At its end what runs is
    quit, and no server may be left.
    """

    def __init__(self, found: Found, world: World) -> None:
        self._found, self._world, self._running = found, world, list[Neovim]()

    @property
    def is_newest(self) -> bool:
        """Whether it is 0.12, which asks before an edit and has ghost text."""
        return not self._found.version.startswith("0.11")

    def __call__(self, *files: Path, lines: str = "", **environ: str) -> Neovim:
        """`lines` go before the README's. Returns when the server is attached."""
        init = self._world.config / "nvim" / "init.lua"
        init.parent.mkdir(exist_ok=True)
        init.write_text(f"vim.o.swapfile = false\n{lines}\n{readme_lines()}", "utf-8")
        editor = Neovim.start(self._found, self._world, *map(str, files), **environ)
        self._running.append(editor)
        editor.attached()
        return editor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        for editor in self._running:
            editor.screen()
            editor.keep()
            editor.quit()
        if kind is None:
            until(lambda: not self._world.servers(), "every server ends with its editor")
