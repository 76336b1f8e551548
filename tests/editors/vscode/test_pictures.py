"""The README's pictures, taken from a real VS Code: what they show is there, in light and in dark."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from support_editors_vscode import AtWork, Window

THEMES = {"light": "Default Light Modern", "dark": "Default Dark Modern"}
PAINT = 'await vscode.workspace.getConfiguration().update("workbench.colorTheme", args[0], true)'
LONG = 30_000
"""Milliseconds for a run that is as slow as a model is."""
LOOK = {"breadcrumbs.enabled": False, "editor.fontSize": 13}


async def test_pictures(at_work: AtWork, artifacts: Path, request: pytest.FixtureRequest) -> None:
    """What a person is to see is on the screen; `--pictures` keeps it."""
    kept = request.config.getoption("--pictures", default=None)
    folder = Path(kept) if kept else artifacts
    folder.mkdir(exist_ok=True)
    pace = 4 if kept else 1  # slow enough for both themes to be taken while the model thinks
    window, _host = await at_work(pace=pace, settings={**LOOK, "workbench.colorTheme": THEMES["dark"]})
    await window.page.set_viewport_size({"width": 1100, "height": 620})
    await window.ask("await vscode.commands.executeCommand('workbench.action.closeSidebar')")
    await window.open("ledger/book.py", 32)
    await window.command("Lakewright: Explain")
    await expect(window.page.locator(".view-lines", has_text="find_symbol balance")).to_be_visible(
        timeout=LONG
    )
    await _take(window, folder, "explain")
    await expect(window.page.locator(".tab", has_text=".md")).to_be_visible(timeout=LONG)
    await window.ask("await vscode.commands.executeCommand('workbench.action.closeAllGroups')")

    await window.open("ledger/money.py", 13)
    await window.command("Lakewright: Refactor")
    await window.answer("rename total to sum_of")
    await expect(window.preview.locator(".monaco-list-row", has_text="report.py")).to_be_visible(timeout=LONG)
    await _take(window, folder, "refactor-preview")
    await window.page.get_by_role("button", name="Discard").click()
    await window.ask("await vscode.commands.executeCommand('workbench.action.closeAllGroups')")

    await window.open("ledger/money.py", 25)
    await window.suggestion("\n\ndef total_of(amounts: Iterable[int]) -> int:")
    await _take(window, folder, "ghost-text")


async def _take(window: Window, folder: Path, name: str) -> None:
    for theme, title in THEMES.items():
        await window.ask(PAINT, title)
        dark = window.page.locator(".monaco-workbench.vs-dark")
        await expect(dark).to_have_count(1 if theme == "dark" else 0)
        await window.page.screenshot(path=folder / f"{name}-{theme}.png")
