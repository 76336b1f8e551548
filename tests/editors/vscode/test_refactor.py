"""Refactoring in VS Code: its own preview for edits of other files, one undo, the light bulb."""

from playwright.async_api import Locator, expect

from support_editors_vscode import AtWork, Window
from support_editors_vscode_server import eventually

FILES = ("ledger/money.py", "ledger/book.py", "ledger/report.py")
BOOK = "ledger/book.py"
DIFFERS = "return vscode.window.activeTextEditor.document.getText() !== args[0]"
WARN = """const all = vscode.languages.createDiagnosticCollection("test");
const range = new vscode.Range(args[0], 4, args[0], 10);
all.set(vscode.window.activeTextEditor.document.uri, [new vscode.Diagnostic(range, args[1])]);"""


async def test_other_files_wait_for_a_tick_in_refactor_preview(at_work: AtWork) -> None:
    """Refactor Preview opens with the document ticked and the other files not; what is ticked is changed, and
    taken back by one undo. Discard changes nothing, and says nothing.
    """
    window, _host = await at_work()
    before = await _texts(window)
    await _rename(window)
    rows = window.preview.locator(".monaco-list-row[aria-level='1']")
    await expect(rows).to_have_count(3)
    ticks = {await row.get_attribute("aria-label"): await _ticked(row) for row in await rows.all()}
    assert ticks == {f"{name}, making text edits": name == FILES[0] for name in FILES}
    await window.page.get_by_role("button", name="Discard").click()
    await expect(window.preview).to_have_count(0)
    await expect(window.toasts).to_have_count(0)
    await _until_texts(window, before)

    await _rename(window)
    await window.page.get_by_role("button", name="Apply").click()
    await _until_texts(window, [before[0].replace("def total(", "def sum_of("), *before[1:]])
    await expect(window.toasts).to_have_count(0)
    await window.focus()
    await window.press("Control+z")
    await _until_texts(window, before)


async def test_files_that_are_not_open_and_actions_at_the_cursor(at_work: AtWork) -> None:
    """All files ticked are changed together; Undo Last Refactor puts back also those that were never open.
    The light bulb's ready instruction and a problem's fix are done at once, and undone at once.
    """
    window, _host = await at_work()
    before = await _texts(window)
    await _rename(window)
    for name in ("book.py", "report.py"):
        row = window.preview.locator(".monaco-list-row[aria-level='1']", has_text=name)
        await row.locator(".edit-checkbox").click()
    await window.page.get_by_role("button", name="Apply").click()
    await _until_texts(window, [text.replace("total", "sum_of") for text in before])
    await window.command("Lakewright: Undo Last Refactor")
    await _until_texts(window, before)

    for title in ("Refactor: add docstrings", "Fix: add docstrings"):
        await window.open(BOOK, 18, column=9)
        await window.ask(WARN, 17, "add docstrings")
        await window.action(title)
        await eventually(lambda: window.ask(DIFFERS, before[1]), "the edit")
        await window.focus()
        await window.press("Control+z")
        await _until_texts(window, before)


async def _rename(window: Window) -> None:
    await window.open(FILES[0], 13)
    await window.command("Lakewright: Refactor")
    await window.answer("rename total to sum_of")
    await expect(window.preview).to_be_visible()


async def _texts(window: Window) -> list[str]:
    return [await window.text(path) for path in FILES]


async def _until_texts(window: Window, texts: list[str]) -> None:
    async def are() -> bool:
        return await _texts(window) == texts

    await eventually(are, "the texts of the files")


async def _ticked(row: Locator) -> bool:
    return await row.locator(".edit-checkbox").get_attribute("aria-checked") == "true"
