"""A schedule from its seed to its verdict."""

import asyncio
import importlib
import json
import os
import pkgutil
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from pygls.protocol import default_converter

import lakewright
import lakewright.lsp.server as lsp_server
from lakewright.lsp.completion import Completions
from lakewright.lsp.partial import PartialResults
from lakewright.lsp.progress import RunProgress
from support_lsp_client import repository
from support_lsp_fuzz import FILES, ORDERS, World, mark_runs, settle
from support_lsp_fuzz_model import script_of
from support_lsp_fuzz_moves import answer_well, play, thread
from support_lsp_fuzz_rules import broken
from support_lsp_steps import StepHost, StepLoop, StepThreads, step_threads

EDITORS = Path(__file__).parent / "lsp" / "editors"
ENDPOINTS = ("databricks-claude-sonnet-4-5", "databricks-claude-haiku-4-5")


@dataclass
class Table:
    """Where schedules are played, one after the other."""

    folder: Path
    threads: StepThreads
    clock: list[StepLoop] = field(default_factory=list)
    world: World | None = None

    def now(self) -> float:
        return self.clock[-1].time()

    def play(self, seed: int, *, moves: int = 50) -> list[str]:
        """What the schedule of this seed broke: nothing, if all is well."""
        with asyncio.Runner(loop_factory=StepLoop) as runner:
            loop = runner.get_loop()
            assert isinstance(loop, StepLoop)
            self.clock.append(loop)
            return runner.run(self._played(loop, seed, moves))

    async def _played(self, loop: StepLoop, seed: int, moves: int) -> list[str]:
        random.seed(seed)
        rng = Random(seed)
        place = self.folder / str(seed)
        root = repository(place / "work", FILES)
        os.environ["LAKEWRIGHT_STATE_DIR"] = str(place / "state")
        host = StepHost(script_of(rng), ENDPOINTS)
        self.threads.waiting.clear()
        self.world = world = World(rng, loop, self.threads, host, root, _initialize(rng, root))
        world.begin()
        world.show(world.uri("orders.py"), ORDERS)
        await play(world, moves)
        await _end(world)
        shutil.rmtree(place)
        return broken(world)


def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Table:
    """Patch what would happen by itself. All is imported: what the first schedule does, each does."""
    for module in pkgutil.walk_packages(lakewright.__path__, "lakewright."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = Table(tmp_path, step_threads(monkeypatch))
    for kind in (PartialResults, RunProgress, Completions):
        defaults = kind.__init__.__kwdefaults__
        assert defaults is not None
        monkeypatch.setitem(defaults, "clock", found.now)
    converter = default_converter()  # type: ignore[no-untyped-call]
    monkeypatch.setattr(lsp_server, "default_converter", lambda: converter)
    monkeypatch.setenv("DATABRICKS_HOST", "http://127.0.0.1:1")
    monkeypatch.setenv("DATABRICKS_TOKEN", "fuzz")
    monkeypatch.setenv("LAKEWRIGHT_STATE_DIR", "-")
    mark_runs(monkeypatch, lambda: _world(found))
    return found


def _world(of: Table) -> World:
    assert of.world is not None
    return of.world


def _initialize(rng: Random, root: Path) -> dict[str, object]:
    recorded = json.loads(rng.choice(sorted(EDITORS.glob("*.json"))).read_text())
    folders = [{"uri": root.as_uri(), "name": root.name}]
    options = rng.choice(({}, {"statusNotifications": True}, {"complete": {"asCompletionItems": True}}))
    return {
        **recorded["initialize"],
        "processId": None,
        "rootUri": root.as_uri(),
        "workspaceFolders": folders,
        "initializationOptions": options,
    }


async def _end(world: World) -> None:
    """The client lets everything finish, or not, and leaves with or without a word."""
    rng = world.rng
    if rng.random() < 0.5:
        await _finish(world)
    if rng.random() < 0.7:
        world.cancelling(world.active)
        asked = world.request("shutdown")
        await _until(world, lambda: bool(world.answers[asked]))
        world.request("workspace/executeCommand", {"command": "lakewright.status"})
        world.notify("exit")
    else:
        world.server.receive(None)
    closing = asyncio.ensure_future(world.server.close())
    await _until(world, closing.done)
    await closing
    while world.threads.waiting:
        thread(world)
        await settle(2)
    await settle(5)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    world.trouble += [f"a task is left: {task}" for task in left]
    world.trouble += ["a socket is left" for one in world.host.conversations if one.is_open]
    world.trouble += [f"the run {one.id} is left" for one in world.active]


async def _finish(world: World) -> None:
    for _ in range(300):
        for request_id in list(world.asked):
            if request_id in world.asked:
                answer_well(world, request_id)
        while world.threads.waiting:
            world.threads.run(0)
        for one in world.host.waiting:
            one.step()
        await asyncio.sleep(0.05)
        if not (world.active or world.threads.waiting or world.asked):
            return


async def _until(world: World, holds: Callable[[], bool]) -> None:
    """Only threads go on; the host is silent."""
    for _ in range(2000):
        if holds():
            return
        if world.threads.waiting:
            world.threads.run(0)
            await settle(1)
        else:
            await asyncio.sleep(0.01)
    world.trouble.append("the end doesn't come")


def script_of_said(played: Table, *, briefly: bool = False) -> str:
    """What was said in the schedule that was played last, a message a line."""
    world = _world(played)
    lines = []
    for said in world.said:
        what = said.method or f"answer {'error' if 'error' in said.message else 'result'}"
        by = "client" if said.by_client else "server"
        lines.append(f"{said.at:.3f} {by} {'' if said.run is None else said.run} {what}")
        if not briefly:
            lines[-1] += f" {json.dumps(said.message)}"
    return "\n".join(lines)
