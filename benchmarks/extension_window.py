"""What an extension costs in the workbench of a real VS Code: code-server, shown by a headless browser.

Each sample is a new window, and so a new extension host. The driver extension of the tests asks there for one
of the extensions to be activated, and measures; the other one sleeps.
"""

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from extension_bare import Extension, NotBuiltError
from measure import HERE

sys.path.append(str(HERE.parent / "tests"))

from playwright.async_api import Browser

from editors.programs.program import Found
from editors.programs.vscode import find
from support_editors import World
from support_editors_vscode import browser_at, window_of
from support_editors_vscode_server import DRIVER, CodeServer

_MEASURE = """
process.getBuiltinModule("node:v8").setFlagsFromString("--expose-gc");
const collect = process.getBuiltinModule("node:vm").runInNewContext("gc");
const memory = () => {
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const rest = async () => {
  for (let calm = 0; calm < 3; ) {
    const start = process.cpuUsage();
    await pause(400);
    const { user, system } = process.cpuUsage(start);
    calm = user + system < 20_000 ? calm + 1 : 0;
  }
};
const active = () => vscode.extensions.all.filter(({ isActive }) => isActive).length;
await rest();
const others = active();
const before = memory();
const cpu = process.cpuUsage();
const begin = performance.now();
await vscode.extensions.getExtension(args[0]).activate();
const activated = performance.now() - begin;
const { user, system } = process.cpuUsage(cpu);
while (!(await vscode.commands.getCommands(true)).includes("lakewright.status")) await pause(5);
const ready = performance.now() - begin;
await rest();
const after = memory();
if (active() !== others + 1) return null;
const busy = (user + system) / 1000;
return { activated, busy, ready, heap: after.heap - before.heap, resident: after.resident - before.resident };
"""

_TRIES = 5


@dataclass(frozen=True)
class Cost:
    """Milliseconds until it is activated, of processor time until then, and until its server serves; bytes
    that the extension host has grown by then: in use (V8's heap and what hangs on it), and resident.
    """

    activated: float
    busy: float
    ready: float
    heap: float
    resident: float


@dataclass(frozen=True)
class Bench:
    """Where samples are taken."""

    server: CodeServer
    browser: Browser
    ids: Mapping[str, str]

    async def sample(self, name: str) -> Cost:
        """One start of this extension, in a window of its own; again where others started meanwhile."""
        for _ in range(_TRIES):
            if (found := await self._sample(name)) is not None:
                return Cost(**found)
        sys.exit("the extension host doesn't come to rest")

    async def _sample(self, name: str) -> dict[str, float] | None:
        self.server.reset({}, {})
        folder = Path(tempfile.mkdtemp(dir=self.server.world.home))
        traces = self.server.world.artifacts
        async with window_of(self.server, self.browser, folder, traces) as window:
            found: dict[str, float] | None = await window.ask(_MEASURE, self.ids[name])
            return found


@asynccontextmanager
async def bench_of(extensions: Mapping[str, Extension]) -> AsyncIterator[Bench]:
    """One code-server with all these extensions in it, and one browser. Raises NotBuiltError."""
    program = find()
    if not isinstance(program, Found):
        raise NotBuiltError(f"VS Code: {program}")
    world = _world()
    server = CodeServer(world, program)
    try:
        server.sockets.mkdir()
        ids = {name: one.unpack(server.extensions) for name, one in extensions.items()}
        (server.extensions / "lakewright-tests.driver-0.0.1").symlink_to(DRIVER)
        await server.start()
        async with browser_at(world.home) as browser:
            yield Bench(server, browser, ids)
    finally:
        await server.stop()
        shutil.rmtree(world.home, ignore_errors=True)


def _world() -> World:
    home = Path(tempfile.mkdtemp(prefix="lw-")).resolve()
    traces = home / "artifacts"
    traces.mkdir()
    return World.at(home, traces)
