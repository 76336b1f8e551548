"""What is loaded when `initialize` is answered: exactly what that takes, so that an editor starts at once."""

import os
from pathlib import Path

from support_lsp_client import LspClient, repository, server_process
from support_lsp_runs import FILES, ORDERS

LIBRARIES = {"attr", "attrs", "cattrs", "click", "lsprotocol", "pygls", "typing_extensions"}
"""pygls with what it stands on, and the command line's own."""

OURS = {
    "agent.events",
    "cli.ending",
    "cli.exits",
    "cli.main",
    "cli.running",
    "cli.serve",
    "core.hosts",
    "core.threads",
    "core.usage",
    "errors",
    "settings.state",
    "tasks.registry",
    "tasks.run_id",
}
"""Beside `lsp`: tables and values, all of them light."""

SPY = """\
import sys
import lakewright.lsp.cancelling as cancelling
from_others = lambda name: name.partition(".")[0] not in sys.stdlib_module_names
cancelling.cancel_command = lambda *_: list(filter(from_others, sys.modules))
"""
NOT_THE_PRODUCT = {"__main__", "sitecustomize", "_distutils_hack"}


async def _loaded(client: LspClient) -> tuple[set[str], set[str]]:
    """Libraries, and modules of ours that aren't packages or in `lsp`."""
    names: list[str] = await client.execute("cancel")
    packages = {name.rpartition(".")[0] for name in names}
    ours = {name.removeprefix("lakewright.") for name in names if name.startswith("lakewright.")}
    return (
        {name.partition(".")[0] for name in names} - NOT_THE_PRODUCT - {"lakewright"},
        {name for name in ours if f"lakewright.{name}" not in packages and not name.startswith("lsp")},
    )


async def test_initialize_needs_pygls_and_light_modules_of_ours(tmp_path: Path) -> None:
    """Neither it nor typing in a document loads a model of settings, an HTTP client, a parser or YAML."""
    root = repository(tmp_path / "work", FILES)
    (tmp_path / "sitecustomize.py").write_text(SPY)
    async with server_process(cwd=root, environ={"PYTHONPATH": str(tmp_path)}) as server:
        client = server.client
        params = {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": {}}
        await client.ask("initialize", params)
        assert await _loaded(client) == (LIBRARIES, OURS)
        client.notify("initialized", {})
        uri = (root / "orders.py").as_uri()
        client.open(uri, ORDERS)
        client.change(uri, 2, {"text": "x"})
        client.close(uri)
        assert await _loaded(client) == (LIBRARIES, OURS)
