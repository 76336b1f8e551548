"""Documents of every kind in VS Code: unsaved, changed, huge, in a workspace that isn't trusted."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.async_api import expect

from lakewright.sandbox.server import SandboxServer
from support_editors_vscode import AtWork, OpenWindow
from support_editors_vscode_server import eventually

UNTITLED = """const made = {language: "python", content: args[0]};
await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(made));"""


async def test_what_is_not_saved_is_seen_and_what_is_huge_is_left_alone(at_work: AtWork) -> None:
    """The model sees the editor's text of a changed document, and of one that was never saved. Beyond 1 MB
    one message says why not, nothing is sent, and the editor goes on.
    """
    window, host = await at_work()
    await window.open("ledger/money.py", 5, column=9)
    await window.type("77")
    await window.command("Lakewright: Explain")
    await eventually(lambda: host.model_requests, "a request at the host")
    assert "VAT = 1977" in host.model_requests[0].raw.decode()
    await window.explained()

    asked = len(host.model_requests)
    await window.ask(UNTITLED, "def never_saved():\n    return 1\n")
    await window.command("Lakewright: Explain")
    await eventually(lambda: len(host.model_requests) > asked, "a request at the host")
    assert "never_saved" in host.model_requests[asked].raw.decode()
    await expect(window.toasts).to_have_count(0)

    assert window.folder is not None
    (window.folder / "huge.py").write_text("x = 1\n" * 300_000)
    await window.open("huge.py", 3)
    asked = len(host.model_requests)
    await window.command("Lakewright: Explain")
    await expect(window.toast("huge.py")).to_be_visible()
    await expect(window.toasts).to_have_count(1)
    await window.press("End")
    await window.type("23")
    await expect(window.editor.locator(".view-line", has_text="x = 123")).to_be_visible()
    assert len(host.model_requests) == asked


async def test_a_stranger_s_workspace_redirects_nothing(
    open_window: OpenWindow, code: Callable[[str], Path], start_host: Callable[..., SandboxServer]
) -> None:
    """In a workspace that isn't trusted commands work, by the user's server and host; what the folder sets
    for program, host and commands counts for nothing.
    """
    folder, mine, theirs = code("python"), start_host(), start_host()
    evil = {
        "lakewright.path": "/bin/false",
        "lakewright.host": theirs.host,
        "lakewright.edits.verify": "touch evil",
    }
    (folder / ".vscode").mkdir()
    (folder / ".vscode/settings.json").write_text(json.dumps(evil))
    (folder / ".lakewright.yaml").write_text(f"host: {theirs.host}\n")
    window = await open_window(
        folder,
        mine,
        settings={
            "security.workspace.trust.enabled": True,
            "security.workspace.trust.startupPrompt": "never",
        },
    )
    assert not await window.ask("return vscode.workspace.isTrusted")
    await window.open("ledger/money.py", 9)
    await window.command("Lakewright: Explain")
    await window.explained()
    await expect(window.explanation.locator("body")).to_contain_text("add_tax")
    await window.page.screenshot(path="/tmp/g2.png")
    assert mine.model_requests
    assert theirs.log == []
