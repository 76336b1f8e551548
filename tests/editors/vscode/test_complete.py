"""Completing in VS Code: ghost text, taken by Tab."""

from playwright.async_api import expect

from support_editors_vscode import AtWork
from support_editors_vscode_server import eventually

COMPLETION = '(await vscode.commands.executeCommand("lakewright.status")).completion'


async def test_ghost_text_is_shown_and_taken_by_tab(at_work: AtWork) -> None:
    """Typing brings a suggestion as grey text; Tab puts it into the document; it is counted on this machine."""
    window, _host = await at_work()
    await window.open("ledger/money.py", 25)
    await window.served()
    await window.type("\n\ndef total_of(amounts: Iterable[int]) -> int:\n")
    await expect(window.ghost.first).to_be_visible()
    before = await window.text("ledger/money.py")
    await window.press("Tab")

    async def longer() -> bool:
        return len(await window.text("ledger/money.py")) > len(before)

    await eventually(longer, "the suggestion is in the document")
    await eventually(lambda: window.ask(f"return ({COMPLETION}).accepted"), "it is counted")


async def test_a_project_may_switch_completion_off(at_work: AtWork) -> None:
    """A value of the project's file isn't hidden by the defaults of package.json; the user's own beats it."""
    window, host = await at_work()
    assert window.folder is not None
    (window.folder / ".lakewright.yaml").write_text("complete: {enabled: false}\n")
    await window.open("ledger/money.py", 25)
    await window.served()
    await eventually(lambda: window.ask(f"return !({COMPLETION}).enabled"), "the project's value")
    await window.ask(
        'await vscode.workspace.getConfiguration("lakewright").update("complete.enabled", true, true)'
    )
    await eventually(lambda: window.ask(f"return ({COMPLETION}).enabled"), "the user's value")
    assert host.model_requests == []
