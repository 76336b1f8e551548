"""Explaining in VS Code: the reasoning while it thinks, then the explanation."""

from collections.abc import Callable
from pathlib import Path

from playwright.async_api import expect

from lakewright.sandbox.server import SandboxServer
from support_editors_vscode import OpenWindow


async def test_an_explanation_opens(
    open_window: OpenWindow, code: Callable[[str], Path], start_host: Callable[..., SandboxServer]
) -> None:
    """The command of the palette ends in a document that explains the file."""
    window = await open_window(code("python"), start_host(pace=1))
    await window.open("ledger/money.py", 9)
    await window.command("Lakewright: Explain")
    await expect(window.page.locator(".tab", has_text=".md")).to_be_visible()
