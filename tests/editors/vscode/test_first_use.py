"""The first minutes in VS Code: nothing is set up, and nobody has read anything."""

from collections.abc import Callable
from pathlib import Path

from playwright.async_api import expect

from support_editors_vscode import OpenWindow


async def test_a_new_user_gets_to_an_explanation(
    open_window: OpenWindow, code: Callable[[str], Path]
) -> None:
    """No message at start. A command without a profile is one message with the way on; the walkthrough leads
    to an explanation in the sandbox by one button.
    """
    window = await open_window(code("python"))
    await window.open("ledger/money.py", 9)
    await window.served()
    await expect(window.toasts).to_have_count(0)
    await window.command("Lakewright: Explain")
    await expect(window.toast("No Databricks host is set")).to_be_visible()
    await expect(window.toasts).to_have_count(1)
    await window.toasts.get_by_role("button", name="Connect").click()
    await expect(window.page.locator(".quick-input-widget", has_text="Sandbox")).to_be_visible()
    await window.press("Escape")

    await window.command("Lakewright: Get Started")
    walkthrough = window.page.locator(".gettingStartedContainer")
    await expect(walkthrough.get_by_text("Get started with Lakewright").first).to_be_visible()
    await walkthrough.get_by_role("button", name="Open the sandbox demo").click()
    await expect(window.page.locator(".tab", has_text="orders.py")).to_be_visible()
    await window.explained()
    await expect(window.explanation.get_by_text("the Lakewright sandbox wrote this")).to_be_visible()
    await expect(window.toasts).to_have_count(0)
    assert window.foreign() == []
