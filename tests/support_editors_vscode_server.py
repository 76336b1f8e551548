"""code-server for tests: a process in a world of its own, with our packaged extension and the driver."""

import asyncio
import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from editors.programs.program import ROOT, Found
from support_editors import SHOWN, START, World

DRIVER = ROOT / "tests/editors/vscode/driver"
Settings = Mapping[str, object]

_QUIET: Settings = {
    "chat.disableAIFeatures": True,
    "editor.cursorBlinking": "solid",
    "editor.minimap.enabled": False,
    "extensions.autoUpdate": False,
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "git.enabled": False,
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "window.commandCenter": False,
    "workbench.editor.enablePreview": False,
    "workbench.reduceMotion": "on",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
}
"""What a test wants still: nothing blinks, moves, offers itself or asks."""
_FLAGS = (
    *(
        "--auth",
        "none",
        "--disable-telemetry",
        "--disable-update-check",
        "--disable-getting-started-override",
    ),
    *("--ignore-last-opened", "--reconnection-grace-time", "1"),
    *("--vscode-option", "force-disable-user-env"),  # a login shell would put another PATH in place
)


@dataclass
class CodeServer:
    """One code-server in a world of its own, with our extension and the driver in it."""

    world: World
    program: Found
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def extensions(self) -> Path:
        return self.world.home / "x"

    @property
    def user(self) -> Path:
        """The folder of the user's settings, logs and storage."""
        return self.world.home / "u"

    @property
    def sockets(self) -> Path:
        return self.world.home / "q"

    def install(self, vsix: Path) -> None:
        """Install our extension as users do, and link the driver."""
        self.sockets.mkdir()
        self.extensions.mkdir()
        # first: code-server lists what it finds once, when it installs for the first time
        (self.extensions / "lakewright-tests.driver-0.0.1").symlink_to(DRIVER)
        self._run("--install-extension", str(vsix))

    async def start(self, *flags: str, **environ: str) -> None:
        """Start, once more if it doesn't answer: its port may have been taken meanwhile."""
        try:
            await self._start(*flags, **environ)
        except AssertionError:
            await self.stop()
            await self._start(*flags, **environ)

    async def _start(self, *flags: str, **environ: str) -> None:
        self.port = _free_port()
        log = (self.world.home / "code-server.log").open("ab")
        with log:
            self.process = subprocess.Popen(  # noqa: ASYNC220 - it outlives this function
                [*self.program.argv, *self._places, *_FLAGS, *flags, "--bind-addr", f"127.0.0.1:{self.port}"],
                env={**self._environ, **environ}, cwd=self.world.home,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        await eventually(lambda: _answers(self.port), "code-server answers", START)

    async def stop(self) -> None:
        """End it as a shell does, and wait for its end."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self.process.wait, START)
        self.process.kill()
        self.process.wait()
        self.process = None

    def reset(self, settings: Settings, machine: Settings) -> None:
        """Forget what another test has left: settings, logins, state, and what the extension keeps."""
        for name in (
            ".databrickscfg",
            "c/lakewright",
            "state",
            "u/User/globalStorage",
            "u/User/workspaceStorage",
        ):
            path = self.world.home / name
            path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
        write_json(self.user / "User/settings.json", {**_QUIET, **settings})
        write_json(self.user / "Machine/settings.json", machine)

    @property
    def _places(self) -> tuple[str, ...]:
        config = self.world.home / "code-server.yaml"
        return (
            *("--config", str(config), "--user-data-dir", str(self.user)),
            *("--extensions-dir", str(self.extensions)),
        )

    @property
    def _environ(self) -> dict[str, str]:
        own = {"EXTENSIONS_GALLERY": "{}", "DRIVER_SOCKETS": str(self.sockets)}
        return {**self.world.environ, **own}

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [*self.program.argv, *self._places, *arguments],
            env=self._environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=START, check=True,
        )  # fmt: skip


async def eventually(look: Callable[[], Any], what: str, seconds: float = SHOWN) -> Any:
    """What `look` returns, plain or awaited, once that is true. `what` is said where it doesn't come."""
    seen: Any = None
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                seen = look()
                if asyncio.iscoroutine(seen):
                    seen = await seen
                if seen:
                    return seen
                await asyncio.sleep(0.03)
    raise AssertionError(f"not within {seconds:.0f} s: {what}; last seen: {seen!r}")


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
    except OSError:
        return False
    return b" 200 " in line


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
