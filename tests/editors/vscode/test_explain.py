"""Explaining in VS Code: the reasoning while the model thinks, then the explanation; and its end by Cancel."""

from playwright.async_api import expect

from lakewright.sandbox.server import SandboxServer
from support_editors_vscode import AtWork
from support_editors_vscode_server import eventually

TITLE = "Lakewright Thinking"


async def test_the_reasoning_is_seen_and_then_the_explanation(at_work: AtWork) -> None:
    """One notification while the model thinks, what it thinks beside the code; then the explanation, rendered,
    whose links lead to the lines that it names.
    """
    window, _host = await at_work(pace=1)
    await window.open("ledger/money.py", 9)
    await window.command("Lakewright: Explain")
    await expect(window.toast("Explain money.py")).to_be_visible()
    await expect(window.page.locator(".tab", has_text=TITLE)).to_be_visible()
    await expect(window.page.locator(".view-lines", has_text="I am asked about lines 8-10")).to_be_visible()
    assert await window.toasts.count() == 1

    heading = window.explanation.get_by_role("heading").first
    await expect(heading).to_be_visible()
    await expect(window.toasts).to_have_count(0)
    await expect(window.explanation.locator("body")).not_to_contain_text("](")
    await window.explanation.get_by_role("link", name="ledger/money.py:8", exact=True).first.click()
    where = """const editor = vscode.window.activeTextEditor;
    return editor?.document.fileName === args[0] && editor.selection.active.line === args[1];"""
    assert window.folder is not None
    place = [str(window.folder / "ledger/money.py"), 7]
    await eventually(lambda: window.ask(where, *place), "the editor is at the line of the link")
    assert window.foreign() == []


async def test_cancel_ends_the_connection(at_work: AtWork) -> None:
    """Cancel in the notification: the host sees its connection close, the notification goes, nothing opens."""
    window, host = await at_work("stall")
    await window.open("ledger/money.py", 9)
    await window.command("Lakewright: Explain")
    toast = window.toast("Explain money.py")
    record = await eventually(lambda: next(iter(host.model_requests), None), "a request at the host")
    await eventually(lambda: record.status == 200, "the host answers")
    await toast.get_by_role("button", name="Cancel").click()
    await eventually(record.finished.is_set, "the connection closes")
    assert record.closed_early
    await expect(toast).to_have_count(0)
    await expect(window.page.locator(".view-lines", has_text="cancelled")).to_be_visible()
    await expect(window.page.locator(".tab", has_text=".md")).to_have_count(0)


async def test_a_question_and_the_next(at_work: AtWork) -> None:
    """A question about the selection reaches the model; the one after it goes on from the first."""
    window, host = await at_work()
    await window.open("ledger/money.py", 13, 18)
    await window.command("Lakewright: Ask about Selection")
    await window.answer("Why no floats?")
    await expect(window.explanation.get_by_role("heading").first).to_be_visible()
    assert "Why no floats?" in _said(host)
    await window.command("Lakewright: Follow Up")
    await window.answer("And cents?")
    await eventually(lambda: "And cents?" in _said(host), "the second question")
    assert "Why no floats?" in _said(host)


def _said(host: SandboxServer) -> str:
    """All that the newest request tells the model."""
    return host.model_requests[-1].raw.decode()
