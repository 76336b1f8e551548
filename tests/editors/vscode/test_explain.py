"""Explaining in VS Code: the reasoning while the model thinks, then the explanation; Cancel."""

import re
from functools import partial

from playwright.async_api import expect

from lakewright.sandbox.server import SandboxServer
from support_editors_vscode import AtWork
from support_editors_vscode_server import eventually


async def test_the_reasoning_is_seen_and_then_the_explanation(at_work: AtWork) -> None:
    """One notification while the model thinks, its thoughts beside the code; then the explanation, rendered,
    whose links lead to the lines that it names. A question, and one after it, go on from there.
    """
    window, host = await at_work(pace=1)
    await window.open("ledger/money.py", 9)
    await window.command("Lakewright: Explain")
    await expect(window.toast("Explain money.py")).to_be_visible()
    await expect(window.page.locator(".tab", has_text="Lakewright Thinking")).to_be_visible()
    await expect(window.page.locator(".view-lines", has_text="I am asked about lines 8-10")).to_be_visible()
    assert await window.toasts.count() == 1

    await window.explained()
    await expect(window.toasts).to_have_count(0)
    await expect(window.explanation.locator("body")).not_to_contain_text("](")
    await window.explanation.get_by_role("link", name="ledger/money.py:8", exact=True).first.click()
    where = """const editor = vscode.window.activeTextEditor;
    return editor?.document.fileName === args[0] && editor.selection.active.line === args[1];"""
    assert window.folder is not None
    place = [str(window.folder / "ledger/money.py"), 7]
    await eventually(lambda: window.ask(where, *place), "the editor is at the line of the link")

    await window.open("ledger/money.py", 13, 18)
    for command, question in (("Ask about Selection", "Why no floats?"), ("Follow Up", "And cents?")):
        await window.command(f"Lakewright: {command}")
        await window.answer(question)
        await eventually(partial(_was_asked, host, question), "the question at the host")
        await expect(window.toast("Explain money.py")).to_be_visible()
        await expect(window.toasts).to_have_count(0)
    assert _was_asked(host, "Why no floats?")
    assert window.foreign() == []


async def test_cancel_ends_the_connection(at_work: AtWork) -> None:
    """Cancel in the notification: the host's connection closes, the notification goes, nothing opens. The
    state stands in VS Code's own place all the time.
    """
    window, host = await at_work("stall")
    await window.open("ledger/money.py", 9)
    status = window.page.get_by_role("button", name="Editor Language Status")
    await expect(status).to_have_attribute("aria-label", re.compile("Lakewright: ready"))
    await window.command("Lakewright: Explain")
    await expect(status).to_have_attribute("aria-label", re.compile("Lakewright: working"))
    record = await eventually(lambda: next(iter(host.model_requests), None), "a request at the host")
    await eventually(lambda: record.status == 200, "the host answers")
    await window.toast("Explain money.py").get_by_role("button", name="Cancel").click()
    await eventually(record.finished.is_set, "the connection closes")
    assert record.closed_early
    await expect(window.toasts).to_have_count(0)
    await expect(window.page.locator(".view-lines", has_text="cancelled")).to_be_visible()
    await expect(window.page.locator(".tab", has_text=".md")).to_have_count(0)
    await expect(status).to_have_attribute("aria-label", re.compile("Lakewright: ready"))
    await window.command("Lakewright: Show Status")
    await expect(window.page.locator(".monaco-dialog-box", has_text="0 offered, 0 accepted")).to_be_visible()


def _was_asked(host: SandboxServer, question: str) -> bool:
    """Whether the newest request tells the model this."""
    return question in host.model_requests[-1].raw.decode()
