"""A terminal that a person could sit at: tmux on a private socket, its keys and its picture."""

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from editors.programs.program import Found
from support_editors import SHOWN, World, until

WIDTH, HEIGHT = 110, 30


@dataclass(frozen=True)
class Pane:
    """One program in a terminal of 110 by 30. `environ` is what tmux itself is started with."""

    tmux: tuple[str, ...]
    environ: Mapping[str, str]
    artifacts: Path

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names (`Enter`, `C-g`); anything else is typed as it stands."""
        for key in keys:
            named = () if len(key) == 1 or key.startswith(("C-", "M-")) or key in _NAMED else ("-l",)
            self._tell("send-keys", *named, "--", ";" if key == r"\;" else key)

    @property
    def text(self) -> str:
        """What the screen shows."""
        return self._tell("capture-pane", "-p")

    @property
    def marked(self) -> str:
        """What stands in reverse: the row of a menu that is chosen."""
        return " ".join(_REVERSED.findall(self._tell("capture-pane", "-p", "-e")))

    @property
    def last_line(self) -> str:
        """The line of messages, at the foot of the screen."""
        return self.text.removesuffix("\n").split("\n")[HEIGHT - 1].strip()

    @property
    def runs(self) -> bool:
        """Whether the program hasn't ended."""
        return self._call("has-session").returncode == 0

    def shows(self, *words: str, seconds: float = SHOWN) -> str:
        """Wait until the screen shows all these words; the screen."""
        return self.until(lambda text: all(word in text for word in words), " and ".join(words), seconds)

    def until(self, holds: Callable[[str], bool], what: str, seconds: float = SHOWN) -> str:
        """Wait until something holds of the screen; the screen."""

        def look() -> str:
            text = self.text
            return text if holds(text) else ""

        return until(look, what, seconds)

    def keep(self, name: str) -> None:
        """Leave the screen in the artifacts of the test."""
        if self.runs:
            (self.artifacts / name).write_text(self.text)

    def _tell(self, *words: str) -> str:
        done = self._call(*words)
        assert done.returncode == 0, f"tmux {words[0]}: {done.stderr.strip()}"
        return done.stdout

    def _call(self, *words: str) -> "subprocess.CompletedProcess[str]":
        argv = (*self.tmux, *words)
        return subprocess.run(argv, env=self.environ, capture_output=True, text=True, timeout=20, check=False)


_REVERSED = re.compile(r"\x1b\[7m(?:\x1b\[[\d;]*m)*([^\x1b\n]*)")
_NAMED = frozenset({"Enter", "Escape", "Space", "Tab", "Up", "Down", "BSpace"})


@contextmanager
def terminal(
    tmux: Found, argv: Sequence[str], world: World, *, cwd: Path, environ: Mapping[str, str]
) -> Iterator[Pane]:
    """A program in a terminal of its own, which ends with the block. Its last screen is an artifact."""
    socket = world.home / "t"
    words = (*tmux.argv, "-S", str(socket), "-f", "/dev/null", "-u")
    pane = Pane(words, {**environ, **tmux.environ}, world.artifacts)
    size = ("-x", str(WIDTH), "-y", str(HEIGHT))
    variables = [word for pair in environ.items() for word in ("-e", "=".join(pair))]
    pane._tell("new-session", "-d", *size, "-c", str(cwd), *variables, *argv)
    try:
        yield pane
    finally:
        pane.keep("screen.txt")
        pane._call("kill-server")
