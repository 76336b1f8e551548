"""Fixtures of the tests in VS Code: one code-server and one browser for all, a window for each test."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from editors.programs.program import ROOT
from lakewright.sandbox.server import SandboxServer
from support_editors import World, need
from support_editors_vscode import AtWork, OpenWindow, Window, browser_at, window_of
from support_editors_vscode_server import CodeServer, Settings


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `test_pictures.py` takes."""
    parser.addoption("--pictures", metavar="FOLDER", help="keep the README's pictures in this folder")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker, since there is one browser; and one event loop, since it belongs to it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("vscode"), append=False)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def packaged() -> Path:
    """The extension as it is published."""
    files = sorted((ROOT / "client-vscode").glob("lakewright-vscode-*.vsix"))
    if not files:
        word = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        word("the extension isn't packaged: make vsix")
    return files[-1]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def code_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CodeServer]:
    """One code-server for all tests, with the packaged extension."""
    home = Path(tempfile.mkdtemp(prefix="lw-")).resolve()
    server = CodeServer(World.at(home, tmp_path_factory.mktemp("artifacts")), need("vscode"))
    try:
        server.install(packaged())
        await server.start()
        yield server
    finally:
        await server.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """One browser for all tests."""
    need("vscode")
    async with browser_at(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def open_window(
    code_server: CodeServer, browser: Browser, artifacts: Path
) -> AsyncIterator[OpenWindow]:
    """Opens the window of a test. `host` is what its profile names; without one nothing is set up."""
    async with AsyncExitStack() as windows:

        async def open_it(
            folder: Path | None,
            host: SandboxServer | None = None,
            *,
            settings: Settings | None = None,
            machine: Settings | None = None,
        ) -> Window:
            code_server.reset(settings or {}, machine or {})
            if host is not None:
                profile = f"[DEFAULT]\nhost = {host.host}\ntoken = {host.token}\n"
                (code_server.world.home / ".databrickscfg").write_text(profile)
            return await windows.enter_async_context(window_of(code_server, browser, folder, artifacts))

        yield open_it


@pytest.fixture
def at_work(
    open_window: OpenWindow, code: Callable[[str], Path], start_host: Callable[..., SandboxServer]
) -> AtWork:
    """Opens a window on a code base, beside a host with these faults that its profile names."""

    async def open_it(
        *faults: str,
        pace: float = 0.0,
        language: str = "python",
        settings: Settings | None = None,
        machine: Settings | None = None,
    ) -> tuple[Window, SandboxServer]:
        host = start_host(*faults, pace=pace)
        return await open_window(code(language), host, settings=settings, machine=machine), host

    return open_it
