"""Completing in VS Code: ghost text, taken by Tab."""

from support_editors_vscode import AtWork
from support_editors_vscode_server import eventually

COMPLETION = '(await vscode.commands.executeCommand("lakewright.status")).completion'


async def test_ghost_text_is_shown_and_taken_by_tab(at_work: AtWork) -> None:
    """Typing brings a suggestion as grey text; Tab takes it, and it is counted. The project's file isn't
    hidden by the defaults of package.json: it switches suggestions off, and the user on again.
    """
    window, _host = await at_work()
    await window.open("ledger/money.py", 25)
    await window.suggestion("\n\ndef total_of(amounts: Iterable[int]) -> int:")
    before = await window.text("ledger/money.py")
    await window.press("Tab")
    longer = "return vscode.window.activeTextEditor.document.getText().length > args[0]"
    await eventually(lambda: window.ask(longer, len(before)), "the suggestion is in the document")
    await eventually(lambda: window.ask(f"return ({COMPLETION}).accepted"), "it is counted")

    assert window.folder is not None
    (window.folder / ".lakewright.yaml").write_text("complete: {enabled: false}\n")
    configure = 'await vscode.workspace.getConfiguration("lakewright").update(...args, true)'
    await window.ask(configure, "thinking", "low")  # any setting: files are read anew
    await eventually(lambda: window.ask(f"return !({COMPLETION}).enabled"), "the project's value")
    await window.ask(configure, "complete.enabled", True)
    await eventually(lambda: window.ask(f"return ({COMPLETION}).enabled"), "the user's value")
