"""The server's process under VS Code: how it is greeted, and that nothing of it stays."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from lakewright.sandbox.server import SandboxServer
from support_editors_vscode import OpenWindow
from support_editors_vscode_server import CodeServer, eventually, write_json

RECORDED = Path(__file__).parents[2] / "lsp/editors/vscode.json"
EAVESDROPPER = """#!/bin/sh
# Keeps what the editor sends, and passes it on.
tee -a "{log}" | "{server}" "$@"
"""


async def test_a_wrong_path_is_named_and_a_right_one_taken(
    open_window: OpenWindow, code: Callable[[str], Path], code_server: CodeServer, tmp_path: Path
) -> None:
    """A wrong `lakewright.path` is never passed over: one message names it. Put right, it is taken at once.
    The greeting that it gets is the one that the server's own tests play for VS Code.
    """
    window = await open_window(code("python"), machine={"lakewright.path": "/nowhere/lakewright"})
    await window.open("ledger/money.py", 9)
    await expect(window.toasts).to_have_count(0)
    await window.command("Lakewright: Explain")
    await expect(window.toast("/nowhere/lakewright")).to_be_visible()
    await expect(window.toasts.get_by_role("button", name="Open Settings")).to_be_visible()
    await expect(window.toasts).to_have_count(1)

    log, program = tmp_path / "log", tmp_path / "lakewright"
    server = Path(sys.executable).parent / "lakewright"
    program.write_text(EAVESDROPPER.format(log=log, server=server))
    program.chmod(0o755)
    write_json(code_server.user / "Machine/settings.json", {"lakewright.path": str(program)})
    await window.served()
    params = _first_message(log.read_bytes())["params"]
    recorded = json.loads(RECORDED.read_text("utf-8"))["initialize"]
    mine = {"clientInfo": {**recorded["clientInfo"], "name": "code-server"}}
    assert {**params, **recorded, **mine} == params, "record it anew, in tests/lsp/editors/vscode.json"


def _first_message(stream: bytes) -> dict[str, Any]:
    head, _, rest = stream[stream.index(b"Content-Length") :].partition(b"\r\n\r\n")
    length = int(head.split(b":")[1].split(b"\r")[0])
    message: dict[str, Any] = json.loads(rest[:length])
    return message


async def test_no_server_outlives_the_editor(
    open_window: OpenWindow,
    code: Callable[[str], Path],
    start_host: Callable[..., SandboxServer],
    code_server: CodeServer,
) -> None:
    """When VS Code is ended in the middle of a run, no server stays and the connection is closed."""
    host = start_host("stall")
    window = await open_window(code("python"), host)
    await window.open("ledger/money.py", 9)
    await window.command("Lakewright: Explain")
    await eventually(lambda: host.model_requests and host.model_requests[0].status, "a request at the host")
    assert code_server.world.servers()
    await code_server.stop()
    try:
        await eventually(lambda: not code_server.world.servers(), "no server", 5.0)
        await eventually(host.model_requests[0].finished.is_set, "the connection closes")
    finally:
        await code_server.start()
